package trunksplit

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func aSplitOver(elsewhere string, servers ...string) model {
	m := model{CampaignID: types.StringValue("SALES"), Elsewhere: types.StringValue(elsewhere), Servers: map[string]weightingModel{}}
	for _, server := range servers {
		m.Servers[server] = weightingModel{}
	}
	return m
}

func TestPartialState(t *testing.T) {
	t.Parallel()
	ten, zero := []cluster.Limit{{Dedicated: 10, Restriction: cluster.MaximumLimit}}, []cluster.Limit{blockedLimit}
	for claim, c := range map[string]struct {
		prior, want             model
		before, rows            cluster.Split
		servers, shares, blocks string
	}{
		"a row that was to be removed is shown": {
			aSplitOver("ignore", "A", "B"), aSplitOver("ignore", "A"),
			cluster.Split{"A": ten, "B": ten},
			cluster.Split{"A": ten, "B": ten},
			"map[A:{} B:{}]", `{"A":10,"B":10}`, "[]",
		},
		"a row that was removed is not": {
			aSplitOver("ignore", "A", "B"), aSplitOver("ignore", "A"),
			cluster.Split{"A": ten, "B": ten},
			cluster.Split{"A": ten},
			"map[A:{}]", `{"A":10}`, "[]",
		},
		"a row that was written is shown": {
			aSplitOver("ignore", "A"), aSplitOver("ignore", "A", "C", "D"),
			cluster.Split{"A": ten},
			cluster.Split{"A": ten, "C": ten},
			"map[A:{} C:{}]", `{"A":10,"C":10}`, "[]",
		},
		"a server that was blocked is shown, and one that somebody else blocked is not": {
			aSplitOver("ignore", "A"), aSplitOver("block", "A"),
			cluster.Split{"A": ten, "B": zero},
			cluster.Split{"A": ten, "B": zero, "C": zero},
			"map[A:{}]", `{"A":10}`, "[C]",
		},
		"a block that was to be removed is shown": {
			aSplitOver("block", "A"), aSplitOver("ignore", "A"),
			cluster.Split{"A": ten, "B": zero},
			cluster.Split{"A": ten, "B": zero},
			"map[A:{}]", `{"A":10}`, "[B]",
		},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			left := c.prior.partialState(c.want, c.before, c.rows, nil)
			listed := map[string]string{}
			for server := range left.Servers {
				listed[server] = "{}"
			}
			if fmt.Sprint(listed) != c.servers || left.Allocations.String() != c.shares || fmt.Sprint(left.blocked()) != c.blocks {
				t.Errorf("servers %v, allocations %s, blocked %v; want %s, %s, %s", listed, left.Allocations, left.blocked(), c.servers, c.shares, c.blocks)
			}
			// The next refresh says the same.
			if again := left.withRows(c.rows, nil); fmt.Sprint(again.blocked()) != c.blocks || !again.Allocations.Equal(left.Allocations) {
				t.Errorf("a refresh makes of it allocations %s, blocked %v", again.Allocations, again.blocked())
			}
		})
	}
}
