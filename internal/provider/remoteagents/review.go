package remoteagents

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review returns the errors of an apply, and warnings for effects that an operator does
// not expect. want has the declared columns.
func (r *Resource) review(ctx context.Context, m model, want cluster.Row, isNew bool) diag.Diagnostics {
	fail := func(err error) diag.Diagnostics {
		return tfhelper.Diagnose("Unable to plan remote agents", m.Key(), err)
	}
	var diags diag.Diagnostics
	current, found, err := r.find(ctx, m)
	if err != nil {
		return fail(err)
	}
	existing := func(column string) bool {
		return found && cluster.TableRemoteAgents.Equivalent(column, current[column], want[column])
	}
	servers, err := r.store.ExpectedServers(ctx)
	if err != nil {
		return fail(err)
	}
	if _, found := servers.ByIP(m.ServerIP.ValueString()); !found {
		diags.Append(tfhelper.DiagnoseNew(path.Root("server_ip"), "Unknown server",
			cluster.UnknownServer(m.ServerIP.ValueString()), existing("server_ip"))...)
	}
	campaigns, err := r.store.Campaigns(ctx)
	if err != nil {
		return fail(err)
	}
	diags.Append(checkCampaign(campaigns, m.CampaignID.ValueString(), existing("campaign_id"))...)
	directory, err := r.store.Directory(ctx)
	if err != nil {
		return fail(err)
	}
	diags.Append(checkUsers(directory, m, current)...)
	diags.Append(checkSpelling(directory, m, current)...)
	var have []cluster.RemoteAgents
	tfhelper.Await(ctx, func() (again bool) { // other remote agents may release users
		have, err = r.store.ExpectedRemoteAgents(ctx, m.Key())
		other, shares, existing := cluster.OverlapOf(ownRow(have, m), have)
		return err == nil && shares && !existing && other.ID() != "" && !r.store.HasWritten()
	})
	if err != nil {
		return fail(err)
	}
	if _, shares, existing := cluster.OverlapOf(ownRow(have, m), have); shares && !existing && r.store.HasWritten() {
		return diags // the first plan of this run had the remote agents that release the users
	}
	return append(diags, checkOverlap(have, m, want, isNew)...)
}

func checkCampaign(campaigns cluster.Campaigns, id string, existing bool) diag.Diagnostics {
	at := path.Root("campaign_id")
	campaign, found := campaigns.Find(id)
	if !found {
		return tfhelper.DiagnoseNew(at, "Unknown campaign", fmt.Errorf("campaign %s is not in vicidial_campaigns; create it in the admin pages first, or correct the id", id), existing)
	}
	return tfhelper.DiagnoseNew(at, tfhelper.TitleMisspelled, cluster.CheckSpelling("campaign", id, campaign.ID), existing)
}

// checkSpelling returns errors for a new user and for changed in-groups that are spelled
// differently from their own rows.
func checkSpelling(directory cluster.Directory, m model, current cluster.Row) diag.Diagnostics {
	var diags diag.Diagnostics
	if current == nil {
		diags.Append(tfhelper.DiagnoseAt(path.Root(key), tfhelper.TitleMisspelled, directory.CheckSpelling(key, m.Key()))...)
	}
	before := cluster.ParseCloserCampaigns(current[closers].Text)
	for _, group := range m.groups() {
		if !slices.Contains(before, group) {
			diags.Append(tfhelper.DiagnoseAt(path.Root(closers), tfhelper.TitleMisspelled, directory.CheckSpelling(closers, group))...)
		}
	}
	return diags
}

func checkUsers(directory cluster.Directory, m model, current cluster.Row) diag.Diagnostics {
	var diags diag.Diagnostics
	if !directory.HasUser(m.Key()) {
		diags.Append(tfhelper.DiagnoseNew(path.Root(key), "Unknown user",
			fmt.Errorf("user %s is not in vicidial_users; create it in the admin pages first, or correct the number", m.Key()), current != nil)...)
	}
	first, err := strconv.ParseInt(m.Key(), 10, 64)
	if err != nil {
		return diags // the schema reports it
	}
	var missing []string
	for line := int64(1); line < m.Lines.ValueInt64(); line++ {
		if user := strconv.FormatInt(first+line, 10); !directory.HasUser(user) {
			missing = append(missing, user)
		}
	}
	if len(missing) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("number_of_lines"), "Unknown users",
			fmt.Sprintf("%d users of the range are not in vicidial_users; the first is %s. VICIdial logs them in, but its reports do not contain their names.", len(missing), missing[0]))...)
	}
	for _, group := range m.groups() {
		if !inGroup().MatchString(group) {
			diags.Append(tfhelper.DiagnoseNew(path.Root(closers), "Invalid value", fmt.Errorf("%q is not an id of an in-group: use 2 to 20 letters, digits, - and _", group),
				slices.Contains(cluster.ParseCloserCampaigns(current[closers].Text), group))...)
			continue
		}
		if !directory.HasInGroup(group) {
			diags.Append(tfhelper.WarnAt(path.Root(closers), "Unknown in-group", "In-group "+group+" does not exist. Create it in the admin pages before calls come in.")...)
		}
	}
	return diags
}

// ownRow returns the planned row, with the number of the existing one.
func ownRow(have []cluster.RemoteAgents, m model) cluster.RemoteAgents {
	agents := m.row()
	if own, found, err := cluster.FindRemoteAgents(have, "", m.Key()); err == nil && found {
		agents["remote_agent_id"] = cluster.Text(own.ID())
	}
	return agents
}

// numbered returns the text that identifies the row of a range in an error.
func numbered(agents cluster.RemoteAgents) string {
	if agents.ID() == "" {
		return ", which is planned, too"
	}
	return " (remote_agent_id " + agents.ID() + ")"
}

// checkOverlap returns an error for a range that shares users with another one, and for a
// new range that exists and differs.
func checkOverlap(have []cluster.RemoteAgents, m model, want cluster.Row, isNew bool) diag.Diagnostics {
	if _, _, err := cluster.FindRemoteAgents(have, "", m.Key()); err != nil {
		return tfhelper.DiagnoseAt(path.Root(key), "Unable to plan remote agents", err)
	}
	var diags diag.Diagnostics
	if other, shares, existing := cluster.OverlapOf(ownRow(have, m), have); shares {
		diags = tfhelper.DiagnoseNew(path.Root("number_of_lines"), "Overlapping ranges",
			fmt.Errorf("this range shares users with %s%s; choose a range without users of other remote agents, or change the range of the other ones in the same plan", other, numbered(other)), existing)
		if !existing {
			return diags
		}
	}
	if isNew {
		_, err := cluster.RemoteAgentsChange{UserStart: m.Key(), Have: have, Want: want}.Plan()
		diags.Append(tfhelper.DiagnoseAt(path.Root(key), tfhelper.TitleOf(err, "Remote agents already exist", "Unable to plan remote agents "+m.Key()), err)...)
	}
	return diags
}
