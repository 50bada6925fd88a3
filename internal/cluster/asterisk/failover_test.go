package asterisk

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestFailovers_Ends(t *testing.T) {
	t.Parallel()
	const (
		chain  = "A call of route A that goes on to B does not go on to C. Add C to failover of A where it is to be tried."
		ending = ". No call does: each tries the routes in failover of its own route once, and ends."
		pair   = "Failover goes round in a cycle: A to B to A" + ending
	)
	for claim, c := range map[string]struct {
		failovers Failovers
		route     string
		want      []string
	}{
		"none":                        {Failovers{"A": {"B"}}, "A", nil},
		"chain from its first route":  {Failovers{"A": {"B"}, "B": {"C"}}, "A", []string{chain}},
		"chain from its second route": {Failovers{"A": {"B"}, "B": {"C"}}, "B", []string{chain}},
		"chain from its last route":   {Failovers{"A": {"B"}, "B": {"C"}}, "C", nil},
		"chain that is written out":   {Failovers{"A": {"B", "C"}, "B": {"C"}}, "A", nil},
		"pair":                        {Failovers{"A": {"B"}, "B": {"A"}}, "A", []string{pair}},
		"pair from its other route":   {Failovers{"A": {"B"}, "B": {"A"}}, "B", []string{pair}},
		"three that list each other": {
			Failovers{"A": {"B", "C"}, "B": {"A", "C"}, "C": {"A", "B"}},
			"B",
			[]string{pair},
		},
		"cycle of three": {
			Failovers{"A": {"B"}, "B": {"C"}, "C": {"A"}},
			"C",
			[]string{
				"A call of route B that goes on to C does not go on to A. Add A to failover of B where it is to be tried.",
				"A call of route C that goes on to A does not go on to B. Add B to failover of C where it is to be tried.",
				"Failover goes round in a cycle: A to B to C to A" + ending,
			},
		},
		"cycle that the route is not in": {Failovers{"A": {"B", "C"}, "B": {"C"}, "C": {"B"}}, "A", nil},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, c.failovers.Ends(c.route)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFailoversOf(t *testing.T) {
	t.Parallel()
	row := func(route, active string, failover ...string) cluster.Carrier {
		dial := Dial{Route: route, Protocol: "SIP", Endpoint: "x", Prefix: "9", Pattern: AnyNumber, Strip: 1, Options: DefaultDialOptions, Failover: failover}
		return cluster.Carrier{"protocol": cluster.Text("SIP"), "active": cluster.Text(active), "dialplan_entry": cluster.Text(dial.Dialplan())}
	}
	got := FailoversOf(cluster.Carriers{
		row("MAIN", "Y", "BACKUP"), row("MAIN", "Y", "BACKUP", "LAST"), row("BACKUP", "Y"), row("OFF", "N", "MAIN"),
		{"protocol": cluster.Text("SIP"), "active": cluster.Text("Y"), "dialplan_entry": cluster.Text("exten => 9,1,Gosub(route_MAIN,1)")},
	})
	if diff := cmp.Diff(Failovers{"MAIN": {"BACKUP", "LAST"}}, got); diff != "" {
		t.Error(diff)
	}
}
