package charts

import (
	"cmp"
	"fmt"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

// Distances in pixels of the drawing's own coordinates.
const (
	margin    = 28  // around everything
	nodeWidth = 176 // of the first column, with name and address
	lineStep  = 15  // from one line of small text to the next
	badge     = 17  // height of a word on a colored ground
	linesMost = 3   // of one sentence
)

// page is a drawing that grows downwards.
type page struct {
	svg.Canvas
	width, y int
}

func (p *page) inner() int { return p.width - 2*margin }

// title writes the title and a line below it.
func (p *page) title(title, summary string) {
	p.Text(margin, margin+16, "title", svg.Fit(title, p.inner(), 20, true), "")
	p.Text(margin, margin+38, "quiet", svg.Fit(summary, p.inner(), 13, false), "")
	p.y = margin + 58
}

// node writes the name and the address of a server into the first column.
func (p *page) node(y int, server cluster.Server, ip string) {
	p.Text(margin+10, y+15, "name", svg.Fit(cmp.Or(server.ID(), ip), nodeWidth-20, 13, true), "")
	p.Text(margin+10, y+30, "address", svg.FitFixed(ip, nodeWidth-20), "")
}

// sentences writes texts below one another, and how many more there are.
func (p *page) sentences(x, most int, class string, texts []string) {
	for i, text := range texts {
		if i == most {
			p.line(x, class, fmt.Sprintf("and %s", cluster.Plural(len(texts)-i, "more sentence")))
			return
		}
		width := p.width - margin - x - 10
		lines := cluster.Wrap(svg.Clean(text), func(line string) bool { return svg.Width(line, 11, false) <= width })
		if len(lines) > linesMost {
			lines = append(lines[:linesMost-1], lines[linesMost-1]+" …")
		}
		for _, line := range lines {
			p.line(x, class, svg.Fit(line, width, 11, false))
		}
	}
}

func (p *page) line(x int, class, text string) {
	p.Text(x, p.y+11, class, text, "")
	p.y += lineStep
}

// verdict writes whether a loss is survivable on a green or red ground, and returns its
// width.
func (p *page) verdict(x, y int, survivable bool) int {
	word, class := "NOT SURVIVABLE", "badge"
	if survivable {
		word, class = "SURVIVABLE", "good"
	}
	width := svg.Width(word, 10, true) + 16
	p.Rect(class, x, y, width, badge, 8)
	p.Text(x+width/2, y+12, "badge-text", word, svg.AlignMiddle)
	return width
}

// legend explains a color.
func (p *page) legend(x int, class, text string) int {
	p.Rect(class, x, p.y+2, 12, 10, 2)
	p.Text(x+18, p.y+11, "quiet small", text, "")
	return x + 18 + svg.Width(text, 11, false) + 24
}
