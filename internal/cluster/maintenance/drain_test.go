package maintenance

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// newServer returns a telephony server that accepts agent logins and balance calls.
func newServer(id, ip string) cluster.Server {
	return cluster.Server{Row: cluster.Row{
		"server_id": cluster.Text(id), "server_ip": cluster.Text(ip), "active": cluster.YesNo(true), "active_asterisk_server": cluster.YesNo(true),
		cluster.ColumnLogins: cluster.YesNo(true), cluster.ColumnBalance: cluster.YesNo(true), "generate_vicidial_conf": cluster.YesNo(true), "active_twin_server_ip": cluster.Text(""),
	}}
}

// with returns the server with one column changed.
func with(s cluster.Server, column string, value cluster.Value) cluster.Server {
	row := maps.Clone(s.Row)
	row[column] = value
	return cluster.Server{Row: row}
}

func withStatus(run cluster.RemoteAgents, status string) cluster.RemoteAgents {
	run["status"] = cluster.Text(status)
	return run
}

// newDrain returns a drain of dial3, one of three servers, with remote agents.
func newDrain() Drain {
	servers := cluster.Servers{newServer("dial1", "10.0.0.1"), newServer("dial2", "10.0.0.2"), newServer("dial3", "10.0.0.3")}
	return Drain{
		Server: servers[2], Servers: servers, Alive: servers.IPs(),
		RemoteAgents: []cluster.RemoteAgents{
			withStatus(newRemoteAgents("1", "9001", "5", "10.0.0.3"), "ACTIVE"), withStatus(newRemoteAgents("2", "9101", "1", "10.0.0.3"), "INACTIVE"),
			withStatus(newRemoteAgents("3", "9201", "1", "10.0.0.1"), "ACTIVE"), withStatus(newRemoteAgents("4", "9301", "1", "10.0.0.3"), "ACTIVE"),
		},
	}
}

// format formats steps as "table key: column old → new".
func format(steps []cluster.Step) []string {
	var lines []string
	for _, step := range steps {
		key := step.Key["server_id"].Text + step.Key["remote_agent_id"].Text
		for column, value := range step.To { // one each
			lines = append(lines, fmt.Sprintf("%s %s: %s %s → %s", step.Table, key, column, step.From[column], value))
		}
	}
	return lines
}

func TestDrain_plan(t *testing.T) {
	all := []string{
		"servers dial3: active_agent_login_server Y → N", "servers dial3: vicidial_balance_active Y → N",
		"vicidial_remote_agents 1: status ACTIVE → INACTIVE", "vicidial_remote_agents 4: status ACTIVE → INACTIVE",
	}
	for _, c := range []struct {
		claim  string
		change func(*Drain)
		want   []string
	}{
		{"login flag, then balance flag, then remote agents", func(*Drain) {}, all},
		{"remote agents stay active", func(d *Drain) { d.RemoteAgents = nil }, all[:2]},
		{"login flag is N already", func(d *Drain) { d.Server = with(d.Server, cluster.ColumnLogins, cluster.YesNo(false)) }, all[1:]},
		{"NULL is N, as in VICIdial", func(d *Drain) {
			d.Server = with(with(d.Server, cluster.ColumnLogins, cluster.Null), cluster.ColumnBalance, cluster.Null)
			d.RemoteAgents = nil
		}, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := newDrain()
			c.change(&d)
			plan, err := d.Plan()
			if err != nil || !slices.Equal(format(plan.Ordered()), c.want) {
				t.Errorf("%v, %q", err, format(plan.Ordered()))
			}
			if len(d.Summary()) != len(plan.Steps) {
				t.Errorf("%d descriptions of %d steps", len(d.Summary()), len(plan.Steps))
			}
			if plan.Rebuild.All || len(plan.Rebuild.Servers) > 0 {
				t.Error("flags servers, whose files hold none of this")
			}
		})
	}
	t.Run("log entry of the admin page, and the address is compared", func(t *testing.T) {
		plan, _ := newDrain().Plan()
		server, run := plan.Steps[0], plan.Steps[2]
		if server.Audit != cluster.ServerAudit("dial3", "MODIFY") || run.Audit != cluster.RemoteAudit("MODIFY", "1") {
			t.Errorf("%+v %+v", server.Audit, run.Audit)
		}
		if server.From["server_ip"].Text != "10.0.0.3" || run.From["server_ip"].Text != "10.0.0.3" {
			t.Errorf("%v %v", server.From, run.From)
		}
	})
	t.Run("description has the user_start for an undrain", func(t *testing.T) {
		if message := strings.Join(newDrain().Summary(), "\n"); !strings.Contains(message, "remote agents 9001 to 9005 on 10.0.0.3: INACTIVE (user_start 9001)") {
			t.Error(message)
		}
	})
}

func TestDrain_refusal(t *testing.T) {
	closed := func(d *Drain, column string) {
		d.Servers = cluster.Servers{with(d.Servers[0], column, cluster.YesNo(false)), with(d.Servers[1], column, cluster.YesNo(false)), d.Servers[2]}
	}
	for _, c := range []struct {
		claim  string
		change func(*Drain)
		want   string // empty if it is drained
	}{
		{"other servers accept logins", func(*Drain) {}, ""},
		{"other servers accept no logins", func(d *Drain) { closed(d, cluster.ColumnLogins) }, "dial1 (10.0.0.1): active_agent_login_server is not Y"},
		{"other servers are not active", func(d *Drain) { closed(d, "active") }, "dial2 (10.0.0.2): active is not Y"},
		{"other servers have no heartbeat", func(d *Drain) { d.Alive = []string{"10.0.0.3"} }, "dial2 (10.0.0.2): it has no fresh heartbeat"},
		{"only telephony server", func(d *Drain) { closed(d, "active_asterisk_server") }, "no other telephony server"},
		{"already drained", func(d *Drain) {
			d.Alive = nil
			d.Server = with(d.Server, cluster.ColumnLogins, cluster.YesNo(false))
		}, ""},
		{"not a telephony server", func(d *Drain) {
			d.Alive = nil
			d.Server = with(d.Server, "active_asterisk_server", cluster.YesNo(false))
		}, ""},
		{"even_if_last", func(d *Drain) { d.Alive, d.EvenIfLast = nil, true }, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := newDrain()
			c.change(&d)
			_, err := d.Plan()
			var refused *cluster.Refused
			if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) || !strings.Contains(refused.Hint(), "even_if_last")) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDrain_warnings(t *testing.T) {
	phone := func(login, ip, password string) cluster.AgentPhone {
		return cluster.AgentPhone{Login: login, ServerIP: ip, Active: true, Password: password}
	}
	around := DrainContext{
		Voicemail: "10.0.0.3",
		Carriers: []cluster.CarrierRow{
			{ID: "A", Name: "TELCO", ServerIP: "10.0.0.3", Active: true, Inbound: true},
			{ID: "B", Name: "ALLCO", ServerIP: cluster.AllServers, Active: true, Inbound: true},
			{ID: "C", Name: "OUTCO", ServerIP: "10.0.0.3", Active: true},
			{ID: "D", Name: "ELSECO", ServerIP: "10.0.0.1", Active: true, Inbound: true},
		},
		Phones: []cluster.AgentPhone{phone("2000a", "10.0.0.1", "p"), phone("2000c", "10.0.0.3", "p"), phone("2001c", "10.0.0.3", "p"), phone("3000", "10.0.0.3", "p"), phone("2002a", "10.0.0.1", "old"), phone("2002b", "10.0.0.3", "p"), phone("2002c", "10.0.0.3", "p")},
		Aliases: []cluster.Alias{
			{ID: "2000", Logins: []string{"2000a", "2000c"}}, {ID: "2001", Logins: []string{"2001c"}}, {ID: "2002", Logins: []string{"2002a", "2002b", "2002c"}},
		},
	}
	d := newDrain()
	d.Servers[0] = with(d.Servers[0], "active_twin_server_ip", cluster.Text("10.0.0.3"))
	want := []string{"voicemail", "ALLCO, TELCO", "3 seats (2001, 2002, 3000)", "twin of dial1"}
	t.Run("all warnings", func(t *testing.T) {
		warnings := d.Warnings(around)
		if len(warnings) != len(want) {
			t.Fatalf("%q", warnings)
		}
		for i, part := range want {
			if !strings.Contains(warnings[i], part) {
				t.Errorf("%q does not contain %q", warnings[i], part)
			}
		}
	})
	t.Run("no warning of seats on a drained server", func(t *testing.T) {
		drained := d
		drained.Server = with(drained.Server, cluster.ColumnLogins, cluster.YesNo(false))
		if warnings := drained.Warnings(around); len(warnings) != 3 {
			t.Errorf("%q", warnings)
		}
	})
	t.Run("no warning", func(t *testing.T) {
		if warnings := newDrain().Warnings(DrainContext{Voicemail: "10.0.0.1", Phones: around.Phones[:2], Aliases: around.Aliases[:1]}); len(warnings) > 0 {
			t.Errorf("%q", warnings)
		}
	})
}

func TestUndrain(t *testing.T) {
	yes, no := true, false
	drained := func() Undrain {
		d := newDrain()
		return Undrain{Server: with(with(d.Server, cluster.ColumnLogins, cluster.YesNo(false)), cluster.ColumnBalance, cluster.YesNo(false)), RemoteAgents: d.RemoteAgents}
	}
	for _, c := range []struct {
		claim  string
		change func(*Undrain)
		want   []string
	}{
		{"login flag only", func(*Undrain) {}, []string{"servers dial3: active_agent_login_server N → Y"}},
		{"remote agents, then balance flag, then login flag", func(u *Undrain) { u.Balance, u.Wanted = &yes, []string{"9101"} }, []string{
			"vicidial_remote_agents 2: status INACTIVE → ACTIVE", "servers dial3: vicidial_balance_active N → Y", "servers dial3: active_agent_login_server N → Y",
		}},
		{"login flag is Y already", func(u *Undrain) {
			u.Balance, u.Wanted = &no, []string{"9001"}
			u.Server = with(u.Server, cluster.ColumnLogins, cluster.YesNo(true))
		}, nil},
		{"balance flag is cleared", func(u *Undrain) {
			u.Balance, u.Server = &no, with(u.Server, cluster.ColumnBalance, cluster.YesNo(true))
		}, []string{"servers dial3: vicidial_balance_active Y → N", "servers dial3: active_agent_login_server N → Y"}},
		{"login flag is NULL", func(u *Undrain) { u.Server = with(u.Server, cluster.ColumnLogins, cluster.Null) }, []string{"servers dial3: active_agent_login_server NULL → Y"}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			u := drained()
			c.change(&u)
			plan, err := u.Plan()
			have := format(plan.Ordered())
			slices.Sort(have) // releases are first in the plan
			want := slices.Sorted(slices.Values(c.want))
			if err != nil || !slices.Equal(have, want) || len(u.Summary()) != len(want) {
				t.Errorf("%v, %q, %q", err, have, u.Summary())
			}
		})
	}
	for claim, first := range map[string]string{"unknown remote agents": "9999", "remote agents of another server": "9201", "duplicate remote agents": "9001"} {
		t.Run("refuses "+claim, func(t *testing.T) {
			u := drained()
			u.Wanted = []string{first}
			if first == "9001" {
				u.RemoteAgents = append(u.RemoteAgents, newRemoteAgents("9", "9001", "1", "10.0.0.3"))
			}
			if _, err := u.Plan(); err == nil || u.Summary() != nil {
				t.Errorf("%v, %q", err, u.Summary())
			}
		})
	}
	t.Run("warnings", func(t *testing.T) {
		u := drained()
		if warnings := u.Warnings([]string{"10.0.0.3"}); len(warnings) != 0 {
			t.Errorf("%q", warnings)
		}
		u.Server = with(u.Server, "active", cluster.YesNo(false))
		if warnings := u.Warnings(nil); len(warnings) != 2 {
			t.Errorf("%q", warnings)
		}
	})
}

// after returns the input of a drain with the first steps applied, as after an
// invocation that was killed.
func (d Drain) after(steps []cluster.Step) Drain {
	for _, step := range steps {
		for column, value := range step.To {
			if step.Table == cluster.TableServers {
				d.Server = with(d.Server, column, value)
				continue
			}
			d.RemoteAgents = slices.Clone(d.RemoteAgents)
			for i, run := range d.RemoteAgents {
				if run.ID() == step.Key["remote_agent_id"].Text {
					d.RemoteAgents[i] = cluster.RemoteAgents(with(cluster.Server{Row: cluster.Row(run)}, column, value).Row)
				}
			}
		}
	}
	return d
}

func TestDrain_properties(t *testing.T) {
	draw := func(t *rapid.T) Drain {
		d := newDrain()
		yesNo := rapid.SampledFrom([]cluster.Value{cluster.YesNo(true), cluster.YesNo(false), cluster.Null, cluster.Text("")})
		for i, server := range d.Servers {
			for _, column := range []string{cluster.ColumnLogins, cluster.ColumnBalance, "active", "active_asterisk_server"} {
				server = with(server, column, yesNo.Draw(t, column))
			}
			d.Servers[i] = server
		}
		d.Server = d.Servers[2]
		d.Alive = rapid.SliceOfDistinct(rapid.SampledFrom(d.Servers.IPs()), rapid.ID[string]).Draw(t, "alive")
		for i, run := range d.RemoteAgents {
			d.RemoteAgents[i] = withStatus(run, rapid.SampledFrom([]string{"ACTIVE", "INACTIVE", "active", ""}).Draw(t, "status"))
		}
		d.EvenIfLast = rapid.Bool().Draw(t, "even if last")
		return d
	}
	t.Run("resumes after any step", rapid.MakeCheck(func(t *rapid.T) {
		d := draw(t)
		plan, err := d.Plan()
		if err != nil {
			return
		}
		steps := plan.Ordered()
		done := rapid.IntRange(0, len(steps)).Draw(t, "done")
		stopped := d.after(steps[:done])
		rest, err := stopped.Plan()
		if err != nil && done > 0 || err == nil && !slices.Equal(format(rest.Ordered()), format(steps[done:])) {
			t.Fatalf("%v: %q is not the rest of %q", err, format(rest.Ordered()), format(steps))
		}
		if again, err := stopped.after(rest.Ordered()).Plan(); err != nil || !again.Empty() {
			t.Fatalf("%v: %q", err, format(again.Ordered()))
		}
	}))
	t.Run("rows of other servers are unchanged", rapid.MakeCheck(func(t *rapid.T) {
		plan, _ := draw(t).Plan()
		for _, step := range plan.Steps {
			if step.From["server_ip"].Text != "10.0.0.3" || len(step.To) != 1 || step.Phase != cluster.Release {
				t.Fatalf("%+v", step)
			}
		}
	}))
	t.Run("undrain reverses drain", rapid.MakeCheck(func(t *rapid.T) {
		d := draw(t)
		plan, err := d.Plan()
		if err != nil || !d.Server.Row[cluster.ColumnLogins].Yes() {
			return
		}
		balance := d.Server.Row[cluster.ColumnBalance].Yes()
		var were []string
		for _, run := range d.RemoteAgents {
			if run.ServerIP() == d.Server.IP() && run.Active() {
				were = append(were, run.UserStart())
			}
		}
		drained := d.after(plan.Ordered())
		back, err := (Undrain{Server: drained.Server, Balance: &balance, Wanted: were, RemoteAgents: drained.RemoteAgents}).Plan()
		if err != nil {
			t.Fatal(err)
		}
		now := drained.after(back.Ordered())
		if again, err := now.Plan(); d.Refusal() == nil && (err != nil || !slices.Equal(format(again.Ordered()), format(plan.Ordered()))) && !slices.ContainsFunc(d.RemoteAgents, func(run cluster.RemoteAgents) bool { return run["status"].Text == "active" }) {
			t.Fatalf("%v: %q is not %q", err, format(again.Ordered()), format(plan.Ordered()))
		}
	}))
}

func newRemoteAgents(id, start, lines, serverIP string) cluster.RemoteAgents {
	return cluster.RemoteAgents{
		"remote_agent_id": cluster.Text(id), "user_start": cluster.Text(start), "number_of_lines": cluster.Text(lines), "server_ip": cluster.Text(serverIP),
		"status": cluster.Text("ACTIVE"), "closer_campaigns": cluster.Text(" SALES -"),
	}
}
