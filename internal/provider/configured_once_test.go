package provider_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// lifetime is an object that is created, changed by hand, changed and removed.
type lifetime struct {
	resource      string
	first, second acctest.Values
	edit          func(*testing.T, *sandbox.Database) // by hand
	value         func(*testing.T, *sandbox.Database) string
	want          [4]string // the value of first, edit and second, and after the removal
}

// inTable edits by a statement, and takes the value from a query of one value.
func inTable(l lifetime, statement, query string) lifetime {
	l.edit = func(t *testing.T, d *sandbox.Database) { t.Helper(); acctest.Run(t, d, statement)() }
	l.value = func(t *testing.T, d *sandbox.Database) string {
		t.Helper()
		var value string
		if err := d.DB().QueryRowContext(context.Background(), query).Scan(&value); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return value
	}
	return l
}

// inFile edits a file, and takes the value from the line of its limit for each address.
func inFile(l lifetime, path string) lifetime {
	l.edit = func(t *testing.T, _ *sandbox.Database) {
		t.Helper()
		if err := os.WriteFile(path, []byte("# mine\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l.value = func(t *testing.T, _ *sandbox.Database) string {
		t.Helper()
		text, err := os.ReadFile(path)
		var found []string
		for _, name := range []string{"vici.example.com", "crm.example.com", "# mine"} {
			if err == nil && strings.Contains(string(text), name) {
				found = append(found, name)
			}
		}
		return strings.Join(found, " ")
	}
	return l
}

// lifetimes has one object of each resource, on the server 10.0.0.9.
func lifetimes(t *testing.T) []lifetime {
	t.Helper()
	with := func(values acctest.Values, name string, value any) acctest.Values {
		changed := acctest.Values{name: value}
		for other, same := range values {
			if other != name {
				changed[other] = same
			}
		}
		return changed
	}
	of := func(resource string, values acctest.Values, name string, first, second any, want ...string) lifetime {
		return lifetime{resource: resource, first: with(values, name, first), second: with(values, name, second), want: [4]string(want)}
	}
	nodes := func(address string) acctest.Values {
		return acctest.Values{"coordinator": address, "nodes": acctest.Values{address: acctest.Values{"roles": []string{"database", "telephony"}, "conf_engine": "CONFBRIDGE"}}}
	}
	proxy := func(resource string, tls acctest.Values) lifetime {
		path := filepath.Join(t.TempDir(), "proxy.conf")
		l := of(resource, acctest.Values{
			"name": "floor", "nodes": acctest.Values{"web1": acctest.Values{"address": "10.10.20.11"}}, "tls": tls,
			"file": acctest.Values{"path": path, "validate": false, "backup": false},
		}, "hostname", "vici.example.com", "crm.example.com", "vici.example.com", "# mine", "crm.example.com", "")
		return inFile(l, path)
	}
	return []lifetime{
		// It writes nothing, so nobody edits it.
		{resource: "vicidial_node_config", first: nodes("10.0.0.1"), second: nodes("10.0.0.2")},
		inTable(of("vicidial_cluster_settings", nil, "outbound_calls_per_second", 20, 30, "20", "7", "30", "10"),
			"UPDATE system_settings SET outbound_calls_per_second = 7",
			"SELECT outbound_calls_per_second FROM system_settings"),
		inTable(of("vicidial_server", acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1"}, "max_vicidial_trunks", 20, 30, "20", "7", "30", "0"),
			"UPDATE servers SET max_vicidial_trunks = 7 WHERE server_id = 'dial1'",
			"SELECT COALESCE(SUM(max_vicidial_trunks), 0) FROM servers WHERE server_id = 'dial1'"),
		inTable(of("vicidial_trunk_split", acctest.Values{"campaign_id": "SALES", "servers": acctest.Values{"10.0.0.9": acctest.Values{}}}, "total", 20, 30, "20", "7", "30", "0"),
			"UPDATE vicidial_server_trunks SET dedicated_trunks = 7",
			"SELECT COALESCE(SUM(dedicated_trunks), 0) FROM vicidial_server_trunks"),
		inTable(of("vicidial_conf_template", acctest.Values{"template_id": "trunks", "template_contents": "qualify=yes\n"}, "template_name", "One", "Two", "One", "mine", "Two", ""),
			"UPDATE vicidial_conf_templates SET template_name = 'mine' WHERE template_id = 'trunks'",
			"SELECT COALESCE(MAX(template_name), '') FROM vicidial_conf_templates WHERE template_id = 'trunks'"),
		inTable(of("vicidial_carrier_route", acctest.Values{
			"name": "TELCO", "servers": []string{"10.0.0.9"}, "protocol": "SIP", "account_entry": "[telco]\ntype=peer\nhost=sip.example.com\n", "dial": acctest.Values{"prefix": "1"},
		}, "carrier_name", "One", "Two", "One", "mine", "Two", ""),
			"UPDATE vicidial_server_carriers SET carrier_name = 'mine' WHERE carrier_id LIKE 'TELCO%'",
			"SELECT COALESCE(MAX(carrier_name), '') FROM vicidial_server_carriers WHERE carrier_id LIKE 'TELCO%'"),
		inTable(of("vicidial_inbound_did", acctest.Values{"did_pattern": "8005550101", "did_route": "EXTEN", "extension": "8304"}, "did_description", "One", "Two", "One", "mine", "Two", ""),
			"UPDATE vicidial_inbound_dids SET did_description = 'mine' WHERE did_pattern = '8005550101'",
			"SELECT COALESCE(MAX(did_description), '') FROM vicidial_inbound_dids WHERE did_pattern = '8005550101'"),
		inTable(of("vicidial_inbound_numbers", acctest.Values{"name": "sales", "dids": []string{"8005550200-8005550202"}, "did_route": "EXTEN", "extension": "8304"}, "did_description", "One", "Two", "One", "mine", "Two", ""),
			"UPDATE vicidial_inbound_dids SET did_description = 'mine' WHERE did_pattern LIKE '80055502%'",
			"SELECT COALESCE(MAX(did_description), '') FROM vicidial_inbound_dids WHERE did_pattern LIKE '80055502%'"),
		inTable(of("vicidial_remote_agents", acctest.Values{"user_start": "9001", "server_ip": "10.0.0.9", "campaign_id": "SALES", "conf_exten": "8300"}, "number_of_lines", 1, 2, "1", "3", "2", "0"),
			"UPDATE vicidial_remote_agents SET number_of_lines = 3",
			"SELECT COALESCE(SUM(number_of_lines), 0) FROM vicidial_remote_agents"),
		inTable(of("vicidial_agent_placement", acctest.Values{
			"name": "a", "servers": acctest.Values{"10.0.0.9": acctest.Values{"suffix": "a"}},
			"phone": acctest.Values{"protocol": "SIP", "pass_wo": "open1234", "pass_wo_version": 1},
		}, "seats", []string{"2000-2001"}, []string{"2000-2002"}, "2000 2001", "2000", "2000 2001 2002", ""),
			"DELETE FROM phones_alias WHERE alias_id = '2001'",
			"SELECT COALESCE(GROUP_CONCAT(alias_id ORDER BY 1 SEPARATOR ' '), '') FROM phones_alias"),
		proxy("vicidial_haproxy_config", acctest.Values{"certificate_file": "/etc/haproxy/certs/vici.pem"}),
		proxy("vicidial_nginx_config", acctest.Values{"certificate_file": "/etc/nginx/vici.pem", "key_file": "/etc/nginx/vici.key"}),
	}
}

// databaseOfLifetimes returns a database with the rows to which the objects of lifetimes
// refer.
func databaseOfLifetimes(t *testing.T) *sandbox.Database {
	t.Helper()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks) VALUES ('other', '10.0.0.9', 'Y', 90)",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.9'), (8600052, '10.0.0.9'), (8600053, '10.0.0.9')",
		"INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4), ('9002', 'x', 'Night', 4)")()
	return d
}

// eachLifetime tests every resource, on a database of its own.
func eachLifetime(t *testing.T, test func(t *testing.T, l lifetime, d *sandbox.Database)) {
	t.Helper()
	var tried []string
	for _, l := range lifetimes(t) {
		tried = append(tried, l.resource)
		t.Run(l.resource, func(t *testing.T) {
			t.Parallel()
			test(t, l, databaseOfLifetimes(t))
		})
	}
	acctest.EveryResource(t, "lifetimes", tried)
}

// A process that configures the provider once plans, applies, meets a change by
// hand, plans, applies and removes, and then once more without a refresh, for every
// resource.
func TestAccRuns_configuredOnce(t *testing.T) {
	t.Parallel()
	eachLifetime(t, func(t *testing.T, l lifetime, d *sandbox.Database) {
		session := acctest.NewSession(t, d)
		holds := func(when, want string) {
			t.Helper()
			if l.value == nil {
				return
			}
			if got := l.value(t, d); got != want {
				t.Fatalf("%s: the value is %q, want %q", when, got, want)
			}
		}
		for range 2 {
			object := session.Object(t, l.resource)
			object.Change(t, l.first)
			record(t, object)
			holds("create", l.want[0])
			if l.edit != nil {
				l.edit(t, d)
				holds("edit by hand", l.want[1])
				object.RefreshAndChange(t, l.first)
				holds("the edit is mended", l.want[0])
			}
			object.RefreshAndChange(t, l.second)
			holds("update", l.want[2])
			object.Refresh(t)
			planned(t, object, l.first) // and not applied
			planned(t, object, nil)
			planned(t, object, l.first)
			object.Change(t, nil)
			holds("removal", l.want[3])

			object = session.Object(t, l.resource) // without a refresh
			object.Change(t, l.first)
			object.Change(t, l.second)
			holds("update without a refresh", l.want[2])
			object.Change(t, nil)
			holds("removal without a refresh", l.want[3])
		}
	})
}

// One process that applies a run and then removes all objects without a refresh, as
// terraform test does from 1.13 on, removes those that the run did not change, and those
// that it did.
func TestAccRuns_teardown(t *testing.T) {
	t.Parallel()
	eachLifetime(t, func(t *testing.T, l lifetime, d *sandbox.Database) {
		session := acctest.NewSession(t, d)
		teardown := func(object *acctest.Object) {
			t.Helper()
			removal := planned(t, object, nil)
			if said := object.Apply(t, removal).Errors(); said != "" {
				t.Fatalf("the removal says %s", said)
			}
			if l.value != nil {
				if got := l.value(t, d); got != l.want[3] {
					t.Errorf("the value is %q after the removal, want %q", got, l.want[3])
				}
			}
		}
		another := func() {
			t.Helper()
			session.Object(t, "vicidial_inbound_did").Change(t, acctest.Values{"did_pattern": "8005550199", "did_route": "EXTEN", "extension": "8304"})
			acctest.Run(t, d, "DELETE FROM vicidial_inbound_dids WHERE did_pattern = '8005550199'")()
		}
		object := session.Object(t, l.resource)
		object.Change(t, l.first)
		object.RefreshAndChange(t, l.second)
		teardown(object) // changed

		object = session.Object(t, l.resource)
		object.Change(t, l.first)
		object.Refresh(t)
		planned(t, object, l.first)
		another()
		teardown(object) // unchanged
	})
}

// A new object that is planned before anything else is read is planned again by the apply.
func TestAccRuns_newBeforeRead(t *testing.T) {
	t.Parallel()
	d := databaseOfLifetimes(t)
	for _, l := range lifetimes(t) {
		session := acctest.NewSession(t, d)
		other, object := session.Object(t, "vicidial_inbound_did"), session.Object(t, l.resource)
		other.Change(t, acctest.Values{"did_pattern": "8005550199", "did_route": "EXTEN", "extension": "8304"})
		planned(t, object, l.first)
		other.Refresh(t)
		object.Change(t, l.first)
		object.Change(t, nil)
		other.Change(t, nil)
	}
}

// A provider whose own configuration is not known reports that, in each request that
// needs the database. The plan of the apply, when it is known, shows nothing else.
func TestAccRuns_unconfigured(t *testing.T) {
	t.Parallel()
	d := databaseOfLifetimes(t)
	configured, unconfigured := acctest.NewSession(t, d), acctest.NewSession(t, d, acctest.Values{"host": tftypes.UnknownValue})
	for _, l := range lifetimes(t) {
		if strings.HasSuffix(l.resource, "_config") {
			continue // they need no database
		}
		object := configured.Object(t, l.resource)
		apply := func(what string, config acctest.Values) {
			t.Helper()
			early, planned := object.In(unconfigured).Plan(t, config), object.Plan(t, config)
			if where := disagreement(early.After, planned.After); where != "" {
				t.Errorf("%s of %s: the plan of a provider that is configured differs at %s", what, l.resource, where)
			}
			if said := object.In(unconfigured).Apply(t, planned).Errors(); !strings.Contains(said, "not configured") {
				t.Errorf("%s of %s says %q", what, l.resource, said)
			}
		}
		apply("create", l.first)
		object.Change(t, l.first)
		if said := object.In(unconfigured).Refresh(t).Errors(); said != "" {
			t.Errorf("read of %s says %s", l.resource, said)
		}
		if l.resource == "vicidial_server" {
			l.second = maps.Clone(l.second)
			l.second["manager"], l.second["conference"] = acctest.Values{"port": 5039}, acctest.Values{"engine": "CONFBRIDGE", "rooms": 2}
		}
		apply("update", l.second)
		apply("removal", nil)
		object.Change(t, nil)
	}
}

// The database is gone when a create has written its rows, before it reads them back. It
// leaves no state, and the next create takes the rows over. Settings keep the previous
// values in state.
func TestAccRuns_unreadCreate(t *testing.T) {
	t.Parallel()
	eachLifetime(t, func(t *testing.T, l lifetime, d *sandbox.Database) {
		if strings.HasSuffix(l.resource, "_config") {
			return // it has no rows
		}
		proxy := sandbox.NewProxy(t, d.Server())
		object := acctest.NewSession(t, d, acctest.Values{"port": proxy.Port()}).Object(t, l.resource)
		planned := object.Plan(t, l.first)
		written := false
		proxy.CutBefore(func(statement string) bool {
			statement = strings.TrimSpace(statement)
			if strings.Contains(statement, "vicidial_admin_log") || strings.Contains(statement, "SET rebuild_conf_files") {
				return false
			}
			written = written || strings.HasPrefix(statement, "INSERT INTO ") || strings.HasPrefix(statement, "UPDATE ")
			return written && strings.HasPrefix(statement, "SELECT") && strings.Contains(statement, "FROM")
		}, true)
		said := object.Apply(t, planned).Errors()
		if proxy.Cuts() != 1 || said == "" || l.value(t, d) != l.want[0] {
			t.Fatalf("after %d cuts the value is %q, and the create says %q", proxy.Cuts(), l.value(t, d), said)
		}
		proxy.Restore()
		_, _, state := object.State(t)
		if isSettings := l.resource == "vicidial_cluster_settings"; state.IsNull() == isSettings {
			t.Errorf("the state is %s", state)
		} else if !isSettings {
			object = acctest.NewSession(t, d).Object(t, l.resource)
			object.Change(t, l.first)
			if object.Refresh(t); object.Plan(t, l.first).Changes {
				t.Error("the plan after the second create has changes")
			}
		}
		object.Change(t, nil)
		if got := l.value(t, d); got != l.want[3] {
			t.Errorf("the value is %q after the removal, want %q", got, l.want[3])
		}
	})
}

// One process that plans a replacement with create_before_destroy and applies it, after
// another change, keeps the rows of the new instance.
func TestAccRuns_replacement(t *testing.T) {
	t.Parallel()
	eachLifetime(t, func(t *testing.T, l lifetime, d *sandbox.Database) {
		session := acctest.NewSession(t, d)
		before, after := session.Object(t, l.resource), session.Object(t, l.resource)
		before.Change(t, l.first)
		before.Refresh(t)
		planned(t, before, l.first)
		session.Object(t, "vicidial_inbound_did").Change(t, acctest.Values{"did_pattern": "8005550199", "did_route": "EXTEN", "extension": "8304"})
		after.Change(t, l.first)
		if said := before.Apply(t, planned(t, before, nil)).Errors(); said != "" {
			t.Fatalf("the removal says %s", said)
		}
		if l.value != nil {
			if got := l.value(t, d); got != l.want[0] {
				t.Errorf("the value is %q after the replacement, want %q", got, l.want[0])
			}
		}
	})
}

// Of two placements the run has created one and left the other as it was.
func TestAccRuns_teardownOfPlacements(t *testing.T) {
	t.Parallel()
	d := databaseOfLifetimes(t)
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks) VALUES ('second', '10.0.0.8', 'Y', 90)",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.8'), (8600052, '10.0.0.8'), (8600053, '10.0.0.8')")()
	session := acctest.NewSession(t, d)
	floor := func(name string, seats ...string) acctest.Values {
		return acctest.Values{
			"name": name, "seats": seats, "servers": acctest.Values{"10.0.0.8": acctest.Values{"suffix": "b"}, "10.0.0.9": acctest.Values{"suffix": "a"}},
			"phone": acctest.Values{"protocol": "SIP", "pass_wo": "open1234", "pass_wo_version": 1},
		}
	}
	unchanged, created := session.Object(t, "vicidial_agent_placement"), session.Object(t, "vicidial_agent_placement")
	unchanged.Change(t, floor("a", "2000-2001"))
	unchanged.Refresh(t)
	planned(t, unchanged, floor("a", "2000-2001"))
	created.Change(t, floor("b", "2002"))
	if said := session.Object(t, "vicidial_agent_placement").Plan(t, floor("c", "2001")).Errors(); !strings.Contains(said, "Two placements would write the same rows") {
		t.Errorf("the plan of a seat that another placement has says %q", said)
	}
	planned(t, unchanged, nil)
	planned(t, created, nil)
}

// planned plans an object, and fails where the plan does.
func planned(t *testing.T, object *acctest.Object, values acctest.Values) acctest.Planned {
	t.Helper()
	plan := object.Plan(t, values)
	if said := plan.Errors(); said != "" {
		t.Fatalf("the plan says %s", said)
	}
	return plan
}

// A server that a run removed is not expected by the next one.
func TestAccRuns_removedServerIsUnknown(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	session := acctest.NewSession(t, d)
	server := session.Object(t, "vicidial_server")
	server.Change(t, acctest.Values{"server_id": "dial1", "server_ip": "10.0.0.1", "max_vicidial_trunks": 20})
	split := session.Object(t, "vicidial_trunk_split")
	config := acctest.Values{"campaign_id": "SALES", "total": 10, "servers": acctest.Values{"10.0.0.1": acctest.Values{}}}
	split.Change(t, config)
	split.RefreshAndChange(t, nil)
	server.RefreshAndChange(t, nil)
	if said := session.Object(t, "vicidial_trunk_split").Plan(t, config).Errors(); !strings.Contains(said, "10.0.0.1") {
		t.Errorf("the plan of a split over a removed server says %q", said)
	}
}

// Of two objects of one run whose keys the database takes for one, the second is
// refused by its plan.
func TestAccRuns_oneKeyInOtherLetters(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks) VALUES ('other', '10.0.0.9', 'Y', 90)")()
	both := map[string][2]acctest.Values{
		"vicidial_server":        {{"server_id": "dial1", "server_ip": "10.0.0.1"}, {"server_id": "DIAL1", "server_ip": "10.0.0.2"}},
		"vicidial_conf_template": {{"template_id": "soft", "template_name": "a", "template_contents": "type=friend\n"}, {"template_id": "SOFT", "template_name": "b", "template_contents": "type=friend\n"}},
		"vicidial_trunk_split":   {{"campaign_id": "SALES", "total": 1, "servers": acctest.Values{"10.0.0.9": acctest.Values{}}}, {"campaign_id": "sales", "total": 2, "servers": acctest.Values{"10.0.0.9": acctest.Values{}}}},
		"vicidial_inbound_did":   {{"did_pattern": "sales", "did_route": "EXTEN", "extension": "8301"}, {"did_pattern": "SALES", "did_route": "EXTEN", "extension": "8302"}},
		"vicidial_carrier_route": {{"name": "MAIN", "servers": []string{"10.0.0.9"}, "protocol": "SIP", "account_entry": "[main]\ntype=peer\nhost=192.0.2.1\n"}, {"name": "main", "servers": []string{"10.0.0.9"}, "protocol": "SIP", "account_entry": "[other]\ntype=peer\nhost=192.0.2.2\n"}},
	}
	// Keys that are digits, that no column holds, or of the only object.
	acctest.EveryResource(t, "both of oneKeyInOtherLetters", slices.Collect(maps.Keys(both)), "vicidial_remote_agents", "vicidial_inbound_numbers",
		"vicidial_agent_placement", "vicidial_cluster_settings", "vicidial_haproxy_config", "vicidial_nginx_config", "vicidial_node_config")
	for resource, both := range both {
		session := acctest.NewSession(t, d)
		if said := session.Object(t, resource).Plan(t, both[0]).Errors(); said != "" {
			t.Errorf("%s: the first is refused: %s", resource, said)
		}
		if said := session.Object(t, resource).Plan(t, both[1]).Errors(); said == "" {
			t.Errorf("%s: the second is planned as well", resource)
		}
	}
}
