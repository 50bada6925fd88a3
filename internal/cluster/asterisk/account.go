package asterisk

import (
	"fmt"
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
