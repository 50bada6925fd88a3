package seating

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Secret is what is known of one secret column when rows are wanted.
type Secret struct {
	Column string
	// Given says what a seat's secret is to be; nil where nobody here knows, as
	// when rows are only read.
	Given func(seat string) (cluster.Value, bool)
	Renew bool // the given value is meant for phones that are there already, too
	// PerSeat says that seats may differ from one another; the phones of one
	// seat never may (docs/vicidial/agent-login.md#alias-rules).
	PerSeat bool
	Ignore  bool // a phone that was changed by somebody keeps what it has
}

// Fill sets a secret column of wanted phones, as [FloorStyle.Rows] made them. A phone that is there keeps what
// most of its like have; a new one takes what its seat has already, and the given
// value otherwise.
func (s Secret) Fill(want *FloorRows, own FloorRows) {
	at := slices.Index(want.Columns, s.Column)
	if at < 0 {
		return
	}
	has, bySeat := map[string]cluster.Value{}, map[string]map[cluster.Value]int{}
	floor, seated := map[cluster.Value]int{}, map[string]bool{}
	if from := slices.Index(own.Columns, s.Column); from >= 0 {
		for _, p := range own.Phones {
			floor[p.Values[from]]++
			seated[p.Seat] = true
		}
		if len(floor) > 1 { // else all have the same, whichever way one looks
			for _, p := range own.Phones {
				has[p.key()] = p.Values[from]
				if bySeat[p.Seat] == nil {
					bySeat[p.Seat] = map[cluster.Value]int{}
				}
				bySeat[p.Seat][p.Values[from]]++
			}
		}
	}
	common, known := commonest(floor, cluster.Value{})
	for i := range want.Phones {
		p := &want.Phones[i]
		given, isGiven := cluster.Value{}, false
		if s.Given != nil {
			given, isGiven = s.Given(p.Seat)
		}
		value := given
		switch {
		case isGiven && s.Renew:
		case seated[p.Seat]:
			value = s.kept(*p, common, has, bySeat)
		case isGiven:
		case known:
			value = common
		default:
			continue
		}
		p.Values[at] = value
	}
}

// kept is the secret of a seat that has phones already.
func (s Secret) kept(p Phone, common cluster.Value, has map[string]cluster.Value, bySeat map[string]map[cluster.Value]int) cluster.Value {
	if len(bySeat) == 0 {
		return common
	}
	if own, there := has[p.key()]; there && s.Ignore {
		return own
	}
	if s.PerSeat || s.Ignore {
		if most, known := commonest(bySeat[p.Seat], common); known {
			return most
		}
	}
	return common
}

// commonest is the value that most have; of equally many the preferred one, which
// the floor has, before any other: a phone that was changed by telephone is one of
// two as often as not.
func commonest(count map[cluster.Value]int, preferred cluster.Value) (cluster.Value, bool) {
	best, most := cluster.Value{}, 0
	for value, number := range count {
		if number > most || number == most && best != preferred && (value == preferred || value.Text < best.Text) {
			best, most = value, number
		}
	}
	return best, most > 0
}
