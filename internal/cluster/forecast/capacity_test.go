package forecast

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func aMeasure(ip string, agents, lines int) CapacityMeasurement {
	return CapacityMeasurement{
		ServerIP: ip, ID: "dial" + ip[len(ip)-1:], Outbound: true, MaxTrunks: 200, Rooms: 100,
		Samples: 720, Hours: 1, LogsPerformance: true, PeakAgents: agents, PeakLines: lines, PeakIdle: 90,
	}
}

func TestCapacity_node(t *testing.T) {
	t.Run("20 of 25 agents are near, 19 are not", func(t *testing.T) {
		c := NewCapacity([]CapacityMeasurement{aMeasure(dial1, 20, 30), aMeasure(dial2, 19, 30)})
		if !c.Nodes[0].Near || c.Nodes[1].Near {
			t.Errorf("%+v", c.Nodes)
		}
		if want := "Server dial1 (10.0.0.1) uses 20 of the 25 agents of the guidance."; c.Findings[0] != want {
			t.Errorf("have %q, want %q", c.Findings[0], want)
		}
	})

	t.Run("an inbound node takes twice as many", func(t *testing.T) {
		m := aMeasure(dial1, 25, 125)
		m.Outbound = false
		if node := NewCapacity([]CapacityMeasurement{m}).Nodes[0]; node.AgentsCeiling != 50 || node.LinesCeiling != 200 || node.Near {
			t.Errorf("%+v", node)
		}
	})

	t.Run("rooms and trunks bound what the guidance would allow", func(t *testing.T) {
		m := aMeasure(dial1, 9, 20)
		m.Rooms, m.MaxTrunks = 10, 23
		node := NewCapacity([]CapacityMeasurement{m}).Nodes[0]
		if node.AgentsCeiling != 10 || node.LinesCeiling != 23 || !strings.Contains(node.Reason, "9 of the 10 agents of its conference rooms") {
			t.Errorf("%+v", node)
		}
	})

	t.Run("the processor's ceiling is drawn from the busiest sample", func(t *testing.T) {
		m := aMeasure(dial1, 10, 60)
		m.PeakIdle = 40 // 60 % busy with 60 lines: 70 % with 70
		node := NewCapacity([]CapacityMeasurement{m}).Nodes[0]
		if node.LinesMeasured != 70 || !node.Near || !strings.Contains(node.Reason, "60 of the 70 lines at which its processor") {
			t.Errorf("%+v", node)
		}
	})

	t.Run("a machine that was hardly used has no measured ceiling", func(t *testing.T) {
		m := aMeasure(dial1, 2, 9)
		m.PeakIdle = 99
		if node := NewCapacity([]CapacityMeasurement{m}).Nodes[0]; node.LinesMeasured != 0 {
			t.Errorf("%+v", node)
		}
	})

	t.Run("lines on a node without trunks are beyond any ceiling", func(t *testing.T) {
		m := aMeasure(dial1, 0, 5)
		m.MaxTrunks = 0
		if node := NewCapacity([]CapacityMeasurement{m}).Nodes[0]; !node.Near {
			t.Errorf("%+v", node)
		}
	})
}

func TestCapacity_cluster(t *testing.T) {
	cases := []struct {
		name     string
		measures []CapacityMeasurement
		single   bool
		nodes    int
		web      int
		says     string
	}{
		{"a small floor on one box", []CapacityMeasurement{aMeasure(dial1, 12, 60)}, true, 1, 1, "a single box still suffices"},
		{"a small floor on two", []CapacityMeasurement{aMeasure(dial1, 6, 30), aMeasure(dial2, 6, 30)}, true, 1, 1, "one machine would carry it"},
		{"24 agents and 120 lines are no single box", []CapacityMeasurement{aMeasure(dial1, 24, 120)}, false, 1, 1, "1 telephony node is needed, 1 there, so none may fail"},
		{"16 agents are no single box", []CapacityMeasurement{aMeasure(dial1, 16, 75)}, false, 1, 1, "1 telephony node is needed"},
		{"15 agents are one", []CapacityMeasurement{aMeasure(dial1, 15, 75)}, true, 1, 1, "a machine with all roles is meant for 15 and 75: a single box still suffices"},
		{"26 agents need two nodes", []CapacityMeasurement{aMeasure(dial1, 26, 60)}, false, 2, 1, "2 telephony nodes are needed, 1 there."},
		{"126 lines need two nodes", []CapacityMeasurement{aMeasure(dial1, 10, 63), aMeasure(dial2, 10, 63)}, false, 2, 1, "2 telephony nodes are needed, 2 there, so none may fail"},
		{"three nodes for the work of two", []CapacityMeasurement{aMeasure(dial1, 16, 40), aMeasure(dial2, 16, 40), aMeasure(dial3, 16, 40)}, false, 2, 1, "so 1 may fail"},
		{"76 agents need two web nodes", []CapacityMeasurement{aMeasure(dial1, 76, 100)}, false, 4, 2, "4 telephony nodes are needed"},
		{"301 agents outgrow the database", []CapacityMeasurement{aMeasure(dial1, 301, 100)}, false, 13, 5, "largest database machine"},
		{"501 agents outgrow a cluster", []CapacityMeasurement{aMeasure(dial1, 501, 100)}, false, 21, 7, "more than a cluster is meant for"},
		{"nothing to measure", nil, true, 1, 1, "no telephony node"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := NewCapacity(c.measures)
			if got.SingleBox != c.single || got.NodesNeeded != c.nodes || got.WebNeeded != c.web {
				t.Errorf("%+v", got)
			}
			if !strings.Contains(strings.Join(got.Findings, "\n"), c.says) {
				t.Errorf("%q does not say %q", got.Findings, c.says)
			}
		})
	}

	t.Run("nodes that only take calls carry twice as much, also beside one that dials", func(t *testing.T) {
		calls := aMeasure(dial2, 100, 100)
		calls.Outbound = false
		c := NewCapacity([]CapacityMeasurement{aMeasure(dial1, 20, 60), calls})
		if c.NodesNeeded != 3 || !strings.Contains(strings.Join(c.Findings, "\n"), "that dials is meant for 25 and 125, one that only takes calls for 50 and 250: 3 telephony nodes are needed") {
			t.Errorf("%+v", c)
		}
	})

	t.Run("a single box whose processor could not carry it does not suffice", func(t *testing.T) {
		m := aMeasure(dial1, 12, 60)
		m.PeakIdle = 20 // 80 % busy: 70 % is at 52 lines
		if c := NewCapacity([]CapacityMeasurement{m}); c.SingleBox || c.NodesNeeded != 2 {
			t.Errorf("%+v", c)
		}
	})

	t.Run("without a performance log the peaks are those of now", func(t *testing.T) {
		c := NewCapacity([]CapacityMeasurement{{ServerIP: dial1, ID: "dial1", MaxTrunks: 96, Rooms: 50, Agents: 30, Lines: 40}})
		findings := strings.Join(c.Findings, "\n")
		if c.AgentsPeak != 30 || !strings.Contains(findings, "dial1 (10.0.0.1) does not log its performance (sys_perf_log is N)") || !strings.Contains(findings, "The peaks are those of this moment") {
			t.Errorf("%+v", c)
		}
	})

	t.Run("a node that logs and has no sample is not blamed for logging nothing", func(t *testing.T) {
		silent := aMeasure(dial2, 0, 0)
		silent.Samples, silent.Hours = 0, 0
		c := NewCapacity([]CapacityMeasurement{aMeasure(dial1, 10, 60), silent})
		findings := strings.Join(c.Findings, "\n")
		if !strings.Contains(findings, "Made from 1.0 hours of samples of 1 of 2 telephony nodes.") || !strings.Contains(findings, "dial2 (10.0.0.2) logs its performance, and no sample is in this period: its clock may be wrong") || strings.Contains(findings, "sys_perf_log is N") {
			t.Errorf("%q", c.Findings)
		}
	})
}

// The answers never contradict one another.
func TestCapacity_singleBoxNeedsOneNode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var measures []CapacityMeasurement
		for _, ip := range []string{dial1, dial2, dial3}[:rapid.IntRange(1, 3).Draw(t, "nodes")] {
			m := aMeasure(ip, rapid.IntRange(0, 60).Draw(t, "agents"), rapid.IntRange(0, 300).Draw(t, "lines"))
			m.Outbound, m.PeakIdle = rapid.Bool().Draw(t, "dials"), rapid.IntRange(0, 100).Draw(t, "idle")
			measures = append(measures, m)
		}
		c := NewCapacity(measures)
		if c.SingleBox && (c.NodesNeeded != 1 || c.WebNeeded != 1) {
			t.Fatalf("%+v", c)
		}
		for _, node := range c.Nodes {
			if node.LinesMeasured > 0 && node.LinesPeak > node.LinesMeasured && c.NodesNeeded == 1 {
				t.Fatalf("one node is to carry what %+v cannot", node)
			}
		}
	})
}
