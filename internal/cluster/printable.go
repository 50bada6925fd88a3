package cluster

import (
	"strings"
	"unicode"
)

// JoinLines returns a text as one line: control characters become blanks.
func JoinLines(text string) string {
	return strings.Map(func(letter rune) rune {
		if letter < ' ' || letter == 0x7f {
			return ' '
		}
		return letter
	}, text)
}

// Wrap breaks a text between words into lines that fit; a longer word is a line of its own.
func Wrap(text string, fits func(line string) bool) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && !fits(line+" "+word) {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// Printable returns a text that is safe on a terminal: characters that are not graphic,
// such as escapes and changes of the writing direction, and bytes that are not UTF-8
// become U+FFFD. Line ends and tabs stay.
func Printable(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(letter rune) rune {
		if letter == '\n' || letter == '\t' || unicode.IsGraphic(letter) {
			return letter
		}
		return '\uFFFD'
	}, text)
}
