package diagram

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Topology is the content of a drawing. Empty parts are omitted.
type Topology struct {
	Title     string
	Seats     int // each counted once, whatever the number of its nodes; 0 is omitted
	Proxy     *Machine
	Web       []Machine
	Telephony []Node
	Carriers  []Carrier
	Database  *Machine
	Replica   *Machine
}

// Machine is a machine that is drawn with its name and address.
type Machine struct {
	Name    string
	Address string
	Dead    bool
}

// Node is a telephony node.
type Node struct {
	Name    string
	Address string  // server_ip, by which carriers name it
	Seats   int     // that can log in there
	Lines   int     // max_vicidial_trunks
	Trunks  []Trunk // per campaign
	Role    string  // duties of this node only, e.g. "voicemail, end of day"
	Dead    bool
}

// Trunk is the allocation of one campaign on a node.
type Trunk struct {
	Campaign string
	Lines    int
	Limit    bool // MAXIMUM_LIMIT; else lines withheld from other campaigns
}

// Carrier is a connection to the telephone network.
type Carrier struct {
	Name    string
	Servers []string // addresses of the nodes it is on; empty means all
	// Inbound and Outbound are the directions of calls. A carrier with neither is an
	// account that the dialplan of others may use.
	Inbound, Outbound bool
}

// sorted returns the topology with every list sorted, so that drawings of equal
// clusters are equal.
func (t Topology) sorted() Topology {
	t.Web = slices.SortedStableFunc(slices.Values(t.Web), func(a, b Machine) int {
		return cmp.Or(natural(a.Name, b.Name), natural(a.Address, b.Address))
	})
	t.Carriers = slices.SortedStableFunc(slices.Values(t.Carriers), func(a, b Carrier) int { return natural(a.Name, b.Name) })
	t.Telephony = slices.SortedStableFunc(slices.Values(t.Telephony), func(a, b Node) int {
		return cmp.Or(natural(a.Name, b.Name), natural(a.Address, b.Address))
	})
	for i, node := range t.Telephony {
		t.Telephony[i].Trunks = slices.SortedStableFunc(slices.Values(node.Trunks), func(a, b Trunk) int { return cmp.Compare(a.Campaign, b.Campaign) })
	}
	return t
}

// natural compares runs of digits as numbers: dial2 comes before dial10.
func natural(a, b string) int {
	for a != "" && b != "" {
		wordA, restA := cutWord(a)
		wordB, restB := cutWord(b)
		if isDigit(wordA[0]) && isDigit(wordB[0]) {
			trimmedA, trimmedB := strings.TrimLeft(wordA, "0"), strings.TrimLeft(wordB, "0")
			if order := cmp.Or(cmp.Compare(len(trimmedA), len(trimmedB)), cmp.Compare(trimmedA, trimmedB)); order != 0 {
				return order
			}
		} else if order := cmp.Compare(wordA, wordB); order != 0 {
			return order
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// cutWord splits off the leading run of digits or of other bytes.
func cutWord(text string) (word, rest string) {
	end := 1
	for end < len(text) && isDigit(text[end]) == isDigit(text[0]) {
		end++
	}
	return text[:end], text[end:]
}

// on reports whether the carrier is on the node.
func (c Carrier) on(node Node) bool {
	return len(c.Servers) == 0 || slices.Contains(c.Servers, node.Address)
}

// everywhere reports whether the carrier is on all nodes of the topology.
func (t Topology) everywhere(c Carrier) bool {
	return !slices.ContainsFunc(t.Telephony, func(n Node) bool { return !c.on(n) })
}

// campaigns lists the campaigns that have trunks anywhere.
func (t Topology) campaigns() []string {
	var all []string
	for _, node := range t.Telephony {
		for _, trunk := range node.Trunks {
			all = append(all, trunk.Campaign)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// summary is the cluster in one line.
func (t Topology) summary() string {
	lines, dead := 0, 0
	for _, node := range t.Telephony {
		if node.Dead {
			dead++
			continue
		}
		lines += node.Lines
	}
	text := counted(len(t.Telephony), "telephony node")
	if dead > 0 {
		text += fmt.Sprintf(", %d of them dead", dead)
	}
	if t.Seats > 0 {
		text += " · " + counted(t.Seats, "seat")
	}
	return text + " · " + counted(lines, "line")
}

// load is the number of seats and lines of a node.
func (n Node) load() string { return counted(n.Seats, "seat") + " · " + counted(n.Lines, "line") }

// text is a trunk's label: up to a limit, or withheld from others.
func (t Trunk) text() string {
	if t.Limit {
		return fmt.Sprintf("≤ %d", t.Lines)
	}
	return fmt.Sprintf("%d kept", t.Lines)
}

func (c Carrier) direction() string {
	return map[way]string{both: "out and in", inOnly: "in", outOnly: "out", neither: "account only"}[c.way()]
}

func counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return grouped(count) + " " + noun + "s"
}

// grouped writes 1152 as 1,152.
func grouped(number int) string {
	text := fmt.Sprint(number)
	for at := len(text) - 3; at > 0 && isDigit(text[at-1]); at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// clean makes a label one line of valid text. Values in the database are
// arbitrary, and control characters break each of the formats.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\uFFFE', r == '\uFFFF', unicode.In(r, unicode.Cf): // invalid in XML, or reverses the direction of text
			return -1
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
