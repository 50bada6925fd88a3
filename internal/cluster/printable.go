package cluster

import (
	"strings"
	"unicode"
)

// Printable is a text for a terminal: a letter that is not shown, such as an escape or
// one that turns the direction of writing, becomes U+FFFD, and so do bytes that are no
// UTF-8. Line ends and tabs stay.
func Printable(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(letter rune) rune {
		if letter == '\n' || letter == '\t' || unicode.IsGraphic(letter) {
			return letter
		}
		return '\uFFFD'
	}, text)
}
