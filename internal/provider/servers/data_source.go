// Package servers implements the data source vicidial_servers.
package servers

import (
	"context"
	_ "embed"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// store is the part of the store that the data source needs.
type store interface {
	Servers(context.Context) (cluster.Servers, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("servers", "Unable to read servers", newSchema, read)
}

//go:embed description.md
var description string

type model struct {
	Active     types.Bool             `tfsdk:"active"`
	Asterisk   types.Bool             `tfsdk:"active_asterisk_server"`
	Logins     types.Bool             `tfsdk:"active_agent_login_server"`
	Balance    types.Bool             `tfsdk:"vicidial_balance_active"`
	ConfEngine types.String           `tfsdk:"conf_engine"`
	ServerID   types.String           `tfsdk:"server_id_matches"`
	ServerIPs  []string               `tfsdk:"server_ips"`
	Servers    map[string]serverModel `tfsdk:"servers"`
}

type serverModel struct {
	ServerID       types.String `tfsdk:"server_id"`
	Description    types.String `tfsdk:"server_description"`
	Active         types.Bool   `tfsdk:"active"`
	Asterisk       types.Bool   `tfsdk:"active_asterisk_server"`
	Logins         types.Bool   `tfsdk:"active_agent_login_server"`
	Balance        types.Bool   `tfsdk:"vicidial_balance_active"`
	BalanceRank    types.Int64  `tfsdk:"vicidial_balance_rank"`
	MaxTrunks      types.Int64  `tfsdk:"max_vicidial_trunks"`
	CallsPerSecond types.Int64  `tfsdk:"outbound_calls_per_second"`
	ConfEngine     types.String `tfsdk:"conf_engine"`
	Asterisks      types.String `tfsdk:"asterisk_version"`
	ExternalIP     types.String `tfsdk:"external_server_ip"`
}

// newSchema returns the filters and the results.
func newSchema() schema.Schema {
	filter := func(column string) schema.BoolAttribute {
		return argument.Bool("`true`: only servers that have `" + column + "` set; `false`: only servers that do not. Without it: both.")
	}
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"active":                    filter("active"),
			"active_asterisk_server":    filter("active_asterisk_server"),
			"active_agent_login_server": filter("active_agent_login_server"),
			"vicidial_balance_active":   filter("vicidial_balance_active"),
			"conf_engine":               argument.Text("Only servers with this conference engine, `MEETME` or `CONFBRIDGE`. Databases without the column `conf_engine` support `MEETME` only.", stringvalidator.OneOf(string(cluster.Meetme), string(cluster.Confbridge))),
			"server_id_matches":         argument.Text("Only servers whose `server_id` matches this regular expression (RE2), without regard to case.", tfhelper.IsRegexp()),
			"server_ips":                computed.Texts("The `server_ip` of every server found, sorted."),
			"servers":                   computed.Objects("The servers found, by `server_ip`.", serverAttributes()),
		},
	}
}

func serverAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"server_id":                 computed.Text("Name of the server in the cluster."),
		"server_description":        computed.Text("Free text."),
		"active":                    computed.Bool("Whether agents who log in with a phone alias can be sent to the server. It does not stop dialing."),
		"active_asterisk_server":    computed.Bool("Whether the server is a telephony node with generated configuration. The row of a database server has `false`."),
		"active_agent_login_server": computed.Bool("Whether agents may log in there."),
		"vicidial_balance_active":   computed.Bool("Whether the balance fill places calls on the server."),
		"vicidial_balance_rank":     computed.Int("The order in which the balance fill uses servers. Higher numbers come first."),
		"max_vicidial_trunks":       computed.Int("The largest number of lines in use at the same time."),
		"outbound_calls_per_second": computed.Int("Calls that the server's dialer places in a second. If the row has a value outside 1 to 200, VICIdial places 40."),
		"conf_engine":               computed.Text("Conference engine, `MEETME` or `CONFBRIDGE`."),
		"asterisk_version":          computed.Text("The Asterisk version in the row."),
		"external_server_ip":        computed.Text("Address for web phones outside of the network."),
	}
}

func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	servers, err := s.Servers(ctx)
	*m = m.withResult(servers)
	return nil, err
}

// withResult sets the servers that pass the filters. Of several rows with one
// address the first is used, as by VICIdial's daemons
// (docs/vicidial/schema.md#duplicate-addresses).
func (m model) withResult(servers cluster.Servers) model {
	m.Servers = make(map[string]serverModel)
	m.ServerIPs = []string{}
	for _, ip := range servers.IPs() {
		server, found := servers.ByIP(ip)
		if !found || !m.matches(server) {
			continue
		}
		m.ServerIPs = append(m.ServerIPs, ip)
		m.Servers[ip] = newServerModel(server)
	}
	return m
}

func (m model) matches(server cluster.Server) bool {
	flag := func(want types.Bool, column string) bool {
		return want.IsNull() || want.ValueBool() == server.Row[column].Yes()
	}
	return flag(m.Active, "active") && flag(m.Asterisk, "active_asterisk_server") &&
		flag(m.Logins, "active_agent_login_server") && flag(m.Balance, "vicidial_balance_active") &&
		(m.ConfEngine.IsNull() || strings.EqualFold(m.ConfEngine.ValueString(), string(server.Engine()))) &&
		tfhelper.MatchesRegexp(m.ServerID, server.ID())
}

func newServerModel(server cluster.Server) serverModel {
	text := func(column string) types.String { return types.StringValue(server.Row[column].Text) }
	flag := func(column string) types.Bool { return types.BoolValue(server.Row[column].Yes()) }
	number := func(column string) types.Int64 {
		value, _ := server.Row[column].Int()
		return types.Int64Value(value)
	}
	return serverModel{
		ServerID: text("server_id"), Description: text("server_description"), Active: flag("active"),
		Asterisk: flag("active_asterisk_server"), Logins: flag("active_agent_login_server"),
		Balance: flag("vicidial_balance_active"), BalanceRank: number("vicidial_balance_rank"),
		MaxTrunks: number("max_vicidial_trunks"), CallsPerSecond: number("outbound_calls_per_second"),
		ConfEngine: types.StringValue(string(server.Engine())), Asterisks: text("asterisk_version"),
		ExternalIP: text("external_server_ip"),
	}
}
