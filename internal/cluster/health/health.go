package health

import (
	"cmp"
	"slices"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Server is a row of servers, and what is counted for it.
type Server struct {
	cluster.Server
	RoomsTotal int // conference rooms of its engine
	RoomsFree  int
	Phones     int // active phones
	// PhonesRegistered counts those whose peer status says OK or REGISTERED;
	// -1 where the schema has no peer status or the node does not gather it.
	PhonesRegistered int
}

// Heartbeat is a row of server_updater.
type Heartbeat struct {
	ServerIP     string
	LastUpdate   time.Time // by the node's clock
	DatabaseTime time.Time // by the database's clock, in the same statement
}

// Alive says whether the agent login page takes the server for alive
// (docs/vicidial/daemons.md#heartbeat-tolerance).
func (b Heartbeat) Alive(now time.Time) bool { return now.Sub(b.LastUpdate) <= HeartbeatTolerance }

// Shortage is a row of vicidial_campaign_server_stats.
type Shortage struct {
	ServerIP string
	Campaign string
	Lines    int
	Updated  time.Time
}

// Replica is what the reporting replica answered.
type Replica struct {
	Host     string
	Err      string        // why it could not be asked; empty when it answered
	Running  bool          // both replication threads run
	Lag      time.Duration // behind the primary
	LagKnown bool
}

// Snapshot is what the tables held at one moment, with the database's
// own clock.
type Snapshot struct {
	Now             time.Time // the database's NOW()
	DatabaseStarted time.Time // Now less its uptime
	Servers         []Server  // two rows may have one address
	NewestChange    time.Time // of the admin log; a flag that is set now was set no later
	Beats           []Heartbeat
	Agents          []AgentCount
	Calls           []cluster.CallCount
	Shortages       []Shortage
	VoicemailServer string // active_voicemail_server
	AutoDialOff     bool   // disable_auto_dial, which stops dialing for a while
	Schema          int    // db_schema_version
	ExpectedSchema  int    // what the nodes' code expects; 0 asks nothing
	Replica         *Replica
}

// The tolerances are VICIdial's own.
const (
	// HeartbeatTolerance is that of the agent login page
	// (docs/vicidial/daemons.md#heartbeat-tolerance).
	HeartbeatTolerance = 120 * time.Second
	// ClockTolerance is that of the agent screen's time sync check
	// (docs/vicidial/daemons.md#clock-tolerance).
	ClockTolerance = 8 * time.Second
	// ShortageTolerance is how long the balance fill heeds a shortage
	// (docs/vicidial/dialer.md#shortage-age).
	ShortageTolerance = 1200 * time.Second
	// RebuildTolerance is how long a node that is well takes to rebuild its
	// configuration files, with some to spare (docs/vicidial/daemons.md#pending-rebuild).
	RebuildTolerance = 120 * time.Second
	// ReplicaTolerance is ours: reports older than this mislead.
	ReplicaTolerance = 60 * time.Second
)

// Node is what is known of one node.
type Node struct {
	ID               string
	IP               string
	Beats            bool          // it has a row in server_updater
	Alive            bool          // and that is fresh, by the time that the node wrote
	Silence          time.Duration // since its last heartbeat, by the database's clock alone
	Skew             time.Duration // node clock less database clock
	SkewKnown        bool          // the database noted its own clock beside the node's
	InSync           bool
	Load             float64 // load average
	CPUIdlePercent   int
	Channels         int
	Disks            string
	Agents           int // without remote agents
	RemoteAgents     int
	Calls            int
	Shortage         int // lines, fresh rows only
	RoomsTotal       int
	RoomsFree        int
	RebuildPending   bool
	RebuildStuck     bool
	Phones           int
	PhonesRegistered int
}

// Campaign is what is known of one campaign, or in-group, on one node.
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
	ShortageUpdated time.Time // zero when there is no row
}

// Problem is one thing that is not as it should be.
type Problem struct {
	ServerIP string // empty when it concerns the cluster
	What     string // a sentence
	Do       string // a sentence: what to do about it
}

// String joins both sentences.
func (p Problem) String() string { return p.What + " " + p.Do }

// Report is what a snapshot means.
type Report struct {
	Nodes            []Node     // by address as text
	Campaigns        []Campaign // by server, then by campaign
	Problems         []Problem  // of the cluster first, then by node
	CoordinatorAlive bool
	Agents           int
	Calls            int
}

// NewReport judges a snapshot.
func NewReport(s Snapshot) Report {
	h := Report{Campaigns: campaignHealth(s)}
	beats := make(map[string]Heartbeat, len(s.Beats))
	for _, beat := range s.Beats {
		beats[beat.ServerIP] = beat
	}
	s.Servers = slices.SortedStableFunc(slices.Values(s.Servers), func(a, b Server) int { return cmp.Compare(a.IP(), b.IP()) })
	servers := slices.CompactFunc(slices.Clone(s.Servers), func(a, b Server) bool { return a.IP() == b.IP() }) // the first counts, as for VICIdial's daemons
	for _, server := range servers {
		beat, beats := beats[server.IP()]
		node := nodeHealth(s, server, beat, beats)
		for _, campaign := range h.Campaigns {
			if campaign.ServerIP != server.IP() {
				continue
			}
			node.Agents += campaign.Agents
			node.RemoteAgents += campaign.RemoteAgents
			node.Calls += campaign.Inbound + campaign.Outbound + campaign.Fill
			if campaign.ShortageFresh {
				node.Shortage += campaign.Shortage
			}
		}
		h.CoordinatorAlive = h.CoordinatorAlive || (node.Alive && server.IP() == s.VoicemailServer)
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
		ID: server.ID(), IP: server.IP(), Beats: beats,
		Load: float64(server.Row.Int("sysload")) / 100, CPUIdlePercent: server.Row.Int("cpu_idle_percent"), Channels: server.Row.Int("channels_total"), Disks: server.Row["disk_usage"].Text,
		RoomsTotal: server.RoomsTotal, RoomsFree: server.RoomsFree, RebuildPending: server.RebuildPending(),
		Phones: server.Phones, PhonesRegistered: server.PhonesRegistered,
	}
	if beats {
		// The login page goes by the time that the node wrote. One whose clock is
		// wrong is alive to it although it is silent, or dead although it speaks.
		node.Silence = s.Now.Sub(beat.LastUpdate)
		node.Alive = beat.Alive(s.Now)
		node.InSync = true
		if node.SkewKnown = !beat.DatabaseTime.IsZero(); node.SkewKnown {
			node.Silence = s.Now.Sub(beat.DatabaseTime)
			node.Skew = beat.LastUpdate.Sub(beat.DatabaseTime)
			node.InSync = node.Skew.Abs() <= ClockTolerance
		}
		node.Silence = max(0, node.Silence)
	}
	late := !s.NewestChange.IsZero() && s.Now.Sub(s.NewestChange) > RebuildTolerance
	node.RebuildStuck = server.RebuildPending() && server.Generates() && (late || !node.Alive)
	return node
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
		sum.ShortageUpdated = shortage.Updated
		sum.ShortageFresh = s.Now.Sub(shortage.Updated) < ShortageTolerance
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
