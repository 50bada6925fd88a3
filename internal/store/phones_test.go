package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// testFloor is a declared floor and what makes rows of it.
type testFloor struct {
	style  seating.FloorStyle
	placed *seating.Placement
}

func someFloor(t *testing.T, seats []string, suffixes string, now *seating.Placement, password string) testFloor {
	t.Helper()
	parsed, err := seating.ParseSeats(seats)
	if err != nil {
		t.Fatal(err)
	}
	naming, err := seating.ParseNaming(nil)
	if err != nil {
		t.Fatal(err)
	}
	f := testFloor{style: seating.FloorStyle{
		Naming: naming, Labels: map[string]seating.Label{}, Users: true,
		Phone: cluster.Row{"pass": cluster.Text(password), "protocol": cluster.Text("SIP")},
	}}
	floor := seating.Floor{Seats: parsed, NodesPerSeat: 2}
	for _, suffix := range strings.Split(suffixes, "") {
		index, _ := seating.IndexOf(suffix)
		ip := fmt.Sprintf("10.0.0.%d", index+1)
		f.style.Labels[ip] = seating.Label{Suffix: suffix, Index: index}
		floor.Nodes = append(floor.Nodes, seating.FloorNode{ServerIP: ip, Suffix: suffix, Weight: 1, Capacity: seating.Unbounded})
	}
	if f.placed, err = seating.Place(floor, now); err != nil {
		t.Fatal(err)
	}
	return f
}

// write brings the rows from one floor to another, as the room does.
func (f testFloor) write(ctx context.Context, s *Store, before *testFloor) error {
	return s.Apply(ctx, f.plan(s, before))
}

// plan plans what brings the rows from one floor to another.
func (f testFloor) plan(s *Store, before *testFloor) planFunc {
	return func(ctx context.Context) (cluster.Plan, error) {
		all, err := s.FloorRows(ctx, f.style.Columns())
		if err != nil {
			return cluster.Plan{}, err
		}
		var own seating.FloorRows
		if before != nil {
			own = before.style.Own(all, before.placed.Seats())
		}
		rows, err := f.style.Rows(f.placed, seating.FloorRows{})
		if err != nil {
			return cluster.Plan{}, err
		}
		how := seating.PlanOptions{Defaults: seating.NewPhoneDefaults(), Voicemail: "10.0.0.4"}
		if before != nil {
			how.Flag = seating.ChangedServers(before.placed, f.placed)
		}
		return seating.PlanFloor(own, all, rows, how)
	}
}

// removal plans what removes the rows of a floor.
func (f testFloor) removal(s *Store) planFunc {
	return func(ctx context.Context) (cluster.Plan, error) {
		all, err := s.FloorRows(ctx, f.style.Columns())
		if err != nil {
			return cluster.Plan{}, err
		}
		return seating.PlanFloor(f.style.Own(all, f.placed.Seats()), all, seating.FloorRows{}, seating.PlanOptions{Voicemail: "10.0.0.4"})
	}
}

func aFloorDatabase(t *testing.T) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, 1720)
	runOn(t, d.DB(),
		"INSERT INTO servers (server_id, server_ip, active_asterisk_server, generate_vicidial_conf, rebuild_conf_files) VALUES "+
			"('d1', '10.0.0.1', 'Y', 'Y', 'N'), ('d2', '10.0.0.2', 'Y', 'Y', 'N'), ('d3', '10.0.0.3', 'Y', 'Y', 'N'), ('d4', '10.0.0.4', 'Y', 'Y', 'N')",
		"INSERT INTO vicidial_users (user, pass) VALUES ('2000', 'x'), ('2001', 'x'), ('2006', 'x')")
	return d
}

// floorInvariants are queries that return no row while every agent can log in.
var floorInvariants = map[string]string{
	"an alias names a phone that is not there": `
		SELECT a.alias_id, SUBSTRING_INDEX(SUBSTRING_INDEX(a.logins_list, ',', i), ',', -1) AS login
		  FROM phones_alias a
		  JOIN (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) counted
		    ON i <= 1 + LENGTH(a.logins_list) - LENGTH(REPLACE(a.logins_list, ',', ''))
		 WHERE NOT EXISTS (SELECT 1 FROM phones p WHERE p.login = SUBSTRING_INDEX(SUBSTRING_INDEX(a.logins_list, ',', i), ',', -1))`,
	"an alias names nobody":                 `SELECT alias_id FROM phones_alias WHERE COALESCE(logins_list, '') = ''`,
	"a user's login is not there":           `SELECT user FROM vicidial_users u WHERE COALESCE(phone_login, '') <> '' AND NOT EXISTS (SELECT 1 FROM phones_alias a WHERE a.alias_id = u.phone_login)`,
	"the phones of an alias differ in pass": `SELECT a.alias_id FROM phones_alias a JOIN phones p ON FIND_IN_SET(p.login, a.logins_list) GROUP BY a.alias_id HAVING COUNT(DISTINCT p.pass) > 1`,
	// Node 2 is live before and after, and all seats that stay have or get it.
	"an alias has lost its last live node": `SELECT a.alias_id FROM phones_alias a WHERE NOT EXISTS (SELECT 1 FROM phones p WHERE p.server_ip IN ('10.0.0.2', '10.0.0.3') AND FIND_IN_SET(p.login, a.logins_list))`,
}

func checkInvariants(t *testing.T, d *sandbox.Database, when string) {
	t.Helper()
	for what, query := range floorInvariants {
		if found := sandbox.Trim(d.Table(t.Context(), query)); strings.Contains(found, "\n") || strings.HasPrefix(found, "error") {
			t.Errorf("%s: %s\n%s", when, what, found)
		}
	}
}

// The connection is cut after each statement in turn, before and after it ran.
// At no moment is an agent cut off, and the next apply resumes from there.
func TestFloor_everyCut(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]sandbox.Cut{"not sent": sandbox.WriteUnsent, "not answered": sandbox.WriteUnanswered} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := aFloorDatabase(t)
			proxy := sandbox.NewProxy(t, d.Server())
			settings := settingsOf(d)
			settings.Port, settings.AuditEnabled = proxy.Port(), true
			// Node 1 is dead and taken out, node 3 joins; a seat goes, one comes; all
			// get another password.
			before := someFloor(t, []string{"2000-2005"}, "ab", nil, "secret1")
			after := someFloor(t, []string{"2001-2006"}, "bc", before.placed, "secret2")
			statements := 0
			for n := 1; ; n++ {
				runOn(t, d.DB(), "DELETE FROM phones", "DELETE FROM phones_alias", "UPDATE vicidial_users SET phone_login = ''", "UPDATE servers SET rebuild_conf_files = 'N'")
				healthy := New(settingsOf(d))
				if err := before.write(t.Context(), healthy, nil); err != nil {
					t.Fatal(err)
				}
				_ = healthy.Close()
				runOn(t, d.DB(), "UPDATE servers SET rebuild_conf_files = 'N'")

				cuts := proxy.Cuts()
				proxy.CutAt(n, cut, true)
				s := New(settings)
				s.pauses = s.pauses[:1] // the line stays dead: nothing is gained by waiting
				err := after.write(t.Context(), s, &before)
				_ = s.Close()
				proxy.Restore()
				checkInvariants(t, d, fmt.Sprintf("statement %d", n))
				if proxy.Cuts() == cuts {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				statements++

				again := New(settings)
				if err := after.write(t.Context(), again, &before); err != nil {
					t.Fatalf("going on after statement %d: %v", n, err)
				}
				_ = again.Close()
				checkInvariants(t, d, fmt.Sprintf("after statement %d was made up for", n))
				d.Expect(t, "SELECT COUNT(*) AS phones, COUNT(DISTINCT extension) AS seats, MIN(pass) AS pass FROM phones", `
					| phones | seats | pass    |
					|     12 |     6 | secret2 |`)
				d.Expect(t, "SELECT server_ip FROM servers WHERE rebuild_conf_files = 'Y' ORDER BY server_ip", `
					| server_ip |
					| 10.0.0.1  |
					| 10.0.0.2  |
					| 10.0.0.3  |
					| 10.0.0.4  |`)
			}
			if statements < 15 {
				t.Errorf("cut at %d statements only", statements)
			}
		})
	}
}

// A row that changes between the plan and its statement is a conflict that names
// it, and is not overwritten.
func TestFloor_conflicts(t *testing.T) {
	t.Parallel()
	d := aFloorDatabase(t)
	s := New(settingsOf(d))
	defer func() { _ = s.Close() }()
	before := someFloor(t, []string{"2000-2005"}, "ab", nil, "secret1")
	if err := before.write(t.Context(), s, nil); err != nil {
		t.Fatal(err)
	}
	step := cluster.Step{
		Verb: cluster.Update, Table: cluster.TableAliases, InColumn: "alias_id", Column: "logins_list",
		In:  []cluster.Value{cluster.Text("2000"), cluster.Text("2001"), cluster.Text("2002")},
		Old: []cluster.Value{cluster.Text("2000b,2000a"), cluster.Text("moved"), cluster.Text("2002b,2002a")},
		New: []cluster.Value{cluster.Text("2000a"), cluster.Text("2001a"), cluster.Text("2002a")},
	}
	apply := func(step cluster.Step) error {
		return s.Apply(t.Context(), func(context.Context) (cluster.Plan, error) { return cluster.Plan{Steps: []cluster.Step{step}}, nil })
	}
	var conflict *cluster.Conflict
	var partial *cluster.Partial
	if err := apply(step); !errors.As(err, &conflict) || !strings.Contains(err.Error(), "logins_list of alias_id 2001 was changed by another client") {
		t.Errorf("got %v", err)
	} else if !errors.As(err, &partial) || !partial.Unsure {
		t.Error("that some of the rows are written is not told")
	}
	d.Expect(t, "SELECT alias_id, logins_list FROM phones_alias WHERE alias_id < '2003'", `
		| alias_id | logins_list |
		| 2000     | 2000a       |
		| 2001     | 2001b,2001a |
		| 2002     | 2002a       |`)

	t.Run("repeated step is done", func(t *testing.T) {
		step.In, step.Old, step.New = step.In[:1], step.Old[:1], step.New[:1]
		if err := apply(step); err != nil {
			t.Error(err)
		}
	})
	t.Run("changed row is not deleted", func(t *testing.T) {
		gone := step
		gone.Verb, gone.New = cluster.Delete, nil
		if err := apply(gone); !errors.As(err, &conflict) {
			t.Errorf("got %v", err)
		}
		d.Expect(t, "SELECT COUNT(*) AS aliases FROM phones_alias", `
			| aliases |
			|       6 |`)
	})
}

func TestFloor_auditHidesPasswords(t *testing.T) {
	t.Parallel()
	d := aFloorDatabase(t)
	settings := settingsOf(d)
	settings.AuditEnabled = true
	s := New(settings)
	defer func() { _ = s.Close() }()
	before := someFloor(t, []string{"2000-2005"}, "ab", nil, "topsecret1")
	if err := before.write(t.Context(), s, nil); err != nil {
		t.Fatal(err)
	}
	after := someFloor(t, []string{"2000-2005"}, "ab", before.placed, "topsecret2")
	if err := after.write(t.Context(), s, &before); err != nil {
		t.Fatal(err)
	}
	d.Expect(t, "SELECT COUNT(*) AS 'lines' FROM vicidial_admin_log WHERE event_sql LIKE '%topsecret%'", `
		| lines |
		|     0 |`)
	d.Expect(t, "SELECT event_section, event_type, record_id, event_code, event_notes FROM vicidial_admin_log ORDER BY admin_log_id", `
		| event_section | event_type | record_id | event_code                 | event_notes          |
		| PHONES        | ADD        | 2000-2005 | ADMIN BULK ADD PHONE       | 12 rows by Terraform |
		| PHONEALIASES  | ADD        | 2000-2005 | ADMIN ADD BULK PHONE ALIAS | 6 rows by Terraform  |
		| USERS         | MODIFY     | 2000-2001 | ADMIN MODIFY USER          | 2 rows by Terraform  |
		| PHONES        | MODIFY     | 2000-2005 | ADMIN MODIFY PHONE         | 12 rows by Terraform |`)
}

func TestFloor_readsOnlyWhatIsThere(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1302)
	runOn(t, d.DB(), "INSERT INTO phones (extension, server_ip, login, pass, template_id, email) VALUES ('1', '10.0.0.1', '1a', 'x', '', NULL)",
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('1', NULL, '1a,1b'), ('2', 'two', NULL)")
	s := New(settingsOf(d))
	defer func() { _ = s.Close() }()
	floor, err := s.FloorRows(t.Context(), []string{"webphone_settings", "pass", "email"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(floor.Columns, []string{"email", "pass"}) {
		t.Errorf("read %v", floor.Columns)
	}
	i := slices.IndexFunc(floor.Phones, func(p seating.Phone) bool { return p.Login == "1a" })
	if i < 0 || !slices.Equal(floor.Phones[i].Values, []cluster.Value{cluster.Null, cluster.Text("x")}) {
		t.Errorf("read %v", floor.Phones)
	}
	if len(floor.Aliases) != 2 || floor.Aliases[0].List != "1a,1b" || floor.Aliases[1].List != "" {
		t.Errorf("read %v", floor.Aliases)
	}
}

// A digest tells what somebody has changed in a phone, but not its secrets.
func TestStore_PhoneDigests(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	runOn(t, d.DB(), "INSERT INTO phones (extension, server_ip, login, pass, conf_secret, email, peer_status) VALUES ('1', '10.0.0.1', '1A', 'abc', 'x', NULL, 'UNKNOWN'), ('1', '10.0.0.2', '1a', 'other', 'x', 'other', 'UNKNOWN')")
	s := New(settingsOf(d))
	defer func() { _ = s.Close() }()
	digest := func() string {
		t.Helper()
		s.forgetRemovals()
		digests, err := s.PhoneDigests(t.Context())
		if err != nil || len(digests["1a"]) == 0 {
			t.Fatal(digests, err)
		}
		return digests["1a"]
	}
	first := digest()
	for set, changes := range map[string]bool{
		"pass = 'abd'": false, "pass = 'abcd'": true, "pass = 'abc'": false, "conf_secret = 'y'": false, "email = ''": false, "email = 'a'": true,
		"email = NULL": false, "peer_status = 'REGISTERED'": false, "server_ip = '10.0.0.1'": false, "fullname = 'A'": true,
	} {
		runOn(t, d.DB(), "UPDATE phones SET "+set+" WHERE login = '1a' AND server_ip = '10.0.0.1'")
		if now := digest(); (now != first) != changes {
			t.Errorf("%s: %s, was %s", set, now, first)
		}
		runOn(t, d.DB(), "UPDATE phones SET pass = 'abc', conf_secret = 'x', email = NULL, fullname = NULL WHERE login = '1a' AND server_ip = '10.0.0.1'")
	}
}

// Reading and writing 10,000 seats on two servers, beside the raw statements of
// research: what the provider adds to them.
func BenchmarkFloor(b *testing.B) {
	d := sandbox.New(b, 1720)
	s := New(settingsOf(d))
	defer func() { _ = s.Close() }()
	var rows []string
	for seat := 20000; seat < 30000; seat++ {
		for i, letter := range []string{"a", "b"} {
			rows = append(rows, fmt.Sprintf("('%d', '10.0.0.%d', '%d%s', 'secret', '%d', '%d%d', '', 'SIP', 'station %d')", seat, i+1, seat, letter, seat, seat, i, seat))
		}
	}
	for chunk := range slices.Chunk(rows, 1000) {
		if _, err := d.DB().ExecContext(b.Context(), "INSERT INTO phones (extension, server_ip, login, pass, voicemail_id, dialplan_number, template_id, protocol, fullname) VALUES "+strings.Join(chunk, ",")); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("read 20,000 phones", func(b *testing.B) {
		for b.Loop() {
			s.Forget()
			if floor, err := s.FloorRows(b.Context(), []string{"fullname", "pass", "protocol"}); err != nil || len(floor.Phones) < 20000 {
				b.Fatal(len(floor.Phones), err)
			}
		}
	})
}
