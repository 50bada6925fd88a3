package seating

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Run is a run of seats on the same nodes.
type Run struct {
	Seats string   // "2000-2049", or one seat
	Nodes []string // server_ip, in alias order
}

// runs returns the placement as the fewest runs, in seat order. It omits seats
// without a node.
func (p *Placement) runs() []Run {
	var runs []Run
	for from, to := 0, 0; from < len(p.of); from = to {
		for to = from + 1; to < len(p.of) && p.of[to] == p.of[from]; to++ {
			continue
		}
		if nodes := p.at(from); len(nodes) > 0 {
			for _, run := range p.seats.Between(from, to) {
				runs = append(runs, Run{Seats: run.String(), Nodes: nodes})
			}
		}
	}
	return runs
}

// Suffixes maps the server_ip of a node to its suffix.
type Suffixes map[string]string

// Pattern formats nodes as the suffixes of their logins: "ab". It separates them
// with commas if one has several letters, "a,aa", or if they together are the
// suffix of another node: "a,b" beside the node ab. A node without a suffix is
// formatted as its server_ip.
func (s Suffixes) Pattern(nodes []string) string {
	words := make([]string, len(nodes))
	separate := false
	for i, node := range nodes {
		words[i] = cmp.Or(s[node], node)
		separate = separate || utf8.RuneCountInString(words[i]) > 1
	}
	joined := strings.Join(words, "")
	if _, taken := s.server(joined); separate || taken && len(words) > 1 {
		return strings.Join(words, ",")
	}
	return joined
}

// nodes parses the result of [Suffixes.Pattern].
func (s Suffixes) nodes(pattern string) ([]string, error) {
	if pattern == "" {
		return nil, errors.New("names no node")
	}
	words := strings.Split(pattern, ",")
	if len(words) == 1 {
		if _, known := s.server(pattern); !known {
			words = strings.Split(pattern, "")
		}
	}
	nodes := make([]string, 0, len(words))
	for _, word := range words {
		node, known := s.server(word)
		if !known {
			return nil, fmt.Errorf("suffix %q belongs to no server", word)
		}
		if slices.Contains(nodes, node) {
			return nil, fmt.Errorf("suffix %q is named twice", word)
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

// server returns the node of a suffix, or of a server_ip without a suffix; the
// first of several.
func (s Suffixes) server(word string) (found string, known bool) {
	for node, suffix := range s {
		if (suffix == word || suffix == "" && node == word) && (!known || node < found) {
			found, known = node, true
		}
	}
	return found, known
}

// Assignments returns the placement as in state, a map of runs of seats to the
// suffixes of their nodes in alias order: {"2000-2049" = "ab"}.
func (p *Placement) Assignments(suffixes Suffixes) map[string]string {
	runs := p.runs()
	assignments := make(map[string]string, len(runs))
	for _, run := range runs {
		assignments[run.Seats] = suffixes.Pattern(run.Nodes)
	}
	return assignments
}

// ParseAssignments parses the result of [Placement.Assignments].
func ParseAssignments(assignments map[string]string, suffixes Suffixes) (*Placement, error) {
	ranges := make([]string, 0, len(assignments))
	for text := range assignments {
		ranges = append(ranges, text)
	}
	slices.Sort(ranges)
	seats, err := ParseSeats(ranges)
	if err != nil {
		return nil, err
	}
	p := NewPlacement(seats)
	for _, text := range ranges {
		nodes, err := suffixes.nodes(assignments[text])
		if err != nil {
			return nil, fmt.Errorf("seats %s: %w", text, err)
		}
		part, err := ParseSeats([]string{text})
		if err != nil {
			return nil, err
		}
		first, _ := seats.Index(part.At(0))
		for offset := range part.Len() {
			p.Set(first+offset, nodes)
		}
	}
	return p, nil
}
