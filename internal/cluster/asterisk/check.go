package asterisk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// builtinHangup is the line that VICIdial writes at the top of each of its contexts
// (ADMIN_keepalive_ALL.pl, $hangup_exten_line).
const builtinHangup = "h,1,AGI(agi://127.0.0.1:4577/call_log)"

// precedingSections returns the sections above the text of a column in the generated
// file. The text belongs to the last of them.
func precedingSections(column cluster.AsteriskText) []*Section {
	sections := []*Section{{Name: "general"}}
	open := func(name string, settings ...Setting) []*Section {
		return append(sections, &Section{Name: name, Settings: settings})
	}
	switch column {
	case cluster.AccountEntry, cluster.RegistrationString:
		return sections
	case cluster.DialplanEntry:
		return open("vicidial-auto-external", Setting{Name: "exten", Value: builtinHangup})
	case CustomDialplan:
		return open("vicidial-auto-server-custom", Setting{Name: "exten", Value: builtinHangup})
	case cluster.GlobalsString:
		return open("globals")
	case cluster.TemplateContents, ConfOverride:
		return open("phone")
	}
	return sections
}

// Check parses the text of a column as Asterisk's main/config.c and pbx_config.c do, at
// its place in the generated file. A text that Asterisk drops or stops at is an error.
func Check(column cluster.AsteriskText, text string) Violations {
	return CheckBelow(column, text)
}

// CheckBelow is [Check] with sections of other texts above this one in the file.
func CheckBelow(column cluster.AsteriskText, text string, others ...*Section) Violations {
	text = cluster.NormalText(text)
	violations := checkCharacters(text)
	sections := precedingSections(column)
	last := len(sections) - 1
	sections = append(sections[:last:last], append(append([]*Section{}, others...), sections[last])...)
	config := readConfig(text, sections...)
	violations = append(violations, config.Violations...)
	within := config.Sections[len(sections)-1]
	switch column {
	case cluster.DialplanEntry, CustomDialplan:
		violations = append(violations, checkDialplan(column, config, within)...)
	case cluster.AccountEntry:
		violations = append(violations, checkAccount(config, within)...)
	case cluster.TemplateContents:
		violations = append(violations, refuseSections(config, "a template's lines go into the section of the phone or carrier that uses it")...)
	case cluster.RegistrationString:
		violations = append(violations, refuseSections(config, "write register => USER:PASSWORD@HOST")...)
		violations = append(violations, checkRegistration(within)...)
	case cluster.GlobalsString:
		violations = append(violations, refuseSections(config, "the line goes into [globals], and all that follows would leave it")...)
		violations = append(violations, checkGlobals(within)...)
	case ConfOverride:
		violations = append(violations, checkSharedSections(config)...)
	}
	return violations.sorted()
}

const opensSection = "this line opens a section"

// firstOfSeparateContexts is the first schema of VICIdial 2.6, whose generator gives the
// custom dialplans, the carriers and the phones a context each. Before, all of them are
// in [vicidial-auto], in this order (ADMIN_keepalive_ALL.pl of 2.4).
const firstOfSeparateContexts = 1318

// CheckCustomDialplan is [Check] for custom_dialplan_entry of a server, as the generator
// of a schema version places it.
func CheckCustomDialplan(text string, version int) Violations {
	violations := Check(CustomDialplan, text)
	if version >= firstOfSeparateContexts {
		return violations
	}
	violations = slices.DeleteFunc(violations, func(violation Violation) bool { return violation.Text == opensSection })
	own := refuseSections(readConfig(text, precedingSections(CustomDialplan)...), "VICIdial 2.4 has one context, [vicidial-auto], and the carriers and phones below the text would leave it")
	return append(violations, own...).sorted()
}

// refuseSections returns violations for sections in a text after which other texts must stay in its
// section.
func refuseSections(config parsedConfig, why string) Violations {
	var violations Violations
	for _, section := range config.opened {
		violations = append(violations, Violation{Line: section.Line, Text: opensSection, Advice: "remove it: " + why})
	}
	return violations
}

// The sections that a text shares with the whole node.
var shared = map[string]bool{"general": true, "globals": true, "authentication": true, "global": true, "system": true}

// checkSharedSections returns warnings for sections that all carriers and phones of a node share.
func checkSharedSections(config parsedConfig) Violations {
	var violations Violations
	for _, section := range config.opened {
		if shared[strings.ToLower(section.Name)] {
			violations = append(violations, Violation{
				Line: section.Line, Text: "[" + section.Name + "] belongs to the whole node", Advice: "write a section of another name", Warning: true,
			})
		}
	}
	return violations
}

func checkDialplan(column cluster.AsteriskText, config parsedConfig, within *Section) Violations {
	var violations Violations
	for _, section := range config.opened {
		violation := Violation{
			Line: section.Line, Text: opensSection,
			Advice: "remove it: a carrier's dialplan goes into the middle of VICIdial's own context, and all that follows would leave that context",
		}
		if column == CustomDialplan {
			violation.Warning = true
			violation.Advice = "VICIdial includes only its own context in the dialplan; make sure that something leads here"
		}
		violations = append(violations, violation)
	}
	for _, section := range append([]*Section{within}, config.own()...) {
		l := newLoader()
		l.load(section.Settings)
		l.lintPriorities()
		violations = append(violations, l.violations...)
	}
	return violations
}

func checkAccount(config parsedConfig, within *Section) Violations {
	violations := checkSharedSections(config)
	for _, setting := range within.Settings {
		if setting.Line > 0 {
			violations = append(violations, Violation{
				Line: setting.Line, Text: "this setting is before the first [section]", Warning: true,
				Advice: "begin with [NAME]: it goes into the section of whichever carrier is above",
			})
			break
		}
	}
	return violations
}

const oneLine = "the admin form joins the lines when somebody presses Submit, which breaks them"

func checkRegistration(within *Section) Violations {
	var violations Violations
	for i, setting := range within.Settings {
		value := setting.Value
		doubt := func(text, advice string) {
			violations = append(violations, Violation{Line: setting.Line, Text: text, Advice: advice, Warning: true})
		}
		const form = "write register => USER:PASSWORD@HOST"
		switch {
		case !strings.EqualFold(setting.Name, "register"):
			doubt(fmt.Sprintf("%q registers nothing", shortened(setting.Name)), form)
		case !strings.Contains(value, "@") || strings.HasPrefix(value, "@") || strings.HasSuffix(value, "@"):
			doubt("the registration has no user or no host", form)
		case strings.ContainsAny(value, " \t"):
			doubt("the registration has a blank in it", form)
		case i > 0:
			doubt("this is a second registration", oneLine+"; declare a second route for it")
		}
	}
	return violations
}

func checkGlobals(within *Section) Violations {
	var violations Violations
	names := map[string]bool{}
	for i, setting := range within.Settings {
		doubt := func(text, advice string) {
			violations = append(violations, Violation{Line: setting.Line, Text: text, Advice: advice, Warning: true})
		}
		switch {
		case strings.HasSuffix(setting.Name, ")"):
			doubt(fmt.Sprintf("%q calls a function and sets no variable", shortened(setting.Name)), "write NAME = VALUE")
		case names[setting.Name]:
			doubt(setting.Name+" is set already", "keep one of the lines: the last one counts")
		case i > 0:
			doubt("this is a second variable", oneLine+"; write the value into the dialplan instead")
		}
		if setting.Value == "" {
			doubt(setting.Name+" is set to nothing, which removes it", "write NAME = VALUE")
		}
		if strings.Count(setting.Value, "{") != strings.Count(setting.Value, "}") {
			doubt("the braces of the value do not match", "close each ${ with }")
		}
		names[setting.Name] = true
	}
	return violations
}

// dialplanStatements are the lines of a carrier's dialplan that Asterisk registers.
func dialplanStatements(text string) []dialplanStatement {
	config := readConfig(text, precedingSections(cluster.DialplanEntry)...)
	l := newLoader()
	l.load(config.Sections[1].Settings)
	var own []dialplanStatement
	for _, statement := range l.statements {
		if statement.Line > 0 {
			own = append(own, statement)
		}
	}
	return own
}
