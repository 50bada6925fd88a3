package diagram

import "github.com/vicidial/terraform-provider-vicidial/internal/render/svg"

// Distances in pixels of the drawing's own coordinates.
const (
	margin     = 28 // around everything
	gutter     = 30 // right of the groups, for the line that passes telephony
	gap        = 14 // between cards
	bandGap    = 46 // between bands, room for an arrow and its label
	padding    = 14 // inside a group
	header     = 30 // of a group, for its name
	cardWidth  = 204
	cardHeight = 52 // of a machine
)

// SVG returns the topology as an SVG document without scripts, fonts or references
// to other files. It has its own background and follows the reader's light or dark
// color scheme.
func SVG(t Picture) []byte {
	t = t.sorted()
	p := &drawing{topology: t, colors: make(map[string]int)}
	for i, campaign := range t.campaigns() {
		p.colors[campaign] = i % svg.Colors
	}
	columns := max(3, columnsFor(len(t.Telephony)))
	p.inner = columns*cardWidth + (columns-1)*gap + 2*padding
	y := p.title(margin)
	web, y := p.webBand(y)
	telephony, y := p.telephony(y, web)
	carriers, data, y := p.lowerBand(y, telephony, web)
	p.lines(web, telephony, carriers, data)
	y = p.legend(y)
	return p.document(y + margin)
}

// columnsFor returns the number of columns in which that many telephony nodes are
// about as wide as a page.
func columnsFor(nodes int) int {
	switch {
	case nodes <= 4:
		return max(1, nodes)
	case nodes <= 12:
		return 4
	default:
		return 5
	}
}

// box is a rectangle. One without height is absent.
type box struct{ x, y, w, h int }

func (b box) present() bool { return b.h > 0 }
func (b box) right() int    { return b.x + b.w }
func (b box) bottom() int   { return b.y + b.h }
func (b box) middle() int   { return b.y + b.h/2 }

// drawing collects the parts of an SVG. Lines are drawn below cards.
type drawing struct {
	topology Picture
	colors   map[string]int // campaign to colour
	inner    int            // width of a group that fills the picture
	svg.Canvas
}

func (p *drawing) width() int { return 2*margin + gutter + p.inner }

// title draws title and summary, and returns where the first band begins.
func (p *drawing) title(y int) int {
	title := p.topology.Title
	if svg.Clean(title) == "" {
		title = "VICIdial cluster"
	}
	p.Text(margin, y+16, "title", svg.Fit(title, p.inner, 20, true), "")
	p.Text(margin, y+38, "quiet", svg.Fit(p.topology.summary(), p.inner, 13, false), "")
	return y + 58
}

// webBand draws the proxy and the web nodes side by side.
func (p *drawing) webBand(y int) (web box, next int) {
	t := p.topology
	if t.Proxy == nil && len(t.Web) == 0 {
		return box{}, y
	}
	x, width := margin, p.inner
	if t.Proxy != nil {
		x += cardWidth + 2*padding + bandGap
		width -= cardWidth + 2*padding + bandGap
	}
	columns := max(1, (width-2*padding+gap)/(cardWidth+gap))
	rows := max(1, (len(t.Web)+columns-1)/columns)
	height := header + rows*(cardHeight+gap) - gap + padding
	if len(t.Web) > 0 {
		web = box{x: x, y: y, w: width, h: height}
		p.group(web, svg.Counted(len(t.Web), "web node"))
		for i, machine := range t.Web {
			p.machine(x+padding+i%columns*(cardWidth+gap), y+header+i/columns*(cardHeight+gap), machine, "card")
		}
	}
	if t.Proxy != nil {
		proxy := box{x: margin, y: y, w: cardWidth + 2*padding, h: height}
		p.group(proxy, "Proxy")
		p.machine(margin+padding, y+header, *t.Proxy, "card")
		if web.present() {
			at := y + header + cardHeight/2
			p.arrow(outOnly, "", point{proxy.right(), at}, point{web.x, at})
		}
	}
	return web, y + height
}

// telephony draws the grid of telephony nodes.
func (p *drawing) telephony(y int, above box) (group box, next int) {
	nodes := p.topology.Telephony
	if len(nodes) == 0 {
		return box{}, y
	}
	if above.present() || p.topology.Proxy != nil {
		y += gap
	}
	columns := columnsFor(len(nodes))
	width := (p.inner - 2*padding - (columns-1)*gap) / columns
	at := y + header
	for from := 0; from < len(nodes); from += columns {
		row := nodes[from:min(from+columns, len(nodes))]
		height := 0
		for _, node := range row {
			height = max(height, p.nodeHeight(node))
		}
		for i, node := range row {
			p.node(box{x: margin + padding + i*(width+gap), y: at, w: width, h: height}, node)
		}
		at += height + gap
	}
	group = box{x: margin, y: y, w: p.inner, h: at - gap + padding - y}
	p.group(group, svg.Counted(len(nodes), "telephony node"))
	return group, group.bottom()
}

// lowerBand draws carriers on the left, and the database on the right.
func (p *drawing) lowerBand(y int, above, web box) (carriers, data box, next int) {
	t := p.topology
	if above.present() || web.present() {
		y += bandGap
	}
	var stores []Machine
	if t.Database != nil {
		stores = append(stores, *t.Database)
	}
	if t.Replica != nil {
		stores = append(stores, *t.Replica)
	}
	next = y
	if len(stores) > 0 {
		width := cardWidth + 2*padding
		data = box{x: margin + p.inner - width, y: y, w: width, h: header + len(stores)*(cardHeight+gap+8) - gap - 8 + padding}
		name := "Database"
		if len(stores) == 2 {
			name = "Database and replica"
		}
		p.group(data, name)
		for i, store := range stores {
			p.machine(data.x+padding, y+header+i*(cardHeight+gap+8), store, "card store")
		}
		if t.Database != nil && t.Replica != nil {
			x := data.x + data.w/2
			p.arrow(outOnly, "", point{x, y + header + cardHeight}, point{x, y + header + cardHeight + gap + 8})
		}
		next = data.bottom()
	}
	if len(t.Carriers) > 0 {
		width := p.inner
		if data.present() {
			width -= data.w + bandGap
		}
		columns := max(1, (width-2*padding+gap)/(cardWidth+gap))
		rows := (len(t.Carriers) + columns - 1) / columns
		columns = min(columns, len(t.Carriers))
		width = columns*(cardWidth+gap) - gap + 2*padding
		carriers = box{x: margin, y: y, w: width, h: header + rows*(cardHeight+gap) - gap + padding}
		p.group(carriers, svg.Counted(len(t.Carriers), "carrier"))
		for i, carrier := range t.Carriers {
			p.carrier(box{x: margin + padding + i%columns*(cardWidth+gap), y: y + header + i/columns*(cardHeight+gap), w: cardWidth, h: cardHeight}, i, carrier)
		}
		next = max(next, carriers.bottom())
	}
	return carriers, data, next
}

// legend explains what the cards abbreviate, where they do.
func (p *drawing) legend(y int) int {
	limit, kept, partial := false, false, false
	for _, node := range p.topology.Telephony {
		for _, trunk := range node.Trunks {
			limit = limit || trunk.Limit
			kept = kept || !trunk.Limit
		}
	}
	for _, carrier := range p.topology.Carriers {
		partial = partial || !p.topology.everywhere(carrier)
	}
	explain := func(show bool, text string) {
		if show {
			y += 18
			p.Text(margin, y+10, "quiet small", svg.Fit(text, p.inner, 11, false), "")
		}
	}
	explain(limit, "≤ n: the campaign has at most n lines there (MAXIMUM_LIMIT).")
	explain(kept, "n kept: n lines are withheld from all other campaigns (OVERFLOW_ALLOWED).")
	if partial {
		y += 18
		p.chip(margin, y, "n")
		p.Text(margin+24, y+10, "quiet small", "The node has the carrier of that number, which is not on all nodes.", "")
	}
	return y
}

// lines joins the groups.
func (p *drawing) lines(web, telephony, carriers, data box) {
	if telephony.present() && carriers.present() {
		inbound, outbound := false, false
		for _, carrier := range p.topology.Carriers {
			inbound, outbound = inbound || carrier.Inbound, outbound || carrier.Outbound
		}
		x := carriers.x + carriers.w/2
		p.arrow(Carrier{Inbound: inbound, Outbound: outbound}.direction(), "calls", point{x, telephony.bottom()}, point{x, carriers.y})
	}
	if p.topology.Database == nil {
		return
	}
	if telephony.present() {
		x := data.x + data.w/2
		p.arrow(outOnly, "SQL", point{x, telephony.bottom()}, point{x, data.y})
	}
	if web.present() {
		x := margin + p.inner + gutter/2
		p.arrow(outOnly, "", point{web.right(), web.middle()}, point{x, web.middle()}, point{x, data.y + header + cardHeight/2}, point{data.right(), data.y + header + cardHeight/2})
	}
}

func (p *drawing) document(height int) []byte {
	title := p.topology.Title
	if svg.Clean(title) == "" {
		title = "VICIdial cluster"
	}
	return p.Document(title, p.topology.summary(), p.width(), height)
}
