package remoteagents

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review tells what apply would refuse, as errors, and what VICIdial would do
// that an operator does not expect, as warnings.
func (r *Resource) review(ctx context.Context, m, declared model, isNew bool) diag.Diagnostics {
	fail := func(err error) diag.Diagnostics {
		return tfhelper.Diagnose("Unable to plan remote agents", m.userStart(), err)
	}
	schema, err := r.topology.Schema(ctx)
	if err != nil {
		return fail(err)
	}
	var diags diag.Diagnostics
	row := declared.lined(m).row()
	for _, column := range declared.columns() {
		if value, wanted := row[column.Name]; wanted {
			diags.Append(tfhelper.DiagnoseAt(column.At, "The database cannot hold this", schema.Check(cluster.TableRemoteAgents, column.Name, value))...)
		}
	}
	servers, err := r.topology.Expected(ctx)
	if err != nil {
		return fail(err)
	}
	if _, found := servers.ByIP(m.ServerIP.ValueString()); !found {
		diags.Append(tfhelper.DiagnoseAt(path.Root("server_ip"), "Unknown server",
			fmt.Errorf("server %s is neither in the table servers nor planned by now; where this configuration makes it, refer to vicidial_server.NAME.server_ip instead of writing the address", m.ServerIP.ValueString()))...)
	}
	campaigns, err := r.topology.Campaigns(ctx)
	if err != nil {
		return fail(err)
	}
	diags.Append(checkCampaign(campaigns, m.CampaignID.ValueString())...)
	directory, err := r.topology.Directory(ctx)
	if err != nil {
		return fail(err)
	}
	diags.Append(checkUsers(directory, m)...)
	have, err := r.topology.ExpectedRemoteAgents(ctx, m.userStart())
	if err != nil {
		return fail(err)
	}
	diags.Append(checkRuns(have, m, row, isNew)...)
	return diags
}

func checkCampaign(campaigns cluster.Campaigns, id string) diag.Diagnostics {
	at := path.Root("campaign_id")
	switch campaign, found := campaigns.Find(id); {
	case !found:
		return tfhelper.DiagnoseAt(at, "Unknown campaign", fmt.Errorf("campaign %s is not in vicidial_campaigns; create it in the admin pages first, or correct the id", id))
	case campaign.ID != id:
		return tfhelper.DiagnoseAt(at, "Campaign id in other letters", fmt.Errorf("VICIdial writes this campaign %s; write it so here too, since its programs compare ids letter by letter", campaign.ID))
	}
	return nil
}

func checkUsers(directory cluster.Directory, m model) diag.Diagnostics {
	var diags diag.Diagnostics
	if !directory.HasUser(m.userStart()) {
		diags.Append(tfhelper.DiagnoseAt(path.Root("user_start"), "Unknown user",
			fmt.Errorf("user %s is not in vicidial_users; create it in the admin pages first, or correct the number", m.userStart()))...)
	}
	first, err := strconv.ParseInt(m.userStart(), 10, 64)
	if err != nil {
		return diags // the schema told it
	}
	var missing []string
	for line := int64(1); line < m.Lines.ValueInt64(); line++ {
		if user := strconv.FormatInt(first+line, 10); !directory.HasUser(user) {
			missing = append(missing, user)
		}
	}
	if len(missing) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("number_of_lines"), "Users that are not there",
			fmt.Sprintf("%d users of the run are not in vicidial_users, %s the first of them. VICIdial logs them in all the same, and its reports then miss their names.", len(missing), missing[0]))...)
	}
	for _, group := range m.groups() {
		if !directory.HasInGroup(group) {
			diags.Append(tfhelper.WarnAt(path.Root(closers), "Unknown in-group", "In-group "+group+" is not there. Make it in the admin pages before calls come in.")...)
		}
	}
	return diags
}

// numbered tells the row of a run, where it has one already.
func numbered(run cluster.RemoteAgents) string {
	if run.ID() == "" {
		return ", planned as well"
	}
	return " (remote_agent_id " + run.ID() + ")"
}

// checkRuns refuses a run that shares users with another, and one that is there
// and says something else.
func checkRuns(have []cluster.RemoteAgents, m model, row cluster.Row, isNew bool) diag.Diagnostics {
	own, there, err := cluster.FindRemoteAgents(have, "", m.userStart())
	if err != nil {
		return tfhelper.DiagnoseAt(path.Root("user_start"), "Unable to plan remote agents", err)
	}
	run := m.run()
	if there {
		run["remote_agent_id"] = cluster.Text(own.ID())
	}
	if other, shares := cluster.OverlapOf(run, have); shares {
		return tfhelper.DiagnoseAt(path.Root("number_of_lines"), "Users in two runs",
			fmt.Errorf("this run shares users with %s%s; choose a range that no other remote agents have, or, where those give their users up in this very run, make this one depend on them", other, numbered(other)))
	}
	if !isNew {
		return nil
	}
	_, err = cluster.RemoteAgentsChange{UserStart: m.userStart(), Have: have, Want: row}.Plan()
	return tfhelper.DiagnoseAt(path.Root("user_start"), "Remote agents exist already", err)
}
