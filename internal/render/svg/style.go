package svg

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Colors is the number of colors of campaigns, the classes c0, c1 and so on. With more
// campaigns they repeat, and the names distinguish campaigns.
const Colors = 8

// scheme is a color on a light and on a dark background. Text has a contrast of at
// least 4.5 to 1 with its background in each.
type scheme struct{ light, dark string }

var (
	ink    = scheme{"#1c2733", "#e6edf3"}
	quiet  = scheme{"#566272", "#9fb0c0"}
	border = scheme{"#b8c2cf", "#3a4756"}
	rule   = scheme{"#6b7887", "#8494a5"}
	red    = scheme{"#b71c1c", "#ff8a80"}
	onFill = scheme{"#ffffff", "#0f151c"}
	chip   = scheme{"#33475b", "#c9d6e2"}
	green  = scheme{"#2e7d32", "#81c784"}
	none   = scheme{"none", "none"}
)

var campaignPalette = [Colors]scheme{
	{"#1f77b4", "#64b5f6"},
	{"#c2570c", "#ffa657"},
	{"#2e7d32", "#81c784"},
	{"#8e3ea8", "#d7a3e8"},
	{"#a8324a", "#f48fb1"},
	{"#00737a", "#4dd0e1"},
	{"#7a5c00", "#e0c060"},
	{"#4a5bd0", "#a5b4fc"},
}

// class is a class of elements: its colors, and its other presentation attributes. Of two classes
// of an element, the later one in [classes] wins.
type class struct {
	name         string
	fill, stroke *scheme
	more         string
}

const fixedFont = `font-family="DejaVu Sans Mono,Consolas,Menlo,monospace"`

var classes = func() []class {
	list := []class{
		{"title", &ink, nil, `font-size="20" font-weight="bold"`},
		{"name", &ink, nil, `font-size="13" font-weight="bold"`},
		{"plain", &ink, nil, ""},
		{"head", &quiet, nil, `font-size="12" font-weight="bold"`},
		{"address", &quiet, nil, fixedFont},
		{"quiet", &quiet, nil, `font-size="13"`},
		{"small", nil, nil, `font-size="11"`},
		{"role", &quiet, nil, `font-style="italic"`},
		{"ground", &scheme{"#ffffff", "#0f151c"}, nil, ""},
		{"group", &scheme{"#f4f6f9", "#161e28"}, &border, ""},
		{"card", &scheme{"#ffffff", "#1d2733"}, &border, ""},
		{"store", nil, nil, `stroke-width="2"`},
		{"dead", &scheme{"#fdecea", "#3a1e20"}, &red, `stroke-width="2" stroke-dasharray="7 4"`},
		{"badge", &red, nil, ""},
		{"badge-text", &onFill, nil, `font-size="10" font-weight="bold"`},
		{"chip", &chip, nil, ""},
		{"chip-text", &onFill, nil, `font-size="10" font-weight="bold"`},
		{"line", &none, &rule, `stroke-width="2"`},
		{"tip", &rule, nil, ""},
		{"rest", &scheme{"#dde3ea", "#303d4b"}, nil, ""},
		{"over", &red, nil, ""},
		{"bad", &red, nil, `font-weight="bold"`},
		{"good", &green, nil, ""},
		{"half", nil, nil, `fill-opacity="0.45"`}, // the lighter part of a bar
	}
	for i := range campaignPalette {
		list = append(list, class{fmt.Sprintf("c%d", i), &campaignPalette[i], nil, ""})
	}
	return list
}()

// darkStyle is the style sheet of the dark color scheme. The light one is in the
// presentation attributes of the elements, which every program reads; some read no
// style sheet, and most that do know no variables.
func darkStyle() string {
	var b strings.Builder
	b.WriteString("@media(prefers-color-scheme:dark){")
	for _, c := range classes {
		colors := ""
		if c.fill != nil && *c.fill != none {
			colors += "fill:" + c.fill.dark + ";"
		}
		if c.stroke != nil {
			colors += "stroke:" + c.stroke.dark + ";"
		}
		if colors != "" {
			fmt.Fprintf(&b, ".%s{%s}", c.name, strings.TrimSuffix(colors, ";"))
		}
	}
	return b.String() + "}"
}

var (
	classAttribute = regexp.MustCompile(`class="([^"]*)"`)
	attributePair  = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
)

// withPresentation adds the presentation attributes of each class to the elements of a
// document.
func withPresentation(document string) string {
	return classAttribute.ReplaceAllStringFunc(document, func(attribute string) string {
		names := strings.Fields(classAttribute.FindStringSubmatch(attribute)[1])
		values := map[string]string{}
		for _, c := range classes {
			if !slices.Contains(names, c.name) {
				continue
			}
			if c.fill != nil {
				values["fill"] = c.fill.light
			}
			if c.stroke != nil {
				values["stroke"] = c.stroke.light
			}
			for _, pair := range attributePair.FindAllStringSubmatch(c.more, -1) {
				values[pair[1]] = pair[2]
			}
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			attribute += fmt.Sprintf(` %s="%s"`, name, values[name])
		}
		return attribute
	})
}
