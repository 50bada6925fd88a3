package asterisk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Statement is one exten or same line of a dialplan.
type Statement struct {
	Line        int
	Extension   string // as written, with _ for a pattern and /callerid where given
	Priority    int    // 0 for a hint
	Label       string
	Application string
	Arguments   string
}

const sectionInDialplan = "this line opens a section"

// dialplanWords are the statements of a context besides exten and same
// (pbx_config.c).
var dialplanWords = map[string]bool{
	"include": true, "ignorepat": true, "switch": true, "lswitch": true, "eswitch": true, "autohints": true,
}

// Statements reads the exten and same lines of a dialplan that has no flaws;
// what it cannot read it leaves out.
func Statements(text string) []Statement {
	lines, _ := readLines(cluster.NormalText(text))
	statements, _ := readDialplan(lines)
	return statements
}

func checkDialplan(lines []line) Flaws {
	statements, flaws := readDialplan(lines)
	return append(flaws, checkPriorities(statements)...)
}

func readDialplan(lines []line) ([]Statement, Flaws) {
	var (
		statements []Statement
		flaws      Flaws
		extension  string  // what same goes on with
		last       int     // what n follows
		held       = false // whether there is a last at all
		fault      = func(number int, what, do string) { flaws = append(flaws, Flaw{Line: number, What: what, Do: do}) }
	)
	for _, line := range lines {
		if strings.HasPrefix(line.text, "#") {
			continue // told of before
		}
		if strings.HasPrefix(line.text, "[") {
			fault(line.number, sectionInDialplan, "remove it: a carrier's dialplan goes into the middle of VICIdial's own context, and all that follows would leave that context")
			continue
		}
		word, value, found := assignment(line.text)
		if !found {
			fault(line.number, fmt.Sprintf("%q is no dialplan statement", shortened(line.text)), "write exten => EXTENSION,PRIORITY,APPLICATION(arguments), or start the line with ; to make it a comment")
			continue
		}
		word = strings.ToLower(word)
		if dialplanWords[word] {
			if value == "" {
				fault(line.number, word+" says nothing", "name what it is about, or remove the line")
			}
			continue
		}
		var parts []string
		switch word {
		case "exten":
			parts = strings.SplitN(value, ",", 3)
			extension = strings.TrimSpace(parts[0])
			parts = parts[1:]
			if previous := statementsOf(statements, extension); len(previous) == 0 {
				held = false
			}
			if flaw, bad := checkExtension(extension); bad {
				fault(line.number, flaw.What, flaw.Do)
				continue
			}
		case "same":
			if extension == "" {
				fault(line.number, "same goes on with the extension above, and there is none", "begin with exten => EXTENSION,1,APPLICATION(arguments)")
				continue
			}
			parts = strings.SplitN(value, ",", 2)
		default:
			fault(line.number, fmt.Sprintf("%q is no word of a dialplan", shortened(word)), "write exten, same, include, ignorepat or switch")
			continue
		}
		if len(parts) < 2 || strings.TrimSpace(parts[1]) == "" {
			fault(line.number, "there is no application", "write "+word+" => … ,PRIORITY,APPLICATION(arguments)")
			continue
		}
		priority, label, err := readPriority(strings.TrimSpace(parts[0]), last, held)
		if err != nil {
			fault(line.number, err.Error(), "count the priorities 1, 2, 3, or begin with 1 and go on with n")
			continue
		}
		if priority > 0 {
			last, held = priority, true
		}
		statement := Statement{Line: line.number, Extension: extension, Priority: priority, Label: label}
		if priority > 0 { // a hint names devices, not an application
			var problem string
			statement.Application, statement.Arguments, problem = readApplication(strings.TrimSpace(parts[1]))
			if problem != "" {
				fault(line.number, problem, "write APPLICATION(arguments), with as many brackets closed as opened")
				continue
			}
		}
		statements = append(statements, statement)
	}
	return statements, flaws
}

func statementsOf(statements []Statement, extension string) []Statement {
	var found []Statement
	for _, statement := range statements {
		if statement.Extension == extension {
			found = append(found, statement)
		}
	}
	return found
}

// assignment splits "word => value" or "word = value".
func assignment(text string) (word, value string, found bool) {
	word, value, found = strings.Cut(text, "=")
	if !found || strings.TrimSpace(word) == "" {
		return "", "", false
	}
	return strings.TrimSpace(word), strings.TrimSpace(strings.TrimPrefix(value, ">")), true
}

// extensionBytes is AST_MAX_EXTENSION of Asterisk, less its NUL.
const extensionBytes = 79

var patternBody = regexp.MustCompile(`^([^\[\].!]|\[[^\[\]]+\])*[.!]?$`)

func checkExtension(extension string) (Flaw, bool) {
	name, _, _ := strings.Cut(extension, "/")
	switch {
	case name == "" || name == "_":
		return Flaw{What: "there is no extension", Do: "write a number, or _ and a pattern"}, true
	case strings.ContainsAny(name, " \t"):
		return Flaw{What: fmt.Sprintf("the extension %q has a blank in it", name), Do: "remove it, or put the comma that is missing"}, true
	case len(extension) > extensionBytes:
		return Flaw{What: fmt.Sprintf("the extension has %d characters and Asterisk keeps %d", len(extension), extensionBytes), Do: "shorten the pattern"}, true
	case strings.HasPrefix(name, "_") && !patternBody.MatchString(name[1:]):
		return Flaw{What: fmt.Sprintf("the pattern %q cannot be read", name), Do: "close each [ with ], and let . or ! stand only at the end"}, true
	case strings.Contains(name, `\`) || unbalanced(name) != "": // a comma in brackets ends no extension to Asterisk
		return Flaw{What: fmt.Sprintf("the extension %q cannot be read", name), Do: "close its brackets, and begin a pattern with _"}, true
	}
	return Flaw{}, false
}

var priorityForm = regexp.MustCompile(`^(\d+|n|s)(?:\s*\(([^()]*)\))?(?:\+(\d+))?$`)

func readPriority(text string, last int, held bool) (priority int, label string, err error) {
	if strings.EqualFold(text, "hint") {
		return 0, "", nil
	}
	form := priorityForm.FindStringSubmatch(strings.ToLower(text))
	if form == nil {
		return 0, "", fmt.Errorf("the priority %q is neither a number nor n", shortened(text))
	}
	switch form[1] {
	case "n", "s":
		if !held {
			return 0, "", fmt.Errorf("the priority %s follows the one before, and there is none", form[1])
		}
		priority = last
		if form[1] == "n" {
			priority++
		}
	default:
		number, wrong := strconv.Atoi(form[1])
		if wrong != nil || number < 1 || number > 100000 {
			return 0, "", fmt.Errorf("the priority %s is out of range", shortened(form[1]))
		}
		priority = number
	}
	if form[3] != "" {
		more, wrong := strconv.Atoi(form[3])
		if wrong != nil || more > 100000 {
			return 0, "", fmt.Errorf("the priority %s is out of range", shortened(text))
		}
		priority += more
	}
	return priority, form[2], nil
}

var applicationName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*`)

// readApplication reads App, App(arguments) and the old App,arguments.
func readApplication(text string) (application, arguments, problem string) {
	application = applicationName.FindString(text)
	rest := strings.TrimSpace(text[len(application):])
	switch {
	case application == "":
		return "", "", fmt.Sprintf("%q is no application", shortened(text))
	case rest == "":
		return application, "", ""
	case strings.HasPrefix(rest, ","):
		return application, rest[1:], unbalanced(rest)
	case !strings.HasPrefix(rest, "("):
		return "", "", fmt.Sprintf("%q stands between the application and its arguments", shortened(rest))
	}
	if problem := unbalanced(rest); problem != "" {
		return "", "", problem
	}
	if end := closing(rest); end != len(rest)-1 {
		return "", "", fmt.Sprintf("%q stands after the arguments", shortened(rest[end+1:]))
	}
	return application, rest[1 : len(rest)-1], ""
}

// checkPriorities tells what Asterisk would drop or never reach.
func checkPriorities(statements []Statement) Flaws {
	var flaws Flaws
	order, first, seen := []string{}, map[string]Statement{}, map[string]map[int]bool{}
	for _, statement := range statements {
		if statement.Priority == 0 {
			continue
		}
		if seen[statement.Extension] == nil {
			seen[statement.Extension] = map[int]bool{}
			first[statement.Extension] = statement
			order = append(order, statement.Extension)
		}
		if seen[statement.Extension][statement.Priority] {
			flaws = append(flaws, Flaw{
				Line: statement.Line, What: fmt.Sprintf("%s has priority %d already", statement.Extension, statement.Priority),
				Do: "count on: Asterisk keeps the first line and drops this one",
			})
		}
		seen[statement.Extension][statement.Priority] = true
	}
	for _, extension := range order {
		if !seen[extension][1] {
			flaws = append(flaws, Flaw{
				Line: first[extension].Line, What: extension + " has no priority 1 in this text", Warning: true,
				Do: "begin it with priority 1, unless another text of the node does",
			})
			continue
		}
		for _, statement := range statementsOf(statements, extension) {
			if statement.Priority > 1 && !seen[extension][statement.Priority-1] && !jumped(statements, extension, statement.Priority) {
				flaws = append(flaws, Flaw{
					Line: statement.Line, What: fmt.Sprintf("%s jumps to priority %d, and there is no %d", extension, statement.Priority, statement.Priority-1), Warning: true,
					Do: "close the gap, unless something jumps there: a call ends where no next priority is",
				})
			}
		}
	}
	return flaws
}

// jumped says whether a priority of the extension is named in the arguments of
// another, as in GotoIf(…?104).
func jumped(statements []Statement, extension string, priority int) bool {
	number := strconv.Itoa(priority)
	for _, statement := range statementsOf(statements, extension) {
		for _, word := range strings.FieldsFunc(statement.Arguments, func(char rune) bool { return char < '0' || char > '9' }) {
			if word == number {
				return true
			}
		}
	}
	return false
}

// shortened keeps an error readable when the text it quotes is long.
func shortened(text string) string {
	text = strings.ReplaceAll(text, string(escapedSemicolon), `\;`)
	const room = 40
	if runes := []rune(text); len(runes) > room {
		return string(runes[:room]) + "…"
	}
	return text
}
