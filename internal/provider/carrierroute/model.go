package carrierroute

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	Name           types.String             `tfsdk:"name"`
	Servers        types.Set                `tfsdk:"servers"`
	AllServers     types.Bool               `tfsdk:"all_servers"`
	Protocol       types.String             `tfsdk:"protocol"`
	CarrierName    types.String             `tfsdk:"carrier_name"`
	Description    types.String             `tfsdk:"carrier_description"`
	UserGroup      types.String             `tfsdk:"user_group"`
	Active         types.Bool               `tfsdk:"active"`
	TemplateID     types.String             `tfsdk:"template_id"`
	Registration   types.String             `tfsdk:"registration_string"`
	Account        types.String             `tfsdk:"account_entry"`
	Globals        types.String             `tfsdk:"globals_string"`
	Dialplan       types.String             `tfsdk:"dialplan_entry"`
	Dial           *dialModel               `tfsdk:"dial"`
	Inbound        types.Bool               `tfsdk:"inbound"`
	PerServer      map[string]overrideModel `tfsdk:"per_server"`
	Secrets        types.Map                `tfsdk:"secrets_wo"`
	SecretsVersion types.Int64              `tfsdk:"secrets_wo_version"`
	Carriers       types.Map                `tfsdk:"carriers"`
	InboundTargets types.Map                `tfsdk:"inbound_targets"`
	Stale          types.List               `tfsdk:"stale_servers"`
}

type dialModel struct {
	Prefix      types.String `tfsdk:"prefix"`
	Pattern     types.String `tfsdk:"pattern"`
	Strip       types.Int64  `tfsdk:"strip"`
	Prepend     types.String `tfsdk:"prepend"`
	Timeout     types.Int64  `tfsdk:"timeout"`
	Options     types.String `tfsdk:"options"`
	CallerID    types.String `tfsdk:"caller_id"`
	MaxChannels types.Int64  `tfsdk:"max_channels"`
	Failover    types.List   `tfsdk:"failover"`
	Endpoint    types.String `tfsdk:"endpoint"`

	Numbers         []numberModel `tfsdk:"numbers"`
	CallerIDs       types.List    `tfsdk:"caller_ids"`
	PrefixCallerIDs types.Map     `tfsdk:"caller_id_by_prefix"`
	Peers           types.Map     `tfsdk:"peers"`
	Headers         types.Map     `tfsdk:"headers"`
	MaxSeconds      types.Int64   `tfsdk:"max_seconds"`
	Variables       types.Map     `tfsdk:"variables"`
	Scripts         types.List    `tfsdk:"agi_scripts"`
}

type numberModel struct {
	Prefix  types.String `tfsdk:"prefix"`
	Pattern types.String `tfsdk:"pattern"`
	Strip   types.Int64  `tfsdk:"strip"`
	Prepend types.String `tfsdk:"prepend"`
}

type overrideModel struct {
	CarrierID    types.String `tfsdk:"carrier_id"`
	CarrierName  types.String `tfsdk:"carrier_name"`
	Description  types.String `tfsdk:"carrier_description"`
	Registration types.String `tfsdk:"registration_string"`
	Account      types.String `tfsdk:"account_entry"`
	Globals      types.String `tfsdk:"globals_string"`
	Dialplan     types.String `tfsdk:"dialplan_entry"`
	MaxChannels  types.Int64  `tfsdk:"max_channels"`
	Active       types.Bool   `tfsdk:"active"`
}

type identity struct {
	Name types.String `tfsdk:"name"`
}

func (m model) identity() identity { return identity{m.Name} }

func (m model) route() string { return m.Name.ValueString() }

// addresses returns the nodes of the route, sorted.
func (m model) addresses() []string {
	if m.AllServers.ValueBool() {
		return []string{cluster.AllServers}
	}
	return slices.Sorted(slices.Values(tfhelper.Strings(m.Servers.Elements())))
}

// ids returns the carrier_ids of the rows, sorted.
func (m model) ids() []string { return slices.Sorted(maps.Keys(m.Carriers.Elements())) }

// rowOf returns the name of the row with a carrier_id.
func rowOf(id string) string { return "carrier " + cluster.FoldKey(id) }

// idsByServer returns the carrier_id of the row on each node; of several rows, the id that
// is derived from the name.
func (m *model) idsByServer() map[string]string {
	if m == nil {
		return nil
	}
	ids, elements := map[string]string{}, m.Carriers.Elements()
	for _, id := range slices.Sorted(maps.Keys(elements)) {
		on, ok := elements[id].(types.String)
		derived, _ := cluster.CarrierID(m.route(), on.ValueString())
		if ok && (ids[on.ValueString()] == "" || id == derived) {
			ids[on.ValueString()] = id
		}
	}
	return ids
}

// dial returns the dial block with the overrides of a node.
func (m model) dial(address string) asterisk.Dial {
	d := m.Dial
	dial := asterisk.Dial{
		Route: m.route(), Protocol: m.Protocol.ValueString(), Endpoint: d.Endpoint.ValueString(), Prefix: d.Prefix.ValueString(),
		Pattern: asterisk.AnyNumber, Strip: len(d.Prefix.ValueString()), Prepend: d.Prepend.ValueString(),
		Timeout: int(d.Timeout.ValueInt64()), Options: asterisk.DefaultDialOptions, CallerID: d.CallerID.ValueString(),
		MaxChannels: int(d.MaxChannels.ValueInt64()), Failover: tfhelper.Strings(d.Failover.Elements()),
		NoComments: m.withoutComments(),
	}
	dial.RouteOptions = d.options()
	if !d.Pattern.IsNull() {
		dial.Pattern = tfhelper.FromBlank(d.Pattern.ValueString()).Text
	}
	if !d.Strip.IsNull() {
		dial.Strip = int(d.Strip.ValueInt64())
	}
	if !d.Options.IsNull() {
		dial.Options = tfhelper.FromBlank(d.Options.ValueString()).Text
	}
	if d.Endpoint.IsNull() {
		dial.Endpoint, _ = asterisk.EndpointOf(dial.Protocol, m.text(cluster.AccountEntry, address))
	}
	if most := m.PerServer[address].MaxChannels; !most.IsNull() {
		dial.MaxChannels = int(most.ValueInt64())
	}
	return dial
}

// withoutComments reports whether the dialplan of the dial block was written without
// comments, as on schemas whose admin page removes them.
func (m model) withoutComments() bool {
	text := m.Dialplan.ValueString()
	return text != "" && !strings.Contains(text, ";")
}

// failsOver reports whether the route has a failover.
func (m model) failsOver() bool { return m.Dial != nil && len(m.Dial.Failover.Elements()) > 0 }

// shared returns the attribute of a text for nodes without an override.
func (m *model) shared(column cluster.AsteriskText) *types.String {
	return chooseText(column, &m.Registration, &m.Account, &m.Globals, &m.CarrierName, &m.Description, &m.Dialplan)
}

func (o *overrideModel) text(column cluster.AsteriskText) *types.String {
	return chooseText(column, &o.Registration, &o.Account, &o.Globals, &o.CarrierName, &o.Description, &o.Dialplan)
}

func chooseText(column cluster.AsteriskText, registration, account, globals, name, description, dialplan *types.String) *types.String {
	switch column {
	case cluster.RegistrationString:
		return registration
	case cluster.AccountEntry:
		return account
	case cluster.GlobalsString:
		return globals
	case carrierName:
		return name
	case asterisk.CarrierDescription:
		return description
	default:
		return dialplan
	}
}

// carrierName is not a text for Asterisk, but like the texts it can have an override.
const carrierName cluster.AsteriskText = "carrier_name"

// textColumns are the texts of a carrier, and ownColumns the columns that can have an
// override.
var (
	textColumns = []cluster.AsteriskText{cluster.RegistrationString, cluster.AccountEntry, cluster.GlobalsString, cluster.DialplanEntry}
	ownColumns  = append([]cluster.AsteriskText{carrierName, asterisk.CarrierDescription}, textColumns...)
)

// text returns a text as it is declared for a node.
func (m model) text(column cluster.AsteriskText, address string) string {
	override := m.PerServer[address]
	if overridden := override.text(column); !overridden.IsNull() {
		return tfhelper.FromBlank(overridden.ValueString()).Text
	}
	if _, differs := m.PerServer[address]; differs && column == cluster.DialplanEntry && m.Dial != nil {
		return m.dial(address).Dialplan()
	}
	return m.shared(column).ValueString()
}

// planned sets computed attributes. comments reports whether a generated dialplan may
// have comments.
func (m model) planned(config model, prior *model, comments bool) model {
	if config.CarrierName.IsNull() {
		m.CarrierName = m.Name
	}
	switch {
	case m.Dial != nil && !config.Dialplan.IsNull(): // the generated text, as an import declares it
	case m.Dial != nil:
		dial := m.dial("")
		dial.NoComments = !comments
		m.Dialplan = types.StringValue(dial.Dialplan())
		if prior != nil && cluster.EquivalentText(prior.Dialplan.ValueString(), m.Dialplan.ValueString()) {
			m.Dialplan = prior.Dialplan
		}
	case config.Dialplan.IsNull():
		m.Dialplan = types.StringValue("")
	}
	return m
}

// rows returns the wanted rows. prior has the ids of the existing rows.
func (m model) rows(prior *model) (cluster.Carriers, error) {
	var rows cluster.Carriers
	ids := prior.idsByServer()
	for _, address := range m.addresses() {
		override := m.PerServer[address]
		id, known := ids[address]
		if !override.CarrierID.IsNull() {
			id, known = override.CarrierID.ValueString(), true
		}
		if !known {
			var err error
			if id, err = cluster.CarrierID(m.route(), address); err != nil {
				return nil, err
			}
		}
		active := m.Active
		if !override.Active.IsNull() {
			active = override.Active
		}
		row := cluster.Carrier{
			"carrier_id": cluster.Text(id), "server_ip": cluster.Text(address),
			"protocol": cluster.Text(m.Protocol.ValueString()), "template_id": cluster.Text(m.TemplateID.ValueString()),
			"active": cluster.YesNo(active.ValueBool()),
		}
		if !m.UserGroup.IsNull() && !m.UserGroup.IsUnknown() {
			row["user_group"] = cluster.Text(m.UserGroup.ValueString())
		}
		for _, column := range ownColumns {
			row[string(column)] = cluster.Text(cluster.NormalText(m.text(column, address)))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// serversByID returns the attribute carriers of rows.
func serversByID(rows cluster.Carriers) types.Map {
	elements := make(map[string]attr.Value, len(rows))
	for _, row := range rows {
		elements[row.ID()] = types.StringValue(row.ServerIP())
	}
	return types.MapValueMust(types.StringType, elements)
}

// pendingRebuild returns the nodes whose rebuild is pending from an earlier change.
func (m model) pendingRebuild() cluster.Rebuild {
	return cluster.RebuildOf(tfhelper.Strings(m.Stale.Elements()))
}

// union returns a map with the entries of both maps.
func union(one, other types.Map) types.Map {
	elements := maps.Clone(one.Elements())
	maps.Copy(elements, other.Elements())
	return types.MapValueMust(types.StringType, elements)
}
