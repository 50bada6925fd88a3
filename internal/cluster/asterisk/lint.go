package asterisk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Lines that Asterisk accepts and that are probably mistakes.

// lint adds warnings about one statement.
func (l *loader) lint(statement dialplanStatement) {
	line := statement.Line
	name, _, _ := strings.Cut(statement.Extension, "/")
	switch {
	case name == "_." || name == "_!":
		l.note(line, true, "the pattern "+name+" matches every call, also those for VICIdial's own extensions", "write _X. or the digits that are dialed")
	case name == "_":
		l.note(line, true, "the pattern matches nothing", "write the digits to match after the _")
	case len(statement.Extension) > dialable:
		l.note(line, true, fmt.Sprintf("the extension has %d characters, and nobody can dial more than %d", len(statement.Extension), dialable), "shorten it")
	case strings.HasPrefix(name, "_") && strings.ContainsAny(strings.TrimRight(name, ".!"), ".!"):
		l.note(line, true, fmt.Sprintf("the pattern %q continues after . or !, which match the rest", name), "use . or ! at the end only")
	case strings.HasPrefix(name, "_") && strings.Count(name, "[") != strings.Count(name, "]"):
		l.note(line, true, fmt.Sprintf("the brackets of the pattern %q do not match", name), "close each [ with ]")
	case strings.Contains(name, `\`):
		l.note(line, true, fmt.Sprintf("the extension %q has a backslash in it, which nobody dials", name), "remove it")
	case strings.ContainsAny(name, "[]") && !strings.HasPrefix(name, "_"):
		l.note(line, true, fmt.Sprintf("%q has brackets but is not a pattern", name), "begin a pattern with _")
	}
	if statement.Priority == 0 {
		return
	}
	switch application := statement.Application; {
	case application == "":
		l.note(line, true, "there is no application", "write APPLICATION(arguments)")
	case strings.ContainsAny(application, ",|") && !strings.Contains(application, "$"):
		l.note(line, true, fmt.Sprintf("Asterisk takes %q for the name of an application", shortened(application)), "write APPLICATION(arguments)")
	case strings.Count(statement.Arguments, "(") > strings.Count(statement.Arguments, ")"):
		l.note(line, true, "the arguments open more parentheses than they close", "count them; the last ) of the line is the application's")
	case strings.Count(statement.Arguments, "{") != strings.Count(statement.Arguments, "}") && strings.Contains(statement.Arguments, "${"):
		l.note(line, true, "the braces of the arguments do not match", "close each ${ with }")
	case strings.Count(strings.ReplaceAll(statement.Arguments, `\"`, ""), `"`)%2 == 1:
		l.note(line, true, `a double quote (") of the arguments is not closed`, "close it")
	case strings.Contains(statement.Arguments, "|") && !strings.Contains(statement.Arguments, ",") && strings.EqualFold(application, "dial"):
		l.note(line, true, "| separates arguments in Asterisk 1.4 and before; since 1.6 it is part of one", "write , in its place on newer nodes")
	}
}

// lintPriorities adds warnings about unreachable lines: an extension without a priority 1, and
// priorities after a gap.
func (l *loader) lintPriorities() {
	for _, key := range l.order {
		statements := l.registered[key]
		var priorities []int
		for priority := range statements {
			if priority > 0 {
				priorities = append(priorities, priority)
			}
		}
		slices.Sort(priorities)
		if len(priorities) == 0 {
			continue
		}
		if first := statements[priorities[0]]; priorities[0] > 1 {
			l.note(first.Line, true, first.Extension+" has no priority 1 in this text", "begin it with priority 1, unless another text of the node does")
			continue
		}
		named := numbersIn(statements)
		for i, priority := range priorities[1:] {
			_, jumped := statements[priority-101] // where Asterisk 1.2 went on after Dial (n+101)
			if statement := statements[priority]; priority > priorities[i]+1 && statement.Label == "" && !jumped && !named[strconv.Itoa(priority)] {
				l.note(statement.Line, true, fmt.Sprintf("%s jumps to priority %d, and there is no %d", statement.Extension, priority, priority-1),
					"close the gap, unless something jumps there: a call ends where no next priority is")
			}
		}
	}
}

// numbersIn are the numbers in the arguments of an extension, as 104 in
// GotoIf(…?104).
func numbersIn(statements map[int]dialplanStatement) map[string]bool {
	named := map[string]bool{}
	for _, statement := range statements {
		for _, number := range strings.FieldsFunc(statement.Arguments, func(char rune) bool { return char < '0' || char > '9' }) {
			named[number] = true
		}
	}
	return named
}

// checkCharacters returns violations for invisible characters.
func checkCharacters(text string) Violations {
	var violations Violations
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		for _, char := range line {
			if char == 0 {
				violations = append(violations, Violation{Line: number, Text: "there is a NUL character, at which Asterisk stops reading the line", Advice: "remove it"})
				break
			}
			if char != '\t' && (unicode.IsControl(char) || char == '\u2028' || char == '\u2029' || char == '\ufeff') || char == unicode.ReplacementChar {
				violations = append(violations, Violation{
					Line: number, Text: fmt.Sprintf("there is a character (U+%04X) that looks like a blank or like nothing, and is neither to Asterisk", char), Advice: "remove it", Warning: true,
				})
				break
			}
		}
	}
	return violations
}
