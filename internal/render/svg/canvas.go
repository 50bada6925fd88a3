package svg

import (
	"fmt"
	"strings"
)

// AlignRight and AlignMiddle are attributes of a text that ends at its x, or has it in
// its middle.
const (
	AlignRight  = ` text-anchor="end"`
	AlignMiddle = ` text-anchor="middle"`
)

// Canvas collects the elements of a drawing. Under is drawn below Over. The zero value
// is empty.
type Canvas struct{ Under, Over strings.Builder }

// Text writes a line of text of a class with its baseline at y. more are further
// attributes, such as [AlignRight].
func (c *Canvas) Text(x, y int, class, text, more string) {
	fmt.Fprintf(&c.Over, `<text x="%d" y="%d" class="%s"%s>%s</text>`+"\n", x, y, class, more, escape(text))
}

// Rect draws a rectangle of a class with round corners of a radius. One without width or
// height is not drawn.
func (c *Canvas) Rect(class string, x, y, width, height, radius int) {
	if width > 0 && height > 0 {
		fmt.Fprintf(&c.Over, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="%d"/>`+"\n", class, x, y, width, height, radius)
	}
}

// Open begins a group of elements with a tooltip of lines, and Close ends it.
func (c *Canvas) Open(tip ...string) {
	var lines []string
	for _, line := range tip {
		if line = Clean(line); line != "" {
			lines = append(lines, escape(line))
		}
	}
	fmt.Fprintf(&c.Over, "<g><title>%s</title>", strings.Join(lines, "&#10;"))
}

// Close ends a group.
func (c *Canvas) Close() { c.Over.WriteString("</g>\n") }

// Document returns the drawing with a background, a title and a description for screen
// readers.
func (c *Canvas) Document(title, description string, width, height int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d" font-family="DejaVu Sans,Verdana,Segoe UI,Helvetica,Arial,sans-serif" font-size="11">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n", escape(title), escape(description))
	b.WriteString("<style>" + darkStyle() + "</style>\n")
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto-start-reverse"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>` + "\n")
	fmt.Fprintf(&b, `<rect class="ground" width="%d" height="%d"/>`+"\n", width, height)
	b.WriteString(c.Under.String())
	b.WriteString(c.Over.String())
	b.WriteString("</svg>\n")
	return []byte(withPresentation(b.String()))
}
