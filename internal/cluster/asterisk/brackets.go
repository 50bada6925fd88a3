package asterisk

import "fmt"

// Brackets are counted outside double quotes and after no backslash, as
// Asterisk's argument parser does it (main/app.c, __ast_app_separate_args).

var bracketPairs = map[rune]rune{')': '(', '}': '{', ']': '['}

// unbalanced says what is wrong with the brackets of a text; nothing when they
// are right.
func unbalanced(text string) string {
	_, problem := brackets(text)
	return problem
}

// closing is the place of the bracket that closes the first one of a balanced
// text.
func closing(text string) int {
	end, _ := brackets(text)
	return end
}

func brackets(text string) (firstClosed int, problem string) {
	var open []rune
	quoted, escaped := false, false
	firstClosed = -1
	for at, char := range text {
		switch {
		case escaped:
			escaped = false
		case char == '\\':
			escaped = true
		case char == '"':
			quoted = !quoted
		case quoted:
		case char == '(' || char == '{' || char == '[':
			open = append(open, char)
		case bracketPairs[char] != 0:
			if len(open) == 0 {
				return at, fmt.Sprintf("%q closes what nothing opened", char)
			}
			if last := open[len(open)-1]; last != bracketPairs[char] {
				return at, fmt.Sprintf("%q closes %q", char, last)
			}
			open = open[:len(open)-1]
			if len(open) == 0 && firstClosed < 0 {
				firstClosed = at
			}
		}
	}
	switch {
	case quoted:
		return firstClosed, `a double quote (") is not closed`
	case len(open) > 0:
		return firstClosed, fmt.Sprintf("%q is not closed", open[len(open)-1])
	}
	return firstClosed, ""
}
