// Package terraform renders values as Terraform configuration, formatted as
// terraform fmt does. Any text is rendered so that Terraform reads the same text.
package terraform

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Value is an expression. It is one of the types of this package.
type Value interface{ render(in string) string }

// Text is a string: quoted, or a heredoc where it has several lines.
type Text string

// Line is a string that is always quoted: a variable file, which may call no function,
// has no other way to write lines of which the last one does not end.
type Line string

// Number is a number, by its digits.
type Number string

// Bool is true or false.
type Bool bool

// Reference is an address, such as vicidial_server.dial1.server_ip.
type Reference string

// List is a list or a set.
type List []Value

// Object is an object or a map.
type Object []Entry

// Entry is one element of an object. A key that is a [Reference] is written in
// parentheses, as Terraform wants it.
type Entry struct {
	Key   Value
	Value Value
}

// Attribute is a setting of a block.
type Attribute struct {
	Name  string
	Value Value
}

// Block is a block. Comment goes above it.
type Block struct {
	Type    string
	Labels  []string
	Comment string
	Body    []Attribute
	Blocks  []Block
}

// Render returns the text of a file that holds the blocks, with a comment at its
// top.
func Render(head string, blocks ...Block) string {
	var text strings.Builder
	text.WriteString(comment(head))
	for i, block := range blocks {
		if i > 0 || head != "" {
			text.WriteString("\n")
		}
		block.write(&text)
	}
	return string(hclwrite.Format([]byte(text.String())))
}

// RenderAttributes returns the text of a file that holds attributes, such as a variable
// file, with a comment at its top.
func RenderAttributes(head string, attributes ...Attribute) string {
	var text strings.Builder
	text.WriteString(comment(head) + "\n")
	writeAttributes(&text, attributes)
	return string(hclwrite.Format([]byte(text.String())))
}

// CommentedOut returns a block as a comment, below the text that says why.
func CommentedOut(why string, block Block) string {
	return comment(why) + comment(strings.TrimSuffix(Render("", block), "\n"))
}

// comment returns lines that are comments.
func comment(text string) string {
	if text == "" {
		return ""
	}
	var lines strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		lines.WriteString(strings.TrimRight("# "+printable(line), " ") + "\n")
	}
	return lines.String()
}

// printable replaces what would end a comment, or garble it.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, line)
}

func writeAttributes(text *strings.Builder, attributes []Attribute) {
	for i, attribute := range attributes {
		shown := attribute.Value.render("")
		if i > 0 && (spansLines(shown) || spansLines(attributes[i-1].Value.render(""))) {
			text.WriteString("\n")
		}
		text.WriteString(attribute.Name + " = " + shown + "\n")
	}
}

func (b Block) write(text *strings.Builder) {
	text.WriteString(comment(b.Comment))
	text.WriteString(b.Type)
	for _, label := range b.Labels {
		text.WriteString(" " + quoted(label))
	}
	text.WriteString(" {\n")
	writeAttributes(text, b.Body)
	for i, block := range b.Blocks {
		if i > 0 || len(b.Body) > 0 {
			text.WriteString("\n")
		}
		block.write(text)
	}
	text.WriteString("}\n")
}

func spansLines(shown string) bool { return strings.Contains(shown, "\n") }

// quoted returns a string literal.
func quoted(text string) string { return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes()) }

func (t Text) render(string) string {
	if !Heredoc(string(t)) {
		if open := string(t) + "\n"; strings.Contains(string(t), "\n") && Heredoc(open) {
			return "chomp(" + Text(open).render("") + "\n)"
		}
		return quoted(string(t))
	}
	end := "EOT"
	for strings.Contains(string(t), end) {
		end += "_"
	}
	escaped := strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(t))
	return "<<" + end + "\n" + escaped + end
}

// Heredoc reports whether a text is rendered as a heredoc: it has several lines, the
// last of which ends, and nothing that a heredoc cannot hold.
func Heredoc(text string) bool {
	return strings.Contains(text, "\n") && strings.HasSuffix(text, "\n") && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f })
}

func (l Line) render(string) string { return quoted(string(l)) }

func (n Number) render(string) string { return string(n) }

func (b Bool) render(string) string { return strconv.FormatBool(bool(b)) }

func (r Reference) render(string) string { return string(r) }

// width is how long a line with a list or an object may be.
const width = 100

func (l List) render(in string) string {
	parts := make([]string, 0, len(l))
	for _, value := range l {
		parts = append(parts, value.render(in+"  "))
	}
	if line := "[" + strings.Join(parts, ", ") + "]"; len(in)+len(line) <= width && !spansLines(line) {
		return line
	}
	if l.references() {
		return "[\n" + in + "  " + strings.Join(parts, ",\n"+in+"  ") + ",\n" + in + "]"
	}
	text, line := "[\n", in+" "
	for _, part := range parts { // short ones side by side
		if len(line)+len(part)+2 > width && strings.TrimSpace(line) != "" {
			text, line = text+line+"\n", in+" "
		}
		line += " " + part + ","
	}
	return text + line + "\n" + in + "]"
}

func (l List) references() bool {
	for _, value := range l {
		if _, ok := value.(Reference); ok {
			return true
		}
	}
	return false
}

func (o Object) render(in string) string {
	if len(o) == 0 {
		return "{}"
	}
	parts := make([]string, 0, len(o))
	for _, entry := range o {
		parts = append(parts, entry.key(in)+" = "+entry.Value.render(in+"  "))
	}
	line := "{ " + strings.Join(parts, ", ") + " }"
	if len(in)+len(line) <= width-20 && !spansLines(line) && !o.keyed() {
		return line
	}
	return "{\n" + in + "  " + strings.Join(parts, "\n"+in+"  ") + "\n" + in + "}"
}

// keyed reports whether an object is a map by address or number, which is easier to
// read and to change with one element a line.
func (o Object) keyed() bool {
	for _, entry := range o {
		if key, ok := entry.Key.(Text); !ok || !hclsyntax.ValidIdentifier(string(key)) {
			return len(o) > 1
		}
	}
	return false
}

func (e Entry) key(in string) string {
	switch key := e.Key.(type) {
	case Reference:
		return "(" + string(key) + ")"
	case Text:
		if hclsyntax.ValidIdentifier(string(key)) {
			return string(key)
		}
	}
	return e.Key.render(in)
}
