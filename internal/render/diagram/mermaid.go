package diagram

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

// Mermaid returns the topology as a Mermaid flowchart, which GitHub, GitLab and
// many wikis render.
func Mermaid(t Picture) string {
	t = t.sorted()
	var b strings.Builder
	line := func(format string, arguments ...any) { fmt.Fprintf(&b, format+"\n", arguments...) }
	if title := svg.Clean(t.Title); title != "" {
		line("---\ntitle: %q\n---", mermaidTitle.Replace(title))
	}
	line("flowchart TB")
	if t.Proxy != nil {
		line("  proxy([%s])%s", mermaidLabel(t.Proxy.Name, t.Proxy.Address), mermaidClass(t.Proxy.Dead))
	}
	if len(t.Web) > 0 {
		line("  subgraph web[%s]", mermaidLabel("Web"))
		for i, machine := range t.Web {
			line("    web%d[%s]%s", i, mermaidLabel(machine.Name, machine.Address), mermaidClass(machine.Dead))
		}
		line("  end")
	}
	if len(t.Telephony) > 0 {
		line("  subgraph telephony[%s]", mermaidLabel("Telephony: "+t.summary()))
		for i, node := range t.Telephony {
			line("    node%d[%s]%s", i, mermaidLabel(nodeLabel(node)...), mermaidClass(node.Dead))
		}
		for i := columnsFor(len(t.Telephony)); i < len(t.Telephony); i++ {
			line("    node%d ~~~ node%d", i-columnsFor(len(t.Telephony)), i) // an invisible edge, which makes rows
		}
		line("  end")
	}
	for i, carrier := range t.Carriers {
		line("  carrier%d{{%s}}", i, mermaidLabel(carrier.Name, carrier.directionText()))
	}
	if t.Database != nil {
		line("  database[(%s)]%s", mermaidLabel(t.Database.Name, t.Database.Address), mermaidClass(t.Database.Dead))
	}
	if t.Replica != nil {
		line("  replica[(%s)]%s", mermaidLabel(t.Replica.Name, t.Replica.Address), mermaidClass(t.Replica.Dead))
	}
	for _, edge := range t.edges() {
		from, to, arrow := edge.from, edge.to, "-->"
		switch {
		case edge.direction == inOnly:
			from, to = to, from
		case edge.direction == neither:
			arrow = "---"
		case edge.direction == both && from == "telephony": // Mermaid omits an edge with two heads from a group
			line("  %s --> %s", to, from)
		case edge.direction == both:
			arrow = "<-->"
		}
		if edge.label != "" {
			arrow += fmt.Sprintf("|%s|", mermaidLabel(edge.label))
		}
		line("  %s %s %s", from, arrow, to)
	}
	line("  classDef dead stroke:#c62828,stroke-width:3px,stroke-dasharray:6 4")
	return b.String()
}

// edge joins two boxes, which have the same names in both text formats.
type edge struct {
	from, to  string
	direction direction
	label     string
}

// mostEdges is the number of nodes up to which a carrier that is not on all nodes has
// an edge to each.
const mostEdges = 4

// direction is the direction of an edge. The zero value is from its beginning to its end.
type direction int

const (
	outOnly direction = iota
	inOnly
	both
	neither
)

func (c Carrier) direction() direction {
	switch {
	case c.Inbound && c.Outbound:
		return both
	case c.Inbound:
		return inOnly
	case c.Outbound:
		return outOnly
	default:
		return neither
	}
}

// edges are the edges of the drawing. What concerns all nodes of a group is one
// edge of the group, so that forty nodes remain readable.
func (t Picture) edges() []edge {
	var edges []edge
	if t.Proxy != nil && len(t.Web) > 0 {
		edges = append(edges, edge{from: "proxy", to: "web"})
	}
	if len(t.Web) > 0 && t.Database != nil {
		edges = append(edges, edge{from: "web", to: "database"})
	}
	if len(t.Telephony) > 0 && t.Database != nil {
		edges = append(edges, edge{from: "telephony", to: "database"})
	}
	if t.Database != nil && t.Replica != nil {
		edges = append(edges, edge{from: "database", to: "replica"})
	}
	for i, carrier := range t.Carriers {
		from := fmt.Sprintf("carrier%d", i)
		if len(t.Telephony) > 0 && t.everywhere(carrier) {
			edges = append(edges, edge{from: "telephony", to: from, direction: carrier.direction()})
			continue
		}
		var nodes []string
		for j, node := range t.Telephony {
			if carrier.on(node) {
				nodes = append(nodes, fmt.Sprintf("node%d", j))
			}
		}
		if len(nodes) > mostEdges {
			edges = append(edges, edge{from: "telephony", to: from, direction: carrier.direction(), label: fmt.Sprintf("%d of %d nodes", len(nodes), len(t.Telephony))})
			continue
		}
		for _, node := range nodes {
			edges = append(edges, edge{from: node, to: from, direction: carrier.direction()})
		}
	}
	return edges
}

// nodeLabel is a node's label, by lines.
func nodeLabel(node Node) []string {
	lines := []string{node.Name, node.Address}
	if node.Dead {
		lines[0] += " † dead"
	}
	lines = append(lines, node.load())
	if node.Role != "" {
		lines = append(lines, node.Role)
	}
	for _, trunk := range node.Trunks {
		lines = append(lines, trunk.Campaign+" "+trunk.text())
	}
	return lines
}

func mermaidClass(dead bool) string {
	if dead {
		return ":::dead"
	}
	return ""
}

// mermaidEscape escapes what Mermaid or its HTML would interpret. The number sign
// begins an escape, so it is escaped, too.
var mermaidEscape = strings.NewReplacer(
	"#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;", "`", "#96;",
	`\`, "#92;", "[", "#91;", "]", "#93;", "{", "#123;", "}", "#125;", "(", "#40;", ")", "#41;",
	"|", "#124;", ";", "#59;", "*", "#42;", "_", "#95;", "$", "#36;", "%", "#37;", "~", "#126;",
)

// mermaidTitle replaces the same in the front matter, where escapes are not read.
var mermaidTitle = strings.NewReplacer(`"`, "'", `\`, "/", "<", "‹", ">", "›", "&", "+")

func mermaidLabel(lines ...string) string { return label(mermaidEscape, "<br/>", lines) }
