package seating

// bound is how many seats a node may and must have: its quota, rounded down
// and up. Where the quota is whole, both are it. rest says how much was rounded
// off, in parts of a seat that are the same for all bounds of one sum.
type bound struct{ low, high, rest int }

func exactly(seats int) bound { return bound{seats, seats, 0} }

// rounded is the quota part/whole.
func rounded(part, whole int) bound {
	return bound{part / whole, (part + whole - 1) / whole, part % whole}
}

// claim is what a node asks of the total: a part by weight, 1 or more, and at
// most ceiling (its capacity).
type claim struct{ weight, ceiling int }

// quotas shares total out by weight within ceilings. Every node that is not at
// its ceiling gets weight × q for one q common to all; since weights are whole
// numbers, rounding such quotas down or up keeps any two nodes within one seat
// per unit of weight: q lies between two whole numbers n and n+1, and so does
// every rounded share divided by its weight.
//
// The sum of the ceilings must not be below total.
func quotas(total int, claims []claim) []bound {
	bounds := make([]bound, len(claims))
	frozen := make([]bool, len(claims))
	for {
		rest, weights := total, 0
		for i, c := range claims {
			if frozen[i] {
				rest -= bounds[i].low
			} else {
				weights += c.weight
			}
		}
		// q is rest/weights. It only grows, so what is over its ceiling stays there.
		over := false
		for i, c := range claims {
			if !frozen[i] && c.weight*rest > c.ceiling*weights {
				frozen[i], bounds[i], over = true, exactly(c.ceiling), true
			}
		}
		if over {
			continue
		}
		for i, c := range claims {
			if !frozen[i] {
				bounds[i] = rounded(c.weight*rest, weights)
			}
		}
		return bounds
	}
}
