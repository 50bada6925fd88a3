package carrierroute

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// planReview has the rows that the plan of a route is compared with.
type planReview struct {
	want   model
	config model
	prior  *model
	rows   cluster.Carriers // the wanted rows
	seen   cluster.Carriers // the rows as they were read last

	schema    cluster.Schema
	have      cluster.Carriers           // the current table
	haveByID  map[string]cluster.Carrier // its rows by their folded ids
	others    cluster.Carriers           // the rows of other routes and of no route after this run
	templates cluster.Templates
	servers   cluster.Servers
	phones    []asterisk.NodePhone
	clashes   []asterisk.Clash // between rows and others
	applying  bool             // the first plan of this run had all routes
}

func (r *Resource) readPlanReview(ctx context.Context, v *planReview) diag.Diagnostics {
	var err error
	for _, read := range []func() error{
		func() error { v.schema, err = r.store.Schema(ctx); return err },
		func() error { v.have, err = r.store.Carriers(ctx); v.haveByID = v.have.Index(); return err },
		func() error { v.templates, err = r.store.ExpectedTemplates(ctx); return err },
		func() error { v.servers, err = r.store.ExpectedServers(ctx); return err },
		func() error { v.phones, err = r.store.NodePhones(ctx); return err },
	} {
		if read() != nil {
			return tfhelper.Diagnose("Unable to plan carrier route", v.want.route(), err)
		}
	}
	tfhelper.Await(ctx, func() (again bool) { // other routes may release the prefix
		if v.others, err = r.store.ExpectedCarriers(ctx, v.want.route()); err != nil {
			return false
		}
		if v.prior != nil {
			v.others = v.others.With(map[string]cluster.RouteRows{v.want.route(): {IDs: v.prior.ids()}})
		}
		v.clashes = asterisk.Clashes(v.rows, v.others)
		return v.twoRoutes() != "" && !v.dialplanExists() && !r.store.HasWritten()
	})
	v.applying = r.store.HasWritten()
	return tfhelper.Diagnose("Unable to plan carrier route", v.want.route(), err)
}

// twoRoutes describes a prefix that another route has, too, or returns "".
func (v planReview) twoRoutes() string {
	for _, clash := range v.clashes {
		if clash.Route && clash.Extension != "" {
			return clash.String()
		}
	}
	return ""
}

// review returns the errors of an apply, and warnings for effects that an operator does
// not expect.
func (v planReview) review() diag.Diagnostics {
	diags := v.checkColumns()
	diags.Append(v.checkServers()...)
	diags.Append(v.checkTemplate()...)
	diags.Append(v.checkInbound()...)
	diags.Append(v.checkSpelling()...)
	diags.Append(v.checkTexts()...)
	if diags.HasError() {
		return diags
	}
	diags.Append(v.checkIDs()...)
	diags.Append(v.checkWatched()...)
	diags.Append(v.checkClashes()...)
	return diags
}

func (v planReview) checkServers() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, row := range v.rows {
		ip := row.ServerIP()
		if _, found := v.servers.ByIP(ip); !found && ip != cluster.AllServers && cluster.CheckServerIP(ip) == nil {
			diags.Append(tfhelper.DiagnoseNew(path.Root("servers"), "Unknown server",
				cluster.UnknownServer(ip),
				v.rowHolds(row, cluster.ColumnServerIP))...)
		}
	}
	return diags
}

// checkTemplate checks that the template exists or is planned.
func (v planReview) checkTemplate() diag.Diagnostics {
	id := cluster.TemplateOf(v.want.TemplateID.ValueString())
	if _, found := v.templates.ByID(id); found || id == "" {
		return nil
	}
	existing := !slices.ContainsFunc(v.rows, func(row cluster.Carrier) bool { return !v.rowHolds(row, "template_id") })
	return tfhelper.DiagnoseNew(path.Root("template_id"), "Unknown template",
		cluster.UnknownTemplate(id), existing)
}

// checkInbound checks that the account or the template sets the context that looks up
// DIDs.
func (v planReview) checkInbound() diag.Diagnostics {
	if !v.want.Inbound.ValueBool() {
		return nil
	}
	template, _ := v.templates.ByID(v.want.TemplateID.ValueString())
	for _, row := range v.rows {
		if !asterisk.TakesInbound(row.Asterisk(cluster.AccountEntry), template.Contents()) {
			do := "add the line, or set inbound = false"
			if other := asterisk.OtherContext(row.Asterisk(cluster.AccountEntry), template.Contents()); other != "" {
				do = other + ", and the last one is used; change it, or set inbound = false"
			}
			existing := v.prior != nil && v.prior.Inbound.ValueBool() && v.rowHolds(row, "template_id", string(cluster.AccountEntry))
			return tfhelper.DiagnoseNew(v.want.at(string(cluster.AccountEntry), row.ServerIP()), "Missing inbound context",
				fmt.Errorf("the account on %s does not set context=%s, so calls never reach the DIDs; %s", row.ServerIP(), asterisk.InboundContext, do), existing)
		}
	}
	return nil
}

// checkSpelling returns an error for a new template_id that is spelled differently from
// its row.
func (v planReview) checkSpelling() diag.Diagnostics {
	template, found := v.templates.ByID(v.want.TemplateID.ValueString())
	if !found || v.prior != nil && v.prior.TemplateID.Equal(v.want.TemplateID) {
		return nil
	}
	return tfhelper.DiagnoseAt(path.Root("template_id"), tfhelper.TitleMisspelled, cluster.CheckSpelling("template", v.want.TemplateID.ValueString(), template.ID()))
}

// checkIDs returns an error for ids that rows of other routes have, and for other rows
// with an id of this route.
func (v planReview) checkIDs() diag.Diagnostics {
	at := path.Root("name")
	others := v.others.Index()
	for _, row := range v.rows {
		key := cluster.FoldKey(row.ID())
		if other := others[key]; other != nil && v.haveByID[key] == nil {
			return tfhelper.DiagnoseAt(at, "Carrier id already in use", fmt.Errorf("carrier %s is planned on %s by another route; choose another name", other.ID(), other.ServerIP()))
		}
	}
	for _, other := range v.others.OfRoute(v.want.route()) {
		if _, wanted := v.rows.ByID(other.ID()); !wanted {
			return tfhelper.DiagnoseAt(at, "Carrier already exists",
				fmt.Errorf("carrier %s on %s has the id of a row of this route; import the route, or choose another name", other.ID(), other.ServerIP()))
		}
	}
	change := cluster.CarrierChange{
		Route: v.want.route(), Have: v.have, Seen: v.seen, Want: v.rows, Secrets: tfhelper.Texts(v.config.Secrets), Renew: v.renews(),
	}
	_, err := change.Plan()
	if refused := (*cluster.Refused)(nil); errors.As(err, &refused) {
		at = path.Root("secrets_wo")
	}
	return tfhelper.DiagnoseAt(at, "Unable to plan carrier route "+v.want.route(), err)
}

func (v planReview) renews() bool {
	return v.prior != nil && !v.prior.SecretsVersion.Equal(v.want.SecretsVersion)
}

// checkWatched warns of carriers with a failover that the nodes do not monitor.
func (v planReview) checkWatched() diag.Diagnostics {
	if !v.want.failsOver() {
		return nil
	}
	template, _ := v.templates.ByID(v.want.TemplateID.ValueString())
	for _, row := range v.rows {
		if !asterisk.Qualified(row.Protocol(), row.Asterisk(cluster.AccountEntry), template.Contents()) {
			return tfhelper.WarnAt(path.Root("dial").AtName("failover"), "Carrier is not monitored",
				fmt.Sprintf("The account on %s does not monitor the carrier. While the carrier does not respond, each call waits until its timeout, counts as not answered and does not use the failover. Add %s to the account or its template.",
					row.ServerIP(), asterisk.QualifiedBy(row.Protocol())))
		}
	}
	return nil
}

// dialplanExists reports whether every row already has its dialplan.
func (v planReview) dialplanExists() bool {
	return !slices.ContainsFunc(v.rows, func(row cluster.Carrier) bool {
		return !v.rowHolds(row, cluster.ColumnServerIP, cluster.ColumnActive, string(cluster.DialplanEntry))
	})
}

// checkClashes refuses two generated routes with one prefix, and warns of other names
// that carriers of a node share.
func (v planReview) checkClashes() diag.Diagnostics {
	if clash := v.twoRoutes(); clash != "" && !v.applying {
		return tfhelper.DiagnoseNew(path.Root("dial").AtName("prefix"), "Conflicting prefix",
			errors.New(clash+"; choose another prefix or pattern, or change that of the other route in the same plan"), v.dialplanExists())
	}
	var diags diag.Diagnostics
	var shared []string
	for _, clash := range v.clashes {
		shared = append(shared, clash.String())
	}
	for _, clash := range asterisk.BuiltinClashes(v.rows, v.servers, v.phones) {
		shared = append(shared, clash.String())
	}
	if len(shared) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("name"), "Names already in use on a node", strings.Join(shared, "\n"))...)
	}
	return diags
}

// targets returns the addresses to give to the carrier. With all_servers, they are
// unknown until all servers are created.
func (v planReview) targets() types.Map {
	if v.want.Inbound.ValueBool() && v.want.AllServers.ValueBool() {
		return types.MapUnknown(types.StringType)
	}
	return targets(v.want.Inbound.ValueBool(), v.rows, v.servers)
}

func targets(inbound bool, rows cluster.Carriers, servers cluster.Servers) types.Map {
	elements := map[string]attr.Value{}
	if inbound {
		for _, server := range servers {
			generated := server.Row["active_asterisk_server"].Yes() && server.Row["generate_vicidial_conf"].Yes()
			for _, row := range rows {
				if row.ServerIP() == server.IP() || row.ServerIP() == cluster.AllServers && generated {
					elements[server.IP()] = types.StringValue(outside(server))
				}
			}
		}
	}
	return types.MapValueMust(types.StringType, elements)
}

// outside returns the address by which carriers reach a server.
func outside(server cluster.Server) string {
	if address := strings.TrimSpace(server.Row["external_server_ip"].Text); address != "" {
		return address
	}
	return server.IP()
}
