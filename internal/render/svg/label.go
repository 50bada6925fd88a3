package svg

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// Natural compares runs of digits as numbers: dial2 comes before dial10.
func Natural(a, b string) int {
	for a != "" && b != "" {
		wordA, restA := cutWord(a)
		wordB, restB := cutWord(b)
		if isDigit(wordA[0]) && isDigit(wordB[0]) {
			trimmedA, trimmedB := strings.TrimLeft(wordA, "0"), strings.TrimLeft(wordB, "0")
			if order := cmp.Or(cmp.Compare(len(trimmedA), len(trimmedB)), cmp.Compare(trimmedA, trimmedB)); order != 0 {
				return order
			}
		} else if order := cmp.Compare(wordA, wordB); order != 0 {
			return order
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// cutWord splits off the leading run of digits or of other bytes.
func cutWord(text string) (word, rest string) {
	end := 1
	for end < len(text) && isDigit(text[end]) == isDigit(text[0]) {
		end++
	}
	return text[:end], text[end:]
}

// Counted writes a number with a noun: 1 node, 1,152 nodes.
func Counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return Grouped(count) + " " + noun + "s"
}

// Grouped writes 1152 as 1,152.
func Grouped(number int) string {
	text := fmt.Sprint(number)
	for at := len(text) - 3; at > 0 && isDigit(text[at-1]); at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// Clean makes a label one line of valid text. Values in the database are
// arbitrary, and control characters break each of the formats.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\uFFFE', r == '\uFFFF', unicode.In(r, unicode.Cf): // invalid in XML, or reverses the direction of text
			return -1
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
