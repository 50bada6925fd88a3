package asterisk

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The names that VICIdial itself writes into the files of a node (ADMIN_keepalive_ALL.pl of
// the revisions 2.4 to 2.14; an older one has fewer of them).

// builtinExtensions have precedence over those of carriers: they are above them in
// vicidial-auto-external, or in vicidial-auto-internal, which is included first.
var builtinExtensions = []string{
	"473782138521111", "473782158521111", "_473782148521111.", "_473782168600XXX", "_473782169600XXX",
	"_473782178600XXX", "_473782179600XXX", "_473782188600XXX", "_473782189600XXX", "_473782199600XXX", "_473782209600XXX",
	"_473782219600XXX", "_98009.", "_998009.", "_99809*.",
	"8167", "8168", "8309", "8310", "8500", "8501", "83047777777777", "_83046777777777*.", "_8305888888888888.",
	"_8305888888888888X999", "_8306888888888888X999", "_85026666666666.", "_85026666666667.",
}

// NodePhone is an active phone of a node.
type NodePhone struct{ ServerIP, Protocol, Extension, DialplanNumber string }

// BuiltinClashes returns the extensions, dialplan variables and sections that the carriers
// of a route share with VICIdial's own lines and with the phones of their nodes.
func BuiltinClashes(mine cluster.Carriers, servers cluster.Servers, phones []NodePhone) []Clash {
	names := namesOnNodes(mine, phones)
	claimsOf, taken := newClaimsReader(), builtinClaims(servers)
	var clashes []Clash
	for _, carrier := range mine.Sorted() {
		if !carrier.Generated() {
			continue
		}
		ours := claimsOf(carrier)
		clash := Clash{Carrier: carrier.ID(), ServerIP: carrier.ServerIP()}
		if len(ours.clashes(taken, clash)) > 0 { // few have any
			clashes = append(clashes, ours.clashes(taken.on(carrier.ServerIP(), servers), clash)...)
		}
		for _, phone := range names[carrier.ServerIP()] {
			_, number := ours.extensions[phone.number]
			_, section := ours.sections[phone.section]
			if !number && !section {
				continue
			}
			theirs := newClaims()
			theirs.extension(phone.DialplanNumber)
			theirs.section(phone.Protocol, phone.Extension, "")
			clash.ServerIP, clash.Phone = phone.ServerIP, true
			clashes = append(clashes, ours.clashes(theirs, clash)...)
		}
	}
	return clashes
}

// namedPhone is a phone with its names in the form in which Asterisk compares them.
type namedPhone struct {
	NodePhone
	number, section string
}

// namesOnNodes returns the phones of the nodes of carriers, those of every node for
// [cluster.AllServers].
func namesOnNodes(carriers cluster.Carriers, phones []NodePhone) map[string][]namedPhone {
	onNode := map[string][]namedPhone{}
	for _, carrier := range carriers {
		onNode[carrier.ServerIP()] = nil
	}
	for _, phone := range phones {
		for _, node := range slices.Compact([]string{phone.ServerIP, cluster.AllServers}) {
			if _, ok := onNode[node]; ok {
				section, _ := sectionName(phone.Protocol, phone.Extension, "")
				onNode[node] = append(onNode[node], namedPhone{phone, sameExtension(phone.DialplanNumber), section})
			}
		}
	}
	return onNode
}

// builtinClaims returns the names that VICIdial defines on nodes for itself and for other nodes,
// which it reaches by IAX2 (docs/vicidial/generator.md#padded-address).
func builtinClaims(servers cluster.Servers) *claims {
	own := newClaims()
	for _, extension := range builtinExtensions {
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

func (c *claims) loops() {
	for _, name := range []string{"loop", "blind", "play"} {
		c.variable("TRUNK" + name)
		c.section("IAX2", "AST"+name, "")
	}
}

// on returns the names that are defined on one node, without those for calls to itself.
func (c *claims) on(node string, servers cluster.Servers) *claims {
	on := &claims{extensions: c.extensions, variables: maps.Clone(c.variables), sections: maps.Clone(c.sections)}
	itself := newClaims()
	for _, server := range servers {
		if server.IP() == node {
			itself.variable("TRUNK" + server.ID())
			itself.section("IAX2", server.ID(), "")
		}
	}
	maps.DeleteFunc(on.variables, func(key, _ string) bool { return itself.variables[key] != "" })
	maps.DeleteFunc(on.sections, func(key, _ string) bool { return itself.sections[key] != "" })
	on.loops()
	return on
}
