package asterisk

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// AccountSection is one [section] of an account entry.
type AccountSection struct {
	Line     int
	Name     string
	Template bool             // written [NAME](!): others inherit it, and it is nothing by itself
	Settings []AccountSetting // those that it inherits first
}

// AccountSetting is one line of a section, name = value.
type AccountSetting struct {
	Line        int
	Name, Value string
}

// Get is the value of the last line with that name, as Asterisk reads it; empty
// when there is none.
func (s AccountSection) Get(name string) string {
	value := ""
	for _, setting := range s.Settings {
		if strings.EqualFold(setting.Name, name) {
			value = setting.Value
		}
	}
	return value
}

// AccountSections reads an account entry that has no flaws.
func AccountSections(text string) []AccountSection {
	lines, _ := readLines(cluster.NormalText(text))
	sections, _ := readAccount(lines)
	return sections
}

// reservedSections would reach beyond the carrier: they hold what all carriers
// and phones of the node share.
var reservedSections = map[string]bool{"general": true, "globals": true, "authentication": true, "global": true, "system": true}

var sectionLine = regexp.MustCompile(`^\[([^\[\]]*)\]\s*(?:\(([^()]*)\))?$`)

func checkAccount(lines []line) Flaws {
	_, flaws := readAccount(lines)
	return flaws
}

func readAccount(lines []line) ([]AccountSection, Flaws) {
	var (
		sections []AccountSection
		flaws    Flaws
		lost     = false // whether lines before the first section were told of
	)
	for _, line := range lines {
		if strings.HasPrefix(line.text, "#") {
			continue // told of before
		}
		if strings.HasPrefix(line.text, "[") {
			form := sectionLine.FindStringSubmatch(line.text)
			if form == nil || strings.TrimSpace(form[1]) == "" {
				flaws = append(flaws, Flaw{Line: line.number, What: fmt.Sprintf("%q opens no section", shortened(line.text)), Do: "write [NAME] on a line of its own"})
				continue
			}
			name := strings.TrimSpace(form[1])
			if reservedSections[strings.ToLower(name)] {
				flaws = append(flaws, Flaw{
					Line: line.number, What: "[" + name + "] belongs to the whole node", Do: "give the carrier a section of its own name",
				})
			}
			sections = append(sections, inheriting(sections, AccountSection{Line: line.number, Name: name}, form[2]))
			continue
		}
		setting, flaw, bad := readSetting(line)
		if bad {
			flaws = append(flaws, flaw)
			continue
		}
		if len(sections) == 0 {
			if !lost {
				flaws = append(flaws, Flaw{
					Line: line.number, What: "this setting stands before the first [section]",
					Do: "begin with [NAME]: it would go into the section of whichever carrier stands above",
				})
			}
			lost = true
			continue
		}
		last := &sections[len(sections)-1]
		last.Settings = append(last.Settings, setting)
	}
	return sections, flaws
}

// inheriting gives a section what stands in parentheses behind its name: ! makes
// it a template, and a name has it begin with the settings of that section.
// What + adds to, and what is in another file, is not here to be read.
func inheriting(above []AccountSection, section AccountSection, behind string) AccountSection {
	for word := range strings.SplitSeq(behind, ",") {
		switch word = strings.TrimSpace(word); word {
		case "!":
			section.Template = true
		case "", "+":
		default:
			if at := slices.IndexFunc(above, func(other AccountSection) bool { return strings.EqualFold(other.Name, word) }); at >= 0 {
				section.Settings = append(section.Settings, above[at].Settings...)
			}
		}
	}
	return section
}

func readSetting(line line) (AccountSetting, Flaw, bool) {
	name, value, found := assignment(line.text)
	if !found {
		return AccountSetting{}, Flaw{
			Line: line.number, What: fmt.Sprintf("%q is no setting", shortened(line.text)), Do: "write name=value, or start the line with ; to make it a comment",
		}, true
	}
	return AccountSetting{Line: line.number, Name: name, Value: value}, Flaw{}, false
}

// checkTemplate: the contents of a template are put under a section that
// VICIdial opened (docs/vicidial/generator.md#own-lines).
func checkTemplate(lines []line) Flaws {
	var flaws Flaws
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line.text, "#"):
		case strings.HasPrefix(line.text, "["):
			flaws = append(flaws, Flaw{
				Line: line.number, What: "this line opens a section",
				Do: "remove it: a template's lines go into the section of the phone or carrier that uses it",
			})
		default:
			if _, flaw, bad := readSetting(line); bad {
				flaws = append(flaws, flaw)
			}
		}
	}
	return flaws
}

const oneLine = "the admin form joins the lines when somebody presses Submit, which breaks them"

func checkRegistration(lines []line) Flaws {
	var flaws Flaws
	for at, line := range lines {
		switch word, value, found := assignment(line.text); {
		case strings.HasPrefix(line.text, "#"):
		case strings.HasPrefix(line.text, "["):
			flaws = append(flaws, Flaw{Line: line.number, What: "this line opens a section", Do: "write register => USER:PASSWORD@HOST"})
		case !found || !strings.EqualFold(word, "register"):
			flaws = append(flaws, Flaw{Line: line.number, What: fmt.Sprintf("%q registers nothing", shortened(line.text)), Do: "write register => USER:PASSWORD@HOST"})
		case !strings.Contains(value, "@") || strings.HasPrefix(value, "@") || strings.HasSuffix(value, "@"):
			flaws = append(flaws, Flaw{Line: line.number, What: "the registration has no user or no host", Do: "write register => USER:PASSWORD@HOST"})
		case strings.ContainsAny(value, " \t"):
			flaws = append(flaws, Flaw{Line: line.number, What: "the registration has a blank in it", Do: "write register => USER:PASSWORD@HOST"})
		case at > 0:
			flaws = append(flaws, Flaw{Line: line.number, What: "this is a second registration", Do: oneLine + "; declare a second route for it", Warning: true})
		}
	}
	return flaws
}

// Global is one line of a globals_string.
type Global struct {
	Line  int
	Name  string
	Value string
}

// Globals reads the dialplan variables that a globals_string sets.
func Globals(text string) []Global {
	lines, _ := readLines(cluster.NormalText(text))
	var globals []Global
	for _, line := range lines {
		if name, value, found := assignment(line.text); found && globalName.MatchString(name) {
			globals = append(globals, Global{Line: line.number, Name: name, Value: value})
		}
	}
	return globals
}

var globalName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkGlobals(lines []line) Flaws {
	var flaws Flaws
	names := map[string]bool{}
	for at, line := range lines {
		name, value, found := assignment(line.text)
		switch {
		case strings.HasPrefix(line.text, "#"):
			continue
		case strings.HasPrefix(line.text, "["):
			flaws = append(flaws, Flaw{
				Line: line.number, What: "this line opens a section", Do: "remove it: the line goes into [globals], and all that follows would leave it",
			})
			continue
		case !found || !globalName.MatchString(name):
			flaws = append(flaws, Flaw{Line: line.number, What: fmt.Sprintf("%q sets no variable", shortened(line.text)), Do: "write NAME = VALUE"})
			continue
		case names[strings.ToUpper(name)]:
			flaws = append(flaws, Flaw{Line: line.number, What: name + " is set already", Do: "keep one of the lines: the last one counts", Warning: true})
		case at > 0:
			flaws = append(flaws, Flaw{Line: line.number, What: "this is a second variable", Do: oneLine + "; write the value into the dialplan instead", Warning: true})
		}
		if problem := unbalanced(value); problem != "" {
			flaws = append(flaws, Flaw{Line: line.number, What: problem, Do: "close what is open in the value"})
		}
		names[strings.ToUpper(name)] = true
	}
	return flaws
}

// InboundContext is the context that hands a call to VICIdial's DID table.
const InboundContext = "trunkinbound"

// TakesInbound says whether a call that comes in over the account reaches the
// DIDs
// (docs/vicidial/inbound.md#trunkinbound): some section, or the template below the last one, sets the
// context. PJSIP_WIZ writes it as endpoint/context.
func TakesInbound(account, template string) bool {
	text := cluster.NormalText(account) + "\n" + cluster.NormalText(template)
	for _, section := range accounts(text) {
		for _, name := range []string{"context", "endpoint/context"} {
			if section.Get(name) == InboundContext {
				return true
			}
		}
	}
	return false
}

// Qualified says whether a node asks the carrier now and then whether it is there.
// Where it does not, a call to a carrier that says nothing at all waits out its
// time and ends as NOANSWER, which is no reason to try another; where it does, it
// is CHANUNAVAIL at once.
func Qualified(protocol, account, template string) bool {
	setting, off := "qualify", []string{"", "no"}
	switch strings.ToUpper(protocol) {
	case "PJSIP":
		setting, off = "qualify_frequency", []string{"", "0"}
	case "PJSIP_WIZ":
		setting, off = "aor/qualify_frequency", []string{"", "0"}
	}
	return slices.ContainsFunc(accounts(cluster.NormalText(account)+"\n"+cluster.NormalText(template)), func(section AccountSection) bool {
		return !slices.Contains(off, strings.ToLower(section.Get(setting)))
	})
}

// QualifiedBy is the line that has a node watch a carrier of that protocol.
func QualifiedBy(protocol string) string {
	switch strings.ToUpper(protocol) {
	case "PJSIP":
		return "qualify_frequency=60 in the section with type=aor"
	case "PJSIP_WIZ":
		return "aor/qualify_frequency=60"
	}
	return "qualify=yes"
}

// EndpointOf is the section that calls are sent to: the endpoint of a PJSIP
// account, the first section of the others that is no template. False when there
// is none.
func EndpointOf(protocol, account string) (string, bool) {
	sections := accounts(account)
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

// accounts are the sections that are more than templates.
func accounts(text string) []AccountSection {
	return slices.DeleteFunc(AccountSections(text), func(section AccountSection) bool { return section.Template })
}
