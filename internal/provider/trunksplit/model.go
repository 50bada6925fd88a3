package trunksplit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

const (
	elsewhereIgnore = "ignore"
	elsewhereBlock  = "block"
)

type model struct {
	CampaignID       types.String              `tfsdk:"campaign_id"`
	Total            types.Int64               `tfsdk:"total"`
	Servers          map[string]weightingModel `tfsdk:"servers"`
	TrunkRestriction types.String              `tfsdk:"trunk_restriction"`
	Elsewhere        types.String              `tfsdk:"elsewhere"`
	SurviveNodeLoss  types.Int64               `tfsdk:"survive_node_loss"`
	Allocations      types.Map                 `tfsdk:"allocations"`
	BlockedServers   types.List                `tfsdk:"blocked_servers"`
	DuplicateRows    types.Map                 `tfsdk:"duplicate_rows"`
	Drift            types.List                `tfsdk:"drift"`
}

type weightingModel struct {
	Weight types.Int64 `tfsdk:"weight"`
	Min    types.Int64 `tfsdk:"min"`
	Max    types.Int64 `tfsdk:"max"`
	Trunks types.Int64 `tfsdk:"trunks"`
}

type identity struct {
	CampaignID types.String `tfsdk:"campaign_id"`
}

func (m model) identity() identity { return identity{m.CampaignID} }

func (m model) campaign() string { return m.CampaignID.ValueString() }

// row returns the name of the split's row on a server, for diagnostics.
func (m model) row(server string) string { return "trunks of " + m.campaign() + " on " + server }

func (m model) blocks() bool { return m.Elsewhere.ValueString() == elsewhereBlock }

// shares computes the number of trunks of each server. The total may include or omit
// fixed trunks on an address that is no longer a server, so that it stays valid when
// their row is removed. If servers is nil, each address counts as a server.
func (m model) shares(servers cluster.Servers) (cluster.Shares, error) {
	weightings, orphaned := make(map[string]cluster.Weighting, len(m.Servers)), cluster.Shares{}
	for server, weighting := range m.Servers {
		weightings[server] = weighting.weighting()
		if _, found := servers.ByIP(server); !found && servers != nil && !weighting.Trunks.IsNull() {
			orphaned[server] = int(weighting.Trunks.ValueInt64())
		}
	}
	apportion := func() (cluster.Shares, error) {
		return cluster.ApportionSurviving(int(m.Total.ValueInt64()), int(m.SurviveNodeLoss.ValueInt64()), weightings)
	}
	shares, err := apportion()
	if err == nil || len(orphaned) == 0 {
		return shares, err
	}
	maps.DeleteFunc(weightings, func(server string, _ cluster.Weighting) bool { _, found := orphaned[server]; return found })
	remaining, without := apportion()
	if len(weightings) == 0 && m.Total.ValueInt64() == 0 {
		remaining, without = cluster.Shares{}, nil
	}
	if without == nil {
		maps.Copy(remaining, orphaned)
		return remaining, nil
	}
	return shares, err
}

func (w weightingModel) weighting() cluster.Weighting {
	if !w.Trunks.IsNull() {
		return cluster.Fixed(int(w.Trunks.ValueInt64()))
	}
	weighting := cluster.Weighting{Weight: 1, Min: int(w.Min.ValueInt64())}
	if !w.Weight.IsNull() {
		weighting.Weight = int(w.Weight.ValueInt64())
	}
	if !w.Max.IsNull() {
		weighting.Max = new(int(w.Max.ValueInt64()))
	}
	return weighting
}

// limits returns the rows for the shares, including those that block other servers.
func (m model) limits(shares cluster.Shares, blocked []string) map[string]cluster.Limit {
	limits := make(map[string]cluster.Limit, len(shares)+len(blocked))
	for _, server := range blocked {
		limits[server] = blockedLimit
	}
	for server, share := range shares {
		limits[server] = cluster.Limit{Dedicated: share, Restriction: m.TrunkRestriction.ValueString()}
	}
	return limits
}

// blockedLimit keeps a campaign from dialing on a server (docs/vicidial/dialer.md#zero-limit).
var blockedLimit = cluster.Limit{Dedicated: 0, Restriction: cluster.MaximumLimit}

// serversToBlock returns those of the servers that the split blocks.
func (m model) serversToBlock(servers []string) []string {
	if !m.blocks() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(servers), func(server string) bool {
		_, listed := m.Servers[server]
		return listed
	})
}

// ownedRows returns the rows that this split owns: those on listed servers and on
// servers that it blocks.
func (m model) ownedRows(rows cluster.Split) cluster.Split {
	if m.blocks() {
		return rows
	}
	owned := cluster.Split{}
	for server, limits := range rows {
		_, listed := m.Servers[server]
		if listed || slices.Contains(m.blocked(), server) {
			owned[server] = limits
		}
	}
	return owned
}

func (m model) blocked() []string { return tfhelper.Strings(m.BlockedServers.Elements()) }

// planned sets the computed attributes to the planned rows.
func (m model) planned(shares cluster.Shares, blocked []string) model {
	m.Allocations = tfhelper.Int64Map(shares)
	m.BlockedServers = tfhelper.StringList(blocked)
	m.DuplicateRows = tfhelper.Int64Map(nil)
	m.Drift = types.ListNull(types.StringType)
	return m
}

// withRows sets the computed attributes to the rows.
func (m model) withRows(rows cluster.Split, servers cluster.Servers) model {
	if m.Servers == nil {
		m = m.imported(rows, servers)
	}
	allocations, blocked := map[string]int{}, []string{}
	var restrictions []string
	for _, server := range slices.Sorted(maps.Keys(rows)) {
		if _, listed := m.Servers[server]; !listed {
			if (m.blocks() || slices.Contains(m.blocked(), server)) && rows.Effective(server) == blockedLimit {
				blocked = append(blocked, server)
			}
			continue
		}
		effective := rows.Effective(server)
		restrictions = append(restrictions, effective.Effect())
		if !effective.Unset { // NULL is not 0: the plan corrects it
			allocations[server] = effective.Dedicated
		}
	}
	if len(restrictions) > 0 {
		m.TrunkRestriction = commonRestriction(restrictions)
	}
	m.Allocations = tfhelper.Int64Map(allocations)
	m.BlockedServers = tfhelper.StringList(blocked)
	m.DuplicateRows = tfhelper.Int64Map(m.ownedRows(rows).Duplicates())
	m.Drift = types.ListNull(types.StringType)
	return m
}

// withRowsAndDrift is withRows with the attribute drift: how the rows differ from the
// declaration.
func (m model) withRowsAndDrift(rows cluster.Split, servers cluster.Servers) model {
	shown := m.withRows(rows, servers)
	shares, err := shown.shares(servers)
	if err != nil {
		return shown // the plan reports it
	}
	var lines []string
	for _, server := range slices.Sorted(maps.Keys(shares)) {
		share := tfhelper.Int64(shares[server])
		switch found, exists := shown.Allocations.Elements()[server]; {
		case !exists:
			lines = append(lines, fmt.Sprintf("%s: no row with a number, not %s", server, share))
		case !found.Equal(share):
			lines = append(lines, fmt.Sprintf("%s: %s, not %s", server, found, share))
		}
	}
	for _, server := range slices.Sorted(maps.Keys(shown.DuplicateRows.Elements())) {
		lines = append(lines, server+": more than one row")
	}
	blocked, wanted := shown.blocked(), shown.serversToBlock(servers.IPs())
	for _, server := range slices.Sorted(slices.Values(slices.Concat(blocked, wanted))) {
		if slices.Contains(blocked, server) != slices.Contains(wanted, server) {
			lines = append(lines, fmt.Sprintf("%s: blocked is %t, not %t", server, slices.Contains(blocked, server), slices.Contains(wanted, server)))
		}
	}
	if len(lines) > 0 {
		shown.Drift = tfhelper.StringList(lines)
	}
	return shown
}

// commonRestriction returns the restriction of all rows; null if they differ, so that
// the plan corrects them.
func commonRestriction(restrictions []string) types.String {
	if len(slices.Compact(slices.Sorted(slices.Values(restrictions)))) > 1 {
		return types.StringNull()
	}
	return types.StringValue(restrictions[0])
}

// imported declares the rows that an import finds: each server with its effective
// trunks, so that a configuration with the same values plans no change. If all other
// servers are blocked, elsewhere is "block", unless the import lists the servers.
func (m model) imported(rows cluster.Split, servers cluster.Servers) model {
	listed := m.Allocations.Elements()
	if len(listed) > 0 {
		rows = maps.Clone(rows)
		maps.DeleteFunc(rows, func(server string, _ []cluster.Limit) bool { return listed[server] == nil })
	}
	m.Servers = map[string]weightingModel{}
	m.TrunkRestriction = types.StringValue(cluster.MaximumLimit)
	m.Elsewhere = types.StringValue(elsewhereIgnore)
	m.SurviveNodeLoss = types.Int64Value(0)
	mayDial := func(server string) bool { return rows.Effective(server) != blockedLimit }
	withRows := slices.Sorted(maps.Keys(rows))
	othersBlocked := len(listed) == 0 && slices.ContainsFunc(withRows, mayDial) &&
		!slices.ContainsFunc(servers.IPs(), func(server string) bool { return len(rows[server]) == 0 })
	total := 0
	for _, server := range withRows {
		if othersBlocked && !mayDial(server) {
			m.Elsewhere = types.StringValue(elsewhereBlock)
			continue
		}
		dedicated := rows.Effective(server).Dedicated
		if _, found := servers.ByIP(server); found {
			total += dedicated
		}
		m.Servers[server] = weightingModel{Trunks: tfhelper.Int64(dedicated)}
	}
	m.Total = tfhelper.Int64(total)
	return m
}
