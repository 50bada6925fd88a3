package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

// DOT returns the topology in the DOT language of Graphviz.
func DOT(t Picture) string {
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
		dotGrid(line, numbered("web", len(t.Web)), max(4, columnsFor(len(t.Telephony))))
		line("  }")
	}
	if len(t.Telephony) > 0 {
		line("  subgraph cluster_telephony {")
		line(`    label=%s; style=rounded; color="#607080";`, dotLabel("Telephony: "+t.summary()))
		for i, node := range t.Telephony {
			line("    node%d [label=%s%s];", i, dotLabel(nodeLabel(node)...), dotDead(node.Dead))
		}
		dotGrid(line, numbered("node", len(t.Telephony)), columnsFor(len(t.Telephony)))
		line("  }")
	}
	for i, carrier := range t.Carriers {
		line("  carrier%d [shape=ellipse, label=%s];", i, dotLabel(carrier.Name, carrier.directionText()))
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

// dotGrid arranges boxes in rows by invisible edges, from left to right. Graphviz would
// otherwise put forty boxes side by side, and from right to left where that suits the
// rows below.
func dotGrid(line func(string, ...any), names []string, columns int) {
	for from := 0; from < len(names); from += columns {
		row := names[from:min(from+columns, len(names))]
		for i := range row {
			if from+i >= columns {
				line("    %s -> %s [style=invis];", names[from+i-columns], row[i])
			}
		}
		if len(row) > 1 { // the style of a single name would be that of the box
			line("    { rank=same; %s [style=invis]; }", strings.Join(row, " -> "))
		}
	}
}

// numbered are the names of so many boxes.
func numbered(prefix string, count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return names
}

// dotBelow places carriers and database below the telephony nodes, and those below
// the web nodes.
func (t Picture) dotBelow(line func(string, ...any)) {
	if len(t.Telephony) == 0 {
		return
	}
	// Carriers and database are one more grid below the first node of the last row.
	columns := columnsFor(len(t.Telephony))
	below := numbered("carrier", len(t.Carriers))
	if t.Database != nil {
		below = slices.Insert(below, min(max(1, columns-1), len(below)), "database") // ends the first row
	}
	dotGrid(line, below, max(2, columns))
	last := len(t.Telephony) - 1
	for i := range min(len(below), max(2, columns)) {
		line("  node%d -> %s [style=invis];", min(last, last-last%columns+i), below[i])
	}
	for i := range t.Web {
		line("  web%d -> node%d [style=invis];", i, min(i, columns-1))
	}
}

// dotEdge joins groups at their borders. An edge in Graphviz connects nodes, so it
// is drawn to the middle node of a group and clipped at the group's border.
func (t Picture) dotEdge(e edge, line func(string, ...any)) {
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
	if e.label != "" {
		options = append(options, "label="+dotLabel(e.label))
	}
	if direction := map[direction]string{both: "both", inOnly: "back", neither: "none"}[e.direction]; direction != "" {
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

func dotLabel(lines ...string) string { return label(dotEscape, `\n`, lines) }

// label joins lines that are not empty, escaped and in quotes.
func label(escape *strings.Replacer, separator string, lines []string) string {
	var escaped []string
	for _, line := range lines {
		if line = svg.Clean(line); line != "" {
			escaped = append(escaped, escape.Replace(line))
		}
	}
	return `"` + strings.Join(escaped, separator) + `"`
}
