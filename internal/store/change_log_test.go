package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestLastChange(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d, `INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_notes, event_sql) VALUES
		('2024-01-01 10:00:00', '6666', '10.1.1.1', 'SERVERTRUNKS', 'MODIFY', '10.0.0.1', 'ADMIN MODIFY SERVER TRUNK', 'Campaign: SALES', 'UPDATE ... ''10.0.0.1''|'),
		('2024-01-01 09:00:00', '7777', '10.1.1.2', 'SERVERS_TRUNK', 'ADD', '10.0.0.1', 'ADMIN ADD SERVER TRUNK', 'campaign: SALES', ''),
		('2024-01-02 09:00:00', '8888', '10.1.1.3', 'SERVERTRUNKS', 'MODIFY', '10.0.0.1', 'ADMIN MODIFY SERVER TRUNK', 'Campaign: S_LES', ''),
		('2024-01-03 09:00:00', '9999', '10.1.1.4', 'SERVERS', 'MODIFY', '10.0.0.1', 'ADMIN MODIFY SERVER', NULL, NULL)`)
	store := newStore(t, d)
	for _, c := range []struct {
		claim, notes, sql string
		after             int64
		want              string
	}{
		{"newest entry of both sections", "Campaign: SALES", "", 0, "by user 7777 from 10.1.1.2 at 2024-01-01 09:00:00 (ADMIN ADD SERVER TRUNK)"},
		{"wild cards in the notes are literal", "Campaign: S_LES", "", 0, "by user 8888 from 10.1.1.3 at 2024-01-02 09:00:00 (ADMIN MODIFY SERVER TRUNK)"},
		{"no notes", "", "", 0, "by user 8888 from 10.1.1.3 at 2024-01-02 09:00:00 (ADMIN MODIFY SERVER TRUNK)"},
		{"no entry", "Campaign: OTHER", "", 0, ""},
		{"is newer than the position", "Campaign: SALES", "", 2, ""},
		{"has the text in its statement", "", "'10.0.0.1'", 0, "by user 6666 from 10.1.1.1 at 2024-01-01 10:00:00 (ADMIN MODIFY SERVER TRUNK)"},
		{"has no other text in its statement", "", "'10.0.0.2'", 0, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			change, found, err := store.LastChange(t.Context(), cluster.ChangeLogFilter{
				After: c.after, Sections: []string{"SERVERTRUNKS", "SERVERS_TRUNK"}, Records: []string{"10.0.0.1"}, Notes: c.notes, SQL: c.sql,
			})
			if err != nil || found != (c.want != "") || found && change.String() != c.want {
				t.Errorf("%v %q %v", found, change, err)
			}
		})
	}
}

// The log is read once for all objects, and again only for what is older than the entries of
// that read.
func TestLastChange_statements(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	d, p := newTable(t, s), sandbox.NewProxy(t, s)
	store := newStore(t, d, viaProxy(p))
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("(NOW(), '%d', '10.1.1.1', 'DIDS', 'MODIFY', '%d', 'ADMIN MODIFY DID')", 6000+i, i))
	}
	insert := "INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code) VALUES "
	run(t, d, insert+strings.Join(lines, ", "))
	expect := func(after int64, most int, author func(i int) string) {
		t.Helper()
		p.Reset()
		for i := range 40 {
			change, found, err := store.LastChange(t.Context(), cluster.ChangeLogFilter{After: after, Sections: []string{"DIDS"}, Records: []string{fmt.Sprint(i)}})
			if want := author(i); err != nil || found != (want != "") || change.User != want {
				t.Errorf("%d: %v, %v, %v", i, change, found, err)
			}
		}
		reads := slices.DeleteFunc(p.Statements(), func(text string) bool { return !strings.Contains(text, "record_id") })
		if len(reads) > most {
			t.Errorf("%d statements, more than %d: %s", len(reads), most, reads[len(reads)-1])
		}
	}
	expect(0, 1, func(i int) string { return fmt.Sprint(6000 + i) })
	expect(40, 0, func(int) string { return "" })
	run(t, d, insert+strings.TrimSuffix(strings.Repeat("(NOW(), '6666', '10.1.1.1', 'DIDS', 'MODIFY', 'x', 'ADMIN MODIFY DID'), ", maxRecentChanges), ", "))
	store.Forget()
	expect(0, 41, func(i int) string { return fmt.Sprint(6000 + i) })
	run(t, d, insert+"(NOW(), '7777', '10.1.1.1', 'DIDS', 'MODIFY', '7', 'ADMIN MODIFY DID')")
	store.Forget()
	expect(40, 41, func(i int) string {
		if i == 7 {
			return "7777"
		}
		return ""
	})
}

// Issue 12: what was changed by SQL is blamed neither on the provider's own last line
// nor on an older line that the provider has overwritten.
func TestLastChange_ignoresOwnEntries(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	store := newStore(t, d)
	line := func(user, address, code string) {
		run(t, d, fmt.Sprintf("INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_notes) VALUES (NOW(), '%s', '%s', 'DIDS', 'MODIFY', '7', '%s', '')", user, address, code))
	}
	for _, c := range []struct {
		user string
		want bool
	}{{"6666", true}, {DefaultAuditUser, false}, {"6666", true}} {
		line(c.user, "10.10.10.50", "ADMIN MODIFY DID")
		store.Forget() // as at the beginning of a run
		change, found, err := store.LastChange(t.Context(), cluster.ChangeLogFilter{Sections: []string{"DIDS"}, Records: []string{"7"}})
		if err != nil || found != c.want || found && change.User != c.user {
			t.Errorf("after a line of %s: %v, %v, %v", c.user, change, found, err)
		}
	}
}

// The position of the log is that of the first read, or behind our own last line.
func TestLogPosition(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	store := newStore(t, d)
	line := "INSERT INTO vicidial_admin_log (event_date, user, event_section, event_type, record_id, event_code) VALUES (NOW(), '6666', 'DIDS', 'MODIFY', '7', 'ADMIN MODIFY DID')"
	run(t, d, line, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial1', '10.0.0.1', 50)")
	expect := func(claim string, want int64) {
		t.Helper()
		if position, err := store.LogPosition(t.Context()); err != nil || position != want {
			t.Errorf("%s: %d, %v, want %d", claim, position, err, want)
		}
	}
	expect("with one line", 1)
	run(t, d, line)
	expect("in the same run", 1)
	change := func(was int64) error {
		return store.Apply(t.Context(), func(context.Context) (cluster.Plan, error) {
			return cluster.Plan{Steps: []cluster.Step{{
				Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")},
				From: cluster.Row{"max_vicidial_trunks": cluster.Number(was)}, To: cluster.Row{"max_vicidial_trunks": cluster.Number(60)}, Audit: cluster.ServerAudit("dial1", "MODIFY"),
			}}}, nil
		})
	}
	if err := change(50); err != nil {
		t.Fatal(err)
	}
	expect("after our own line", 3)
	run(t, d, line, "UPDATE servers SET max_vicidial_trunks = 70")
	if err := change(60); err == nil {
		t.Error("there is no conflict")
	}
	expect("after a conflict", 4)
}
