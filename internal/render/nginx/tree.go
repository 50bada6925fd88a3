package nginx

import (
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Config is an nginx configuration as a tree.
type Config struct {
	// Notes are comments before the first directive.
	Notes      []string
	Directives []Directive
}

// Directive is a name, words, and for some a block. A word is any text without a
// control character; the printer quotes it. The words of an if are those between
// its parentheses.
type Directive struct {
	// Note is a comment above the directive; empty for none.
	Note    string
	Name    string
	Words   []string
	IsBlock bool
	Block   []Directive
}

// set returns a simple directive.
func set(name string, words ...string) Directive { return Directive{Name: name, Words: words} }

// fixed returns a simple directive from text without quoted words.
func fixed(text string) Directive {
	words := strings.Fields(text)
	return Directive{Name: words[0], Words: words[1:]}
}

// block returns a directive with a block.
func block(name string, words []string, inside ...Directive) Directive {
	return Directive{Name: name, Words: words, IsBlock: true, Block: inside}
}

// noted returns a directive with a comment above it.
func (d Directive) noted(note string) Directive {
	d.Note = note
	return d
}

// Print returns the text of the tree. Equal trees have equal texts.
func (c Config) Print() []byte {
	var text strings.Builder
	for _, note := range c.Notes {
		text.WriteString("# " + cluster.JoinLines(note) + "\n")
	}
	for _, directive := range c.Directives {
		directive.print(&text, "")
	}
	return []byte(text.String())
}

func (d Directive) print(text *strings.Builder, indent string) {
	if d.Note != "" {
		text.WriteString(indent + "# " + cluster.JoinLines(d.Note) + "\n")
	}
	text.WriteString(indent + statementText(d))
	if !d.IsBlock {
		text.WriteString(";\n")
		return
	}
	text.WriteString(" {\n")
	for _, inside := range d.Block {
		inside.print(text, indent+"    ")
	}
	text.WriteString(indent + "}\n")
}

// statementText returns a directive without its block and terminator.
func statementText(d Directive) string {
	words := make([]string, 0, len(d.Words)+1)
	words = append(words, quote(d.Name))
	for _, word := range d.Words {
		words = append(words, quote(word))
	}
	if d.Name == "if" && len(d.Words) > 0 {
		words[1] = "(" + words[1]
		words[len(words)-1] += ")"
	}
	return strings.Join(words, " ")
}

// quote quotes one word. Inside quotes a backslash is itself unless a quote, a
// backslash, t, r or n follows (ngx_conf_read_token), so only those are escaped and
// regular expressions stay readable. A $ always starts a variable and has no
// escape; the values of a tier have none.
func quote(word string) string {
	if word != "" && strings.IndexFunc(word, special) < 0 {
		return word
	}
	mark := `"`
	if strings.Contains(word, `"`) && !strings.Contains(word, "'") {
		mark = "'"
	}
	var text strings.Builder
	text.WriteString(mark)
	for i, r := range word {
		switch {
		case r == '\n':
			text.WriteString(`\n`)
		case r == '\r':
			text.WriteString(`\r`)
		case r == '\t':
			text.WriteString(`\t`)
		case string(r) == mark:
			text.WriteString(`\` + mark)
		case r == '\\' && (i+1 == len(word) || strings.ContainsRune("\"'\\trn\n\r\t", rune(word[i+1]))):
			text.WriteString(`\\`)
		default:
			text.WriteRune(r)
		}
	}
	text.WriteString(mark)
	return text.String()
}

// special reports whether a character has a meaning for nginx outside quotes.
func special(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"'\;{}#()`, r) }
