package forecast

import (
	"fmt"
	"iter"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// FailoverServer is a row of servers, of a telephony node, and what is known beside it.
type FailoverServer struct {
	cluster.Server
	Rooms int  // conference rooms of its engine
	Dead  bool // no heartbeat
}

// FailoverCampaign is a campaign and the lines that it needs over the cluster.
type FailoverCampaign struct {
	ID    string
	Lines int
}

// FailoverLive is the present agents and calls. With it the plan is for a loss at this
// moment; without it, for agents on all seats.
type FailoverLive struct {
	Agents    []FailoverAgent // who is logged in, without remote agents
	FreeRooms map[string]int  // per server
	Calls     map[string]int  // calls per server, all kinds
}

// FailoverAgent is an agent who is logged in.
type FailoverAgent struct {
	User     string
	ServerIP string
	Campaign string
	Seat     string // id of the seat whose phone the agent uses; "" for a phone of no seat
}

// FailoverInput is a declared topology and, if wanted, its load.
type FailoverInput struct {
	Servers   []FailoverServer
	Seats     []cluster.LoginSeat
	Trunks    []cluster.Trunk
	Campaigns []FailoverCampaign
	Inbound   []cluster.CarrierServers // ways in
	Outbound  []cluster.CarrierServers // ways out
	// RemoteAgents, DIDs and the other fields up to SoundsServer are what depends on
	// a server beside its seats and lines.
	RemoteAgents []cluster.RemoteAgents
	DIDs         cluster.DIDs
	SoundsServer string // sounds_web_server
	// Duties names the server_ip of the node that does each duty which one node of
	// the cluster does. The database does not know them.
	Duties map[string]string
	// WebNodes are the machines that serve web pages, by address or name.
	WebNodes []string
	Replica  string // slave_db_server
	// CallsPerSecond is what the cluster must be able to dial; 0 asks nothing.
	CallsPerSecond int
	// Weights is the container AGENT_LOAD_BALANCING_WEIGHT; empty means none.
	Weights map[string]int
	// VoicemailServer is active_voicemail_server.
	VoicemailServer string
	FillOff         bool
	Live            *FailoverLive
	// Depth is how many servers may be lost at once; 0 counts as 1.
	Depth int
}

// FailoverSeats is the number of agents of a surviving server after a loss.
type FailoverSeats struct {
	ServerIP string
	Agents   int // all of them
	Arrived  int // of these, from lost servers
	Rooms    int
}

// FailoverLines is the lines of a campaign after a loss.
type FailoverLines struct {
	Campaign string
	Needed   int
	Carried  int
}

// FailoverLoss is the effect of the loss of some servers.
type FailoverLoss struct {
	Lost       []string // server_ip, sorted
	Survivable bool     // everything that works with all servers still works
	Reasons    []string // why not, each a sentence
	ToDo       []string // what must be done by hand meanwhile, each a sentence
	Seats      []FailoverSeats
	// Stranded are the seats that can log in nowhere any more.
	Stranded       []string
	Campaigns      []FailoverLines
	CallsPerSecond float64  // what the surviving servers can dial
	Inbound        []string // ways in that are closed
	AgentsCut      int      // agents who lose their session and must log in again
	CallsCut       int      // calls that drop at that moment; 0 without live load
}

// FailoverPlan is the effects of all losses.
type FailoverPlan struct {
	Survivable bool           // every loss is, and not all servers are dead already
	Today      FailoverLoss   // with all servers up: what does not work even so
	Losses     []FailoverLoss // by size, then by address
	Machines   []MachineLoss  // web nodes, the database, the replica
}

// maxLosses bounds the sets of servers in one plan: 50 servers have 1,275 sets of one
// or two.
const maxLosses = 2000

// NewFailoverPlan computes the effect of the loss of each set of up to Depth servers.
func NewFailoverPlan(in FailoverInput) (FailoverPlan, error) {
	depth := max(1, in.Depth)
	ips := make([]string, 0, len(in.Servers))
	for _, server := range in.Servers {
		if !server.Dead {
			ips = append(ips, server.IP())
		}
	}
	slices.Sort(ips)
	if sets := setsUpTo(len(ips), depth); sets > maxLosses {
		return FailoverPlan{}, &cluster.Refused{
			Subject: "failover plan",
			Reasons: []string{fmt.Sprintf("losing up to %d of %d servers makes more than %d cases", depth, len(ips), maxLosses)},
			Advice:  "Ask for fewer servers lost at once.",
		}
	}
	floor := newFailoverCluster(in)
	plan := FailoverPlan{Survivable: true, Today: floor.lose(nil, nil)}
	if len(ips) == 0 && len(in.Servers) > 0 {
		plan.Survivable, plan.Today.Survivable = false, false
		plan.Today.Reasons = append([]string{noServerUp}, plan.Today.Reasons...)
	}
	for size := 1; size <= min(depth, len(ips)); size++ {
		for set := range setsOf(ips, size) {
			loss := floor.lose(set, &plan.Today)
			plan.Survivable = plan.Survivable && loss.Survivable
			plan.Losses = append(plan.Losses, loss)
		}
	}
	plan.Machines = machineLosses(in)
	return plan, nil
}

const noServerUp = "No telephony server has a fresh heartbeat, so nobody can log in. server_updater is kept in memory: after a restart of the database it is empty until the nodes write it again."

// setsUpTo counts the sets of 1 to depth out of n, and stops counting above
// the bound.
func setsUpTo(n, depth int) int {
	sum, sets := 0, 1
	for size := 1; size <= min(depth, n) && sum <= maxLosses; size++ {
		sets = sets * (n - size + 1) / size
		sum += sets
	}
	return sum
}

// setsOf yields the sets of the given size in lexical order.
func setsOf(ips []string, size int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		var choose func(from int, chosen []string) bool
		choose = func(from int, chosen []string) bool {
			if len(chosen) == size {
				return yield(slices.Clone(chosen))
			}
			for i := from; i <= len(ips)-(size-len(chosen)); i++ {
				if !choose(i+1, append(chosen, ips[i])) {
					return false
				}
			}
			return true
		}
		choose(0, nil)
	}
}
