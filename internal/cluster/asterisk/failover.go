package asterisk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Failovers are the routes that generated routes fail over to, by route.
type Failovers map[string][]string

// FailoversOf reads the dialplans of active carriers that [Dial.Dialplan] has written.
func FailoversOf(carriers cluster.Carriers) Failovers {
	failovers, known := Failovers{}, map[[2]string]bool{}
	for _, row := range carriers {
		text := row.Asterisk(cluster.DialplanEntry)
		read := [2]string{row.Protocol(), text}                                   // the rows of a route have one text on all nodes
		if known[read] || !row.Generated() || strings.Count(text, "Gosub(") < 2 { // one is the route's own
			continue
		}
		known[read] = true
		dial, ok := ReadDial(row.Protocol(), text)
		if !ok {
			continue
		}
		for _, next := range dial.Failover {
			if !slices.Contains(failovers[dial.Route], next) {
				failovers[dial.Route] = append(failovers[dial.Route], next)
			}
		}
	}
	return failovers
}

// Ends returns one sentence for each chain of failovers that begins with the route or
// passes it, and for a cycle that it is part of: a call tries the failover routes of the
// route that its prefix selects, and not the failover routes of those.
func (f Failovers) Ends(route string) []string {
	var ends []string
	heads := []string{route}
	for head, next := range f { // sorted below
		if head != route && slices.Contains(next, route) {
			heads = append(heads, head)
		}
	}
	slices.Sort(heads)
	for _, head := range heads {
		for _, middle := range f[head] {
			if head != route && middle != route {
				continue
			}
			for _, end := range f[middle] {
				if end != head && !slices.Contains(f[head], end) {
					ends = append(ends, fmt.Sprintf("A call of route %s that goes on to %s does not go on to %s. Add %s to failover of %s where it is to be tried.", head, middle, end, end, head))
				}
			}
		}
	}
	if cycle := f.cycle(route); cycle != nil {
		first := slices.Index(cycle, slices.Min(cycle))
		cycle = slices.Concat(cycle[first:], cycle[:first+1])
		ends = append(ends, fmt.Sprintf("Failover goes round in a cycle: %s. No call does: each tries the routes in failover of its own route once, and ends.", strings.Join(cycle, " to ")))
	}
	return ends
}

// cycle returns the routes of a shortest cycle from a route on, or nil.
func (f Failovers) cycle(route string) []string {
	ways := [][]string{{route}}
	seen := map[string]bool{}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range f[way[len(way)-1]] {
			if next == route {
				return way
			}
			if !seen[next] {
				seen[next] = true
				ways = append(ways, append(slices.Clone(way), next))
			}
		}
	}
	return nil
}
