package svg

import "strings"

// escape escapes a label for element content and for attributes alike.
func escape(text string) string { return xmlEscape.Replace(Clean(text)) }

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

// Width is an upper bound of the width of a text in pixels.
func Width(text string, size int, bold bool) int {
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

// FixedWidth is the width of a text in the fixed-width font.
func FixedWidth(text string, size int) int { return (len([]rune(text))*602*size + 999) / 1000 }

// Fit shortens a text that is too wide, with an ellipsis at its end.
func Fit(text string, width, size int, bold bool) string {
	return cut(text, func(text string) bool { return Width(text, size, bold) <= width })
}

// FitFixed is [Fit] for an address, in the fixed-width font of size 11.
func FitFixed(text string, width int) string {
	return cut(text, func(text string) bool { return FixedWidth(text, 11) <= width })
}

func cut(text string, fits func(string) bool) string {
	text = Clean(text)
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
