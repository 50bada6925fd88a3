package diagram

import (
	"fmt"
	"strings"
)

// campaignColors is the number of colors of the style. With more campaigns they
// repeat, and the names distinguish campaigns.
const campaignColors = 8

// style is the style sheet of both color schemes. In each, text has a contrast of
// at least 4.5 to 1 with its background.
func style() string {
	light := "--ground:#ffffff;--group:#f4f6f9;--edge:#b8c2cf;--card:#ffffff;--ink:#1c2733;--quiet:#566272;--line:#6b7887;--rest:#dde3ea;--red:#b71c1c;--pale:#fdecea;--chip:#33475b;--on:#ffffff;" +
		palette("#1f77b4", "#c2570c", "#2e7d32", "#8e3ea8", "#a8324a", "#00737a", "#7a5c00", "#4a5bd0")
	dark := "--ground:#0f151c;--group:#161e28;--edge:#3a4756;--card:#1d2733;--ink:#e6edf3;--quiet:#9fb0c0;--line:#8494a5;--rest:#303d4b;--red:#ff8a80;--pale:#3a1e20;--chip:#c9d6e2;--on:#0f151c;" +
		palette("#64b5f6", "#ffa657", "#81c784", "#d7a3e8", "#f48fb1", "#4dd0e1", "#e0c060", "#a5b4fc")
	var b strings.Builder
	fmt.Fprintf(&b, "svg{%s}@media(prefers-color-scheme:dark){svg{%s}}", light, dark)
	b.WriteString(`text{font-family:"DejaVu Sans",Verdana,"Segoe UI",Helvetica,Arial,sans-serif;font-size:11px;fill:var(--ink)}` +
		`.title{font-size:20px;font-weight:bold}.head{font-size:12px;font-weight:bold;fill:var(--quiet)}` +
		`.name{font-size:13px;font-weight:bold}.address{font-family:"DejaVu Sans Mono",Consolas,Menlo,monospace;fill:var(--quiet)}` +
		`.quiet{font-size:13px;fill:var(--quiet)}.plain.quiet,.small{font-size:11px}.role{font-style:italic;fill:var(--quiet)}` +
		`.ground{fill:var(--ground)}.group{fill:var(--group);stroke:var(--edge)}.card{fill:var(--card);stroke:var(--edge)}` +
		`.store{stroke-width:2}.dead{fill:var(--pale);stroke:var(--red);stroke-width:2;stroke-dasharray:7 4}` +
		`.badge{fill:var(--red)}.badge-text{font-size:10px;font-weight:bold;fill:var(--on)}` +
		`.chip{fill:var(--chip)}.chip-text{font-size:10px;font-weight:bold;fill:var(--on)}` +
		`.line{fill:none;stroke:var(--line);stroke-width:2}.tip{fill:var(--line)}.rest{fill:var(--rest)}.over{fill:var(--red)}`)
	for i := range campaignColors {
		fmt.Fprintf(&b, ".c%d{fill:var(--c%d)}", i, i)
	}
	return b.String()
}

func palette(colors ...string) string {
	var b strings.Builder
	for i, color := range colors {
		fmt.Fprintf(&b, "--c%d:%s;", i, color)
	}
	return b.String()
}

// inXML escapes a label for element content and for attributes alike.
func inXML(text string) string { return xmlEscape.Replace(clean(text)) }

var xmlEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// narrow, wide and the rest are the widths of DejaVu Sans in thousandths of
// its size, the widest of the fonts that the style names, so that text fits in
// each of them.
var narrow = map[rune]int{
	' ': 318, '!': 401, '\'': 275, '(': 390, ')': 390, ',': 318, '-': 361, '.': 318, '/': 337, ':': 337, ';': 337,
	'I': 295, 'J': 295, '[': 390, ']': 390, '_': 500, 'f': 352, 'i': 278, 'j': 278, 'l': 278, 'r': 411, 's': 521,
	't': 392, 'z': 525, 'c': 550, '|': 337, '·': 318, '{': 636, '}': 636,
}

var wide = map[rune]int{
	'M': 863, 'W': 989, 'm': 974, 'w': 818, '@': 1000, '%': 950, 'O': 787, 'Q': 787, 'G': 775, 'D': 770, 'H': 752,
	'N': 748, 'U': 732, 'C': 698, 'R': 695, '≤': 838, '&': 780, '+': 838, '=': 838, '<': 838, '>': 838, '#': 838, '~': 838, '^': 838,
}

// widthOf is an upper bound of the width of a text in pixels.
func widthOf(text string, size int, bold bool) int {
	sum := 0
	for _, r := range text {
		width, ok := narrow[r]
		if !ok {
			width, ok = wide[r]
		}
		switch {
		case ok:
		case r < 0x80:
			width = 690 // the widest of the other letters; digits have 636
			if ('0' <= r && r <= '9') || ('a' <= r && r <= 'z') {
				width = 636
			}
		default:
			width = 1000
		}
		sum += width
	}
	if bold {
		sum = sum * 112 / 100
	}
	return (sum*size + 999) / 1000
}

// fixedWidth is the width of a text in the fixed-width font.
func fixedWidth(text string, size int) int { return (len([]rune(text))*602*size + 999) / 1000 }

// fit shortens a text that is too wide, with an ellipsis at its end.
func fit(text string, width, size int, bold bool) string {
	return cut(text, func(text string) bool { return widthOf(text, size, bold) <= width })
}

func fitFixed(text string, width, size int) string {
	return cut(text, func(text string) bool { return fixedWidth(text, size) <= width })
}

func cut(text string, fits func(string) bool) string {
	text = clean(text)
	if fits(text) {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 {
		runes = runes[:len(runes)-1]
		if short := strings.TrimRight(string(runes), " ") + "…"; fits(short) {
			return short
		}
	}
	return ""
}
