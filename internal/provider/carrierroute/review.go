package carrierroute

import (
	"context"
	"errors"
	"fmt"
	"iter"
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
	phones    iter.Seq[asterisk.NodePhone]
	clashes   []asterisk.Clash // between rows and others
	applying  bool             // the first plan of this run had all routes
}

func (r *Resource) readPlanReview(ctx context.Context, p *planReview) diag.Diagnostics {
	var err error
	for _, read := range []func() error{
		func() error { p.schema, err = r.store.Schema(ctx); return err },
		func() error { p.have, err = r.store.Carriers(ctx); p.haveByID = p.have.Index(); return err },
		func() error { p.templates, err = r.store.ExpectedTemplates(ctx); return err },
		func() error { p.servers, err = r.store.ExpectedServers(ctx); return err },
		func() error { p.phones, err = r.store.NodePhones(ctx); return err },
	} {
		if read() != nil {
			return tfhelper.Diagnose("Unable to plan carrier route", p.want.route(), err)
		}
	}
	tfhelper.Await(ctx, func() (again bool) { // other routes may release the prefix
		if p.others, err = r.store.ExpectedCarriers(ctx, p.want.route()); err != nil {
			return false
		}
		if p.prior != nil {
			p.others = p.others.With(map[string]cluster.RouteRows{p.want.route(): {IDs: p.prior.ids()}})
		}
		p.clashes = asterisk.Clashes(p.rows, p.others)
		return p.twoRoutes() != "" && !p.dialplanExists() && !r.store.HasWritten()
	})
	p.applying = r.store.HasWritten()
	return tfhelper.Diagnose("Unable to plan carrier route", p.want.route(), err)
}

// twoRoutes describes a prefix that another route has, too, or returns "".
func (p planReview) twoRoutes() string {
	for _, clash := range p.clashes {
		if clash.Route && clash.Extension != "" {
			return clash.String()
		}
	}
	return ""
}

// review returns the errors of an apply, and warnings for effects that an operator does
// not expect.
func (p planReview) review() diag.Diagnostics {
	diags := p.checkColumns()
	diags.Append(p.checkServers()...)
	diags.Append(p.checkTemplate()...)
	diags.Append(p.checkInbound()...)
	diags.Append(p.checkSpelling()...)
	diags.Append(p.checkTexts()...)
	if diags.HasError() {
		return diags
	}
	diags.Append(p.checkIDs()...)
	diags.Append(p.checkWatched()...)
	diags.Append(p.checkClashes()...)
	return diags
}

func (p planReview) checkServers() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, row := range p.rows {
		ip := row.ServerIP()
		if _, found := p.servers.ByIP(ip); !found && ip != cluster.AllServers && cluster.CheckServerIP(ip) == nil {
			diags.Append(tfhelper.DiagnoseNew(path.Root("servers"), "Unknown server",
				cluster.UnknownServer(ip),
				p.rowHolds(row, cluster.ColumnServerIP))...)
		}
	}
	return diags
}

// checkTemplate checks that the template exists or is planned.
func (p planReview) checkTemplate() diag.Diagnostics {
	id := cluster.TemplateOf(p.want.TemplateID.ValueString())
	if _, found := p.templates.ByID(id); found || id == "" {
		return nil
	}
	existing := !slices.ContainsFunc(p.rows, func(row cluster.Carrier) bool { return !p.rowHolds(row, "template_id") })
	return tfhelper.DiagnoseNew(path.Root("template_id"), "Unknown template",
		cluster.UnknownTemplate(id), existing)
}

// checkInbound checks that the account or the template sets the context that looks up
// DIDs.
func (p planReview) checkInbound() diag.Diagnostics {
	if !p.want.Inbound.ValueBool() {
		return nil
	}
	template, _ := p.templates.ByID(p.want.TemplateID.ValueString())
	for _, row := range p.rows {
		if !asterisk.TakesInbound(row.Asterisk(cluster.AccountEntry), template.Contents()) {
			do := "add the line, or set inbound = false"
			if other := asterisk.OtherContext(row.Asterisk(cluster.AccountEntry), template.Contents()); other != "" {
				do = other + ", and the last one is used; change it, or set inbound = false"
			}
			existing := p.prior != nil && p.prior.Inbound.ValueBool() && p.rowHolds(row, "template_id", string(cluster.AccountEntry))
			return tfhelper.DiagnoseNew(p.want.at(string(cluster.AccountEntry), row.ServerIP()), "Missing inbound context",
				fmt.Errorf("the account on %s does not set context=%s, so calls never reach the DIDs; %s", row.ServerIP(), asterisk.InboundContext, do), existing)
		}
	}
	return nil
}

// checkSpelling returns an error for a new template_id that is spelled differently from
// its row.
func (p planReview) checkSpelling() diag.Diagnostics {
	template, found := p.templates.ByID(p.want.TemplateID.ValueString())
	if !found || p.prior != nil && p.prior.TemplateID.Equal(p.want.TemplateID) {
		return nil
	}
	return tfhelper.DiagnoseAt(path.Root("template_id"), tfhelper.TitleMisspelled, cluster.CheckSpelling("template", p.want.TemplateID.ValueString(), template.ID()))
}

// checkIDs returns an error for ids that rows of other routes have, and for other rows
// with an id of this route.
func (p planReview) checkIDs() diag.Diagnostics {
	at := path.Root("name")
	var ids []string
	for _, row := range p.rows {
		ids = append(ids, row.ID())
	}
	for _, other := range p.others.OfRoute(p.want.route(), ids...) {
		_, wanted := p.rows.ByID(other.ID())
		switch {
		case wanted && p.haveByID[cluster.FoldKey(other.ID())] == nil:
			return tfhelper.DiagnoseAt(at, "Carrier id already in use", fmt.Errorf("carrier %s is planned on %s by another route; choose another name", other.ID(), other.ServerIP()))
		case !wanted:
			return tfhelper.DiagnoseAt(at, "Carrier already exists",
				fmt.Errorf("carrier %s on %s has the id of a row of this route; import the route, or choose another name", other.ID(), other.ServerIP()))
		}
	}
	change := cluster.CarrierChange{
		Route: p.want.route(), Have: p.have, Seen: p.seen, Want: p.rows, Secrets: tfhelper.Texts(p.config.Secrets), Renew: p.renews(),
	}
	_, err := change.Plan()
	if refused := (*cluster.Refused)(nil); errors.As(err, &refused) {
		at = path.Root("secrets_wo")
	}
	return tfhelper.DiagnoseAt(at, "Unable to plan carrier route "+p.want.route(), err)
}

func (p planReview) renews() bool {
	return p.prior != nil && !p.prior.SecretsVersion.Equal(p.want.SecretsVersion)
}

// checkWatched warns of carriers with a failover that the nodes do not monitor.
func (p planReview) checkWatched() diag.Diagnostics {
	if !p.want.failsOver() {
		return nil
	}
	template, _ := p.templates.ByID(p.want.TemplateID.ValueString())
	for _, row := range p.rows {
		if !asterisk.Qualified(row.Protocol(), row.Asterisk(cluster.AccountEntry), template.Contents()) {
			return tfhelper.WarnAt(path.Root("dial").AtName("failover"), "Carrier is not monitored",
				fmt.Sprintf("The account on %s does not monitor the carrier. While the carrier does not respond, each call waits until its timeout, counts as not answered and does not use the failover. Add %s to the account or its template.",
					row.ServerIP(), asterisk.QualifiedBy(row.Protocol())))
		}
	}
	return nil
}

// dialplanExists reports whether every row already has its dialplan.
func (p planReview) dialplanExists() bool {
	return !slices.ContainsFunc(p.rows, func(row cluster.Carrier) bool {
		return !p.rowHolds(row, cluster.ColumnServerIP, cluster.ColumnActive, string(cluster.DialplanEntry))
	})
}

// checkClashes refuses two generated routes with one prefix, and warns of other names
// that carriers of a node share.
func (p planReview) checkClashes() diag.Diagnostics {
	if clash := p.twoRoutes(); clash != "" && !p.applying {
		return tfhelper.DiagnoseNew(path.Root("dial").AtName("prefix"), "Conflicting prefix",
			errors.New(clash+"; choose another prefix or pattern, or change that of the other route in the same plan"), p.dialplanExists())
	}
	var diags diag.Diagnostics
	var shared []string
	for _, clash := range p.clashes {
		shared = append(shared, clash.String())
	}
	for _, clash := range asterisk.BuiltinClashes(p.rows, p.servers, p.phones) {
		shared = append(shared, clash.String())
	}
	if len(shared) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("name"), "Names already in use on a node", strings.Join(shared, "\n"))...)
	}
	return diags
}

// targets returns the addresses to give to the carrier. With all_servers, they are
// unknown until all servers are created.
func (p planReview) targets() types.Map {
	if p.want.Inbound.ValueBool() && p.want.AllServers.ValueBool() {
		return types.MapUnknown(types.StringType)
	}
	return targets(p.want.Inbound.ValueBool(), p.rows, p.servers)
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
