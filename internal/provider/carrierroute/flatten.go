package carrierroute

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// withRows sets the attributes from the rows. Common values are shown once; a row that
// differs without an override is shown in per_server, so that the plan corrects it.
func (m model) withRows(rows cluster.Carriers, servers cluster.Servers) model {
	adopting := m.Protocol.IsNull()
	if adopting {
		m = m.empty()
	}
	declared := m // compared with the rows
	m.PerServer = maps.Clone(m.PerServer)
	m.Carriers = serversByID(rows)
	m.showNodes(rows)
	m.Protocol = m.agreed(rows, "protocol")
	m.UserGroup = m.agreed(rows, "user_group")
	m.TemplateID = m.agreed(rows, "template_id")
	for _, column := range ownColumns {
		m.showText(rows, column, declared)
	}
	m.showActive(rows, declared)
	if len(m.PerServer) == 0 && declared.PerServer == nil {
		m.PerServer = nil
	}
	if adopting {
		m.adopt(rows)
	}
	m.InboundTargets = targets(m.Inbound.ValueBool(), rows, servers)
	return m
}

// empty returns a route of which only the name is known.
func (m model) empty() model {
	return model{
		Name: m.Name, Servers: types.SetNull(types.StringType), AllServers: types.BoolValue(false), Inbound: types.BoolValue(false),
		Secrets: types.MapNull(types.StringType), Carriers: m.Carriers, Stale: tfhelper.StringList(nil),
	}
}

func (m *model) showNodes(rows cluster.Carriers) {
	var nodes []attr.Value
	m.AllServers = types.BoolValue(false)
	for _, row := range rows {
		if row.ServerIP() == cluster.AllServers {
			m.AllServers = types.BoolValue(true)
			continue
		}
		if node := types.StringValue(row.ServerIP()); !slices.ContainsFunc(nodes, node.Equal) {
			nodes = append(nodes, node)
		}
	}
	m.Servers = types.SetNull(types.StringType)
	if len(nodes) > 0 {
		m.Servers = types.SetValueMust(types.StringType, nodes)
	}
}

// agreed returns the value of a column that all rows have. If they differ, it returns a
// list of all values, which no configuration has, so that the plan corrects them.
func (m *model) agreed(rows cluster.Carriers, column string) types.String {
	idsByText := map[string][]string{}
	for _, row := range rows {
		if value, found := row[column]; found {
			text := value.Text
			if column == "template_id" {
				text = cluster.TemplateOf(text)
			}
			idsByText[text] = append(idsByText[text], row.ID())
		}
	}
	texts := slices.Sorted(maps.Keys(idsByText))
	switch len(texts) {
	case 0:
		return types.StringNull()
	case 1:
		return types.StringValue(texts[0])
	}
	var each []string
	for _, text := range texts {
		each = append(each, fmt.Sprintf("%q in %s", text, strings.Join(idsByText[text], ", ")))
	}
	return types.StringValue(strings.Join(each, "; "))
}

// showText shows one of the texts. A text that is equivalent to the declared one stays
// as it is declared; passwords are replaced by placeholders.
func (m *model) showText(rows cluster.Carriers, column cluster.AsteriskText, declared model) {
	textByNode := map[string]string{}
	count := map[string]int{}
	sharedFound := false
	for _, row := range rows {
		address, existing := row.ServerIP(), row.Asterisk(column)
		declaredText := declared.text(column, address)
		override, differs := declared.PerServer[address]
		overridden := differs && !override.text(column).IsNull()
		switch {
		case !declared.shared(column).IsNull() && cluster.EquivalentSecretText(declaredText, existing):
			sharedFound = sharedFound || !overridden
		case overridden:
			textByNode[address] = safeText(column, existing)
		default:
			textByNode[address] = safeText(column, existing)
			count[textByNode[address]]++
		}
	}
	if !sharedFound && len(count) > 0 { // no row has the shared text: show the most frequent one
		shared := slices.MaxFunc(slices.Sorted(maps.Keys(count)), func(a, b string) int { return count[a] - count[b] })
		*m.shared(column) = types.StringValue(shared)
		for address, text := range textByNode {
			if override := declared.PerServer[address]; text == shared && override.text(column).IsNull() {
				delete(textByNode, address)
			}
		}
	}
	if m.shared(column).IsNull() {
		*m.shared(column) = types.StringValue("")
	}
	for address, text := range textByNode {
		m.differ(address, func(special *overrideModel) { *special.text(column) = types.StringValue(tfhelper.ToBlank(text)) })
	}
}

func (m *model) showActive(rows cluster.Carriers, declared model) {
	for i, row := range rows {
		active := types.BoolValue(row["active"].Yes())
		if i == 0 && declared.Active.IsNull() || len(rows) == 1 && declared.PerServer[row.ServerIP()].Active.IsNull() {
			m.Active = active
			continue
		}
		override := declared.PerServer[row.ServerIP()].Active
		if shared := m.Active; !override.IsNull() && !override.Equal(active) || override.IsNull() && !shared.Equal(active) {
			m.differ(row.ServerIP(), func(special *overrideModel) { special.Active = active })
		}
	}
}

// differ sets an override of a node.
func (m *model) differ(address string, set func(*overrideModel)) {
	if m.PerServer == nil {
		m.PerServer = map[string]overrideModel{}
	}
	override := m.PerServer[address]
	set(&override)
	m.PerServer[address] = override
}

// safeText returns a text for the state: with LF, and without passwords.
func safeText(column cluster.AsteriskText, text string) string {
	name, _, _ := strings.Cut(string(column), "_")
	return asterisk.ReplaceSecrets(cluster.NormalText(text), name)
}

// withoutSecrets returns the rows that a later write compares with, without their passwords.
func (m model) withoutSecrets(rows cluster.Carriers) cluster.Carriers {
	safe := make(cluster.Carriers, len(rows))
	for i, row := range rows {
		copied := maps.Clone(row)
		for _, column := range textColumns {
			if existing := row.Asterisk(column); !row[string(column)].Null {
				text := m.text(column, row.ServerIP())
				if !cluster.EquivalentSecretText(text, existing) {
					text = safeText(column, existing)
				}
				copied[string(column)] = cluster.Text(text)
			}
		}
		safe[i] = copied
	}
	return safe
}

// adopt declares imported rows: ids that are not derived, a dialplan that a dial block
// generated, and inbound calls.
func (m *model) adopt(rows cluster.Carriers) {
	for _, row := range rows {
		if derived, err := cluster.CarrierID(m.route(), row.ServerIP()); err == nil && derived != row.ID() && row.ServerIP() != cluster.AllServers {
			id := types.StringValue(row.ID())
			m.differ(row.ServerIP(), func(special *overrideModel) { special.CarrierID = id })
		}
	}
	m.Inbound = types.BoolValue(asterisk.TakesInbound(m.Account.ValueString(), ""))
	dial, generated := asterisk.ReadDial(m.Protocol.ValueString(), m.Dialplan.ValueString())
	if !generated || dial.Route != m.route() {
		return
	}
	endpoint, _ := asterisk.EndpointOf(dial.Protocol, m.Account.ValueString())
	failover := types.ListNull(types.StringType)
	if len(dial.Failover) > 0 {
		failover = tfhelper.StringList(dial.Failover)
	}
	m.Dial = &dialModel{
		Prefix: types.StringValue(dial.Prefix), Pattern: unless(dial.Pattern, asterisk.AnyNumber), Strip: numberUnless(dial.Strip, len(dial.Prefix)),
		Prepend: unless(dial.Prepend, ""), Timeout: numberUnless(dial.Timeout, 0), Options: unless(dial.Options, asterisk.DefaultDialOptions),
		CallerID: unless(dial.CallerID, ""), MaxChannels: numberUnless(dial.MaxChannels, 0), Failover: failover,
		Endpoint: unless(dial.Endpoint, endpoint),
	}
	m.Dial.show(dial.RouteOptions)
}

// unless returns null for the default.
func unless(text, otherwise string) types.String {
	if text == otherwise {
		return types.StringNull()
	}
	return types.StringValue(tfhelper.ToBlank(text))
}

func numberUnless(number, otherwise int) types.Int64 {
	if number == otherwise {
		return types.Int64Null()
	}
	return tfhelper.Int64(number)
}
