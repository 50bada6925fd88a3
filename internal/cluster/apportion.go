package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// MaxTotal bounds what can be shared out at once; VICIdial's own column for
// dedicated trunks holds 65535.
const MaxTotal = 1_000_000

// MaxWeight keeps the products that are compared far below what a number holds.
const MaxWeight = 1_000_000

// Claim is what one server asks of a total that is shared out.
type Claim struct {
	Weight int  // relative size; at least 1 unless Min equals *Max
	Min    int  // never fewer
	Max    *int // never more; nil is no bound
}

// Fixed is the claim of a server that takes exactly this many, whatever the
// others take.
func Fixed(trunks int) Claim { return Claim{Min: trunks, Max: &trunks} }

func (c Claim) full(share int) bool { return c.Max != nil && share >= *c.Max }

// Shares is how many each server gets, by server_ip.
type Shares map[string]int

// errDoesNotFit says that no sharing can satisfy the bounds.
var errDoesNotFit = errors.New("does not fit")

// Apportion shares total out by Sainte-Laguë's divisor method within the
// bounds of each claim. A larger total takes from no one, and ties go to the
// key that sorts first, so the same claims always give the same shares.
//
// Largest remainder, the more obvious method, is not used: there one more
// trunk in all can cost a server one that it had.
func Apportion(total int, claims map[string]Claim) (Shares, error) {
	if err := checkClaims(total, claims); err != nil {
		return nil, err
	}
	shares := make(Shares, len(claims))
	left := total
	for key, claim := range claims {
		shares[key] = claim.Min
		left -= claim.Min
	}
	open := make([]string, 0, len(claims))
	for _, key := range slices.Sorted(maps.Keys(claims)) {
		if !claims[key].full(shares[key]) {
			open = append(open, key)
		}
	}
	for ; left > 0; left-- {
		best := 0
		for i := 1; i < len(open); i++ {
			// weight/(2·share+1), compared without a fraction.
			a, b := open[i], open[best]
			if int64(claims[a].Weight)*int64(2*shares[b]+1) > int64(claims[b].Weight)*int64(2*shares[a]+1) {
				best = i
			}
		}
		key := open[best]
		shares[key]++
		if claims[key].full(shares[key]) {
			open = slices.Delete(open, best, best+1)
		}
	}
	return shares, nil
}

func checkClaims(total int, claims map[string]Claim) error {
	if total < 0 || total > MaxTotal {
		return fmt.Errorf("a total of %d is outside 0 to %d", total, MaxTotal)
	}
	if len(claims) == 0 {
		return errors.New("nobody to share with")
	}
	least, most, bounded := 0, 0, true
	for _, key := range slices.Sorted(maps.Keys(claims)) {
		claim := claims[key]
		switch {
		case claim.Min < 0:
			return fmt.Errorf("%s: a minimum of %d is below 0", key, claim.Min)
		case claim.Max != nil && *claim.Max < claim.Min:
			return fmt.Errorf("%s: the maximum of %d is below the minimum of %d", key, *claim.Max, claim.Min)
		case claim.Weight < 1 && !claim.full(claim.Min):
			return fmt.Errorf("%s: a weight of %d is below 1", key, claim.Weight)
		case claim.Weight > MaxWeight:
			return fmt.Errorf("%s: a weight above %d", key, MaxWeight)
		}
		least += claim.Min
		if claim.Max == nil {
			bounded = false
		} else {
			most += *claim.Max
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

// ApportionSurviving sizes the shares so that with any losses of the servers
// gone the others still hold total. VICIdial does not move the share of a dead
// server to others
// (docs/vicidial/daemons.md#no-failover), so what must survive has to be there before.
//
// Everybody gets at least its share of total; beyond that, the shares grow in
// the proportion of the weights, and no server is raised above what the others
// need from it. Minimums and fixed trunks may add up to more than total: so they
// do where they have been sized for a loss already.
func ApportionSurviving(total, losses int, claims map[string]Claim) (Shares, error) {
	house := total
	if losses > 0 {
		house = max(total, leastOf(claims))
	}
	natural, err := Apportion(house, claims)
	if err != nil || losses <= 0 {
		return natural, err
	}
	if losses >= len(claims) {
		return nil, fmt.Errorf("%w: of %d servers %d cannot be lost, none would be left", errDoesNotFit, len(claims), losses)
	}
	enlarged, err := enlarge(total, house, losses, claims)
	if err != nil {
		return nil, err
	}
	sorted := slices.Sorted(maps.Values(enlarged))
	enough := sorted[len(sorted)-losses-1]
	shares := make(Shares, len(claims))
	for key := range claims {
		shares[key] = max(natural[key], min(enlarged[key], enough))
	}
	return shares, nil
}

func leastOf(claims map[string]Claim) int {
	least := 0
	for _, claim := range claims {
		least += claim.Min
	}
	return least
}

// enlarge finds the smallest house, from one on, whose shares hold total without
// the largest ones: first by doubling, then by halves. Both are sound since a
// larger house takes from no one.
func enlarge(total, from, losses int, claims map[string]Claim) (Shares, error) {
	most := MaxTotal
	if capacity, bounded := capacityOf(claims); bounded {
		most = min(capacity, MaxTotal)
	}
	low, high := from, from
	var found Shares
	for {
		shares, err := Apportion(high, claims)
		if err != nil {
			return nil, err
		}
		held := withoutLargest(shares, losses)
		if held >= total {
			found = shares
			break
		}
		if high == most {
			return nil, fmt.Errorf("%w: with %s lost the others hold %d at most, %d short of the total of %d; raise their max or trunks, or add a server",
				errDoesNotFit, pluralServers(losses), held, total-held, total)
		}
		low, high = high+1, min(2*high, most)
	}
	for low < high {
		middle := (low + high) / 2
		shares, err := Apportion(middle, claims)
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

func capacityOf(claims map[string]Claim) (int, bool) {
	capacity := 0
	for _, claim := range claims {
		if claim.Max == nil {
			return 0, false
		}
		capacity += *claim.Max
	}
	return capacity, true
}

// withoutLargest adds the shares up that are left in the worst case.
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
