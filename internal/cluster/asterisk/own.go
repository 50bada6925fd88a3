package asterisk

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The names that VICIdial itself writes into the files of a node (ADMIN_keepalive_ALL.pl of
// the revisions 2.4 to 2.14; an older one has fewer of them).

// ownExtensions have precedence over those of carriers: they are above them in
// vicidial-auto-external, or in vicidial-auto-internal, which is included first.
var ownExtensions = []string{
	"473782138521111", "473782158521111", "_473782148521111.", "_473782168600XXX", "_473782169600XXX",
	"_473782178600XXX", "_473782179600XXX", "_473782188600XXX", "_473782189600XXX", "_473782199600XXX", "_473782209600XXX",
	"_473782219600XXX", "_98009.", "_998009.", "_99809*.",
	"8167", "8168", "8309", "8310", "8500", "8501", "83047777777777", "_83046777777777*.", "_8305888888888888.",
	"_8305888888888888X999", "_8306888888888888X999", "_85026666666666.", "_85026666666667.",
}

// NodePhone is an active phone of a node.
type NodePhone struct{ ServerIP, Protocol, Extension, DialplanNumber string }

// OwnClashes returns the extensions, dialplan variables and sections that the carriers
// of a route share with VICIdial's own lines and with the phones of their nodes.
func OwnClashes(mine cluster.Carriers, servers cluster.Servers, phones []NodePhone) []Clash {
	onNode := map[string][]NodePhone{}
	for _, phone := range phones {
		onNode[phone.ServerIP] = append(onNode[phone.ServerIP], phone)
	}
	claimsOf, taken := newClaimsReader(), ownClaims(servers)
	var clashes []Clash
	for _, carrier := range mine.Sorted() {
		if !carrier.Generated() {
			continue
		}
		ours := claimsOf(carrier)
		clash := Clash{Carrier: carrier.ID(), ServerIP: carrier.ServerIP()}
		clashes = append(clashes, ours.clashes(taken.on(carrier.ServerIP(), servers), clash)...)
		near := onNode[carrier.ServerIP()]
		if carrier.ServerIP() == cluster.AllServers {
			near = phones
		}
		for _, phone := range near {
			theirs := newClaims()
			theirs.extension(phone.DialplanNumber)
			theirs.section(phone.Protocol, phone.Extension, "")
			clash.ServerIP, clash.Phone = phone.ServerIP, true
			clashes = append(clashes, ours.clashes(theirs, clash)...)
		}
	}
	return clashes
}

// ownClaims returns the names that VICIdial defines on nodes for itself and for other nodes,
// which it reaches by IAX2 (docs/vicidial/generator.md#padded-address).
func ownClaims(servers cluster.Servers) claims {
	own := newClaims()
	for _, extension := range ownExtensions {
		own.extension(extension)
	}
	own.loops()
	for _, server := range servers {
		if !server.Telephony() {
			continue
		}
		address := cluster.PadAddress(server.IP())
		own.extension("_" + address + "*.")
		own.extension("_**" + address + "*.")
		own.variable("TRUNK" + server.ID())
		own.section("IAX2", server.ID(), "")
	}
	return own
}

func (c claims) loops() {
	for _, name := range []string{"loop", "blind", "play"} {
		c.variable("TRUNK" + name)
		c.section("IAX2", "AST"+name, "")
	}
}

// on returns the names that are defined on one node, without those for calls to itself.
func (c claims) on(node string, servers cluster.Servers) claims {
	c.variables, c.sections = maps.Clone(c.variables), maps.Clone(c.sections)
	itself := newClaims()
	for _, server := range servers {
		if server.IP() == node {
			itself.variable("TRUNK" + server.ID())
			itself.section("IAX2", server.ID(), "")
		}
	}
	maps.DeleteFunc(c.variables, func(key, _ string) bool { return itself.variables[key] != "" })
	maps.DeleteFunc(c.sections, func(key, _ string) bool { return itself.sections[key] != "" })
	c.loops()
	return c
}

// Accounts are the accounts of carriers, as the nodes read them.
type Accounts struct {
	onNode  map[string][]carrierAccount // by server_ip, in the order in which a node reads them
	inherit []carrierAccount            // those that inherit from sections that they do not open
}

type carrierAccount struct {
	cluster.Carrier
	id       string     // in lower case
	missing  []string   // the sections that it inherits from and does not open
	sections []*Section // that it opens
}

// ReadAccounts reads the accounts of the carriers that a node generates. The rows of a
// route have one text on all nodes; each text is read once.
func ReadAccounts(carriers cluster.Carriers) Accounts {
	accounts, known := Accounts{onNode: map[string][]carrierAccount{}}, map[string]parsedConfig{}
	for _, carrier := range carriers.Sorted() {
		if !carrier.Generated() {
			continue
		}
		text := carrier.Asterisk(cluster.AccountEntry)
		config, found := known[text]
		if !found {
			config = readConfig(text, &Section{Name: "general"})
			known[text] = config
		}
		one := carrierAccount{Carrier: carrier, id: strings.ToLower(carrier.ID()), missing: config.Missing}
		for _, section := range config.own() {
			named := *section
			named.Source = "carrier " + carrier.ID()
			one.sections = append(one.sections, &named)
		}
		accounts.onNode[carrier.ServerIP()] = append(accounts.onNode[carrier.ServerIP()], one)
		if len(one.missing) > 0 {
			accounts.inherit = append(accounts.inherit, one)
		}
	}
	return accounts
}

// Above returns the sections above the account of a carrier in its file: VICIdial's own,
// and those of carriers that are read before it. A section that other carriers inherit
// from and that no row opens is assumed to be in the node's own file, which includes the
// generated one.
func (a Accounts) Above(mine cluster.Carrier, servers cluster.Servers) []*Section {
	var above []*Section
	if mine.Protocol() == "IAX2" {
		for _, name := range ownClaims(servers).on(mine.ServerIP(), servers).sections {
			above = append(above, &Section{Name: strings.TrimPrefix(name, "IAX2 "), Source: "what VICIdial writes"})
		}
	}
	own := strings.ToLower(mine.ID())
	missing := map[string]string{}
	others := func(accounts []carrierAccount, each func(carrierAccount)) {
		for _, other := range accounts {
			if other.id != own && other.Protocol() == mine.Protocol() {
				each(other)
			}
		}
	}
	others(a.inherit, func(other carrierAccount) {
		for _, name := range other.missing {
			missing[name] = other.ID()
		}
	})
	for _, serverIP := range []string{cluster.AllServers, mine.ServerIP()} {
		others(a.onNode[serverIP], func(other carrierAccount) {
			if other.id < own {
				above = append(above, other.sections...)
			}
		})
		if serverIP == mine.ServerIP() {
			break // it is one of all servers itself
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		if !slices.ContainsFunc(above, func(section *Section) bool { return strings.EqualFold(section.Name, name) }) {
			above = append(above, &Section{Name: name, Template: true, Source: "a file of the node, where carrier " + missing[name] + " has it from as well"})
		}
	}
	return above
}
