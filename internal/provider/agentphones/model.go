package agentphones

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	ServerIP        types.String      `tfsdk:"server_ip"`
	Active          types.Bool        `tfsdk:"active"`
	Protocol        types.String      `tfsdk:"protocol"`
	InAlias         types.Bool        `tfsdk:"in_alias"`
	Login           types.String      `tfsdk:"login_matches"`
	Servers         map[string]string `tfsdk:"servers"`
	Extensions      map[string]string `tfsdk:"extensions"`
	Aliases         map[string]string `tfsdk:"aliases"`
	PhonesPerServer map[string]int64  `tfsdk:"phones_per_server"`
	Unregistered    []string          `tfsdk:"unregistered"`
	BrokenAliases   []string          `tfsdk:"broken_aliases"`
	DuplicateLogins []string          `tfsdk:"duplicate_logins"`
}

func (m model) withResult(phones []cluster.AgentPhone, aliases []cluster.Alias) model {
	m.Servers, m.Extensions, m.Aliases = map[string]string{}, map[string]string{}, map[string]string{}
	m.PhonesPerServer = map[string]int64{}
	m.Unregistered, m.BrokenAliases, m.DuplicateLogins = []string{}, []string{}, []string{}
	shown := map[string]bool{}
	for _, phone := range cluster.WithAliases(phones, aliases) { // sorted by login, then by server
		if !m.matches(phone) {
			continue
		}
		m.PhonesPerServer[phone.ServerIP]++
		for _, alias := range phone.Aliases {
			shown[alias] = true
		}
		if _, twice := m.Servers[phone.Login]; twice {
			m.DuplicateLogins = append(m.DuplicateLogins, phone.Login)
			continue
		}
		m.Servers[phone.Login] = phone.ServerIP
		m.Extensions[phone.Login] = phone.Protocol + "/" + phone.Extension
		if phone.Active && (phone.PeerStatus == "UNREGISTERED" || phone.PeerStatus == "UNREACHABLE") {
			m.Unregistered = append(m.Unregistered, phone.Login)
		}
	}
	m.DuplicateLogins = slices.Compact(m.DuplicateLogins)
	for _, alias := range aliases { // sorted by id
		if shown[alias.ID] {
			m.Aliases[alias.ID] = strings.Join(alias.Logins, ",")
		}
	}
	for _, seat := range cluster.SeatsFrom(phones, aliases, false) {
		if shown[seat.ID] && !usable(seat) {
			m.BrokenAliases = append(m.BrokenAliases, seat.ID)
		}
	}
	return m
}

func (m model) matches(phone cluster.AgentPhone) bool {
	return (m.ServerIP.IsNull() || m.ServerIP.ValueString() == phone.ServerIP) &&
		(m.Active.IsNull() || m.Active.ValueBool() == phone.Active) &&
		(m.Protocol.IsNull() || m.Protocol.ValueString() == phone.Protocol) &&
		(m.InAlias.IsNull() || m.InAlias.ValueBool() == (len(phone.Aliases) > 0)) &&
		tfhelper.MatchesRegexp(m.Login, phone.Login)
}

// usable reports whether every login of an alias is a phone that accepts its agent.
func usable(seat cluster.LoginSeat) bool {
	return !slices.ContainsFunc(seat.Phones, func(phone cluster.LoginPhone) bool { return !phone.Usable })
}
