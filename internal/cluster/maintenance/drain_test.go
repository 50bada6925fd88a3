package maintenance

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

// aWorker is a telephony server that agents can log in to and that takes balance
// calls.
func aWorker(id, ip string) cluster.Server {
	return cluster.Server{Row: cluster.Row{
		"server_id": cluster.Text(id), "server_ip": cluster.Text(ip), "active": cluster.YesNo(true), "active_asterisk_server": cluster.YesNo(true),
		columnLogins: cluster.YesNo(true), columnBalance: cluster.YesNo(true), "generate_vicidial_conf": cluster.YesNo(true), "active_twin_server_ip": cluster.Text(""),
	}}
}

// but is the server with one column that says something else.
func but(s cluster.Server, column string, value cluster.Value) cluster.Server {
	row := maps.Clone(s.Row)
	row[column] = value
	return cluster.Server{Row: row}
}

func working(run cluster.RemoteAgents, status string) cluster.RemoteAgents {
	run["status"] = cluster.Text(status)
	return run
}

// aDrain takes dial3 out of three; two runs of remote agents are on it.
func aDrain() Drain {
	servers := cluster.Servers{aWorker("dial1", "10.0.0.1"), aWorker("dial2", "10.0.0.2"), aWorker("dial3", "10.0.0.3")}
	return Drain{
		Server: servers[2], Servers: servers, Alive: servers.IPs(),
		RemoteAgents: []cluster.RemoteAgents{
			working(anAgentRun("1", "9001", "5", "10.0.0.3"), "ACTIVE"), working(anAgentRun("2", "9101", "1", "10.0.0.3"), "INACTIVE"),
			working(anAgentRun("3", "9201", "1", "10.0.0.1"), "ACTIVE"), working(anAgentRun("4", "9301", "1", "10.0.0.3"), "ACTIVE"),
		},
	}
}

// drawn shows steps as "table key: column old → new".
func drawn(steps []cluster.Step) []string {
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
		{"shuts the login gate first, then the fill, then stops the remote agents that are at work", func(*Drain) {}, all},
		{"leaves remote agents at work when it is told to", func(d *Drain) { d.RemoteAgents = nil }, all[:2]},
		{"does only what is left to do", func(d *Drain) { d.Server = but(d.Server, columnLogins, cluster.YesNo(false)) }, all[1:]},
		{"takes NULL for no, as VICIdial reads it", func(d *Drain) {
			d.Server = but(but(d.Server, columnLogins, cluster.Null), columnBalance, cluster.Null)
			d.RemoteAgents = nil
		}, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := aDrain()
			c.change(&d)
			plan, err := d.Plan()
			if err != nil || !slices.Equal(drawn(plan.Ordered()), c.want) {
				t.Errorf("%v, %q", err, drawn(plan.Ordered()))
			}
			if len(d.Says()) != len(plan.Steps) {
				t.Errorf("%d sentences for %d steps", len(d.Says()), len(plan.Steps))
			}
			if plan.Rebuild.All || len(plan.Rebuild.Servers) > 0 {
				t.Error("flags servers, whose files hold none of this")
			}
		})
	}
	t.Run("is logged as the admin page would, and holds the row to its address", func(t *testing.T) {
		plan, _ := aDrain().Plan()
		server, run := plan.Steps[0], plan.Steps[2]
		if server.Audit != cluster.ServerAudit("dial3", "MODIFY") || run.Audit != cluster.RemoteAudit("MODIFY", "1") {
			t.Errorf("%+v %+v", server.Audit, run.Audit)
		}
		if server.From["server_ip"].Text != "10.0.0.3" || run.From["server_ip"].Text != "10.0.0.3" {
			t.Errorf("%v %v", server.From, run.From)
		}
	})
	t.Run("names what an undrain has to be told", func(t *testing.T) {
		if says := strings.Join(aDrain().Says(), "\n"); !strings.Contains(says, "remote agents 9001 to 9005 on 10.0.0.3: INACTIVE (user_start 9001)") {
			t.Error(says)
		}
	})
}

func TestDrain_refusal(t *testing.T) {
	shut := func(d *Drain, column string) {
		d.Servers = cluster.Servers{but(d.Servers[0], column, cluster.YesNo(false)), but(d.Servers[1], column, cluster.YesNo(false)), d.Servers[2]}
	}
	for _, c := range []struct {
		claim  string
		change func(*Drain)
		want   string // empty when it is drained
	}{
		{"not while others are open", func(*Drain) {}, ""},
		{"when the others take no logins", func(d *Drain) { shut(d, columnLogins) }, "dial1 (10.0.0.1): active_agent_login_server is not Y"},
		{"when aliases send nobody to the others", func(d *Drain) { shut(d, "active") }, "dial2 (10.0.0.2): active is not Y"},
		{"when the others are dead", func(d *Drain) { d.Alive = []string{"10.0.0.3"} }, "dial2 (10.0.0.2): it has no fresh heartbeat"},
		{"when it is alone, whatever pseudo nodes there are", func(d *Drain) { shut(d, "active_asterisk_server") }, "no other telephony server"},
		{"not when it is drained already", func(d *Drain) {
			d.Alive = nil
			d.Server = but(d.Server, columnLogins, cluster.YesNo(false))
		}, ""},
		{"not when it is a pseudo node itself", func(d *Drain) {
			d.Alive = nil
			d.Server = but(d.Server, "active_asterisk_server", cluster.YesNo(false))
		}, ""},
		{"not when the operator says so", func(d *Drain) { d.Alive, d.EvenIfLast = nil, true }, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := aDrain()
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
	around := DrainSurroundings{
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
	d := aDrain()
	d.Servers[0] = but(d.Servers[0], "active_twin_server_ip", cluster.Text("10.0.0.3"))
	want := []string{"voicemail", "ALLCO, TELCO", "3 seats (2001, 2002, 3000)", "twin of dial1"}
	t.Run("tells what a drain leaves to the operator", func(t *testing.T) {
		warnings := d.Warnings(around)
		if len(warnings) != len(want) {
			t.Fatalf("%q", warnings)
		}
		for i, part := range want {
			if !strings.Contains(warnings[i], part) {
				t.Errorf("%q does not say %q", warnings[i], part)
			}
		}
	})
	t.Run("says nothing of seats that lost their server before", func(t *testing.T) {
		drained := d
		drained.Server = but(drained.Server, columnLogins, cluster.YesNo(false))
		if warnings := drained.Warnings(around); len(warnings) != 3 {
			t.Errorf("%q", warnings)
		}
	})
	t.Run("is quiet where nothing is left", func(t *testing.T) {
		if warnings := aDrain().Warnings(DrainSurroundings{Voicemail: "10.0.0.1", Phones: around.Phones[:2], Aliases: around.Aliases[:1]}); len(warnings) > 0 {
			t.Errorf("%q", warnings)
		}
	})
}

func TestUndrain(t *testing.T) {
	yes, no := true, false
	drained := func() Undrain {
		d := aDrain()
		return Undrain{Server: but(but(d.Server, columnLogins, cluster.YesNo(false)), columnBalance, cluster.YesNo(false)), RemoteAgents: d.RemoteAgents}
	}
	for _, c := range []struct {
		claim  string
		change func(*Undrain)
		want   []string
	}{
		{"opens the login gate, and leaves what it was not told of", func(*Undrain) {}, []string{"servers dial3: active_agent_login_server N → Y"}},
		{"puts to work what it is told, the login gate last", func(u *Undrain) { u.Balance, u.Wanted = &yes, []string{"9101"} }, []string{
			"vicidial_remote_agents 2: status INACTIVE → ACTIVE", "servers dial3: vicidial_balance_active N → Y", "servers dial3: active_agent_login_server N → Y",
		}},
		{"does only what is left to do", func(u *Undrain) {
			u.Balance, u.Wanted = &no, []string{"9001"}
			u.Server = but(u.Server, columnLogins, cluster.YesNo(true))
		}, nil},
		{"keeps balance calls away when it is told to", func(u *Undrain) {
			u.Balance, u.Server = &no, but(u.Server, columnBalance, cluster.YesNo(true))
		}, []string{"servers dial3: vicidial_balance_active Y → N", "servers dial3: active_agent_login_server N → Y"}},
		{"opens a gate that is NULL", func(u *Undrain) { u.Server = but(u.Server, columnLogins, cluster.Null) }, []string{"servers dial3: active_agent_login_server NULL → Y"}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			u := drained()
			c.change(&u)
			plan, err := u.Plan()
			have := drawn(plan.Ordered())
			slices.Sort(have) // what is released goes first, whatever was planned first
			want := slices.Sorted(slices.Values(c.want))
			if err != nil || !slices.Equal(have, want) || len(u.Says()) != len(want) {
				t.Errorf("%v, %q, %q", err, have, u.Says())
			}
		})
	}
	for claim, first := range map[string]string{"remote agents that are not there": "9999", "remote agents of another server": "9201", "remote agents that are there twice": "9001"} {
		t.Run("refuses "+claim, func(t *testing.T) {
			u := drained()
			u.Wanted = []string{first}
			if first == "9001" {
				u.RemoteAgents = append(u.RemoteAgents, anAgentRun("9", "9001", "1", "10.0.0.3"))
			}
			if _, err := u.Plan(); err == nil || u.Says() != nil {
				t.Errorf("%v, %q", err, u.Says())
			}
		})
	}
	t.Run("warns where agents will stay away", func(t *testing.T) {
		u := drained()
		if warnings := u.Warnings([]string{"10.0.0.3"}); len(warnings) != 0 {
			t.Errorf("%q", warnings)
		}
		u.Server = but(u.Server, "active", cluster.YesNo(false))
		if warnings := u.Warnings(nil); len(warnings) != 2 {
			t.Errorf("%q", warnings)
		}
	})
}

// run lays a plan's steps over what a drain looks at, up to a number of them, as
// a killed invocation would.
func (d Drain) after(steps []cluster.Step) Drain {
	for _, step := range steps {
		for column, value := range step.To {
			if step.Table == cluster.TableServers {
				d.Server = but(d.Server, column, value)
				continue
			}
			d.RemoteAgents = slices.Clone(d.RemoteAgents)
			for i, run := range d.RemoteAgents {
				if run.ID() == step.Key["remote_agent_id"].Text {
					d.RemoteAgents[i] = cluster.RemoteAgents(but(cluster.Server{Row: cluster.Row(run)}, column, value).Row)
				}
			}
		}
	}
	return d
}

func TestDrain_properties(t *testing.T) {
	draw := func(t *rapid.T) Drain {
		d := aDrain()
		yesNo := rapid.SampledFrom([]cluster.Value{cluster.YesNo(true), cluster.YesNo(false), cluster.Null, cluster.Text("")})
		for i, server := range d.Servers {
			for _, column := range []string{columnLogins, columnBalance, "active", "active_asterisk_server"} {
				server = but(server, column, yesNo.Draw(t, column))
			}
			d.Servers[i] = server
		}
		d.Server = d.Servers[2]
		d.Alive = rapid.SliceOfDistinct(rapid.SampledFrom(d.Servers.IPs()), rapid.ID[string]).Draw(t, "alive")
		for i, run := range d.RemoteAgents {
			d.RemoteAgents[i] = working(run, rapid.SampledFrom([]string{"ACTIVE", "INACTIVE", "active", ""}).Draw(t, "status"))
		}
		d.EvenIfLast = rapid.Bool().Draw(t, "even if last")
		return d
	}
	t.Run("stopped after any step, the next one does the rest, and then nothing", rapid.MakeCheck(func(t *rapid.T) {
		d := draw(t)
		plan, err := d.Plan()
		if err != nil {
			return
		}
		steps := plan.Ordered()
		done := rapid.IntRange(0, len(steps)).Draw(t, "done")
		stopped := d.after(steps[:done])
		rest, err := stopped.Plan()
		if err != nil && done > 0 || err == nil && !slices.Equal(drawn(rest.Ordered()), drawn(steps[done:])) {
			t.Fatalf("%v: %q is not the rest of %q", err, drawn(rest.Ordered()), drawn(steps))
		}
		if again, err := stopped.after(rest.Ordered()).Plan(); err != nil || !again.Empty() {
			t.Fatalf("%v: %q", err, drawn(again.Ordered()))
		}
	}))
	t.Run("nothing is written to what another server has", rapid.MakeCheck(func(t *rapid.T) {
		plan, _ := draw(t).Plan()
		for _, step := range plan.Steps {
			if step.From["server_ip"].Text != "10.0.0.3" || len(step.To) != 1 || step.Phase != cluster.Release {
				t.Fatalf("%+v", step)
			}
		}
	}))
	t.Run("an undrain that is told all leads back to where the drain began", rapid.MakeCheck(func(t *rapid.T) {
		d := draw(t)
		plan, err := d.Plan()
		if err != nil || !d.Server.Row[columnLogins].Yes() {
			return
		}
		balance := d.Server.Row[columnBalance].Yes()
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
		if again, err := now.Plan(); d.Refusal() == nil && (err != nil || !slices.Equal(drawn(again.Ordered()), drawn(plan.Ordered()))) && !slices.ContainsFunc(d.RemoteAgents, func(run cluster.RemoteAgents) bool { return run["status"].Text == "active" }) {
			t.Fatalf("%v: %q is not %q", err, drawn(again.Ordered()), drawn(plan.Ordered()))
		}
	}))
}

func anAgentRun(id, start, lines, serverIP string) cluster.RemoteAgents {
	return cluster.RemoteAgents{
		"remote_agent_id": cluster.Text(id), "user_start": cluster.Text(start), "number_of_lines": cluster.Text(lines), "server_ip": cluster.Text(serverIP),
		"status": cluster.Text("ACTIVE"), "closer_campaigns": cluster.Text(" SALES -"),
	}
}
