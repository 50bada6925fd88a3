package planned_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
)

func aServer(id, ip string) cluster.Server {
	return cluster.Server{Row: cluster.Row{"server_id": cluster.Text(id), "server_ip": cluster.Text(ip)}}
}

func addresses(servers cluster.Servers) map[string]string {
	found := map[string]string{}
	for _, server := range servers {
		found[server.ID()] = server.IP()
	}
	return found
}

func TestChanges_servers(t *testing.T) {
	now := cluster.Servers{aServer("dial1", "10.0.0.1"), aServer("dial2", "10.0.0.2")}
	for _, c := range []struct {
		claim string
		plan  func(*planned.Changes)
		want  map[string]string
	}{
		{"no changes", func(*planned.Changes) {}, map[string]string{"dial1": "10.0.0.1", "dial2": "10.0.0.2"}},
		{"new server", func(c *planned.Changes) { c.AddServer(aServer("dial3", "10.0.0.3")) }, map[string]string{"dial1": "10.0.0.1", "dial2": "10.0.0.2", "dial3": "10.0.0.3"}},
		{"changed server", func(c *planned.Changes) { c.AddServer(aServer("dial2", "10.0.0.9")) }, map[string]string{"dial1": "10.0.0.1", "dial2": "10.0.0.9"}},
		{"last plan of an object counts", func(c *planned.Changes) {
			c.AddServer(aServer("dial2", "10.0.0.8"))
			c.AddServer(aServer("dial2", "10.0.0.9"))
		}, map[string]string{"dial1": "10.0.0.1", "dial2": "10.0.0.9"}},
		{"replaced server, ignoring case", func(c *planned.Changes) { c.AddReplacedServer("DIAL2") }, map[string]string{"dial1": "10.0.0.1"}},
		{"written row", func(c *planned.Changes) { c.AddServer(aServer("dial1", "10.0.0.1")) }, map[string]string{"dial1": "10.0.0.1", "dial2": "10.0.0.2"}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var changes planned.Changes
			c.plan(&changes)
			if diff := cmp.Diff(c.want, addresses(changes.ServersAfter(now))); diff != "" {
				t.Error(diff)
			}
			if len(now) != 2 {
				t.Error("the rows of now changed")
			}
		})
	}
}

func TestChanges_remoteAgents(t *testing.T) {
	row := func(id, start string) cluster.RemoteAgents {
		return cluster.RemoteAgents{"remote_agent_id": cluster.Text(id), "user_start": cluster.Text(start)}
	}
	now := []cluster.RemoteAgents{row("1", "6000"), row("2", "7000")}
	starts := func(changes *planned.Changes, except string) []string {
		var found []string
		for _, agents := range changes.RemoteAgentsAfter(now, except) {
			found = append(found, agents.UserStart())
		}
		return found
	}
	var changes planned.Changes
	changes.AddRemoteAgents(row("", "8000"))
	changes.AddRemoteAgents(row("1", "6000"))
	for except, want := range map[string][]string{"": {"7000", "6000", "8000"}, "8000": {"7000", "6000"}, "6000": {"6000", "7000", "8000"}} {
		if diff := cmp.Diff(want, starts(&changes, except)); diff != "" {
			t.Errorf("except %q: %s", except, diff)
		}
	}
	changes.AddRemovedRemoteAgents("2")
	if diff := cmp.Diff([]string{"6000", "8000"}, starts(&changes, "")); diff != "" {
		t.Error(diff)
	}
}

func TestChanges_settings(t *testing.T) {
	var changes planned.Changes
	if others := changes.AddSettings(cluster.Row{"slave_db_server": cluster.Text("10.0.0.5")}); len(others) > 0 {
		t.Errorf("the first declaration meets %v", others)
	}
	others := changes.AddSettings(cluster.Row{"slave_db_server": cluster.Text("10.0.0.6"), "sounds_web_server": cluster.Text("web")})
	if diff := cmp.Diff(cluster.Row{"slave_db_server": cluster.Text("10.0.0.5")}, others); diff != "" {
		t.Error(diff)
	}
	if others := changes.AddSettings(cluster.Row{"slave_db_server": cluster.Text("10.0.0.5")}); len(others) > 0 {
		t.Errorf("the same value again meets %v", others)
	}
}

func TestChanges_rooms(t *testing.T) {
	now := map[cluster.Engine]cluster.Rooms{cluster.Meetme: {"10.0.0.1": {{Number: 1}, {Number: 2}}}, cluster.Confbridge: {}}
	var changes planned.Changes
	changes.AddRooms(cluster.Confbridge, "10.0.0.1", 60)
	changes.AddRooms(cluster.Meetme, "10.0.0.2", 30)
	want := map[cluster.Engine]map[string]int{cluster.Meetme: {"10.0.0.1": 2, "10.0.0.2": 30}, cluster.Confbridge: {"10.0.0.1": 60}}
	if diff := cmp.Diff(want, changes.RoomsAfter(now)); diff != "" {
		t.Error(diff)
	}
}
