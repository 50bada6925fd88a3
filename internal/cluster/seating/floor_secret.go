package seating

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Secret is a secret column of wanted phones. Existing phones get the most common value
// of their seat or floor. New ones get the value of their seat, else the given value.
type Secret struct {
	Column string
	// Given returns the secret of a seat. It is nil when no value is known, as
	// during a read.
	Given func(seat string) (cluster.Value, bool)
	Renew bool // set the given value on existing phones too
	// PerSeat is true if seats may differ. The phones of one seat must be equal
	// (docs/vicidial/agent-login.md#alias-rules).
	PerSeat bool
	Ignore  bool // keep values that were changed outside Terraform
}

// filler returns the function that sets the value at an index of some phones.
func (s Secret) filler(index int, own FloorRows) func([]Phone) {
	from := slices.Index(own.Columns, s.Column)
	if from < 0 {
		own.Phones = nil // their values are not known
	}
	floor, seats := map[cluster.Value]int{}, lazyIndex(own.Phones, func(p Phone) string { return p.Seat })
	for _, p := range own.Phones {
		floor[p.Values[from]]++
	}
	has, bySeat := map[phoneKey]cluster.Value{}, map[string]map[cluster.Value]int{}
	if len(floor) > 1 { // else all phones have the same value
		for _, p := range own.Phones {
			has[p.key()] = p.Values[from]
			if bySeat[p.Seat] == nil {
				bySeat[p.Seat] = map[cluster.Value]int{}
			}
			bySeat[p.Seat][p.Values[from]]++
		}
	}
	seated := func(seat string) bool { _, exists := seats()[seat]; return exists }
	common, known := mostCommon(floor, cluster.Value{})
	return func(phones []Phone) {
		for _, p := range phones {
			given, isGiven := cluster.Value{}, false
			if s.Given != nil {
				given, isGiven = s.Given(p.Seat)
			}
			value := common
			switch {
			case isGiven && (s.Renew || !seated(p.Seat)):
				value = given
			case len(floor) > 1 && seated(p.Seat):
				value = s.kept(p, common, has, bySeat)
			case !known:
				continue
			}
			p.Values[index] = value
		}
	}
}

// kept returns the secret of a seat with existing phones.
func (s Secret) kept(p Phone, common cluster.Value, has map[phoneKey]cluster.Value, bySeat map[string]map[cluster.Value]int) cluster.Value {
	if own, existing := has[p.key()]; existing && s.Ignore {
		return own
	}
	if s.PerSeat || s.Ignore {
		if most, known := mostCommon(bySeat[p.Seat], common); known {
			return most
		}
	}
	return common
}

// mostCommon returns the most frequent value. A tie goes to preferred, the value of
// the floor, since often one of a seat's two phones was changed by telephone.
func mostCommon(count map[cluster.Value]int, preferred cluster.Value) (cluster.Value, bool) {
	best, most := cluster.Value{}, 0
	for value, number := range count {
		if number > most || number == most && best != preferred && (value == preferred || value.Text < best.Text) {
			best, most = value, number
		}
	}
	return best, most > 0
}
