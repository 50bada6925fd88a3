package trunksplit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// planReview has the rows that the plan of a split is compared with.
type planReview struct {
	servers   cluster.Servers
	campaigns cluster.Campaigns
	trunks    cluster.Trunks
}

func (r *Resource) readPlanReview(ctx context.Context) (planReview, error) {
	var p planReview
	var err error
	if p.servers, err = r.store.ExpectedServers(ctx); err != nil {
		return p, err
	}
	if p.campaigns, err = r.store.Campaigns(ctx); err != nil {
		return p, err
	}
	var now cluster.Servers
	if p.trunks, now, err = readTrunks(ctx, r.store); err != nil {
		return p, err
	}
	// If a server changes its address in this run, its rows change, too.
	p.trunks = p.trunks.Moved(cluster.ChangedAddresses(now.IDsByIP(), p.servers))
	return p, nil
}

// check returns errors for what an apply would refuse.
func (p planReview) check(m model, limits map[string]cluster.Limit, isNew bool) diag.Diagnostics {
	diags := p.checkCampaign(m)
	have := p.trunks.OfCampaign(m.campaign())
	for _, ip := range slices.Sorted(maps.Keys(m.Servers)) {
		diags.Append(p.checkServer(ip, limits[ip], have)...)
	}
	if diags.HasError() {
		return diags
	}
	if isNew {
		diags.Append(checkNew(m, have, limits)...)
	}
	return diags
}

// warn returns warnings for effects of the rows that an operator does not expect. It
// uses the current table, which other splits of the same run may change.
func (p planReview) warn(m model, limits map[string]cluster.Limit) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, over := range p.trunks.Overcommitted(p.servers, m.campaign(), limits) {
		diags.Append(tfhelper.WarnAt(path.Root("servers").AtMapKey(over.ServerIP), "More trunks reserved than the server has",
			fmt.Sprintf("With the current rows of other campaigns, %s. The apply writes this split only after other campaigns release trunks; it waits a few seconds for splits of the same apply that become smaller.", over))...)
	}
	ips := slices.Collect(maps.Keys(m.Servers))
	blocked := p.trunks.On(ips).With(m.campaign(), limits).BlockedCampaigns(p.servers, p.campaigns, ips)
	if len(blocked) == 0 {
		return diags
	}
	lines := make([]string, 0, len(blocked))
	for _, server := range blocked {
		lines = append(lines, server.String())
	}
	diags.Append(tfhelper.WarnAt(path.Root("servers"), "Reservations block campaigns without a limit",
		"VICIdial counts reserved lines twice for a campaign without a MAXIMUM_LIMIT row: as reserved, and as in use. Unless this run also gives these campaigns a limit:\n"+strings.Join(lines, "\n"))...)
	return diags
}

func (p planReview) checkCampaign(m model) diag.Diagnostics {
	campaign, found := p.campaigns.Find(m.campaign())
	at := path.Root("campaign_id")
	if !found {
		return tfhelper.DiagnoseNew(at, "Unknown campaign", fmt.Errorf("campaign %s is not in vicidial_campaigns; create it in the admin pages first, or correct the id; if the campaign was deleted, its rows were deleted, too: then remove this block", m.campaign()),
			len(p.trunks.OfCampaign(m.campaign())) > 0)
	}
	return tfhelper.DiagnoseAt(at, tfhelper.TitleMisspelled, cluster.CheckSpelling("campaign", m.campaign(), campaign.ID))
}

func (p planReview) checkServer(ip string, limit cluster.Limit, have cluster.Split) diag.Diagnostics {
	at := path.Root("servers").AtMapKey(ip)
	server, found := p.servers.ByIP(ip)
	existing := len(have[ip]) > 0 && have.Effective(ip).Dedicated == limit.Dedicated
	switch {
	case len(have[ip]) > 0 && !found:
		return tfhelper.DiagnoseNew(at, "Unknown server", fmt.Errorf("server %s is not in the table servers, and VICIdial does not use its trunk row of %d; remove the address from servers to delete the row", ip, have.Effective(ip).Dedicated), existing)
	case cluster.CheckServerIP(ip) != nil:
		return tfhelper.DiagnoseAt(at, "Invalid value", cluster.CheckServerIP(ip))
	case !found:
		return tfhelper.DiagnoseAt(at, "Unknown server", cluster.UnknownServer(ip))
	case limit.Dedicated > maxDedicated:
		return tfhelper.DiagnoseNew(at, "Too many trunks", fmt.Errorf("VICIdial's form takes up to %d dedicated trunks, these are %d", maxDedicated, limit.Dedicated), existing)
	case limit.Dedicated <= server.MaxTrunks():
		return nil
	case limit.Dedicated <= have.Effective(ip).Dedicated: // an existing value, such as after an import
		return tfhelper.WarnAt(at, "More trunks than the server has",
			fmt.Sprintf("The campaign has %d trunks on server %s, whose max_vicidial_trunks is %d. VICIdial does not apply that limit to a MAXIMUM_LIMIT row, so the server can be overloaded; with OVERFLOW_ALLOWED no lines are left for other campaigns on it. The provider does not change the row; lower total, or set a max for this server.", limit.Dedicated, ip, server.MaxTrunks()))
	}
	return tfhelper.DiagnoseAt(at, "Trunks do not fit", fmt.Errorf("the share of %d is more than server %s has (max_vicidial_trunks = %d); lower total, set a max for this server, or raise the server's max_vicidial_trunks", limit.Dedicated, ip, server.MaxTrunks()))
}

// warnOfImport warns of imported rows that break a rule.
func (r *Resource) warnOfImport(ctx context.Context, m model) diag.Diagnostics {
	found, err := r.readPlanReview(ctx)
	rows := found.trunks.OfCampaign(m.campaign())
	if err != nil || len(rows) == 0 {
		return nil // publish reports it
	}
	m = m.withRows(rows, found.servers)
	shares, err := m.shares(found.servers)
	if err != nil {
		return nil // such as for NULL trunks, which the plan corrects
	}
	return found.check(m, m.limits(shares, nil), false).Warnings()
}

// checkNew returns an error for existing rows that differ from a new split. They must
// be imported.
func checkNew(m model, have cluster.Split, limits map[string]cluster.Limit) diag.Diagnostics {
	_, err := cluster.PlanSplit(m.campaign(), m.ownedRows(have), cluster.Split{}, limits)
	return tfhelper.DiagnoseAt(path.Root("campaign_id"), "Trunk rows already exist", err)
}

// drift warns of rows that changed since they were read last. It names the author if the
// admin change log has one.
func (r *Resource) drift(ctx context.Context, m model, seen privateRows, since int64) diag.Diagnostics {
	trunks, servers, err := readTrunks(ctx, r.store)
	if err != nil {
		return nil // publish reports it
	}
	before := seen.ownedBy(m).atCurrentAddresses(servers)
	current := m.ownedRows(trunks.OfCampaign(m.campaign()))
	for ip, found := range trunks.OfCampaign(m.campaign()) {
		if _, moved := before[ip]; moved {
			current[ip] = found
		}
	}
	var lines []string
	for _, ip := range cluster.SortedUnique(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(current))) {
		old, now := describeRows(before[ip]), describeRows(current[ip])
		if old == now {
			continue
		}
		author := tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{
			After: since, Sections: []string{"SERVERTRUNKS", "SERVERS_TRUNK"}, Records: []string{ip}, Notes: "Campaign: " + m.campaign(),
		})
		lines = append(lines, fmt.Sprintf("%s: %s → %s%s", ip, old, now, author))
	}
	return tfhelper.WarnChanged("trunk split "+m.campaign(), lines)
}

// describeRows describes the rows of a server.
func describeRows(limits []cluster.Limit) string {
	if len(limits) == 0 {
		return "no row"
	}
	texts := make([]string, 0, len(limits))
	for _, limit := range limits {
		texts = append(texts, limit.Describe())
	}
	slices.Sort(texts)
	return strings.Join(texts, " and ")
}
