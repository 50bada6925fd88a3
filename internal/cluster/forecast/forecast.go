package forecast

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Campaign is the part of a campaign that the dialers read.
type Campaign struct {
	ID     string
	Active bool // an inactive campaign has the goal 0 wherever it is dialed
	// NoDial reports that the dial method is MANUAL or INBOUND_MAN, or that an
	// inbound rule holds the dialer back: nothing is placed and no shortage is
	// reported, yet the lines are counted against the campaigns that follow.
	NoDial bool
	// LowLevel reports that the dial level is below 1: no shortage is reported.
	LowLevel bool
	// Unpaused reports that at least one agent of the campaign, on whatever
	// server, is not paused. Without one the fill places nothing.
	Unpaused bool
}

// Goal is the number of lines that a campaign wants on one server: its agents there
// times the dial level; see [goalLines]. A campaign without a goal on a
// server has no agents there, and the local dialer does not dial it there.
type Goal struct {
	ServerIP string
	Campaign string
	Lines    int
}

// Lines counts rows of vicidial_auto_calls of one campaign or in-group
// on one server. The programs count different rows: a campaign's own calls are
// those of the status SENT, RINGING, LIVE, XFER or CLOSER; the server's lines are
// those and calls in an IVR; and the balance fill counts every row there is.
type Lines struct {
	ServerIP  string
	Campaign  string // or the in-group
	Local     int    // call types OUT and IN
	Fill      int    // call type OUTBALANCE
	IVR       int    // status IVR, call types OUT and IN
	FillIVR   int    // status IVR, call type OUTBALANCE
	Ended     int    // any other status, call types OUT and IN
	FillEnded int    // any other status, call type OUTBALANCE
}

// own are the calls that the dialer counts for the campaign.
func (l Lines) own() int { return l.Local + l.Fill }

// up are the lines that the dialer counts for the server.
func (l Lines) up() int { return l.own() + l.IVR + l.FillIVR }

// rows are all of them.
func (l Lines) rows() int { return l.up() + l.Ended + l.FillEnded }

// filled are the rows that the balance fill takes for its own.
func (l Lines) fillRows() int { return l.Fill + l.FillIVR + l.FillEnded }

func (l Lines) plus(more Lines) Lines {
	l.Local += more.Local
	l.Fill += more.Fill
	l.IVR += more.IVR
	l.FillIVR += more.FillIVR
	l.Ended += more.Ended
	l.FillEnded += more.FillEnded
	return l
}

// Input is the input of VICIdial's trunk arithmetic.
//
// Goals are in the order in which the dialer serves campaigns on a server: the
// one whose agent has waited longest first. Trunks are in the order in which
// the table returns them, which decides between duplicate rows.
type Input struct {
	Servers   cluster.Servers
	Trunks    []cluster.Trunk
	Campaigns []Campaign
	Goals     []Goal
	InUse     []Lines
	// AutoDialOff is outbound_autodial_active=0 or disable_auto_dial=1 in
	// system_settings: shortages are reported, nothing is placed.
	AutoDialOff bool
	// FillOff reports that keepalive 7 runs nowhere, so that no shortage is filled.
	FillOff bool
	// FillCallsPerSecond is outbound_calls_per_second of system_settings.
	FillCallsPerSecond int
	// Schema is db_schema_version, on which the meaning of that depends.
	Schema int
}

// Local is what the local dialer of one server does for one campaign
// in one loop.
type Local struct {
	ServerIP string
	Campaign string
	Goal     int
	Existing int  // lines the campaign has on the server before the loop
	Limited  bool // a MAXIMUM_LIMIT row exists
	Limit    int  // what that row says; of duplicates, the last one
	Allowed  int  // max_vicidial_trunks less the reservations of all other campaigns
	Place    int  // new lines in this loop, never below 0
	Shortage int  // local_trunk_shortage as the table holds it, never below 0
	Reason   string
}

// Fill is what the balance fill does on one server for one campaign.
type Fill struct {
	ServerIP  string
	Campaign  string
	Available int // before the cap by the lines that are up on the server
	Place     int // never below 0
}

// Total sums a campaign up over the cluster.
type Total struct {
	Campaign string
	Goal     int
	Lines    int // lines after the loop: in use, placed locally, placed by the fill
	Shortage int // what the local dialers report
	Filled   int // what the fill places of it
	Missing  int // goal less lines, never below 0
	Reasons  []string
}

// Node sums a server up.
type Node struct {
	ServerIP       string
	Lines          int     // lines after the loop, all campaigns
	OverMaximum    int     // how far that is above max_vicidial_trunks
	CallsPerSecond float64 // what the dialer makes of the column
	Seconds        float64 // how long the local dialer takes to place its lines
}

// Forecast is what VICIdial's dialers do in one loop.
type Forecast struct {
	Local       []Local  // by server in the order of the input, then in the order of the goals
	Fill        []Fill   // by campaign, then in the order in which the fill asks the servers
	Campaigns   []Total  // by campaign id
	Nodes       []Node   // in the order of the input
	FillSeconds float64  // how long the fill takes to place its lines
	Shortfalls  []string // one sentence for each campaign that misses lines
}

// goalLines is agents times dial level, rounded as Perl's sprintf("%.0f") does:
// a tie goes to the even number.
func goalLines(agents int, level float64) int {
	lines, err := strconv.Atoi(strconv.FormatFloat(float64(agents)*level, 'f', 0, 64))
	if err != nil { // not a number, or beyond any trunk count
		return 0
	}
	return max(0, lines)
}

// localCallsPerSecond is what the local dialer makes of
// servers.outbound_calls_per_second: 1 to 200 count, anything else means 40
// (AST_VDauto_dial.pl:536; docs/vicidial/dialer.md#calls-per-second). So 0 does not stop a server.
func localCallsPerSecond(column int) float64 { return callsPerSecond(column, 200) }

// fillCallsPerSecond is the same for the balance fill and the column of
// system_settings, where up to [cluster.MaxFillRate] counts.
func fillCallsPerSecond(column, schema int) float64 {
	highest, _ := cluster.MaxFillRate(schema)
	return callsPerSecond(column, highest)
}

func callsPerSecond(column, highest int) float64 {
	if column < 1 || column > highest {
		return 40 // a delay of 25 ms between calls
	}
	return float64(column)
}

// New computes one loop of VICIdial's dialers: every server's local dialer (AST_VDauto_dial.pl, docs/vicidial/dialer.md#trunk-limits), then the balance fill
// (AST_VDauto_dial_FILL.pl, docs/vicidial/dialer.md#balance-fill). It is VICIdial's arithmetic with its
// quirks, and assumes enough leads in the hopper.
// Not part of it are shared dialing (dial methods SHARED_*), and the calls of
// in-groups that the dialer counts for a blended campaign while none of its
// agents is ready.
func New(in Input) Forecast {
	state := newLoopState(in)
	var out Forecast
	for _, server := range state.servers {
		out.Local = append(out.Local, state.local(server)...)
	}
	out.Fill = state.fill(out.Local)
	out.Nodes = state.nodes(out)
	placed := 0
	for _, fill := range out.Fill {
		placed += fill.Place
	}
	out.FillSeconds = float64(placed) / fillCallsPerSecond(in.FillCallsPerSecond, in.Schema)
	out.Campaigns = state.totals(out)
	for _, total := range out.Campaigns {
		if total.Missing > 0 {
			out.Shortfalls = append(out.Shortfalls, total.sentence())
		}
	}
	return out
}

// campaign returns the sum of one campaign; all zero when it has no goal.
func (f Forecast) campaign(id string) Total {
	for _, total := range f.Campaigns {
		if total.Campaign == id {
			return total
		}
	}
	return Total{Campaign: id}
}

func (t Total) sentence() string {
	sentence := fmt.Sprintf("Campaign %s gets %d of the %d lines that it wants; %d are missing.", t.Campaign, min(t.Lines, t.Goal), t.Goal, t.Missing)
	return strings.Join(append([]string{sentence}, t.Reasons...), " ")
}
