package asterisk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Clash is a name that two texts of one node define: two carriers, or a carrier and the
// lines that VICIdial writes for itself and for phones.
type Clash struct {
	Carrier, Other string // carrier ids; Other is empty where it is no carrier
	ServerIP       string // the node; [cluster.AllServers] where both are on every node
	Extension      string // the extension that both have, or
	Variable       string // the dialplan variable that both set, or
	Section        string // the section that both open
	Phone          bool   // the other is a phone of the node
	Route          bool   // the other is a generated route too: two routes with one prefix
}

func (c Clash) String() string {
	where := "server " + c.ServerIP
	if c.ServerIP == cluster.AllServers {
		where = "every server"
	}
	other, subject, first := "carrier "+c.Other, "in carrier "+c.Other, "Asterisk keeps the one that is read first"
	switch {
	case c.Phone:
		other, subject, first = "a phone", "that of a phone", "calls reach the phone"
	case c.Other == "":
		other, subject, first = "VICIdial", "one of VICIdial's own", "that one is found first"
	}
	switch {
	case c.Extension != "":
		return fmt.Sprintf("on %s, extension %s is %s as well: %s", where, c.Extension, subject, first)
	case c.Variable != "":
		return fmt.Sprintf("on %s, %s sets the variable %s as well: the last one counts for both", where, other, c.Variable)
	}
	return fmt.Sprintf("on %s, %s opens the section [%s] as well: Asterisk mixes the two", where, other, c.Section)
}

// Clashes returns the names that the carriers of a route share with others on the same
// nodes (docs/vicidial/generator.md#carrier-clashes). Carriers that generate nothing have
// no clashes.
func Clashes(mine, have cluster.Carriers) []Clash {
	if len(clashesOf(mine, have)) == 0 { // the most frequent case needs no order
		return nil
	}
	return clashesOf(mine.Sorted(), have.Sorted())
}

func clashesOf(mine, have cluster.Carriers) []Clash {
	own := map[string]bool{}
	for _, one := range mine {
		own[cluster.FoldKey(one.ID())] = true
	}
	others := slices.DeleteFunc(slices.Clone(have), func(other cluster.Carrier) bool {
		return !other.Generated() || own[cluster.FoldKey(other.ID())]
	})
	byServer := map[string]cluster.Carriers{} // the servers stay in their order, in which [cluster.AllServers] is the first
	for _, other := range others {
		byServer[other.ServerIP()] = append(byServer[other.ServerIP()], other)
	}
	apart := map[[2]*claims]bool{} // the rows of two routes have the same texts on all nodes
	var clashes []Clash
	for _, one := range mine {
		if !one.Generated() {
			continue
		}
		ours := claimsOf(one)
		near := others
		if one.ServerIP() != cluster.AllServers {
			near = slices.Concat(byServer[cluster.AllServers], byServer[one.ServerIP()])
		}
		for _, other := range near {
			theirs := claimsOf(other)
			if apart[[2]*claims{ours, theirs}] {
				continue
			}
			clash := Clash{Carrier: one.ID(), Other: other.ID(), ServerIP: one.ServerIP()}
			if one.ServerIP() == cluster.AllServers {
				clash.ServerIP = other.ServerIP()
			}
			found := ours.clashes(theirs, clash)
			apart[[2]*claims{ours, theirs}] = len(found) == 0
			clashes = append(clashes, found...)
		}
	}
	return clashes
}

// claims are the names that a text defines on its node, by the form in which Asterisk
// compares them.
type claims struct {
	extensions map[string]string // with their spelling
	variables  map[string]string
	sections   map[string]string // with the file that they are in
	generated  bool              // the dialplan holds the dialing of a route
}

func (c *claims) clashes(other *claims, clash Clash) []Clash {
	var clashes []Clash
	each := func(ours, theirs map[string]string, found func(*Clash, string)) {
		var both []string
		for key := range ours { // sorted below
			if _, ok := theirs[key]; ok {
				both = append(both, key)
			}
		}
		slices.Sort(both)
		for _, key := range both {
			one := clash
			found(&one, ours[key])
			clashes = append(clashes, one)
		}
	}
	each(c.extensions, other.extensions, func(one *Clash, name string) {
		one.Extension, one.Route = name, c.generated && other.generated
	})
	each(c.variables, other.variables, func(one *Clash, name string) { one.Variable = name })
	each(c.sections, other.sections, func(one *Clash, name string) { one.Section = name })
	return clashes
}

func newClaims() *claims {
	return &claims{extensions: map[string]string{}, variables: map[string]string{}, sections: map[string]string{}}
}

func (c *claims) extension(name string) { c.extensions[sameExtension(name)] = name }

func (c *claims) variable(name string) { c.variables[strings.ToUpper(name)] = strings.ToUpper(name) }

func (c *claims) section(protocol, name, kind string) {
	key, display := sectionName(protocol, name, kind)
	c.sections[key] = display
}

// sectionName returns a name in a file as Asterisk compares it, and for display. PJSIP and
// PJSIP_WIZ end in one namespace, in which an endpoint, its aor and its auth are often named
// alike.
func sectionName(protocol, name, kind string) (key, display string) {
	protocol = strings.TrimSuffix(strings.ToUpper(protocol), "_WIZ")
	display = protocol + " " + name
	if protocol == "PJSIP" && kind != "" && kind != "wizard" {
		display += " (" + kind + ")"
	}
	return strings.ToLower(display), display
}

// claimsOf returns the names that the texts of a carrier define.
func claimsOf(c cluster.Carrier) *claims {
	texts := claimingTexts{c.Protocol(), c.Asterisk(cluster.DialplanEntry), c.Asterisk(cluster.GlobalsString), c.Asterisk(cluster.AccountEntry)}
	return knownClaims.Get(texts, readClaims)
}

type claimingTexts struct{ protocol, dialplan, globals, account string }

var knownClaims cluster.Memo[claimingTexts, *claims]

func readClaims(c claimingTexts) *claims {
	found := newClaims()
	for _, statement := range dialplanStatements(c.dialplan) {
		// The extension h is VICIdial's, and Check reports it.
		if statement.Extension != "h" {
			found.extension(statement.Extension)
		}
		found.generated = found.generated || strings.HasPrefix(statement.Extension, routeExtension(""))
	}
	for _, setting := range readConfig(c.globals, precedingSections(cluster.GlobalsString)...).Sections[1].Settings {
		found.variable(setting.Name)
	}
	for _, section := range accountSections(c.account) {
		found.section(c.protocol, section.Name, section.Get("type"))
	}
	return found
}
