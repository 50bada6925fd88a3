package asterisk

import (
	"iter"
	"maps"
	"strings"

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
func BuiltinClashes(mine cluster.Carriers, servers cluster.Servers, phones iter.Seq[NodePhone]) []Clash {
	taken, named := builtinClaims(servers), phonesNamedAs(mine, phones)
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
		for _, phone := range named {
			if !carrier.OnServer(phone.ServerIP) {
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

// phonesNamedAs returns the phones whose number is an extension of a carrier, or whose name is
// that of a section: few of the thousands of a floor.
func phonesNamedAs(carriers cluster.Carriers, phones iter.Seq[NodePhone]) []NodePhone {
	extensions, sections := map[string]bool{}, map[string]bool{}
	for _, carrier := range carriers {
		ours := claimsOf(carrier)
		for key := range ours.extensions {
			extensions[key] = true
		}
		for _, section := range ours.sections {
			_, name, _ := strings.Cut(section, " ")
			sections[strings.ToLower(name)] = true
		}
	}
	var named []NodePhone
	for phone := range phones {
		if extensions[sameExtension(phone.DialplanNumber)] || sections[strings.ToLower(phone.Extension)] {
			named = append(named, phone)
		}
	}
	return named
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
