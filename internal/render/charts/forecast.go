package charts

import (
	"fmt"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

const (
	blockColumns  = 6   // campaigns side by side; more stand in blocks below
	campaignWidth = 134 // of a campaign's column
	loadWidth     = 150 // of the column with all lines of a node
	rowHeight     = 40
	headHeight    = 56
	barWidth      = campaignWidth - 22
	sentencesMost = 12 // of campaigns that miss lines
)

// cell is what a campaign wants and has on a node.
type cell struct{ wanted, given, filled int }

func (c cell) missing() int { return max(0, c.wanted-c.given-c.filled) }

// forecastChart is a forecast by node and campaign.
type forecastChart struct {
	page
	forecast forecast.Forecast
	servers  cluster.Servers
	nodes    []forecast.Node
	cells    map[[2]string]cell
	widest   int // the most lines of a cell
}

// Forecast draws what a forecast gives each campaign on each node: the lines that it
// wants there, what the node's dialer and the balance fill place, and what is missing.
// servers are those of the forecast's input.
func Forecast(servers cluster.Servers, f forecast.Forecast) []byte {
	d := forecastChart{forecast: f, servers: servers, cells: map[[2]string]cell{}, widest: 1}
	for _, local := range f.Local {
		at := [2]string{local.ServerIP, local.Campaign}
		c := d.cells[at]
		c.wanted, c.given = c.wanted+local.Goal, c.given+local.Existing+local.Place
		d.cells[at] = c
	}
	for _, fill := range f.Fill {
		if fill.Place > 0 {
			at := [2]string{fill.ServerIP, fill.Campaign}
			c := d.cells[at]
			c.filled += fill.Place
			d.cells[at] = c
		}
	}
	used := map[string]bool{}
	for at, c := range d.cells {
		used[at[0]] = true
		d.widest = max(d.widest, c.wanted, c.given+c.filled)
	}
	for _, node := range f.Nodes {
		server, _ := servers.ByIP(node.ServerIP)
		if used[node.ServerIP] || node.Lines > 0 || server.Telephony() && server.Active() {
			d.nodes = append(d.nodes, node)
		}
	}
	slices.SortStableFunc(d.nodes, func(a, b forecast.Node) int { return svg.Natural(d.name(a.ServerIP), d.name(b.ServerIP)) })
	return d.draw()
}

func (d *forecastChart) name(ip string) string {
	server, _ := d.servers.ByIP(ip)
	return server.ID() + " " + ip
}

func (d *forecastChart) draw() []byte {
	columns := min(blockColumns, max(3, len(d.forecast.Campaigns)))
	d.width = 2*margin + nodeWidth + columns*campaignWidth + loadWidth
	summary := d.summary()
	d.title("Dial forecast", summary)
	for from := 0; from == 0 || from < len(d.forecast.Campaigns); from += blockColumns {
		d.block(d.forecast.Campaigns[from:min(from+blockColumns, len(d.forecast.Campaigns))], from)
		d.y += 20
	}
	x := d.legend(margin, "c0", "placed by the node's dialer, or up before")
	x = d.legend(x, "c0 half", "placed by the balance fill")
	d.legend(x, "over", "wanted there and not given")
	d.y += lineStep + 8
	d.sentences(margin, sentencesMost, "plain", d.forecast.Shortfalls)
	return d.Document("Dial forecast", summary, d.width, d.y+margin)
}

func (d *forecastChart) summary() string {
	wanted, lines, missing, short := 0, 0, 0, 0
	for _, total := range d.forecast.Campaigns {
		wanted, lines, missing = wanted+total.Goal, lines+min(total.Lines, total.Goal), missing+total.Missing
		if total.Missing > 0 {
			short++
		}
	}
	text := fmt.Sprintf("%s · %s · %s wanted, %s given", svg.Counted(len(d.nodes), "node"), svg.Counted(len(d.forecast.Campaigns), "campaign"), svg.Counted(wanted, "line"), svg.Grouped(lines))
	if missing == 0 {
		return text + ", none missing"
	}
	return text + fmt.Sprintf(", %s missing in %s", svg.Grouped(missing), svg.Counted(short, "campaign"))
}

// block draws some campaigns on all nodes. first is the number of the first one.
func (d *forecastChart) block(totals []forecast.Total, first int) {
	load := d.width - margin - loadWidth
	for i, total := range totals {
		x := margin + nodeWidth + i*campaignWidth
		class := "quiet small"
		text := fmt.Sprintf("all %s given", svg.Counted(total.Goal, "line"))
		if total.Missing > 0 {
			class, text = "bad", fmt.Sprintf("%s of %s missing", svg.Grouped(total.Missing), svg.Grouped(total.Goal))
		}
		d.Open(append([]string{total.Campaign}, total.Reasons...)...)
		d.Rect(fmt.Sprintf("c%d", (first+i)%svg.Colors), x, d.y+4, 10, 10, 2)
		d.Text(x+15, d.y+14, "name", svg.Fit(total.Campaign, campaignWidth-26, 13, true), "")
		d.Text(x, d.y+31, class, svg.Fit(text, campaignWidth-12, 11, class == "bad"), "")
		if total.Filled > 0 {
			d.Text(x, d.y+45, "quiet small", svg.Fit(svg.Grouped(total.Filled)+" by the fill", campaignWidth-12, 11, false), "")
		}
		d.Close()
	}
	d.Text(load, d.y+14, "head", "All lines of the node", "")
	d.y += headHeight
	for i, node := range d.nodes {
		d.row(node, totals, first, i%2 == 0)
	}
}

func (d *forecastChart) row(node forecast.Node, totals []forecast.Total, first int, shaded bool) {
	load := d.width - margin - loadWidth
	if shaded {
		d.Rect("group", margin, d.y, d.inner(), rowHeight, 6)
	}
	server, _ := d.servers.ByIP(node.ServerIP)
	d.node(d.y+2, server, node.ServerIP)
	for i, total := range totals {
		if c, ok := d.cells[[2]string{node.ServerIP, total.Campaign}]; ok {
			d.cell(margin+nodeWidth+i*campaignWidth, c, fmt.Sprintf("c%d", (first+i)%svg.Colors))
		}
	}
	most := server.MaxTrunks()
	class, text := "plain", fmt.Sprintf("%s of %s", svg.Grouped(node.Lines), svg.Grouped(most))
	if node.OverMaximum > 0 {
		class, text = "bad", text+fmt.Sprintf(", %s over", svg.Grouped(node.OverMaximum))
	}
	width := loadWidth - 14
	d.Rect("rest", load, d.y+9, width, 8, 2)
	d.Rect("tip", load, d.y+9, width*min(node.Lines, most)/max(1, most), 8, 2)
	if node.OverMaximum > 0 {
		d.Rect("over", load+width-6, d.y+6, 6, 14, 2)
	}
	d.Text(load, d.y+32, class, svg.Fit(text, width, 11, class == "bad"), "")
	d.y += rowHeight
}

func (d *forecastChart) cell(x int, c cell, color string) {
	scaled := func(lines int) int { return (lines*barWidth + d.widest - 1) / d.widest }
	given, filled, wanted := scaled(c.given), scaled(c.given+c.filled), scaled(max(c.wanted, c.given+c.filled))
	d.Rect("rest", x, d.y+9, barWidth, 8, 2)
	d.Rect(color, x, d.y+9, given, 8, 2)
	d.Rect(color+" half", x+given, d.y+9, filled-given, 8, 2)
	d.Rect("over", x+filled, d.y+9, wanted-filled, 8, 2)
	text := fmt.Sprintf("%s of %s", svg.Grouped(c.given), svg.Grouped(c.wanted))
	switch {
	case c.wanted == 0 && c.given == 0:
		text = svg.Grouped(c.filled) + " by the fill"
	case c.filled > 0:
		text = fmt.Sprintf("%s + %s of %s", svg.Grouped(c.given), svg.Grouped(c.filled), svg.Grouped(c.wanted))
	}
	width := barWidth
	if lines := c.missing(); lines > 0 {
		missing := "−" + svg.Grouped(lines)
		d.Text(x+barWidth, d.y+32, "bad", missing, svg.AlignRight)
		width -= svg.Width(missing, 11, true) + 6
	}
	d.Text(x, d.y+32, "plain", svg.Fit(text, width, 11, false), "")
}
