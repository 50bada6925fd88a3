package health

import (
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

var noon = time.Date(2024, 5, 17, 12, 0, 0, 0, time.UTC)

func aHealthyServer(ip string) Server {
	yes := cluster.YesNo(true)
	return Server{
		Server: cluster.Server{Row: cluster.Row{
			"server_id": cluster.Text("dial" + ip[len(ip)-1:]), "server_ip": cluster.Text(ip), "active": yes,
			"active_asterisk_server": yes, "active_agent_login_server": yes, "generate_vicidial_conf": yes,
			"max_vicidial_trunks": cluster.Number(96), "sysload": cluster.Number(150), "cpu_idle_percent": cluster.Number(80),
		}},
		RoomsTotal: 50, RoomsFree: 40, PhonesRegistered: -1,
	}
}

func aBeat(ip string, old, skew time.Duration) Heartbeat {
	return Heartbeat{ServerIP: ip, Age: old, Silence: old + skew, Skew: skew, SkewKnown: true}
}

// aHealthyCluster has two nodes and nothing to complain of.
func aHealthyCluster() Snapshot {
	return Snapshot{
		Now:             noon,
		DatabaseStarted: noon.Add(-72 * time.Hour),
		Servers:         []Server{aHealthyServer(dial2), aHealthyServer(dial1)},
		Heartbeats:      []Heartbeat{aBeat(dial1, time.Second, 0), aBeat(dial2, time.Second, time.Second)},
		VoicemailServer: dial1,
		Schema:          1720,
	}
}

func wantProblem(t *testing.T, s Snapshot, server, part string) {
	t.Helper()
	for _, problem := range NewReport(s).Problems {
		if problem.ServerIP == server && strings.Contains(problem.Text, part) {
			if problem.Advice == "" {
				t.Errorf("%q does not say what to do", problem.Text)
			}
			return
		}
	}
	t.Errorf("no problem of %q says %q: %q", server, part, NewReport(s).Problems)
}

func TestHealth_well(t *testing.T) {
	h := NewReport(aHealthyCluster())
	if len(h.Problems) != 0 {
		t.Errorf("a healthy cluster has problems: %v", h.Problems)
	}
	if len(h.Nodes) != 2 || h.Nodes[0].IP != dial1 || !h.Nodes[0].Alive || !h.Nodes[1].InSync || h.Nodes[1].Skew != time.Second {
		t.Errorf("%+v", h.Nodes)
	}
	if !h.CoordinatorAlive || h.Nodes[0].Load != 1.5 {
		t.Errorf("%+v", h)
	}
}

func TestHealth_heartbeat(t *testing.T) {
	t.Run("120 seconds are alive, 121 are dead", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats[1] = aBeat(dial2, 120*time.Second, 0)
		if h := NewReport(s); !h.Nodes[1].Alive {
			t.Errorf("%+v", h.Nodes[1])
		}
		s.Heartbeats[1] = aBeat(dial2, 121*time.Second, 0)
		wantProblem(t, s, dial2, "is dead: its last heartbeat is 2 min old")
	})

	t.Run("8 seconds of skew are in sync, 9 are not, in either direction", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats[1] = aBeat(dial2, 0, -8*time.Second)
		if h := NewReport(s); !h.Nodes[1].InSync || len(h.Problems) != 0 {
			t.Errorf("%+v", h)
		}
		s.Heartbeats[1] = aBeat(dial2, 0, 9*time.Second)
		wantProblem(t, s, dial2, "9 s ahead of the database's")
		s.Heartbeats[1] = aBeat(dial2, 0, -9*time.Second)
		wantProblem(t, s, dial2, "9 s behind the database's")
	})

	t.Run("a node without a row among others that have one", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats = s.Heartbeats[:1]
		wantProblem(t, s, dial2, "has no heartbeat")
	})

	t.Run("an empty MEMORY table after a restart is reported once, not of every node", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats = nil
		s.DatabaseStarted = noon.Add(-3 * time.Minute)
		h := NewReport(s)
		if len(h.Problems) != 1 || !strings.Contains(h.Problems[0].Text, "the database was started 3 min ago") {
			t.Errorf("%v", h.Problems)
		}
		if h.Nodes[0].Alive || h.Nodes[0].HasHeartbeat {
			t.Errorf("%+v", h.Nodes[0])
		}
	})

	t.Run("a clock that is minutes behind is not taken for a death", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats[1] = Heartbeat{ServerIP: dial2, Age: 5 * time.Minute, Silence: time.Second, Skew: -299 * time.Second, SkewKnown: true}
		wantProblem(t, s, dial2, "looks dead to the agent login, and is not: its clock is 4 min behind the database's")
		if node := NewReport(s).Nodes[1]; node.Alive || node.Silence != time.Second {
			t.Errorf("%+v", node)
		}
	})

	t.Run("a clock that is an hour ahead does not hide a death", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats[1] = Heartbeat{ServerIP: dial2, Age: -30 * time.Minute, Silence: 30 * time.Minute, Skew: time.Hour, SkewKnown: true}
		wantProblem(t, s, dial2, "has been silent for 30 min, and still looks alive to the agent login: its clock is 60 min ahead of")
	})

	t.Run("without the database's own time the clock is not reported", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats[1] = Heartbeat{ServerIP: dial2}
		if h := NewReport(s); len(h.Problems) != 0 || h.Nodes[1].SkewKnown {
			t.Errorf("%+v", h)
		}
	})

	t.Run("a node that is out of service is not checked until an agent is logged in on it", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats = s.Heartbeats[:1]
		s.Servers[0].RoomsTotal = 0
		s.Servers[0].Row["active"], s.Servers[0].Row["rebuild_conf_files"] = cluster.YesNo(false), cluster.YesNo(true)
		if h := NewReport(s); len(h.Problems) != 0 {
			t.Errorf("%v", h.Problems)
		}
		s.Calls = []cluster.CallCount{{ServerIP: dial2, Campaign: "SALES", Type: "OUT", Status: "LIVE", Count: 1}}
		wantProblem(t, s, dial2, "has no heartbeat")
	})

	t.Run("two rows with one address are reported once, and the first counts", func(t *testing.T) {
		s := aHealthyCluster()
		twin := aHealthyServer(dial2)
		twin.Row["server_id"], twin.RoomsTotal = cluster.Text("copy"), 0
		s.Servers = append(s.Servers, twin)
		wantProblem(t, s, "", "dial2 and copy are rows of servers with one address, 10.0.0.2")
		if h := NewReport(s); len(h.Nodes) != 2 || len(h.Problems) != 1 {
			t.Errorf("%+v", h)
		}
	})

	t.Run("agents on a dead node must log in again", func(t *testing.T) {
		s := aHealthyCluster()
		s.Heartbeats[1] = aBeat(dial2, time.Hour, 0)
		s.Agents = []AgentCount{{ServerIP: dial2, Campaign: "SALES", Status: "INCALL", Count: 7}}
		wantProblem(t, s, dial2, "is dead while 7 agents are still listed")
	})

	t.Run("the database's pseudo server needs no heartbeat, no rooms and no lines", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers = append(s.Servers, Server{PhonesRegistered: -1, Server: cluster.Server{Row: cluster.Row{
			"server_id": cluster.Text("DB1"), "server_ip": cluster.Text("10.0.0.9"), "rebuild_conf_files": cluster.YesNo(true),
		}}})
		if h := NewReport(s); len(h.Problems) != 0 {
			t.Errorf("%v", h.Problems)
		}
	})
}

func TestHealth_coordinator(t *testing.T) {
	s := aHealthyCluster()
	s.VoicemailServer = ""
	wantProblem(t, s, "", "No active_voicemail_server is set")
	s.VoicemailServer = "10.9.9.9"
	wantProblem(t, s, "", "10.9.9.9 is not in the servers table")
	s.VoicemailServer = dial2
	s.Heartbeats[1] = aBeat(dial2, time.Hour, 0)
	wantProblem(t, s, "", "The active_voicemail_server 10.0.0.2 is dead")
}

func TestHealth_rebuild(t *testing.T) {
	t.Run("a flag that was just set is no problem", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers[0].Row["rebuild_conf_files"] = cluster.YesNo(true)
		if h := NewReport(s); len(h.Problems) != 0 || !h.Nodes[1].RebuildPending || h.Nodes[1].RebuildStuck {
			t.Errorf("%+v", h)
		}
		if h := NewReport(s); h.Nodes[1].RebuildKnown || !h.Nodes[0].RebuildKnown {
			t.Errorf("one look tells whether a flag is stuck: %+v", h.Nodes)
		}
		s.Servers[0].FlagSeen = 119 * time.Second
		if h := NewReport(s); len(h.Problems) != 0 {
			t.Errorf("%v", h.Problems)
		}
	})

	t.Run("one that is seen set for two minutes is stuck", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers[0].Row["rebuild_conf_files"], s.Servers[0].FlagSeen = cluster.YesNo(true), 130*time.Second
		wantProblem(t, s, dial2, "was asked to rebuild its configuration files and has not begun for 2 min")
		if node := NewReport(s).Nodes[1]; !node.RebuildStuck || !node.RebuildKnown {
			t.Errorf("%+v", node)
		}
	})

	t.Run("a restart of the database makes no flag stuck", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers[0].Row["rebuild_conf_files"], s.Heartbeats = cluster.YesNo(true), nil
		if node := NewReport(s).Nodes[1]; node.RebuildStuck || node.RebuildKnown {
			t.Errorf("%+v", node)
		}
	})

	t.Run("one on a dead node waits", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers[0].Row["rebuild_conf_files"] = cluster.YesNo(true)
		s.Heartbeats[1] = aBeat(dial2, time.Hour, 0)
		wantProblem(t, s, dial2, "configuration files and is dead")
	})

	t.Run("the flag of a node that generates nothing is not stuck", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers[0].Row["rebuild_conf_files"], s.Servers[0].Row["generate_vicidial_conf"] = cluster.YesNo(true), cluster.YesNo(false)
		s.Servers[0].FlagSeen = time.Hour
		if h := NewReport(s); len(h.Problems) != 0 {
			t.Errorf("%v", h.Problems)
		}
	})
}

func TestHealth_roomsLinesPhones(t *testing.T) {
	s := aHealthyCluster()
	s.Servers[0].RoomsFree = 0
	wantProblem(t, s, dial2, "has none of its 50 conference rooms free")
	s.Servers[0].RoomsTotal = 0
	wantProblem(t, s, dial2, "has no conference rooms of its engine")

	s = aHealthyCluster()
	s.Servers[0].Row["max_vicidial_trunks"] = cluster.Number(0)
	s.Servers[0].Phones, s.Servers[0].PhonesRegistered = 30, 0
	if h := NewReport(s); len(h.Problems) != 0 {
		t.Errorf("a node without calls, lines and agents has problems: %v", h.Problems)
	}
	s.Shortages = []Shortage{{ServerIP: dial2, Campaign: "SALES", Lines: 5, AgeKnown: true}}
	wantProblem(t, s, dial2, "max_vicidial_trunks 0")
	s.Agents = []AgentCount{{dial2, "SALES", "READY", false, 1}}
	wantProblem(t, s, dial2, "none of its 30 active phones registered, yet 1 agent is listed")
}

func TestHealth_shortage(t *testing.T) {
	t.Run("a fresh one is counted, an old one is reported as such", func(t *testing.T) {
		s := aHealthyCluster()
		s.Shortages = []Shortage{
			{ServerIP: dial1, Campaign: "SALES", Lines: 12, Age: 3 * time.Second, AgeKnown: true},
			{ServerIP: dial2, Campaign: "SALES", Lines: 5, Age: 20 * time.Minute, AgeKnown: true},
			{ServerIP: dial2, Campaign: "OTHER", Lines: 0, AgeKnown: true},
		}
		wantProblem(t, s, dial1, "Campaign SALES is short of 12 lines")
		wantProblem(t, s, dial2, "a trunk shortage of 5 on server dial2 (10.0.0.2) that is 20 min old")
		s.Shortages[1].AgeKnown = false
		wantProblem(t, s, dial2, "a trunk shortage of 5 on server dial2 (10.0.0.2) without a date")
		s.Shortages[1].AgeKnown = true
		h := NewReport(s)
		if h.Nodes[0].Shortage != 12 || h.Nodes[1].Shortage != 0 || len(h.Campaigns) != 2 {
			t.Errorf("%+v", h)
		}
	})
}

func TestHealth_replicaAndSchema(t *testing.T) {
	s := aHealthyCluster()
	s.Replica = &Replica{Host: "10.0.0.8", Running: true, ThreadsKnown: true, Lag: time.Minute, LagKnown: true}
	if h := NewReport(s); len(h.Problems) != 0 {
		t.Errorf("a minute of lag is a problem: %v", h.Problems)
	}
	s.Replica.Lag = 30 * time.Minute
	wantProblem(t, s, "", "10.0.0.8 is 30 min behind")
	s.Replica.Running = false
	wantProblem(t, s, "", "Replication to 10.0.0.8 does not run.")
	s.Replica.Stopped = []string{"the IO thread is Connecting, error 1045"}
	wantProblem(t, s, "", "Replication to 10.0.0.8 does not run: the IO thread is Connecting, error 1045.")
	s.Replica.Running, s.Replica.ThreadsKnown, s.Replica.LagKnown = true, false, false
	wantProblem(t, s, "", "Whether the reporting replica 10.0.0.8 follows is not known")
	s.Replica.Err = "connection refused"
	wantProblem(t, s, "", "10.0.0.8 does not answer: connection refused.")

	s.ExpectedSchema = 1721
	wantProblem(t, s, "", "schema 1720, the nodes expect 1721")
	s.Servers[0].Row["svn_revision"], s.Servers[1].Row["svn_revision"] = cluster.Number(3884), cluster.Number(3520)
	wantProblem(t, s, "", "3520 on dial1; 3884 on dial2")
	s.AutoDialOff = true
	wantProblem(t, s, "", "Auto dialing is stopped")
	s.Servers = nil
	wantProblem(t, s, "", "The table servers is empty")
}

func TestHealth_counts(t *testing.T) {
	s := aHealthyCluster()
	s.Agents = []AgentCount{
		{dial1, "SALES", "INCALL", false, 6},
		{dial1, "SALES", "PAUSED", false, 2},
		{dial1, "SALES", "READY", true, 3},
		{dial2, "SUPPORT", "READY", false, 4},
	}
	s.Calls = []cluster.CallCount{
		{ServerIP: dial1, Campaign: "SALES", Type: "OUT", Status: "LIVE", Count: 9}, {ServerIP: dial1, Campaign: "SALES", Type: "OUTBALANCE", Status: "SENT", Count: 2}, {ServerIP: dial1, Campaign: "SUPPORT_IN", Type: "IN", Status: "LIVE", Count: 5},
	}
	h := NewReport(s)
	if h.Agents != 12 || h.Calls != 16 || h.Nodes[0].Agents != 8 || h.Nodes[0].RemoteAgents != 3 || h.Nodes[0].Calls != 16 {
		t.Errorf("%+v", h)
	}
	want := Campaign{ServerIP: dial1, Campaign: "SALES", Agents: 8, RemoteAgents: 3, Paused: 2, Outbound: 9, Fill: 2}
	if h.Campaigns[0] != want {
		t.Errorf("have %+v, want %+v", h.Campaigns[0], want)
	}
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{90 * time.Second: "90 s", 20 * time.Minute: "20 min", 5 * time.Hour: "5 h", 72 * time.Hour: "3 days"} {
		if got := ago(d); got != want {
			t.Errorf("%v is shown as %q, want %q", d, got, want)
		}
	}
}

const dial1, dial2 = "10.0.0.1", "10.0.0.2"

func TestHealth_rowsOutside(t *testing.T) {
	t.Run("agents and calls on no server are counted and named", func(t *testing.T) {
		s := aHealthyCluster()
		s.Agents = []AgentCount{{"", "SALES", "PAUSED", false, 2}, {dial1, "SALES", "READY", false, 3}, {"10.0.0.9", "SALES", "READY", true, 1}}
		s.Calls = []cluster.CallCount{{ServerIP: "10.0.0.9", Campaign: "SALES", Type: "OUT", Count: 4}}
		wantProblem(t, s, "", "Listed on no server at all: 2 agents.")
		wantProblem(t, s, "", "Listed on 10.0.0.9, which is not in the servers table: 1 remote agent, 4 calls.")
		if h := NewReport(s); h.Agents != 5 || h.Nodes[0].Agents != 3 || h.Calls != 4 {
			t.Errorf("%+v", h)
		}
	})

	t.Run("a blank at the end of an address is none to the database", func(t *testing.T) {
		s := aHealthyCluster()
		s.Servers[0].Row["server_ip"] = cluster.Text(dial2 + " ")
		s.Agents = []AgentCount{{dial2, "SALES", "READY", false, 3}}
		if h := NewReport(s); len(h.Problems) != 0 || h.Nodes[1].Agents != 3 || !h.Nodes[1].Alive {
			t.Errorf("%+v", h)
		}
	})

	t.Run("servers of which none is a telephony node are not healthy", func(t *testing.T) {
		s := aHealthyCluster()
		for _, server := range s.Servers {
			server.Row["active_asterisk_server"] = cluster.YesNo(false)
		}
		wantProblem(t, s, "", "None of the 2 rows of servers is a telephony node")
	})
}
