package store

import (
	"fmt"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// insertReferences makes a row for each column that can hold a server_ip.
func insertReferences(t *testing.T, d *sandbox.Database, ip string) {
	t.Helper()
	run(t, d, fmt.Sprintf("INSERT INTO servers (server_id, server_ip, active_twin_server_ip) VALUES ('twin', '10.9.9.9', '%s')", ip),
		fmt.Sprintf("UPDATE system_settings SET active_voicemail_server = '%s'", ip),
		fmt.Sprintf("UPDATE vicidial_inbound_dids SET filter_server_ip = '%s'", ip)) // the default one, which is seeded
	done := map[string]bool{"servers.active_twin_server_ip": true, "system_settings.active_voicemail_server": true, "vicidial_inbound_dids.filter_server_ip": true}
	for _, reference := range cluster.References {
		at := fmt.Sprintf("%s.%s", reference.Table, reference.Column)
		var there int
		err := d.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?", reference.Table, reference.Column).Scan(&there)
		if err != nil {
			t.Fatal(err)
		}
		if done[at] || there == 0 {
			continue
		}
		done[at] = true
		run(t, d, fmt.Sprintf("INSERT INTO %s (%s) VALUES ('%s')", reference.Table, reference.Column, ip)) // the server is lax, as VICIdial needs it
	}
	run(t, d, fmt.Sprintf("INSERT INTO vicidial_server_trunks VALUES ('%s', 'SALES', 5, 'MAXIMUM_LIMIT')", ip))
}

func TestMentions(t *testing.T) {
	t.Parallel()
	for _, version := range sandbox.AllSchemas() {
		t.Run(fmt.Sprintf("are found in every column of schema %d, in one statement", version), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, version)
			insertReferences(t, d, "10.0.0.1")
			p := sandbox.NewProxy(t, d.Server())
			store := newStore(t, d, viaProxy(p))
			schema, err := store.Schema(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p.Reset()
			mentions, err := store.Referencing(t.Context(), "10.0.0.1")
			if err != nil || len(p.Statements()) != 1 {
				t.Fatalf("%v in %d statements", err, len(p.Statements()))
			}
			var expected int
			for _, reference := range cluster.References {
				if schema.Has(reference.Table, reference.Column) {
					expected++
				}
			}
			if len(mentions) != expected || expected < 15 {
				t.Errorf("%d of %d columns", len(mentions), expected)
			}
			for _, mention := range mentions {
				if mention.Rows != 1 {
					t.Errorf("%s", mention)
				}
			}
			none, err := store.Referencing(t.Context(), "10.0.0.2")
			if err != nil || none.Summary() != "no other rows" {
				t.Errorf("%v, %v", none.Summary(), err)
			}
		})
	}
}

func TestClashes(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d,
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.1'), (8600052, '10.0.0.1'), (8600053, '10.0.0.4')",
		"INSERT INTO vicidial_confbridges (conf_exten, server_ip) VALUES (9600000, '10.0.0.1'), (9600001, '10.0.0.1'), (9600001, '10.0.0.4')",
		"INSERT INTO phones (extension, server_ip, login) VALUES ('100', '10.0.0.1', '100a'), ('100', '10.0.0.4', '100b'), ('101', '10.0.0.4', '101b')",
		"INSERT INTO server_updater (server_ip) VALUES ('10.0.0.1'), ('10.0.0.4')")
	clashes, err := newStore(t, d).Clashes(t.Context(), "10.0.0.1", "10.0.0.4")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("rows that a unique key blocks at the new address", func(t *testing.T) {
		want := map[cluster.Table]int{cluster.TableMeetmeRooms: 0, cluster.TableConfbridges: 1, "phones": 1, cluster.TableServerUpdater: 1, "conferences": 0}
		if len(clashes) != len(want) {
			t.Errorf("%v", clashes)
		}
		for _, clash := range clashes {
			if clash.Rows != want[clash.Table] {
				t.Errorf("%s, want %d", clash, want[clash.Table])
			}
		}
	})
}

func TestRemoval(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d,
		"INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')",
		"UPDATE system_settings SET active_voicemail_server = '10.0.0.2'",
		"INSERT INTO phones (extension, server_ip, login) VALUES ('100', '10.0.0.1', '100a'), ('101', '10.0.0.1', ''), ('100', '10.0.0.2', '100b')",
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('100', 'seat', '100a,100b'), ('300', 'nobody', NULL)",
		"INSERT INTO vicidial_live_agents (user, server_ip, extension) VALUES ('1', '10.0.0.1', 'SIP/100'), ('2', '10.0.0.1', 'R/200'), ('3', '10.0.0.2', 'SIP/101'), ('4', '10.0.0.1', NULL)",
		"INSERT INTO vicidial_auto_calls (server_ip) VALUES ('10.0.0.1'), ('10.0.0.1'), ('10.0.0.2')")
	store := newStore(t, d)
	removal, found, err := store.Removal(t.Context(), "dial1")
	if err != nil || !found {
		t.Fatalf("found %t, %v", found, err)
	}
	t.Run("agents without remote agents, and calls", func(t *testing.T) {
		if removal.Live != (cluster.Live{Agents: 2, Calls: 2}) {
			t.Errorf("%+v", removal.Live)
		}
	})
	t.Run("voicemail server", func(t *testing.T) {
		if removal.Voicemail != "10.0.0.2" {
			t.Error(removal.Voicemail)
		}
	})
	t.Run("logins on the server and aliases", func(t *testing.T) {
		if fmt.Sprint(removal.Logins) != "[100a]" || len(removal.Aliases) != 2 || fmt.Sprint(removal.Aliases[0].Logins) != "[100a 100b]" {
			t.Errorf("%v %v", removal.Logins, removal.Aliases)
		}
	})
	t.Run("live tables are not cached", func(t *testing.T) {
		run(t, d, "DELETE FROM vicidial_live_agents")
		if live, err := store.Live(t.Context(), "10.0.0.1"); err != nil || live.Agents != 0 {
			t.Errorf("%+v, %v", live, err)
		}
	})
}
