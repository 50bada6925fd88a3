package asterisk

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// callerInShell allows a line to pass a caller's or a carrier's text to a shell: in a
// comment of the line or above it, "; allow: caller_in_shell".
const callerInShell = "caller_in_shell"

var (
	shellFunction = cluster.LazyRegexp(`(?i)\$\{\s*SHELL\(`)
	// callerText matches the values that the caller or the carrier chooses.
	// ${EXTEN} is as free where a pattern ends in . or !.
	callerText = cluster.LazyRegexp(`(?i)\$\{\s*(CALLERID|CALLERIDNAME|CALLERIDNUM|CONNECTEDLINE|REDIRECTING|SIP_HEADER|SIPPEER|PJSIP_HEADER|PJSIP_HEADERS|IAXVAR|SIPURI|SIPDOMAIN|SIPUSERAGENT|SIPCALLID|CALLINGNAME|CALLERNAME)\b`)
	allowed    = cluster.LazyRegexp(`;.*\ballow:\s*` + callerInShell + `\b`)
)

// CheckCommands returns warnings for the lines of a dialplan that run a command on the
// node, and errors for those that pass a caller's text to it: a caller's name may be
// `$(reboot)`. A line with an allow comment is a warning.
func CheckCommands(column cluster.AsteriskText, text string) Violations {
	if column != cluster.DialplanEntry && column != CustomDialplan {
		return nil
	}
	text = cluster.NormalText(text)
	lines := strings.Split(text, "\n")
	config := readConfig(text, precedingSections(column)...)
	var violations Violations
	for _, section := range config.Sections {
		l := newLoader()
		l.load(section.Settings)
		for _, statement := range l.statements {
			if statement.Line == 0 {
				continue
			}
			runs := ""
			switch strings.ToLower(statement.Application) {
			case "system", "trysystem":
				runs = statement.Application + "()"
			default:
				if shellFunction().MatchString(statement.Arguments) {
					runs = "SHELL()"
				}
			}
			if runs == "" {
				continue
			}
			violation := Violation{Line: statement.Line, Warning: true, Text: runs + " runs a command on the node", Advice: "see that nobody else can choose a part of it"}
			if from := callerText().FindStringSubmatch(statement.Arguments); from != nil && !allows(lines, statement.Line) {
				violation.Warning = false
				violation.Text = fmt.Sprintf("%s gives a shell what a caller chooses, in ${%s", runs, strings.ToUpper(from[1]))
				violation.Advice = fmt.Sprintf("filter it with ${FILTER(0-9,…)} into a variable and use that, or write ; allow: %s at the end of the line", callerInShell)
			}
			violations = append(violations, violation)
		}
	}
	return violations.sorted()
}

// allows reports whether a line, or the comment above it, has the allow comment.
func allows(lines []string, number int) bool {
	if allowed().MatchString(lines[number-1]) {
		return true
	}
	return number > 1 && strings.HasPrefix(strings.TrimSpace(lines[number-2]), ";") && allowed().MatchString(lines[number-2])
}
