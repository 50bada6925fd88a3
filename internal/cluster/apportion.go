package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// MaxTotal bounds the total of one apportionment: the trunks of a campaign over all of its
// servers, of which each takes at most 9999
// (docs/vicidial/admin-page.md#dedicated-trunks-range).
const MaxTotal = 1_000_000

// MaxWeight keeps the compared products far below the largest int64.
const MaxWeight = 1_000_000

// Weighting is the weight and the bounds of one server in an apportionment.
type Weighting struct {
	Weight int  // relative size; at least 1 unless Min equals *Max
	Min    int  // never fewer
	Max    *int // never more; nil is no bound
}

// Fixed returns the weighting of a server that gets exactly this many trunks.
func Fixed(trunks int) Weighting { return Weighting{Min: trunks, Max: &trunks} }

func (w Weighting) full(share int) bool { return w.Max != nil && share >= *w.Max }

// Shares are the numbers of trunks that the servers get, by server_ip.
type Shares map[string]int

// errDoesNotFit reports that no shares satisfy the bounds.
var errDoesNotFit = errors.New("does not fit")

// Apportion divides total by Sainte-Laguë's divisor method within the bounds of each
// weighting. A larger total reduces no share, and the key that sorts first wins a tie, so the
// same weightings always give the same shares.
//
// The method of the largest remainder is not used: with it, a larger total can reduce a
// share.
func Apportion(total int, weightings map[string]Weighting) (Shares, error) {
	if err := checkWeightings(total, weightings); err != nil {
		return nil, err
	}
	shares := make(Shares, len(weightings))
	left := total
	for key, weighting := range weightings {
		shares[key] = weighting.Min
		left -= weighting.Min
	}
	open := make([]string, 0, len(weightings))
	for _, key := range slices.Sorted(maps.Keys(weightings)) {
		if !weightings[key].full(shares[key]) {
			open = append(open, key)
		}
	}
	for ; left > 0; left-- {
		best := 0
		for i := 1; i < len(open); i++ {
			// weight/(2·share+1), compared without a fraction.
			a, b := open[i], open[best]
			if int64(weightings[a].Weight)*int64(2*shares[b]+1) > int64(weightings[b].Weight)*int64(2*shares[a]+1) {
				best = i
			}
		}
		key := open[best]
		shares[key]++
		if weightings[key].full(shares[key]) {
			open = slices.Delete(open, best, best+1)
		}
	}
	return shares, nil
}

func checkWeightings(total int, weightings map[string]Weighting) error {
	if total < 0 || total > MaxTotal {
		return fmt.Errorf("a total of %d is outside 0 to %d", total, MaxTotal)
	}
	if len(weightings) == 0 {
		return errors.New("there is no server to share with")
	}
	least, most, bounded := 0, 0, true
	for _, key := range slices.Sorted(maps.Keys(weightings)) {
		weighting := weightings[key]
		switch {
		case weighting.Min < 0:
			return fmt.Errorf("%s: a minimum of %d is below 0", key, weighting.Min)
		case weighting.Max != nil && *weighting.Max < weighting.Min:
			return fmt.Errorf("%s: the maximum of %d is below the minimum of %d", key, *weighting.Max, weighting.Min)
		case weighting.Weight < 1 && !weighting.full(weighting.Min):
			return fmt.Errorf("%s: a weight of %d is below 1", key, weighting.Weight)
		case weighting.Weight > MaxWeight:
			return fmt.Errorf("%s: a weight above %d", key, MaxWeight)
		}
		least += weighting.Min
		if weighting.Max == nil {
			bounded = false
		} else {
			most += *weighting.Max
		}
	}
	if least > total {
		return fmt.Errorf("%w: the minimums and fixed trunks add up to %d, %d more than the total of %d", errDoesNotFit, least, least-total, total)
	}
	if bounded && most < total {
		return fmt.Errorf("%w: the maximums and fixed trunks add up to %d, %d short of the total of %d", errDoesNotFit, most, total-most, total)
	}
	return nil
}

// ApportionSurviving returns shares that still add up to total after the loss of any
// losses servers. VICIdial does not move the share of a lost server to others
// (docs/vicidial/daemons.md#no-failover), so the spare trunks must be there before.
//
// Each server gets at least its share of total. Beyond that, the shares grow in
// proportion to the weights, and none is larger than a loss of the others requires.
// Minimums and fixed trunks may add up to more than total, when they are already sized
// for a loss.
func ApportionSurviving(total, losses int, weightings map[string]Weighting) (Shares, error) {
	enlargedTotal := total
	if losses > 0 {
		enlargedTotal = max(total, leastOf(weightings))
	}
	natural, err := Apportion(enlargedTotal, weightings)
	if err != nil || losses <= 0 {
		return natural, err
	}
	if losses >= len(weightings) {
		return nil, fmt.Errorf("%w: of %d servers %d cannot be lost, none would be left", errDoesNotFit, len(weightings), losses)
	}
	enlarged, err := enlarge(total, enlargedTotal, losses, weightings)
	if err != nil {
		return nil, err
	}
	sorted := slices.Sorted(maps.Values(enlarged))
	enough := sorted[len(sorted)-losses-1]
	shares := make(Shares, len(weightings))
	for key := range weightings {
		shares[key] = max(natural[key], min(enlarged[key], enough))
	}
	return shares, nil
}

func leastOf(weightings map[string]Weighting) int {
	least := 0
	for _, weighting := range weightings {
		least += weighting.Min
	}
	return least
}

// enlarge finds the smallest total, not below from, whose shares without the losses
// largest ones add up to total: first by doubling, then by bisection. Both are correct
// because a larger total reduces no share.
func enlarge(total, from, losses int, weightings map[string]Weighting) (Shares, error) {
	most := MaxTotal
	if capacity, bounded := capacityOf(weightings); bounded {
		most = min(capacity, MaxTotal)
	}
	low, high := from, from
	var found Shares
	for {
		shares, err := Apportion(high, weightings)
		if err != nil {
			return nil, err
		}
		capacity := withoutLargest(shares, losses)
		if capacity >= total {
			found = shares
			break
		}
		if high == most {
			return nil, fmt.Errorf("%w: with %s lost the others hold %d at most, %d short of the total of %d; raise their max or trunks, or add a server",
				errDoesNotFit, pluralServers(losses), capacity, total-capacity, total)
		}
		low, high = high+1, min(2*high, most)
	}
	for low < high {
		middle := (low + high) / 2
		shares, err := Apportion(middle, weightings)
		if err != nil {
			return nil, err
		}
		if withoutLargest(shares, losses) >= total {
			high, found = middle, shares
		} else {
			low = middle + 1
		}
	}
	return found, nil
}

func capacityOf(weightings map[string]Weighting) (int, bool) {
	capacity := 0
	for _, weighting := range weightings {
		if weighting.Max == nil {
			return 0, false
		}
		capacity += *weighting.Max
	}
	return capacity, true
}

// withoutLargest returns the sum of the shares without the largest ones.
func withoutLargest(shares Shares, losses int) int {
	sorted := slices.Sorted(maps.Values(shares))
	sum := 0
	for _, share := range sorted[:len(sorted)-losses] {
		sum += share
	}
	return sum
}

func pluralServers(count int) string {
	if count == 1 {
		return "one server"
	}
	return fmt.Sprintf("%d servers", count)
}
