package forecast

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The dimensioning guidance of ViciBox
// (docs/vicidial/node-files.md#dimensioning): the design load of one machine.
const (
	expressAgents    = 15  // all roles on one machine; up to 20 on the hardware of a database machine
	expressLines     = 75  // of it
	predictiveAgents = 25  // telephony node, predictive dialing
	predictiveLines  = 125 // of it
	inboundAgents    = 50  // telephony node, inbound only
	inboundLines     = 250 // of it
	webAgents        = 75  // web node, the careful end of 75 to 150
	maxWebAgents     = 150 // web node, the other end
	databaseAgents   = 300 // the largest database machine that the guidance names
	clusterAgents    = 500 // "a cluster scales to about" this many
)

// busyCeiling is the processor use that a telephony node should not exceed: Asterisk
// mixes audio in real time, and delays are audible.
const busyCeiling = 0.70

// nearCeiling is the part of a ceiling from which a node is reported.
const nearCeiling = 0.80

// CapacityMeasurement is the measurements of one telephony node.
type CapacityMeasurement struct {
	ServerIP string
	ID       string
	// Outbound reports that it dials; else it only takes calls. It depends on what is
	// declared and what happened in the period, not on the calls of this moment.
	Outbound        bool
	LogsPerformance bool // sys_perf_log
	MaxTrunks       int
	Rooms           int
	Agents          int // now
	Lines           int // now
	// The peak is that of the sample with the most lines in the period asked for.
	Samples    int     // 0 where none is in the period
	Hours      float64 // from the first sample of the period to the last
	PeakLines  int
	PeakIdle   int // processor idle, percent
	PeakAgents int // the most channels of phones of any sample, Local channels not counted
}

// CapacityNode is what one node can carry.
type CapacityNode struct {
	ServerIP      string
	AgentsPeak    int // the larger of now and the peak
	LinesPeak     int
	AgentsCeiling int     // by guidance, no more than its rooms
	LinesCeiling  int     // by guidance, no more than max_vicidial_trunks
	Hours         float64 // of samples in the period
	LinesMeasured int     // at which the processor would be 70 % busy; 0 where it was too idle to tell
	Use           float64 // the largest part of any ceiling that is used
	Near          bool    // 80 % or more
	Reason        string  // one sentence
}

// Capacity is the load and the capacity of the cluster.
type Capacity struct {
	Nodes       []CapacityNode // by address as text
	AgentsPeak  int            // of all nodes, as if they peaked together
	LinesPeak   int
	SingleBox   bool // one machine with all roles would do
	NodesNeeded int  // telephony nodes, by guidance, measured ceilings and peaks
	WebNeeded   int  // web nodes, by guidance and peaks
	Findings    []string
}

// NewCapacity compares measurements with the dimensioning guidance.
func NewCapacity(measures []CapacityMeasurement) Capacity {
	var c Capacity
	kinds := map[bool]int{}   // nodes that dial, and those that do not
	agents, lines := 0.0, 0.0 // nodes that are needed
	for _, m := range slices.SortedStableFunc(slices.Values(measures), func(a, b CapacityMeasurement) int { return cmp.Compare(a.ServerIP, b.ServerIP) }) {
		node := nodeCapacity(m)
		c.Nodes = append(c.Nodes, node)
		c.AgentsPeak += node.AgentsPeak
		c.LinesPeak += node.LinesPeak
		kinds[m.Outbound]++
		agentsEach, linesEach := guidance(m.Outbound)
		if node.LinesMeasured > 0 {
			linesEach = min(linesEach, node.LinesMeasured)
		}
		agents += float64(node.AgentsPeak) / float64(agentsEach)
		lines += float64(node.LinesPeak) / float64(linesEach)
		if node.Near {
			c.Findings = append(c.Findings, node.Reason)
		}
	}
	c.NodesNeeded = max(1, ceil(agents), ceil(lines))
	c.WebNeeded = max(1, divideUp(c.AgentsPeak, webAgents))
	c.SingleBox = c.NodesNeeded == 1 && c.AgentsPeak <= expressAgents && c.LinesPeak <= expressLines
	c.Findings = append(c.Findings, c.sizing(kinds)...)
	c.Findings = append(c.Findings, sources(measures)...)
	return c
}

// ceil rounds up, ignoring the rounding error of floating point.
func ceil(nodes float64) int { return int(math.Ceil(nodes - 1e-9)) }

// sources describes the samples, and the nodes without any.
func sources(measures []CapacityMeasurement) []string {
	if len(measures) == 0 {
		return nil
	}
	var findings []string
	measured, shortest, longest := 0, math.Inf(1), 0.0
	for _, m := range measures {
		if m.Samples > 0 {
			measured++
			shortest, longest = min(shortest, m.Hours), max(longest, m.Hours)
		}
	}
	if measured == 0 {
		findings = append(findings, "The peaks are those of this moment: no node has a sample of its performance in this period.")
	} else {
		hours := fmt.Sprintf("%.1f hours", longest)
		if longest-shortest >= 0.05 {
			hours = fmt.Sprintf("%.1f to %.1f hours", shortest, longest)
		}
		findings = append(findings, fmt.Sprintf("Made from %s of samples of %d of %s.", hours, measured, cluster.Plural(len(measures), "telephony node")))
	}
	for _, m := range measures {
		switch {
		case m.Samples > 0:
		case m.LogsPerformance:
			findings = append(findings, fmt.Sprintf("Server %s (%s) logs its performance, and no sample is in this period: its clock may be wrong, or its update process does not run. It counts with the load of this moment.", m.ID, m.ServerIP))
		default:
			findings = append(findings, fmt.Sprintf("Server %s (%s) does not log its performance (sys_perf_log is N). It counts with the load of this moment.", m.ID, m.ServerIP))
		}
	}
	return findings
}

func (c Capacity) sizing(kinds map[bool]int) []string {
	var findings []string
	nodes := kinds[true] + kinds[false]
	peak := fmt.Sprintf("The peak is %s and %s", cluster.Plural(c.AgentsPeak, "agent"), cluster.Plural(c.LinesPeak, "line"))
	one := fmt.Sprintf("a telephony node that dials is meant for %d and %d", predictiveAgents, predictiveLines)
	switch {
	case kinds[true] == 0:
		one = fmt.Sprintf("a telephony node that only takes calls is meant for %d and %d", inboundAgents, inboundLines)
	case kinds[false] > 0:
		one += fmt.Sprintf(", one that only takes calls for %d and %d", inboundAgents, inboundLines)
	}
	needed := fmt.Sprintf("%s, and %s: %s needed, %d there", peak, one, cluster.PluralAre(c.NodesNeeded, "telephony node"), nodes)
	switch {
	case nodes == 0:
		return []string{"There is no telephony node to measure."}
	case c.SingleBox && nodes > 1:
		findings = append(findings, fmt.Sprintf("%s, and a machine with all roles is meant for %d and %d: one machine would carry it; the %d nodes are there for redundancy.", peak, expressAgents, expressLines, nodes))
	case c.SingleBox:
		findings = append(findings, fmt.Sprintf("%s, and a machine with all roles is meant for %d and %d: a single box still suffices.", peak, expressAgents, expressLines))
	case c.NodesNeeded > nodes:
		findings = append(findings, needed+".")
	case c.NodesNeeded == nodes:
		findings = append(findings, needed+", so none may fail.")
	default:
		findings = append(findings, fmt.Sprintf("%s, so %d may fail.", needed, nodes-c.NodesNeeded))
	}
	if c.AgentsPeak > clusterAgents {
		findings = append(findings, fmt.Sprintf("%d agents are more than a cluster is meant for (%d).", c.AgentsPeak, clusterAgents))
	} else if c.AgentsPeak > databaseAgents {
		findings = append(findings, fmt.Sprintf("%d agents are more than the largest database machine of the guidance is meant for (%d).", c.AgentsPeak, databaseAgents))
	}
	return findings
}

func guidance(outbound bool) (agents, lines int) {
	if outbound {
		return predictiveAgents, predictiveLines
	}
	return inboundAgents, inboundLines
}

func nodeCapacity(m CapacityMeasurement) CapacityNode {
	agents, lines := guidance(m.Outbound)
	node := CapacityNode{
		ServerIP:      m.ServerIP,
		AgentsPeak:    max(m.Agents, m.PeakAgents),
		LinesPeak:     max(m.Lines, m.PeakLines),
		AgentsCeiling: min(agents, m.Rooms),
		LinesCeiling:  min(lines, m.MaxTrunks),
		Hours:         m.Hours,
		LinesMeasured: measuredCeiling(m),
	}
	subject := fmt.Sprintf("Server %s (%s)", m.ID, m.ServerIP)
	node.Reason = subject + " is idle."
	bounds := []struct {
		used, ceiling int
		text          string
	}{
		{node.AgentsPeak, agents, "agents of the guidance"},
		{node.AgentsPeak, m.Rooms, "agents of its conference rooms"},
		{node.LinesPeak, lines, "lines of the guidance"},
		{node.LinesPeak, m.MaxTrunks, "lines of its max_vicidial_trunks"},
		{node.LinesPeak, node.LinesMeasured, "lines at which its processor would be 70 % busy"},
	}
	for i, bound := range bounds {
		unmeasured := i == len(bounds)-1 && bound.ceiling == 0
		if bound.used == 0 || unmeasured {
			continue
		}
		use := math.Inf(1) // agents and no room, lines and no trunk
		if bound.ceiling > 0 {
			use = float64(bound.used) / float64(bound.ceiling)
		}
		if use > node.Use {
			node.Use = use
			node.Reason = fmt.Sprintf("%s uses %d of the %d %s.", subject, bound.used, bound.ceiling, bound.text)
		}
	}
	node.Near = node.Use >= nearCeiling
	return node
}

// measuredCeiling extrapolates from the busiest sample the number of lines at which the
// processor would reach its ceiling. The load without calls is included, so the real
// ceiling is higher. It returns 0 for a machine that was hardly used.
func measuredCeiling(m CapacityMeasurement) int {
	busy := float64(100-m.PeakIdle) / 100
	if m.Samples == 0 || m.PeakLines < 10 || busy < 0.10 {
		return 0
	}
	return int(float64(m.PeakLines) * busyCeiling / busy)
}

// divideUp returns number/size, rounded up.
func divideUp(number, size int) int { return (number + size - 1) / size }
