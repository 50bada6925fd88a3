package seating

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Run is neighbouring seats on the same nodes.
type Run struct {
	Seats string   // "2000-2049", or one seat
	Nodes []string // server_ip, in alias order
}

// Runs writes the placement in the fewest runs, in seat order. Seats without a
// node are left out.
func (p *Placement) Runs() []Run {
	var runs []Run
	for from, to := 0, 0; from < len(p.of); from = to {
		for to = from + 1; to < len(p.of) && p.of[to] == p.of[from]; to++ {
			continue
		}
		if nodes := p.At(from); len(nodes) > 0 {
			for _, text := range p.seats.ranges(from, to) {
				runs = append(runs, Run{Seats: text, Nodes: nodes})
			}
		}
	}
	return runs
}

// Suffixes is the suffix of each node by its server_ip.
type Suffixes map[string]string

// Pattern writes nodes as the suffixes of their logins: "ab". Where a suffix
// has more than one letter, commas keep them apart: "a,aa". So they do where the
// letters together are the suffix of another node: "a,b" beside the node ab. A
// node without a suffix shows as its server_ip.
func (s Suffixes) Pattern(nodes []string) string {
	words := make([]string, len(nodes))
	apart := false
	for i, node := range nodes {
		words[i] = cmp.Or(s[node], node)
		apart = apart || utf8.RuneCountInString(words[i]) > 1
	}
	joined := strings.Join(words, "")
	if _, taken := s.server(joined); apart || taken && len(words) > 1 {
		return strings.Join(words, ",")
	}
	return joined
}

// Nodes reads what [Suffixes.Pattern] wrote.
func (s Suffixes) Nodes(pattern string) ([]string, error) {
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

// server finds the node that a suffix, or a server_ip without one, stands for;
// of several, the first.
func (s Suffixes) server(word string) (found string, known bool) {
	for node, suffix := range s {
		if (suffix == word || suffix == "" && node == word) && (!known || node < found) {
			found, known = node, true
		}
	}
	return found, known
}

// Assignments writes the placement as runs of seats → suffixes of their nodes
// in alias order, which is how state keeps it: {"2000-2049" = "ab"}.
func (p *Placement) Assignments(suffixes Suffixes) map[string]string {
	runs := p.Runs()
	assignments := make(map[string]string, len(runs))
	for _, run := range runs {
		assignments[run.Seats] = suffixes.Pattern(run.Nodes)
	}
	return assignments
}

// ParseAssignments reads what [Placement.Assignments] wrote.
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
		nodes, err := suffixes.Nodes(assignments[text])
		if err != nil {
			return nil, fmt.Errorf("seats %s: %w", text, err)
		}
		part, err := ParseSeats([]string{text})
		if err != nil {
			return nil, err
		}
		first, _ := seats.Index(part.At(0))
		for offset := range part.Len() {
			p.Put(first+offset, nodes)
		}
	}
	return p, nil
}
