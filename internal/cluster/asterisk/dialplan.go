package asterisk

import (
	"fmt"
	"strconv"
	"strings"
)

// dialplanStatement is one exten or same line of a dialplan that Asterisk registers.
type dialplanStatement struct {
	Line        int    // 0 for one that stands above the text
	Extension   string // as written, with _ for a pattern and /callerid where given
	Priority    int    // 0 for a hint
	Label       string
	Application string
	Arguments   string
}

// loader handles the settings of one section as pbx_load_config of pbx/pbx_config.c
// does.
type loader struct {
	statements []dialplanStatement
	violations Violations
	extension  string // that same continues
	known      bool   // the extension has no variable
	last       int    // from which n counts; noPriority at the beginning
	registered map[string]map[int]dialplanStatement
	order      []string // the extensions in the order of their first statement
	includes   map[string]bool
	own        bool // something of the text itself was registered
}

const (
	noPriority   = -2
	hintPriority = -1
	valueBytes   = 255 // of an extension; the rest is cut off
)

// dialable is AST_MAX_EXTENSION of Asterisk, less its NUL: nobody can dial more.
const dialable = 79

func newLoader() *loader {
	return &loader{last: noPriority, registered: map[string]map[int]dialplanStatement{}, includes: map[string]bool{}}
}

func (l *loader) note(line int, warning bool, text, advice string) {
	if line > 0 {
		l.violations = append(l.violations, Violation{Line: line, Text: text, Advice: advice, Warning: warning})
	}
}

// load reads the settings of a section in their order.
func (l *loader) load(settings []Setting) {
	for _, setting := range settings {
		name := strings.ToLower(setting.Name)
		switch {
		case strings.HasPrefix(name, "same"):
			l.same(setting)
		case name == "exten":
			l.exten(setting)
		case name == "include", name == "ignorepat", name == "switch", name == "lswitch", name == "eswitch", name == "autohints":
			l.other(name, setting)
		default:
			l.note(setting.Line, true, fmt.Sprintf("%q is not a keyword of a dialplan: Asterisk skips the line", shortened(setting.Name)), notWord(setting.Name))
		}
	}
}

func notWord(name string) string {
	word := strings.TrimFunc(name, func(char rune) bool { return char > 0x7f || char <= ' ' })
	if word != name {
		return "remove the characters at the beginning or the end of the word that look like blanks and are none"
	}
	return "write exten, same, include, ignorepat or switch"
}

func (l *loader) other(name string, setting Setting) {
	if setting.Value == "" {
		l.note(setting.Line, true, name+" has no value", "name what it is about, or remove the line")
		return
	}
	if name != "include" {
		return
	}
	included, _, _ := strings.Cut(strings.ToLower(setting.Value), ",")
	if l.includes[included] {
		l.note(setting.Line, true, shortened(setting.Value)+" is included already", "remove the line")
	}
	l.includes[included] = true
}

func (l *loader) same(setting Setting) {
	if l.extension == "" {
		l.note(setting.Line, false, "same continues the extension above, and there is none", "begin with exten => EXTENSION,1,APPLICATION(arguments)")
		return
	}
	if !l.own {
		l.note(setting.Line, true, "same continues an extension that is not in this text", "begin with exten => EXTENSION,1,APPLICATION(arguments)")
	}
	l.priority(setting, setting.Value)
}

func (l *loader) exten(setting Setting) {
	written, rest, hasPriority := cutOutside(setting.Value)
	l.extension, l.known = written, !strings.Contains(written, "${") && !strings.Contains(written, "$[")
	if len(l.extension) > valueBytes {
		l.extension = l.extension[:valueBytes]
	}
	if hasPriority {
		l.priority(setting, rest)
	} else {
		l.note(setting.Line, false, fmt.Sprintf("there is no priority, and Asterisk drops the line: %q", shortened(setting.Value)), "write exten => EXTENSION,PRIORITY,APPLICATION(arguments), and close each [")
	}
}

// cutOutside cuts at the first comma that is neither between [ and ] nor behind a
// backslash (pbx_strsep).
func cutOutside(text string) (before, after string, found bool) {
	square := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '[':
			square++
		case ']':
			square = max(0, square-1)
		case '\\':
			at++
		case ',':
			if square == 0 {
				return text[:at], text[at+1:], at+1 < len(text)
			}
		}
	}
	return text, "", false
}

// priority reads what follows the extension: PRIORITY(label)+N,APPLICATION(arguments).
func (l *loader) priority(setting Setting, text string) {
	written, application, _ := strings.Cut(text, ",")
	written = stripped(written)
	word, label, found := strings.Cut(written, "(")
	if found {
		var closed bool
		if label, _, closed = strings.Cut(label, ")"); !closed {
			l.note(setting.Line, false, fmt.Sprintf("nothing closes the label of %q, and Asterisk drops the line", shortened(written)), "write the )")
			return
		}
	}
	word, plus, _ := strings.Cut(word, "+")
	number, ok := l.number(setting, word)
	if !ok {
		return
	}
	statement := dialplanStatement{Line: setting.Line, Extension: l.extension, Label: label}
	statement.Application, statement.Arguments = l.application(setting, application)
	if number == 0 {
		l.note(setting.Line, true, "n follows a hint, and Asterisk skips the line silently", "number the priority, or put the hint after the extension's last line")
		return
	}
	number += leadingNumber(plus)
	l.last = number
	if number > 0 {
		statement.Priority = number
	}
	l.lint(statement)
	l.register(statement, number)
}

// number parses a priority as pbx_load_config does.
func (l *loader) number(setting Setting, word string) (int, bool) {
	const count = "count the priorities 1, 2, 3, or begin with 1 and go on with n"
	switch word {
	case "hint":
		return hintPriority, true
	case "n", "next", "s", "same":
		if l.last == noPriority {
			l.note(setting.Line, false, fmt.Sprintf("the priority %s follows the one before, and there is none", word), count)
			return 0, false
		}
		if !l.own {
			l.note(setting.Line, true, fmt.Sprintf("the priority %s follows one that is not in this text", word), "begin the text with a priority that is a number")
		}
		if word == "s" || word == "same" {
			return l.last, true
		}
		return l.last + 1, true
	}
	if number, ok := scanNumber(word); ok {
		if number < 1 {
			l.note(setting.Line, false, fmt.Sprintf("the priority %s is out of range, and Asterisk drops the line", shortened(word)), count)
			return 0, false
		}
		return number, true
	}
	for priority, statement := range l.registered[sameExtension(l.extension)] {
		if statement.Label == word && word != "" {
			return priority, true
		}
	}
	l.note(setting.Line, false, fmt.Sprintf("the priority %q is neither a number nor n, and Asterisk drops the line", shortened(word)), count)
	return 0, false
}

// scanNumber parses a number as sscanf does, ignoring the text after it.
func scanNumber(text string) (int, bool) {
	text = strings.TrimLeft(text, " \t\v\f\r\n")
	digits := strings.TrimLeft(strings.TrimPrefix(text, "-"), "0123456789")
	text = strings.TrimSuffix(text, digits)
	number, err := strconv.ParseInt(text, 10, 64)
	if text == "" || text == "-" {
		return 0, false
	}
	if err != nil { // out of range: what the C library makes of it is no priority
		return -1, true
	}
	number &= 1<<32 - 1 // an int of C holds no more
	if number >= 1<<31 {
		number -= 1 << 32
	}
	return int(number), true
}

func leadingNumber(text string) int {
	number, _ := scanNumber(text)
	return number
}

// application parses APPLICATION(arguments), from the first ( to the last ).
func (l *loader) application(setting Setting, text string) (application, arguments string) {
	application, arguments, ok := strings.Cut(text, "(")
	if ok && (strings.Contains(application, "${") || strings.Contains(application, "$[")) {
		return strings.TrimLeftFunc(text, func(char rune) bool { return char < 33 }), ""
	}
	application = strings.TrimLeftFunc(application, func(char rune) bool { return char < 33 })
	if !ok {
		return application, ""
	}
	end := strings.LastIndexByte(arguments, ')')
	if end < 0 {
		l.note(setting.Line, false, "'(' is not closed, which Asterisk warns of", "write APPLICATION(arguments)")
		return application, arguments
	}
	if after := stripped(arguments[end+1:]); after != "" {
		l.note(setting.Line, true, fmt.Sprintf("Asterisk does not read %q after the last )", shortened(after)), "remove it, or write a ; before it to make it a comment")
	}
	return application, arguments[:end]
}

// register keeps a statement unless its extension has the priority already
// (add_priority of main/pbx.c: the first one stays).
func (l *loader) register(statement dialplanStatement, number int) {
	if statement.Extension == "" || strings.HasPrefix(statement.Extension, "/") {
		l.note(statement.Line, false, "there is no extension, and Asterisk drops the line", "write a number, or _ and a pattern")
		return
	}
	l.own = l.own || statement.Line > 0
	if !l.known {
		l.statements = append(l.statements, statement)
		return
	}
	key := sameExtension(statement.Extension)
	statements := l.registered[key]
	if statements == nil {
		statements = map[int]dialplanStatement{}
		l.registered[key] = statements
		l.order = append(l.order, key)
	}
	if statement.Label != "" {
		for priority, other := range statements {
			if other.Label == statement.Label && priority < number {
				l.note(statement.Line, false, fmt.Sprintf("the label %s is at priority %d already, and Asterisk drops it here", shortened(statement.Label), priority), "give it another name")
				statement.Label = ""
				break
			}
		}
	}
	if first, taken := statements[number]; taken {
		l.duplicatePriority(statement, first)
		return
	}
	statements[number] = statement
	l.statements = append(l.statements, statement)
}

func (l *loader) duplicatePriority(statement, first dialplanStatement) {
	name := statement.Extension
	if first.Extension != name {
		name += " (to Asterisk the same as " + first.Extension + ")"
	}
	switch {
	case first.Line > 0 && statement.Priority > 0:
		l.note(statement.Line, false, fmt.Sprintf("%s has priority %d already, in line %d, and Asterisk drops this one", name, statement.Priority, first.Line), "use the next free priority")
	case first.Line > 0:
		l.note(statement.Line, false, fmt.Sprintf("%s has a hint already, in line %d, and Asterisk drops this one", name, first.Line), "write the devices into one line, with & between them")
	default:
		l.note(statement.Line, false, fmt.Sprintf("VICIdial writes %s,%d above this text, and Asterisk drops this line", name, statement.Priority),
			fmt.Sprintf("leave it to VICIdial, which logs the end of the call there; what must happen besides can stand at exten => %s,%d", statement.Extension, statement.Priority+1))
	}
}
