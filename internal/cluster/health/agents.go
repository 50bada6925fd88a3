package health

import (
	"cmp"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// AgentCount counts rows of vicidial_live_agents.
type AgentCount struct {
	ServerIP string
	Campaign string
	Status   string
	Remote   bool // a remote agent's line, extension R/…
	Count    int
}

// CountAgents counts agents by server, campaign, status and kind, in that order.
// Spellings of a campaign are compared as the database does.
func CountAgents(agents []cluster.LiveAgent) []AgentCount {
	counts := map[AgentCount]int{}
	spelling := map[string]string{}
	for _, a := range agents {
		campaign := cluster.FoldKey(a.Campaign)
		if _, known := spelling[campaign]; !known {
			spelling[campaign] = a.Campaign
		}
		counts[AgentCount{ServerIP: a.ServerIP, Campaign: campaign, Status: a.Status, Remote: a.Remote()}]++
	}
	groups := make([]AgentCount, 0, len(counts))
	for group, count := range counts { // sorted below
		group.Campaign, group.Count = spelling[group.Campaign], count
		groups = append(groups, group)
	}
	slices.SortFunc(groups, func(a, b AgentCount) int {
		return cmp.Or(cmp.Compare(a.ServerIP, b.ServerIP), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Status, b.Status), compareBool(a.Remote, b.Remote))
	})
	return groups
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
