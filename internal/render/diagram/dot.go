package diagram

import (
	"fmt"
	"strings"
)

// DOT returns the topology in the DOT language of Graphviz.
func DOT(t Topology) string {
	t = t.sorted()
	var b strings.Builder
	line := func(format string, arguments ...any) { fmt.Fprintf(&b, format+"\n", arguments...) }
	line("digraph cluster {")
	line("  compound=true; rankdir=TB; newrank=true;")
	line(`  graph [fontname="Helvetica", labelloc=t, label=%s];`, dotLabel(t.Title))
	line(`  node [fontname="Helvetica", shape=box, style=rounded];`)
	line(`  edge [fontname="Helvetica", color="#607080"];`)
	if t.Proxy != nil {
		line("  proxy [label=%s%s];", dotLabel(t.Proxy.Name, t.Proxy.Address), dotDead(t.Proxy.Dead))
	}
	if len(t.Web) > 0 {
		line("  subgraph cluster_web {")
		line(`    label="Web"; style=rounded; color="#607080";`)
		for i, machine := range t.Web {
			line("    web%d [label=%s%s];", i, dotLabel(machine.Name, machine.Address), dotDead(machine.Dead))
		}
		line("  }")
	}
	if len(t.Telephony) > 0 {
		line("  subgraph cluster_telephony {")
		line(`    label=%s; style=rounded; color="#607080";`, dotLabel("Telephony: "+t.summary()))
		for i, node := range t.Telephony {
			line("    node%d [label=%s%s];", i, dotLabel(nodeLabel(node)...), dotDead(node.Dead))
		}
		t.dotGrid(line)
		line("  }")
	}
	for i, carrier := range t.Carriers {
		line("  carrier%d [shape=ellipse, label=%s];", i, dotLabel(carrier.Name, carrier.direction()))
	}
	if t.Database != nil {
		line("  database [shape=cylinder, label=%s%s];", dotLabel(t.Database.Name, t.Database.Address), dotDead(t.Database.Dead))
	}
	if t.Replica != nil {
		line("  replica [shape=cylinder, label=%s%s];", dotLabel(t.Replica.Name, t.Replica.Address), dotDead(t.Replica.Dead))
	}
	t.dotBelow(line)
	for _, edge := range t.edges() {
		t.dotEdge(edge, line)
	}
	line("}")
	return b.String()
}

// dotGrid arranges the nodes in rows by invisible edges. Graphviz would otherwise
// put forty nodes side by side.
func (t Topology) dotGrid(line func(string, ...any)) {
	columns := columnsFor(len(t.Telephony))
	for from := 0; from < len(t.Telephony); from += columns {
		to := min(from+columns, len(t.Telephony))
		var row []string
		for i := from; i < to; i++ {
			row = append(row, fmt.Sprintf("node%d", i))
			if i >= columns {
				line("    node%d -> node%d [style=invis];", i-columns, i)
			}
		}
		line("    { rank=same; %s [style=invis]; }", strings.Join(row, " -> "))
	}
}

// dotBelow places carriers and database below the telephony nodes, and those below
// the web nodes.
func (t Topology) dotBelow(line func(string, ...any)) {
	if len(t.Telephony) == 0 {
		return
	}
	last := len(t.Telephony) - 1
	for i := range t.Carriers {
		line("  node%d -> carrier%d [style=invis];", last-last%columnsFor(len(t.Telephony)), i)
	}
	if t.Database != nil {
		line("  node%d -> database [style=invis];", last)
	}
	for i := range t.Web {
		line("  web%d -> node%d [style=invis];", i, min(i, columnsFor(len(t.Telephony))-1))
	}
}

// dotEdge joins groups at their borders. An edge in Graphviz connects nodes, so it
// is drawn to the middle node of a group and clipped at the group's border.
func (t Topology) dotEdge(e edge, line func(string, ...any)) {
	options := []string{"constraint=false"}
	end := func(name, option string, last bool) string {
		count := map[string]int{"web": len(t.Web), "telephony": len(t.Telephony)}[name]
		if count == 0 {
			return name
		}
		options = append(options, option+"=cluster_"+name)
		prefix, columns := "web", count
		if name == "telephony" {
			prefix, columns = "node", columnsFor(count)
		}
		at := min(columns, count) / 2
		if last { // of the last row, so that the edge leaves at the bottom
			at = max(0, count-1-(count-1)%columns+min((count-1)%columns, columns/2))
		}
		return fmt.Sprintf("%s%d", prefix, at)
	}
	from := end(e.from, "ltail", true)
	to := end(e.to, "lhead", false)
	if direction := map[way]string{both: "both", inOnly: "back", neither: "none"}[e.way]; direction != "" {
		options = append(options, "dir="+direction)
	}
	if e.to == "replica" || e.from == "proxy" {
		options = options[1:] // these two edges take part in the layout
	}
	line("  %s -> %s [%s];", from, to, strings.Join(options, ", "))
}

func dotDead(dead bool) string {
	if dead {
		return `, color="#c62828", style="rounded,dashed", penwidth=2`
	}
	return ""
}

var dotEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func dotLabel(lines ...string) string {
	var escaped []string
	for _, line := range lines {
		if line = clean(line); line != "" {
			escaped = append(escaped, dotEscape.Replace(line))
		}
	}
	return `"` + strings.Join(escaped, `\n`) + `"`
}
