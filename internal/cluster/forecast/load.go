package forecast

import (
	"cmp"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// GoalsOf returns the goals of the agents whom the dialer counts
// (docs/vicidial/dialer.md#counted-agents), in the order of who waits longest.
func GoalsOf(agents []cluster.LiveAgent, campaigns cluster.Campaigns) []Goal {
	type group struct{ server, campaign string }
	type load struct {
		goal    Goal
		agents  int
		longest string // the earliest last call of them
	}
	level := make(map[string]float64)
	for _, campaign := range campaigns {
		level[campaign.ID] = campaign.DialLevel
	}
	loads := make(map[group]*load)
	for _, a := range agents {
		if !a.Autodial || !slices.Contains([]string{"READY", "QUEUE", "INCALL"}, a.Status) {
			continue
		}
		key := group{a.ServerIP, cluster.FoldKey(a.Campaign)}
		if loads[key] == nil {
			loads[key] = &load{goal: Goal{ServerIP: a.ServerIP, Campaign: a.Campaign}, longest: a.LastCall}
		}
		loads[key].agents++
		loads[key].longest = min(loads[key].longest, a.LastCall)
	}
	sorted := slices.SortedFunc(maps.Values(loads), func(a, b *load) int {
		return cmp.Or(cmp.Compare(a.longest, b.longest), cmp.Compare(a.goal.Campaign, b.goal.Campaign), cmp.Compare(a.goal.ServerIP, b.goal.ServerIP))
	})
	goals := make([]Goal, 0, len(sorted))
	for _, l := range sorted {
		l.goal.Lines = goalLines(l.agents, level[l.goal.Campaign])
		goals = append(goals, l.goal)
	}
	return goals
}

// LinesOf classifies calls by the programs that count them (bin/AST_VDauto_dial.pl:761; docs/vicidial/dialer.md#calls-by-counter).
func LinesOf(call cluster.CallCount) Lines {
	lines := Lines{ServerIP: call.ServerIP, Campaign: call.Campaign}
	local, fill := &lines.Ended, &lines.FillEnded
	switch call.Status {
	case "SENT", "RINGING", "LIVE", "XFER", "CLOSER":
		local, fill = &lines.Local, &lines.Fill
	case "IVR":
		local, fill = &lines.IVR, &lines.FillIVR
	}
	if call.Type == "OUTBALANCE" {
		local = fill
	}
	*local = call.Count
	return lines
}
