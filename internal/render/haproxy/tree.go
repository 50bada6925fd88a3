package haproxy

import (
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Config is an HAProxy configuration as a tree: sections with lines of words. A
// word is any text; the printer quotes it.
type Config struct {
	// Notes are comments before the first section.
	Notes    []string
	Sections []Section
}

// Section is global, defaults, or a frontend, backend or resolvers with a name.
type Section struct {
	Kind, Name string
	Lines      []Line
}

// Line is one directive.
type Line struct {
	// Note is a comment above the line; empty for none.
	Note  string
	Words []string
}

// line returns a directive of words.
func line(words ...string) Line { return Line{Words: words} }

// noted returns a directive with a comment above it.
func noted(note string, words ...string) Line { return Line{Note: note, Words: words} }

// words splits a directive at blanks, for fixed text without quoted words.
func words(text string) Line { return Line{Words: strings.Fields(text)} }

// when adds a condition of fixed text to a line.
func (l Line) when(condition string) Line {
	l.Words = append(l.Words[:len(l.Words):len(l.Words)], strings.Fields(condition)...)
	return l
}

// add appends lines to a section.
func (s *Section) add(lines ...Line) { s.Lines = append(s.Lines, lines...) }

// Print returns the text of the tree. Equal trees have equal texts.
func (c Config) Print() []byte {
	var text strings.Builder
	for _, note := range c.Notes {
		text.WriteString("# " + cluster.JoinLines(note) + "\n")
	}
	for _, section := range c.Sections {
		text.WriteString("\n" + section.Kind)
		if section.Name != "" {
			text.WriteString(" " + quote(section.Name))
		}
		text.WriteString("\n")
		for _, line := range section.Lines {
			if line.Note != "" {
				text.WriteString("    # " + cluster.JoinLines(line.Note) + "\n")
			}
			text.WriteString("   ")
			for _, word := range line.Words {
				text.WriteString(" " + quote(word))
			}
			text.WriteString("\n")
		}
	}
	return []byte(text.String())
}

// quote quotes one word (configuration manual, 2.2 "Quoting and escaping"): with
// strong quotes if nothing needs an escape, since regular expressions remain
// readable; else with weak quotes, in which all white space has escapes and $
// starts a variable.
func quote(word string) string {
	switch {
	case word == "":
		return `''`
	case strings.IndexFunc(word, special) < 0:
		return word
	case !strings.ContainsAny(word, "'\n\r\t"):
		return "'" + word + "'"
	}
	return `"` + strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, `$`, `\$`, "\n", `\n`, "\r", `\r`, "\t", `\t`,
	).Replace(word) + `"`
}

// special reports whether a character has a meaning for HAProxy outside quotes.
func special(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`\'"#$`, r) }
