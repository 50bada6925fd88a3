package diagram

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

// trunkRows is the number of campaigns that a card names. The bar shows all.
const trunkRows = 5

type point struct{ x, y int }

func (p *drawing) group(b box, name string) {
	fmt.Fprintf(&p.Under, `<rect class="group" x="%d" y="%d" width="%d" height="%d" rx="10"/>`+"\n", b.x, b.y, b.w, b.h)
	p.Text(b.x+padding, b.y+20, "head", svg.Fit(name, b.w-2*padding, 12, true), "")
}

// arrow draws a line through the points with an arrowhead at its end, and its
// label beside its middle.
func (p *drawing) arrow(direction direction, label string, points ...point) {
	var path []string
	for _, at := range points {
		path = append(path, fmt.Sprintf("%d,%d", at.x, at.y))
	}
	tips := ""
	if direction == outOnly || direction == both {
		tips += ` marker-end="url(#tip)"`
	}
	if direction == inOnly || direction == both {
		tips += ` marker-start="url(#tip)"`
	}
	fmt.Fprintf(&p.Under, `<polyline class="line" points="%s"%s/>`+"\n", strings.Join(path, " "), tips)
	if label != "" {
		p.Text(points[0].x+8, (points[0].y+points[1].y)/2+4, "quiet small", label, "")
	}
}

// openCard begins a card. Its full text is the tooltip.
func (p *drawing) openCard(b box, class string, dead bool, tip ...string) {
	if dead {
		class += " dead"
	}
	p.Open(tip...)
	p.Rect(class, b.x, b.y, b.w, b.h, 7)
}

func (p *drawing) machine(x, y int, m Machine, class string) {
	b := box{x: x, y: y, w: cardWidth, h: cardHeight}
	p.openCard(b, class, m.Dead, m.Name, m.Address, status(m.Dead))
	name := b.w - 24
	if m.Dead {
		name -= p.badge(b)
	}
	p.Text(x+12, y+21, "name", svg.Fit(m.Name, name, 13, true), "")
	p.Text(x+12, y+39, "address", svg.FitFixed(m.Address, b.w-24), "")
	p.Close()
}

func status(dead bool) string {
	if dead {
		return "dead"
	}
	return ""
}

// badge marks a dead machine at the right of its first line and returns the
// width that it takes.
func (p *drawing) badge(b box) int {
	const width = 42
	fmt.Fprintf(&p.Over, `<rect class="badge" x="%d" y="%d" width="%d" height="17" rx="8"/>`+"\n", b.right()-width-8, b.y+8, width)
	p.Text(b.right()-8-width/2, b.y+20, "badge-text", "DEAD", svg.AlignMiddle)
	return width + 4
}

func (p *drawing) nodeHeight(node Node) int {
	height := 74
	if node.Role != "" {
		height += 16
	}
	if len(node.Trunks) > 0 {
		height += 8 + 16*min(len(node.Trunks), trunkRows)
	}
	return height
}

// node draws a telephony node: name and address, seats and lines, a bar of the
// lines that campaigns have, and the campaigns.
func (p *drawing) node(b box, node Node) {
	tip := append(nodeLabel(node), p.carriersOn(node))
	p.openCard(b, "card", node.Dead, tip...)
	x, right := b.x+12, b.right()-12
	width := right - x
	nameWidth := width
	if node.Dead {
		nameWidth -= p.badge(b)
	}
	p.Text(x, b.y+21, "name", svg.Fit(node.Name, nameWidth, 13, true), "")
	p.Text(x, b.y+38, "address", svg.FitFixed(node.Address, width-p.chips(b, node)), "")
	p.Text(x, b.y+55, "plain", svg.Fit(node.load(), width, 11, false), "")
	y := b.y + 62
	if node.Role != "" {
		p.Text(x, y+9, "role", svg.Fit(node.Role, width, 11, false), "")
		y += 16
	}
	if len(node.Trunks) == 0 {
		p.Close()
		return
	}
	p.bar(x, y, width, node)
	y += 6
	shown := node.Trunks
	if len(shown) > trunkRows {
		shown = shown[:trunkRows-1]
	}
	for _, trunk := range shown {
		y += 16
		value := trunk.text()
		fmt.Fprintf(&p.Over, `<circle class="c%d" cx="%d" cy="%d" r="4"/>`+"\n", p.colors[trunk.Campaign], x+4, y-1)
		p.Text(x+14, y+3, "plain", svg.Fit(trunk.Campaign, width-22-svg.Width(value, 11, false), 11, false), "")
		p.Text(right, y+3, "plain", value, svg.AlignRight)
	}
	if more := len(node.Trunks) - len(shown); more > 0 {
		p.Text(x+14, y+19, "quiet small", fmt.Sprintf("and %d more", more), "")
	}
	p.Close()
}

// bar draws each campaign's part of the node's lines, and marks what exceeds the
// node's maximum.
func (p *drawing) bar(x, y, width int, node Node) {
	sum := 0
	for _, trunk := range node.Trunks {
		sum += trunk.Lines
	}
	lines := max(1, node.Lines, sum)
	fmt.Fprintf(&p.Over, `<rect class="rest" x="%d" y="%d" width="%d" height="6" rx="2"/>`+"\n", x, y, width)
	done := 0
	for _, trunk := range node.Trunks {
		from := x + done*width/lines
		done += trunk.Lines
		if to := x + done*width/lines; to > from {
			fmt.Fprintf(&p.Over, `<rect class="c%d" x="%d" y="%d" width="%d" height="6"/>`+"\n", p.colors[trunk.Campaign], from, y, to-from)
		}
	}
	if sum > node.Lines {
		fmt.Fprintf(&p.Over, `<rect class="over" x="%d" y="%d" width="2" height="12"/>`+"\n", x+node.Lines*width/lines-1, y-3)
	}
}

// chips draws the numbers of the carriers that are not on every node at the
// right of the second line, and returns the width that they take.
func (p *drawing) chips(b box, node Node) int {
	const width = 20
	x := b.right() - 10
	for i := len(p.topology.Carriers) - 1; i >= 0; i-- {
		carrier := p.topology.Carriers[i]
		if p.topology.everywhere(carrier) || !carrier.on(node) || x-width < b.x+12+svg.FixedWidth(node.Address, 11)+6 {
			continue
		}
		x -= width
		p.chip(x, b.y+27, fmt.Sprint(i+1))
	}
	return b.right() - 10 - x
}

func (p *drawing) chip(x, y int, number string) {
	fmt.Fprintf(&p.Over, `<rect class="chip" x="%d" y="%d" width="18" height="14" rx="4"/>`+"\n", x, y)
	p.Text(x+9, y+11, "chip-text", number, svg.AlignMiddle)
}

func (p *drawing) carriersOn(node Node) string {
	var names []string
	for _, carrier := range p.topology.Carriers {
		if carrier.on(node) {
			names = append(names, carrier.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "carriers: " + strings.Join(names, ", ")
}

func (p *drawing) carrier(b box, number int, carrier Carrier) {
	on := 0
	for _, node := range p.topology.Telephony {
		if carrier.on(node) {
			on++
		}
	}
	where := fmt.Sprintf("on %d of %d nodes", on, len(p.topology.Telephony))
	all := p.topology.everywhere(carrier)
	if all {
		where = "on all nodes"
	}
	p.openCard(b, "card", false, carrier.Name, carrier.directionText(), where)
	width := b.w - 24
	if !all {
		p.chip(b.right()-28, b.y+10, fmt.Sprint(number+1))
		width -= 24
	}
	p.Text(b.x+12, b.y+21, "name", svg.Fit(carrier.Name, width, 13, true), "")
	p.Text(b.x+12, b.y+39, "plain", svg.Fit(carrier.directionText()+", "+where, b.w-24, 11, false), "")
	p.Close()
}
