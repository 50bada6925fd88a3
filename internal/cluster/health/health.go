package health

import (
	"cmp"
	"slices"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Server is a row of servers with its counts.
type Server struct {
	cluster.Server
	RoomsTotal int // conference rooms of its engine
	RoomsFree  int
	Phones     int // active phones
	// PhonesRegistered counts those whose peer status is OK or REGISTERED;
	// -1 where the schema has no peer status or the node does not gather it.
	PhonesRegistered int
	// FlagSeen is for how long the rebuild flag was set in every snapshot; 0 for
	// one snapshot. The row has no time of the flag.
	FlagSeen time.Duration
}

// Heartbeat is a row of server_updater.
type Heartbeat struct {
	ServerIP string
	// Age is the age of last_update by the wall clock of the database. The node
	// writes its own wall clock there, and the agent login page compares both as
	// texts: a node in another time zone is always dead or always alive there.
	Age time.Duration
	// Silence is the age of db_time, which the database writes with the row as a
	// point in time; Skew is the node's wall clock less the database's of that
	// moment. Neither is known where SkewKnown is false.
	Silence, Skew time.Duration
	SkewKnown     bool
}

// Alive reports whether the server is alive to the agent login page
// (docs/vicidial/daemons.md#heartbeat-tolerance).
func (b Heartbeat) Alive() bool { return b.Age <= heartbeatTolerance }

// Shortage is a row of vicidial_campaign_server_stats.
type Shortage struct {
	ServerIP string
	Campaign string
	Lines    int
	Age      time.Duration // of update_time, by the database's wall clock
	AgeKnown bool          // false for NULL and the zero date
}

// Replica is the status of the reporting replica.
type Replica struct {
	Host string
	Err  string // why the query failed; empty if it did not
	// Running reports that both threads of every replication connection run.
	// ThreadsKnown is false if the database user may not query them, and
	// only the threads that apply changes were counted.
	Running, ThreadsKnown bool
	Stopped               []string      // the threads that do not run, with their error number
	Lag                   time.Duration // behind the primary
	LagKnown              bool
}

// Part is a part of a [Snapshot] that a report may lack.
type Part string

// The parts.
const (
	PartRooms      Part = "conference rooms"
	PartPhones     Part = "phones"
	PartHeartbeats Part = "heartbeats"
	PartAgents     Part = "agents"
	PartCalls      Part = "calls"
	PartShortages  Part = "trunk shortages"
)

// Snapshot is the content of the tables at one moment, by the database's clock.
type Snapshot struct {
	Now             time.Time // the database's NOW()
	DatabaseStarted time.Time // Now less its uptime
	Servers         []Server  // two rows may have one address
	Heartbeats      []Heartbeat
	Agents          []AgentCount
	Calls           []cluster.CallCount
	Shortages       []Shortage
	VoicemailServer string // active_voicemail_server
	Settings        cluster.Settings
	Carriers        cluster.Carriers
	Templates       cluster.Templates
	Trunks          cluster.Trunks
	FirstLogin      bool // the first-login wizard has not run
	AutoDialOff     bool // disable_auto_dial, which stops dialing for a while
	Schema          int  // db_schema_version
	ExpectedSchema  int  // what the nodes' code expects; 0 asks nothing
	Replica         *Replica
	Unanswered      []Part // the parts that the database did not answer in time
}

// The tolerances; those of heartbeats, clocks and shortages are VICIdial's own.
const (
	// heartbeatTolerance is that of the agent login page
	// (docs/vicidial/daemons.md#heartbeat-tolerance).
	heartbeatTolerance = 120 * time.Second
	// clockTolerance is that of the agent screen's time sync check
	// (docs/vicidial/daemons.md#clock-tolerance).
	clockTolerance = 8 * time.Second
	// shortageTolerance is how long the balance fill uses a shortage
	// (docs/vicidial/dialer.md#shortage-age).
	shortageTolerance = 1200 * time.Second
	// RebuildTolerance is how long a working node takes to rebuild its
	// configuration files, with a margin (docs/vicidial/daemons.md#pending-rebuild).
	RebuildTolerance = 120 * time.Second
	// replicaTolerance is not VICIdial's: older reports mislead.
	replicaTolerance = 60 * time.Second
)

// Node is the state of one node.
type Node struct {
	ID               string
	IP               string
	HasHeartbeat     bool          // it has a row in server_updater
	Alive            bool          // and that is fresh, by the time that the node wrote
	Silence          time.Duration // since its last heartbeat, by the database's clock alone
	Skew             time.Duration // node clock less database clock
	SkewKnown        bool          // the row has the database's clock
	InSync           bool
	Load             float64 // load average
	CPUIdlePercent   int
	Channels         int
	Agents           int // without remote agents
	RemoteAgents     int
	Calls            int
	Shortage         int // lines, fresh rows only
	RoomsTotal       int
	RoomsFree        int
	RebuildPending   bool
	RebuildStuck     bool // the node does not read its flag; false if unknown
	RebuildKnown     bool // RebuildStuck is known
	Phones           int
	PhonesRegistered int
}

// Campaign is the state of one campaign, or in-group, on one node.
type Campaign struct {
	ServerIP        string
	Campaign        string
	Agents          int
	RemoteAgents    int
	Paused          int // of the agents
	Inbound         int // calls of type IN
	Outbound        int // calls of type OUT
	Fill            int // calls of type OUTBALANCE
	Shortage        int
	ShortageFresh   bool
	ShortageAge     time.Duration
	ShortageUndated bool // the age is not known
}

// Problem is one finding of a report.
type Problem struct {
	ServerIP string // empty when it concerns the cluster
	Text     string // a sentence
	Advice   string // a sentence: what to do
}

// String joins both sentences.
func (p Problem) String() string { return p.Text + " " + p.Advice }

// Report is the evaluation of a snapshot.
type Report struct {
	Nodes            []Node     // by address as text
	Campaigns        []Campaign // by server, then by campaign
	Problems         []Problem  // of the cluster first, then by node
	CoordinatorAlive bool
	Agents           int
	Calls            int
}

// NewReport evaluates a snapshot.
func NewReport(s Snapshot) Report {
	h := Report{Campaigns: campaignHealth(s)}
	beats := make(map[string]Heartbeat, len(s.Heartbeats))
	for _, beat := range s.Heartbeats {
		beats[trimIP(beat.ServerIP)] = beat
	}
	s.Servers = slices.SortedStableFunc(slices.Values(s.Servers), func(a, b Server) int { return cmp.Compare(a.IP(), b.IP()) })
	servers := slices.CompactFunc(slices.Clone(s.Servers), func(a, b Server) bool { return trimIP(a.IP()) == trimIP(b.IP()) }) // the first counts, as for VICIdial's daemons
	for _, server := range servers {
		beat, beats := beats[trimIP(server.IP())]
		node := nodeHealth(s, server, beat, beats)
		for _, campaign := range h.Campaigns {
			if trimIP(campaign.ServerIP) != trimIP(server.IP()) {
				continue
			}
			node.Agents += campaign.Agents
			node.RemoteAgents += campaign.RemoteAgents
			node.Calls += campaign.Inbound + campaign.Outbound + campaign.Fill
			if campaign.ShortageFresh {
				node.Shortage += campaign.Shortage
			}
		}
		h.CoordinatorAlive = h.CoordinatorAlive || (node.Alive && trimIP(server.IP()) == trimIP(s.VoicemailServer))
		h.Nodes = append(h.Nodes, node)
	}
	for _, campaign := range h.Campaigns {
		h.Agents += campaign.Agents
		h.Calls += campaign.Inbound + campaign.Outbound + campaign.Fill
	}
	h.Problems = append(clusterProblems(s, h), nodeProblems(s, h, servers)...)
	return h
}

func nodeHealth(s Snapshot, server Server, beat Heartbeat, beats bool) Node {
	node := Node{
		ID: server.ID(), IP: server.IP(), HasHeartbeat: beats,
		Load: float64(server.Row.Int("sysload")) / 100, CPUIdlePercent: server.Row.Int("cpu_idle_percent"), Channels: server.Row.Int("channels_total"),
		RoomsTotal: server.RoomsTotal, RoomsFree: server.RoomsFree, RebuildPending: server.RebuildPending(),
		Phones: server.Phones, PhonesRegistered: server.PhonesRegistered,
	}
	if beats {
		// The login page uses the time that the node wrote. A node whose clock is
		// wrong may be alive to it although it is silent, or dead although it is not.
		node.Silence, node.Alive, node.InSync = beat.Age, beat.Alive(), true
		if node.SkewKnown = beat.SkewKnown; node.SkewKnown {
			node.Silence, node.Skew = beat.Silence, beat.Skew
			node.InSync = node.Skew.Abs() <= clockTolerance
		}
		node.Silence = max(0, node.Silence)
	}
	node.rebuild(s, server)
	return node
}

// rebuild evaluates the rebuild flag. A dead node does not read it, and one that is alive
// reads it within the tolerance. The age of the flag is known only from several snapshots.
func (n *Node) rebuild(s Snapshot, server Server) {
	asked := server.RebuildPending() && server.Generates()
	dead := !n.Alive && len(s.Heartbeats) > 0 // without any heartbeat, the database was restarted
	n.RebuildStuck = asked && (dead || server.FlagSeen >= RebuildTolerance)
	n.RebuildKnown = !asked || n.RebuildStuck
}

func campaignHealth(s Snapshot) []Campaign {
	sums := make(map[campaignAt]*Campaign)
	at := func(server, campaign string) *Campaign {
		key := campaignAt{server, campaign}
		if sums[key] == nil {
			sums[key] = &Campaign{ServerIP: server, Campaign: campaign}
		}
		return sums[key]
	}
	for _, agents := range s.Agents {
		sum := at(agents.ServerIP, agents.Campaign)
		switch {
		case agents.Remote:
			sum.RemoteAgents += agents.Count
		default:
			sum.Agents += agents.Count
			if agents.Status == "PAUSED" {
				sum.Paused += agents.Count
			}
		}
	}
	for _, calls := range s.Calls {
		sum := at(calls.ServerIP, calls.Campaign)
		switch calls.Type {
		case "IN":
			sum.Inbound += calls.Count
		case "OUTBALANCE":
			sum.Fill += calls.Count
		default:
			sum.Outbound += calls.Count
		}
	}
	for _, shortage := range s.Shortages {
		if shortage.Lines == 0 {
			continue
		}
		sum := at(shortage.ServerIP, shortage.Campaign)
		sum.Shortage += shortage.Lines
		sum.ShortageAge, sum.ShortageUndated = shortage.Age, !shortage.AgeKnown
		sum.ShortageFresh = shortage.AgeKnown && shortage.Age < shortageTolerance
	}
	all := make([]Campaign, 0, len(sums))
	for _, sum := range sums { // sorted below
		all = append(all, *sum)
	}
	slices.SortFunc(all, func(a, b Campaign) int {
		return cmp.Or(cmp.Compare(a.ServerIP, b.ServerIP), cmp.Compare(a.Campaign, b.Campaign))
	})
	return all
}

// campaignAt names a campaign on a server.
type campaignAt struct{ server, campaign string }
