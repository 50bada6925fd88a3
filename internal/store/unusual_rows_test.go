package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// nullEverything sets every column of every table to NULL that can hold it.
func nullEverything(t *testing.T, d *sandbox.Database) {
	t.Helper()
	var tables, updates []string
	rows, err := d.DB().QueryContext(t.Context(), `SELECT TABLE_NAME, CONCAT('UPDATE ', TABLE_NAME, ' SET ', GROUP_CONCAT(COLUMN_NAME, ' = NULL' SEPARATOR ', '))
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND IS_NULLABLE = 'YES' GROUP BY TABLE_NAME`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table, update string
		if err := rows.Scan(&table, &update); err != nil {
			t.Fatal(err)
		}
		tables, updates = append(tables, table), append(updates, update)
	}
	if err := rows.Err(); err != nil || len(tables) < 20 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for i, table := range tables {
		// A row without values, where there is none.
		run(t, d, "INSERT IGNORE INTO "+table+" () VALUES ()", updates[i])
	}
	run(t, d, "DELETE FROM system_settings LIMIT 1") // one is left
}

// reads are the reads of the store, by name.
func reads(s *Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"schema":           func(ctx context.Context) error { _, err := s.Schema(ctx); return err },
		"first login":      func(ctx context.Context) error { _, err := s.FirstLoginPending(ctx); return err },
		"servers":          func(ctx context.Context) error { _, err := s.Servers(ctx); return err },
		"trunks":           func(ctx context.Context) error { _, err := s.Trunks(ctx); return err },
		"campaigns":        func(ctx context.Context) error { _, err := s.Campaigns(ctx); return err },
		"rooms":            func(ctx context.Context) error { _, err := s.Rooms(ctx); return err },
		"live":             func(ctx context.Context) error { _, err := s.Live(ctx, ""); return err },
		"mentions":         func(ctx context.Context) error { _, err := s.Referencing(ctx, ""); return err },
		"clashes":          func(ctx context.Context) error { _, err := s.Clashes(ctx, "", ""); return err },
		"removal":          func(ctx context.Context) error { _, _, err := s.Removal(ctx, ""); return err },
		"settings":         func(ctx context.Context) error { _, err := s.SystemSettings(ctx); return err },
		"carriers":         func(ctx context.Context) error { _, err := s.Carriers(ctx); return err },
		"carrier rows":     func(ctx context.Context) error { _, err := s.CarrierRows(ctx); return err },
		"templates":        func(ctx context.Context) error { _, err := s.Templates(ctx); return err },
		"DIDs":             func(ctx context.Context) error { _, err := s.DIDs(ctx); return err },
		"remote agents":    func(ctx context.Context) error { _, err := s.RemoteAgents(ctx); return err },
		"agent phones":     func(ctx context.Context) error { _, _, err := s.AgentPhones(ctx); return err },
		"health":           func(ctx context.Context) error { _, err := s.Health(ctx); return err },
		"dialing":          func(ctx context.Context) error { _, err := s.ForecastInput(ctx, true); return err },
		"failover":         func(ctx context.Context) error { _, err := s.FailoverInput(ctx, true, true); return err },
		"topology":         func(ctx context.Context) error { _, err := s.Topology(ctx, true); return err },
		"replica":          func(ctx context.Context) error { _, err := s.Replica(ctx); return err },
		"aliases":          func(ctx context.Context) error { _, err := s.aliases.get(ctx); return err },
		"users":            func(ctx context.Context) error { _, err := s.users.get(ctx); return err },
		"mailboxes":        func(ctx context.Context) error { _, err := s.mailboxes.get(ctx); return err },
		"directory":        func(ctx context.Context) error { _, err := s.directory.get(ctx); return err },
		"DID targets":      func(ctx context.Context) error { _, err := s.DIDTargets(ctx, true); return err },
		"the change log":   func(ctx context.Context) error { _, err := s.LogPosition(ctx); return err },
		"live agents":      func(ctx context.Context) error { _, err := s.LiveAgents(ctx); return err },
		"measures":         func(ctx context.Context) error { _, err := s.CapacityMeasurements(ctx, time.Hour); return err },
		"template use":     func(ctx context.Context) error { _, err := s.TemplateUse(ctx, ""); return err },
		"alive":            func(ctx context.Context) error { _, _, err := s.Alive(ctx); return err },
		"cross server":     func(ctx context.Context) error { _, err := s.CrossServerExten(ctx); return err },
		"voicemail server": func(ctx context.Context) error { _, err := s.VoicemailServer(ctx); return err },
		"floor": func(ctx context.Context) error {
			_, err := s.FloorRows(ctx, visibleColumns(ctx, s, cluster.TablePhones))
			return err
		},
		"phones by login": func(ctx context.Context) error {
			_, err := s.PhonesByLogin(ctx, []string{"2000a"}, []string{"pass"})
			return err
		},
		"phone digests": func(ctx context.Context) error { _, err := s.PhoneDigests(ctx); return err },
		"node phones":   func(ctx context.Context) error { _, err := s.NodePhones(ctx); return err },
		"numbers": func(ctx context.Context) error {
			_, err := s.Numbers(ctx, visibleColumns(ctx, s, cluster.TableDIDs))
			return err
		},
		"row counts": func(ctx context.Context) error { _, err := s.RowCounts(ctx, adopt.Tables); return err },
		"activity":   func(ctx context.Context) error { _, err := s.Activity(ctx, ""); return err },
		"last change": func(ctx context.Context) error {
			_, _, err := s.LastChange(ctx, cluster.ChangeLogFilter{Records: []string{"x"}, Sections: []string{"x"}, SQL: "x"})
			return err
		},
	}
}

// visibleColumns are the columns of a table that the user may read.
func visibleColumns(ctx context.Context, s *Store, table cluster.Table) []string {
	schema, _ := s.Schema(ctx)
	return privileges.Of(table).Needs(privileges.Select, slices.Sorted(maps.Keys(schema.Tables[table])))
}

// Rows with NULL in every column can be read.
func TestReads_nullRows(t *testing.T) {
	t.Parallel()
	for _, version := range sandbox.AllSchemas() {
		t.Run(fmt.Sprintf("schema %d", version), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, version)
			nullEverything(t, d)
			s := newStore(t, d)
			for name, read := range reads(s) {
				if err := read(t.Context()); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestRefusesWrites(t *testing.T) {
	t.Parallel()
	for says, refuses := range map[string][2]bool{ // to anybody, and to who may pass read_only
		"0": {false, false}, "OFF": {false, false}, "1": {true, false}, "ON": {true, false},
		"NO_LOCK": {true, false}, "NO_LOCK_NO_ADMIN": {true, true},
	} {
		if anybody, admin := refusesWrites(says, false), refusesWrites(says, true); anybody != refuses[0] || admin != refuses[1] {
			t.Errorf("read_only = %s refuses %v and %v", says, anybody, admin)
		}
	}
}

// What a plan takes for a text that a column holds, the column holds; what it
// refuses, the database would refuse in the middle of an apply.
func TestSchema_lettersAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d, "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')", "INSERT INTO vicidial_settings_containers (container_id) VALUES ('X')")
	s := newStore(t, d)
	schema, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.pool()
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range []struct {
		table cluster.Table
		name  string
	}{{cluster.TableServers, "custom_dialplan_entry"}, {cluster.TableContainers, "container_entry"}} {
		for _, letter := range "aß\u00a0\u00ad¿ÿ€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸŁ→東📞" {
			refused := schema.Check(column.table, column.name, cluster.Text(string(letter))) != nil
			_, err := db.ExecContext(t.Context(), fmt.Sprintf("UPDATE %s SET %s = ?", column.table, column.name), string(letter))
			if refused != (err != nil) {
				t.Errorf("%s of %s: refused %v, the database says %v", string(letter), column.name, refused, err)
			}
		}
	}
}

func TestReads_lockedTable(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	s := newStore(t, d)
	if _, err := s.Schema(t.Context()); err != nil {
		t.Fatal(err)
	}
	report, err := d.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_, _ = report.ExecContext(context.Background(), "UNLOCK TABLES")
		_ = report.Close()
	}()
	if _, err := report.ExecContext(t.Context(), "LOCK TABLES vicidial_live_agents WRITE, vicidial_auto_calls WRITE"); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = s.Live(soon, "10.0.0.1")
	var held *noAnswerError
	if !errors.As(err, &held) || !strings.Contains(held.Hint(), "PROCESSLIST") || !strings.HasPrefix(err.Error(), "reading live agents: the database gave no answer in time") {
		t.Errorf("got %v", err)
	}
}
