package carrierroute

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

// Characters that the admin page would remove from a new value are refused
// (docs/vicidial/admin-page.md#character-filter).
var rules = cluster.Rules{
	"carrier_id":          cluster.Matches(`^[-_0-9a-zA-Z]{2,15}$`, "2 to 15 letters, digits, - and _; VICIdial's admin page strips other characters"),
	"carrier_name":        cluster.PageKeeps(`- .,_`, 1, "1 to 50 letters, digits, spaces and - . , _"),
	"carrier_description": cluster.OneLine,
	"protocol":            cluster.OneOf(cluster.GeneratedProtocols...),
	"server_ip":           cluster.RuleOf(cluster.CheckServerIP),
	"template_id":         cluster.Matches(`^([-_0-9a-zA-Z]{2,15})?$`, "2 to 15 letters, digits, - and _, or nothing for none"),
	"user_group":          cluster.UserGroup,
}

// checkColumns checks each column of the rows against its rule and the connected
// database. It reports an error that several rows have once.
func (p planReview) checkColumns() diag.Diagnostics {
	var diags diag.Diagnostics
	if p.want.AllServers.ValueBool() && p.schema.Version < cluster.AllServersSchema {
		_, existing := p.haveByID[cluster.FoldKey(p.want.route())]
		diags.Append(tfhelper.DiagnoseNew(path.Root("all_servers"), "Not supported by this VICIdial",
			fmt.Errorf("VICIdial with the schema of this database (%d) does not support carriers on all servers; list the nodes in servers", p.schema.Version), existing)...)
	}
	reported, secrets := map[string]bool{}, tfhelper.Texts(p.config.Secrets)
	for _, row := range p.rows {
		existingRow := p.haveByID[cluster.FoldKey(row.ID())]
		want := maps.Clone(cluster.Row(row))
		if row.ServerIP() == cluster.AllServers {
			delete(want, cluster.ColumnServerIP)
		}
		for column, value := range want {
			if current, found := existingRow[column]; found && cluster.EquivalentCarrier(column, value, current) {
				want[column] = current
			} else if filled, err := cluster.FillSecrets(value.Text, secrets); err == nil {
				want[column] = cluster.Text(filled)
			}
		}
		for _, violation := range rules.Violations(p.schema, cluster.TableCarriers, cluster.Row(existingRow), want) {
			if text := violation.Column + violation.Err.Error(); !reported[text] {
				reported[text] = true
				diags.Append(tfhelper.DiagnoseViolations("carrier "+row.ID(), []cluster.Violation{violation}, func(column string) path.Path {
					return p.want.at(column, row.ServerIP())
				})...)
			}
		}
	}
	return diags
}

// checkAddresses returns errors for addresses from which no id can be derived, unless
// the row has one.
func (m model) checkAddresses(prior *model) diag.Diagnostics {
	var diags diag.Diagnostics
	ids := prior.idsByServer()
	for _, address := range m.addresses() {
		if address != cluster.AllServers && m.PerServer[address].CarrierID.IsNull() && ids[address] == "" {
			diags.Append(tfhelper.DiagnoseAt(path.Root("servers"), "Invalid value", cluster.CheckServerIP(address))...)
		}
	}
	return diags
}

// rowHolds reports whether the existing row with the id of a wanted row has the same
// values in columns.
func (p planReview) rowHolds(row cluster.Carrier, columns ...string) bool {
	existing, same := p.haveByID[cluster.FoldKey(row.ID())]
	for _, column := range columns {
		same = same && cluster.EquivalentCarrier(column, row[column], existing[column])
	}
	return same
}

// warnOfImport warns of imported rows that break a rule. They are not errors, since the
// rows exist.
func (r *Resource) warnOfImport(ctx context.Context, m model) diag.Diagnostics {
	found, servers, err := r.read(ctx, m)
	if err != nil || len(found) == 0 {
		return nil // publish reports it
	}
	m = m.withRows(found, servers)
	rows, err := m.rows(&m)
	if err != nil {
		return tfhelper.Diagnose("Unable to import carrier route", m.route(), err)
	}
	p := planReview{want: m, config: m, prior: &m, rows: rows}
	diags := r.readPlanReview(ctx, &p)
	if diags.HasError() {
		return diags
	}
	return p.review().Warnings()
}

// warnSecrets warns of the rows whose secrets are written again.
func (p planReview) warnSecrets() diag.Diagnostics {
	if !p.renews() {
		return nil
	}
	var rows []string
	for _, row := range p.rows {
		if slices.ContainsFunc(textColumns, func(column cluster.AsteriskText) bool { return len(cluster.SecretNames(row.Asterisk(column))) > 0 }) {
			rows = append(rows, row.ID()+" on "+row.ServerIP())
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tfhelper.WarnSecret(path.Root("secrets_wo_version"), "secrets_wo", "carriers "+strings.Join(rows, ", "))
}
