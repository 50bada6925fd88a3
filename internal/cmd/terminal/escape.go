package main

import (
	"regexp"
	"strings"
)

// style is how a span of text looks: a class of a color, empty for the usual one.
type style struct {
	color string
	bold  bool
}

// span is a part of a line in one style.
type span struct {
	style
	text string
}

var (
	// sequence matches an escape sequence: the parameters of one that sets a style are
	// in its group.
	sequence = regexp.MustCompile("\x1b\\[([0-9;]*)([A-Za-z])")
	colors   = map[string]string{"31": "red", "91": "red", "32": "green", "92": "green", "33": "yellow", "93": "yellow", "34": "blue", "94": "blue", "36": "cyan", "96": "cyan", "90": "quiet"}
)

// parse splits a line into spans, beginning with the style of the line above, and
// returns the style at its end.
func parse(line string, now style) ([]span, style) {
	var spans []span
	add := func(text string) {
		if text != "" {
			spans = append(spans, span{now, text})
		}
	}
	at := 0
	for _, found := range sequence.FindAllStringSubmatchIndex(line, -1) {
		add(line[at:found[0]])
		at = found[1]
		if line[found[4]:found[5]] == "m" {
			now = now.with(line[found[2]:found[3]])
		}
	}
	add(line[at:])
	return spans, now
}

// with returns the style after the parameters of a sequence, such as "1;33".
func (s style) with(parameters string) style {
	for parameter := range strings.SplitSeq(parameters, ";") {
		switch color, known := colors[parameter]; {
		case known:
			s.color = color
		case parameter == "" || parameter == "0":
			s = style{}
		case parameter == "1":
			s.bold = true
		case parameter == "2":
			s.color = "quiet"
		case parameter == "22":
			s.bold = false
		case parameter == "39":
			s.color = ""
		}
	}
	return s
}

func plain(line []span) string {
	var b strings.Builder
	for _, part := range line {
		b.WriteString(part.text)
	}
	return b.String()
}
