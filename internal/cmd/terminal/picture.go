package main

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Sizes in the picture, in units of the drawing. A character of DejaVu Sans Mono is
// 0.602 of its size wide, and textLength makes it so in other fonts.
const (
	fontSize   = 13
	charWidth  = 7.83
	lineHeight = 18
	margin     = 16
)

// The colors in the light and in the dark scheme, with a contrast of 4.5 or more on
// their ground.
var schemes = []struct{ class, light, dark string }{
	{"ground", "#f6f8fa", "#0d1117"},
	{"text", "#1f2328", "#e6edf3"},
	{"quiet", "#59636e", "#9198a1"},
	{"red", "#b3261e", "#ff7b72"},
	{"green", "#1a7f37", "#56d364"},
	{"yellow", "#7d5300", "#e3b341"},
	{"blue", "#0550ae", "#79c0ff"},
	{"cyan", "#0b6b75", "#76e3ea"},
}

// picture draws lines as a terminal shows them.
func picture(title string, lines [][]span) string {
	columns, texts := 0, make([]string, len(lines))
	for i, line := range lines {
		columns = max(columns, utf8.RuneCountInString(plain(line)))
		texts[i] = strings.TrimSpace(plain(line))
	}
	width, height := int(float64(columns)*charWidth)+2*margin, len(lines)*lineHeight+2*margin
	light := map[string]string{}
	var b, dark strings.Builder
	for _, scheme := range schemes {
		light[scheme.class] = scheme.light
		fmt.Fprintf(&dark, ".%s{fill:%s}", scheme.class, scheme.dark)
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title text" font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%d">`+"\n", width, height, width, height, fontSize)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"text\">%s</desc>\n<style>@media (prefers-color-scheme: dark) {%s}</style>\n",
		html.EscapeString(title), html.EscapeString(strings.Join(texts, "\n")), dark.String())
	fmt.Fprintf(&b, `<rect class="ground" fill="%s" width="%d" height="%d" rx="8"/>`+"\n", light["ground"], width, height)
	for row, line := range lines {
		column := 0
		for _, part := range line {
			length := utf8.RuneCountInString(part.text)
			drawSpan(&b, part, float64(column), float64(margin+row*lineHeight+fontSize), light)
			column += length
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// drawSpan writes the text of a span without the blanks around it, at its column.
func drawSpan(b *strings.Builder, part span, column, y float64, light map[string]string) {
	text := strings.TrimLeft(part.text, " ")
	column += float64(len(part.text) - len(text))
	text = strings.TrimRight(text, " ")
	if text == "" {
		return
	}
	class := part.color
	if class == "" {
		class = "text"
	}
	weight := ""
	if part.bold {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<text class="%s" fill="%s" x="%.1f" y="%.0f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve"%s>%s</text>`+"\n",
		class, light[class], margin+column*charWidth, y, float64(utf8.RuneCountInString(text))*charWidth, weight, html.EscapeString(text))
}
