package privileges

import (
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestTables(t *testing.T) {
	t.Parallel()
	t.Run("once each, sorted", func(t *testing.T) {
		t.Parallel()
		for i, table := range Tables()[1:] {
			if before := Tables()[i].Name; before >= table.Name {
				t.Errorf("%s before %s", before, table.Name)
			}
		}
	})
	t.Run("each reference to a server can follow it", func(t *testing.T) {
		t.Parallel()
		for _, reference := range cluster.References {
			if slices.Contains(denied, reference.Table) {
				continue
			}
			table := Of(reference.Table)
			for _, verb := range []string{Select, Update} {
				if len(table.Needs(verb, []string{reference.Column})) == 0 {
					t.Errorf("%s (%s) on %s is not granted", verb, reference.Column, reference.Table)
				}
			}
			if reference.Blank == nil && reference.Table != cluster.TableSettings && !slices.Contains(table.Verbs, Delete) {
				t.Errorf("DELETE on %s is not granted", reference.Table)
			}
		}
	})
	t.Run("the batch of an apply has each table to which rows are added", func(t *testing.T) {
		t.Parallel()
		// Plans that add rows to these tables are written one after the other.
		alone := []cluster.Table{cluster.TableContainers, AdminLog}
		// Whether these rows are allowed depends on all rows of the table.
		shared := []cluster.Table{cluster.TableTrunks, cluster.TableRemoteAgents}
		for _, table := range Tables() {
			if !slices.Contains(table.Verbs, Insert) {
				continue
			}
			insert := func(id string) cluster.AccessSet {
				key := cluster.Row{"server_id": cluster.Text(id), "login": cluster.Text(id), "alias_id": cluster.Text(id)}
				return cluster.Plan{Steps: []cluster.Step{{Verb: cluster.Insert, Table: table.Name, Key: key, Rows: []cluster.Row{key}}}}.Access()
			}
			apart := insert("1").Independent(insert("2"))
			if want := !slices.Contains(alone, table.Name) && !slices.Contains(shared, table.Name); apart != want {
				t.Errorf("two rows of %s are independent: %t, want %t. Add the table to a case of AccessSet.add in internal/cluster/access.go, or to alone in this test.", table.Name, apart, want)
			}
		}
	})
	t.Run("denied tables are not in the script", func(t *testing.T) {
		t.Parallel()
		for _, table := range denied {
			if strings.Contains(Script(), string(table)) {
				t.Error(table)
			}
		}
	})
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		table      cluster.Table
		verb       string
		has, needs string
	}{
		{"vicidial_users", Select, "user pass user_level phone_login", "user phone_login"},
		{"vicidial_users", Update, "user pass user_level phone_login", "phone_login"},
		{"phones", Select, "login pass peer_status DBX_pass a_later_column", "login pass peer_status a_later_column"},
		{"phones", Insert, "login pass peer_status DBX_pass a_later_column", "login pass a_later_column"},
		{"servers", Update, "server_id server_ip sysload svn_info sounds_update", "server_ip"},
		{"servers", Insert, "server_id server_ip sysload svn_info sounds_update", "server_id server_ip sounds_update"},
		{"servers", Select, "server_ip sysload svn_info", "server_ip sysload"},
		{"vicidial_server_trunks", Insert, "server_ip a_later_column", "server_ip a_later_column"},
		{"vicidial_campaigns", Update, "campaign_id dial_method", ""},
		{"a_table_of_nobody", Update, "one two", "one two"},
	} {
		if have := strings.Join(Of(c.table).Needs(c.verb, words(c.has)), " "); have != c.needs {
			t.Errorf("%s on %s: have %q, want %q", c.verb, c.table, have, c.needs)
		}
	}
}
