package cluster

// bound is how many seats a node may and must have: its quota, rounded down
// and up. Where the quota is whole, both are it. rest says how much was rounded
// off, in parts of a seat that are the same for all bounds of one sum.
type bound struct{ low, high, rest int }

func exactly(seats int) bound { return bound{seats, seats, 0} }

// rounded is the quota part/whole.
func rounded(part, whole int) bound {
	return bound{part / whole, (part + whole - 1) / whole, part % whole}
}

// claim is what a node asks of the total: a part by weight, at least floor
// (seats that may not leave) and at most ceiling (its capacity).
type claim struct{ weight, floor, ceiling int }

// quotas shares total out by weight within floors and ceilings. Every node that
// is at neither limit gets weight × q for one q common to all; since weights are
// whole numbers, rounding such quotas down or up keeps any two nodes within one
// seat per unit of weight: q lies between two whole numbers n and n+1, and so
// does every rounded share divided by its weight.
//
// The sum of the floors must not exceed total, nor total the sum of ceilings.
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
		// q is rest/weights. What is over its ceiling and what is under its floor
		// cannot both be frozen at once, since freezing one side moves q to the
		// other's favour; the side that is further off is sure to stay.
		over, under := 0, 0
		for i, c := range claims {
			if !frozen[i] {
				over += max(0, c.weight*rest-c.ceiling*weights)
				under += max(0, c.floor*weights-c.weight*rest)
			}
		}
		if over == 0 && under == 0 {
			for i, c := range claims {
				switch {
				case frozen[i]:
				case weights == 0: // nobody asks by weight, and nothing is left
					bounds[i] = exactly(c.floor)
				default:
					bounds[i] = rounded(c.weight*rest, weights)
				}
			}
			return bounds
		}
		for i, c := range claims {
			switch {
			case frozen[i]:
			case over >= under && c.weight*rest > c.ceiling*weights:
				frozen[i], bounds[i] = true, exactly(c.ceiling)
			case over < under && c.weight*rest < c.floor*weights:
				frozen[i], bounds[i] = true, exactly(c.floor)
			}
		}
	}
}
