package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func rebuilds(r Rebuild) string {
	if r.All {
		return "all"
	}
	return strings.Join(r.Servers, ",")
}

func TestServers(t *testing.T) {
	servers := Servers{aServer("dial1", "10.0.0.1"), aServer("dial2", "10.0.0.1"), aServer("dial3", "10.0.0.3")}
	t.Run("an id is found in any letters, as VICIdial's collation finds it", func(t *testing.T) {
		if server, found := servers.ByID("DIAL3"); !found || server.IP() != "10.0.0.3" {
			t.Errorf("%v %v", server, found)
		}
	})
	t.Run("of two with one address the first counts", func(t *testing.T) {
		if server, _ := servers.ByIP("10.0.0.1"); server.ID() != "dial1" {
			t.Error(server.ID())
		}
		if ips := servers.IPs(); !slices.Equal(ips, []string{"10.0.0.1", "10.0.0.3"}) {
			t.Error(ips)
		}
	})
	t.Run("a server that is written takes its own place, and the list it came from stays", func(t *testing.T) {
		with := servers.With(aServer("Dial3", "10.0.0.9"))
		if _, found := with.ByIP("10.0.0.3"); found || len(with) != 3 || servers[2].IP() != "10.0.0.3" {
			t.Errorf("%v from %v", with, servers)
		}
	})
	t.Run("no maximum stops dialing as 0 does", func(t *testing.T) {
		if lines := (Server{Row: Row{"max_vicidial_trunks": Null}}).MaxTrunks(); lines != 0 {
			t.Error(lines)
		}
	})
	t.Run("a server without a conference engine has MeetMe", func(t *testing.T) {
		if engine := (Server{Row: Row{}}).Engine(); engine != Meetme {
			t.Error(engine)
		}
	})
}

func TestAddServer(t *testing.T) {
	plan := AddServer(Row{"server_id": Text("dial4"), "server_ip": Text("10.0.0.4")}, Row{ServerSecret: Text("s")})
	if len(plan.Steps) != 1 || !plan.Rebuild.All {
		t.Fatalf("%+v", plan)
	}
	row := plan.Steps[0].Rows[0]
	for column, want := range map[string]string{"server_id": "dial4", ServerSecret: "s", "rebuild_conf_files": "Y", "rebuild_music_on_hold": "Y", "sounds_update": "Y"} {
		if row[column].Text != want {
			t.Errorf("%s is %s, want %s", column, row[column], want)
		}
	}
	if _, named := row["active"]; named {
		t.Error("it names a column that nobody declared")
	}
}

func TestResumeServer(t *testing.T) {
	have := aServer("dial1", "10.0.0.1")
	t.Run("a row as declared is adopted, with its secrets written and all peers flagged", func(t *testing.T) {
		plan, err := ResumeServer(have, Row{"server_id": Text("dial1"), "active_asterisk_server": YesNo(true)}, Row{ServerSecret: Text("s")})
		if err != nil || len(plan.Steps) != 1 || plan.Steps[0].To[ServerSecret].Text != "s" || !plan.Rebuild.All {
			t.Errorf("%+v, %v", plan, err)
		}
	})
	t.Run("a row with other values is a conflict", func(t *testing.T) {
		_, err := ResumeServer(have, Row{"max_vicidial_trunks": Number(50)}, nil)
		var conflict *Conflict
		if !errors.As(err, &conflict) || !strings.Contains(conflict.Error(), "max_vicidial_trunks differs") || !strings.Contains(conflict.Hint(), "terraform import ADDRESS dial1") {
			t.Errorf("got %v", err)
		}
	})
}

// The table of docs/vicidial/generator.md#who-is-flagged.
func TestChangeServer(t *testing.T) {
	for _, c := range []struct {
		name          string
		have, seen    Row // besides the row of aServer
		want, secrets Row
		from, to      string
		flags         string
	}{
		{"what differs is written, and only that", nil, nil, Row{"max_vicidial_trunks": Number(50), "active_asterisk_server": YesNo(true)}, nil, "map[max_vicidial_trunks:100]", "map[max_vicidial_trunks:50]", ""},
		{"what VICIdial takes for the same is not written", Row{"ara_url": Null, "active": Text("")}, Row{"ara_url": Null, "active": Text("")}, Row{"ara_url": Text(""), "active": YesNo(false)}, nil, "", "", ""},
		{"what is as wanted already is no conflict", Row{"ext_context": Text("b")}, Row{"ext_context": Text("a")}, Row{"ext_context": Text("b")}, nil, "", "", ""},
		{"what peers embed flags all", Row{"server_description": Text("a")}, Row{"server_description": Text("a")}, Row{"active_asterisk_server": YesNo(false)}, nil, "map[active_asterisk_server:Y]", "map[active_asterisk_server:N]", "all"},
		{"a new secret flags all, and compares with nothing", nil, nil, nil, Row{ServerSecret: Text("s")}, "map[]", "map[conf_secret:s]", "all"},
		{"a column of its own files flags the server itself", Row{"conf_qualify": YesNo(true)}, Row{"conf_qualify": YesNo(true)}, Row{"conf_qualify": YesNo(false)}, nil, "map[conf_qualify:Y]", "map[conf_qualify:N]", "10.0.0.1"},
		{"the manager's secret is read by daemons, not by the generator", nil, nil, nil, Row{ManagerSecret: Text("s")}, "map[]", "map[ASTmgrSECRET:s]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			have, seen := aServer("dial1", "10.0.0.1"), aServer("dial1", "10.0.0.1")
			maps.Copy(have.Row, c.have)
			maps.Copy(seen.Row, c.seen)
			plan, err := ChangeServer(have, seen, c.want, c.secrets)
			if err != nil {
				t.Fatal(err)
			}
			if c.to == "" {
				if !plan.Empty() {
					t.Errorf("%+v", plan)
				}
				return
			}
			if step := plan.Steps[0]; fmt.Sprint(step.From) != c.from || fmt.Sprint(step.To) != c.to || len(plan.Steps) != 1 {
				t.Errorf("%v → %v", step.From, step.To)
			}
			if rebuilds(plan.Rebuild) != c.flags {
				t.Errorf("flags %q", rebuilds(plan.Rebuild))
			}
		})
	}
	t.Run("a column that somebody changed is a conflict with its present value", func(t *testing.T) {
		have, seen := aServer("dial1", "10.0.0.1"), aServer("dial1", "10.0.0.1")
		have.Row["max_vicidial_trunks"] = Number(105)
		_, err := ChangeServer(have, seen, Row{"max_vicidial_trunks": Number(110)}, nil)
		var conflict *Conflict
		if !errors.As(err, &conflict) || !strings.HasSuffix(err.Error(), "max_vicidial_trunks is now 105") {
			t.Errorf("got %v", err)
		}
	})
}

func TestPlanOrder(t *testing.T) {
	step := func(phase Phase, id string) Step { return Step{Phase: phase, Key: Row{"server_id": Text(id)}} }
	plan := Plan{Steps: []Step{step(Grow, "1"), step(Remove, "2")}, Rebuild: Rebuild{Servers: []string{"b", "a"}}}.
		And(Plan{Steps: []Step{step(Add, "3"), step(Grow, "4"), step(Release, "5")}, Rebuild: Rebuild{Servers: []string{"a", "c"}}})
	var order string
	for _, step := range plan.Ordered() {
		order += step.Key["server_id"].Text
	}
	if order != "53142" {
		t.Errorf("order %s", order)
	}
	if rebuilds(plan.Rebuild) != "a,b,c" {
		t.Errorf("flags %s", rebuilds(plan.Rebuild))
	}
	if !plan.And(Plan{Rebuild: Rebuild{All: true}}).Rebuild.All || (Plan{Rebuild: Rebuild{All: true}}).Empty() || !(Plan{}).Empty() {
		t.Error("flags get lost")
	}
}
