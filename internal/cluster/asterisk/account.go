package asterisk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// accountSections are the sections of an account entry, with what they inherit.
func accountSections(text string) []*Section {
	return readConfig(text, precedingSections(cluster.AccountEntry)...).own()
}

// nonTemplateSections are the sections that are more than templates.
func nonTemplateSections(text string) []*Section {
	return slices.DeleteFunc(accountSections(text), func(section *Section) bool { return section.Template })
}

// InboundContext is the context in which VICIdial routes calls by their DIDs.
const InboundContext = "trunkinbound"

// TakesInbound reports whether a call that comes in over the account reaches the
// DIDs (docs/vicidial/inbound.md#trunkinbound): some section, or the template below the last one, sets the
// context. PJSIP_WIZ writes it as endpoint/context.
func TakesInbound(account, template string) bool {
	for _, section := range nonTemplateSections(account + "\n" + template) {
		for _, name := range []string{"context", "endpoint/context"} {
			if section.Get(name) == InboundContext {
				return true
			}
		}
	}
	return false
}

// OtherContext describes the line that sends the calls of an account to another context
// than that of the DIDs, in the account itself or in the template below it; "" where no
// line does. Of several lines, Asterisk takes the last.
func OtherContext(account, template string) string {
	account += "\n"
	lines, found := strings.Count(account, "\n"), ""
	for _, section := range nonTemplateSections(account + template) {
		for _, setting := range slices.Backward(section.Settings) {
			if name := strings.ToLower(setting.Name); name != "context" && name != "endpoint/context" {
				continue
			}
			switch text := setting.Name + "=" + setting.Value; {
			case setting.Value == InboundContext:
			case setting.Line > lines:
				return fmt.Sprintf("line %d of the template, which is below the account, sets %s", setting.Line-lines, text)
			case found == "":
				found = fmt.Sprintf("line %d of the account sets %s", setting.Line, text)
			}
			break // the last one counts
		}
	}
	return found
}

// Qualified reports whether a node polls the carrier. Without polls, a call to a carrier
// that does not respond ends as NOANSWER at its timeout, for which no other route is
// tried; with them, it is CHANUNAVAIL at once.
func Qualified(protocol, account, template string) bool {
	name := "qualify"
	switch strings.ToUpper(protocol) {
	case "PJSIP":
		name = "qualify_frequency"
	case "PJSIP_WIZ":
		name = "aor/qualify_frequency"
	}
	return slices.ContainsFunc(nonTemplateSections(account+"\n"+template), func(section *Section) bool {
		value := section.Get(name)
		often, err := strconv.Atoi(value)
		return strings.EqualFold(value, "yes") && name == "qualify" || err == nil && often > 0
	})
}

// QualifiedBy returns the setting with which a node polls a carrier of that protocol.
func QualifiedBy(protocol string) string {
	switch strings.ToUpper(protocol) {
	case "PJSIP":
		return "qualify_frequency=60 in the section with type=aor"
	case "PJSIP_WIZ":
		return "aor/qualify_frequency=60"
	}
	return "qualify=yes"
}

// EndpointOf returns the section that calls are sent to: the endpoint of a PJSIP
// account, or the first section of others that is not a template. It returns false if
// there is none.
func EndpointOf(protocol, account string) (string, bool) {
	sections := nonTemplateSections(account)
	if strings.EqualFold(protocol, "PJSIP") {
		for _, section := range sections {
			if section.Get("type") == "endpoint" {
				return section.Name, true
			}
		}
	}
	if len(sections) == 0 {
		return "", false
	}
	return sections[0].Name, true
}

// Accounts are the accounts of carriers, as the nodes read them.
type Accounts struct {
	onNode  map[string][]carrierAccount // by server_ip, in the order in which a node reads them
	inherit []carrierAccount            // those that inherit from sections that they do not open
}

type carrierAccount struct {
	cluster.Carrier
	accountText
	id string // in lower case
}

// accountText is what the text of an account says by itself.
type accountText struct {
	missing []string   // the sections that it inherits from and does not open
	opens   []*Section // the sections that it opens; they are not changed
}

var knownAccounts cluster.Memo[string, accountText]

// ReadAccounts reads the accounts of the carriers that a node generates.
func ReadAccounts(carriers cluster.Carriers) Accounts {
	accounts := Accounts{onNode: map[string][]carrierAccount{}}
	for _, carrier := range carriers {
		if !carrier.Generated() {
			continue
		}
		one := carrierAccount{Carrier: carrier, id: strings.ToLower(carrier.ID())}
		one.accountText = knownAccounts.Get(carrier.Asterisk(cluster.AccountEntry), func(text string) accountText {
			config := readConfig(text, &Section{Name: "general"})
			return accountText{config.Missing, config.own()}
		})
		accounts.onNode[carrier.ServerIP()] = append(accounts.onNode[carrier.ServerIP()], one)
		if len(one.missing) > 0 {
			accounts.inherit = append(accounts.inherit, one)
		}
	}
	for _, onNode := range accounts.onNode {
		slices.SortFunc(onNode, compareAccounts)
	}
	slices.SortFunc(accounts.inherit, compareAccounts)
	return accounts
}

func compareAccounts(a, b carrierAccount) int {
	return cmp.Or(strings.Compare(a.ServerIP(), b.ServerIP()), strings.Compare(a.ID(), b.ID()))
}

// sections returns the sections that an account opens, with their source.
func (a carrierAccount) sections() []*Section {
	var sections []*Section
	for _, section := range a.opens {
		named := *section
		named.Source = "carrier " + a.ID()
		sections = append(sections, &named)
	}
	return sections
}

// Above returns the sections above the account of a carrier in its file: VICIdial's own,
// and those of carriers that are read before it. A section that other carriers inherit
// from and that no row opens is assumed to be in the node's own file, which includes the
// generated one.
func (a Accounts) Above(mine cluster.Carrier, servers cluster.Servers) []*Section {
	var above []*Section
	if mine.Protocol() == "IAX2" {
		for _, name := range builtinClaims(servers).on(mine.ServerIP(), servers).sections {
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
				above = append(above, other.sections()...)
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
