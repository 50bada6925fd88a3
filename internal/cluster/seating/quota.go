package seating

// bound has the minimum and maximum number of seats of a node: its quota, rounded
// down and up. Both are equal when the quota is a whole number. rest is the part
// that was rounded off, in a unit that all bounds of one sum share.
type bound struct{ low, high, rest int }

func exactly(seats int) bound { return bound{seats, seats, 0} }

// rounded returns the bound of the quota part/whole.
func rounded(part, whole int) bound {
	return bound{part / whole, (part + whole - 1) / whole, part % whole}
}

// demand is the demand of a node: a share by weight, at least 1, and at most
// ceiling, its capacity.
type demand struct{ weight, ceiling int }

// quotas distributes total by weight within ceilings. Every node below its ceiling
// gets weight × q with the same q. Since weights are whole numbers, rounding these
// quotas keeps any two nodes within one seat per unit of weight: q is between whole
// numbers n and n+1, and so is every rounded quota divided by its weight.
//
// The sum of the ceilings must be at least total.
func quotas(total int, demands []demand) []bound {
	bounds := make([]bound, len(demands))
	frozen := make([]bool, len(demands))
	for {
		rest, weights := total, 0
		for i, c := range demands {
			if frozen[i] {
				rest -= bounds[i].low
			} else {
				weights += c.weight
			}
		}
		// q is rest/weights. It only grows, so a node above its ceiling stays above
		// it.
		over := false
		for i, c := range demands {
			if !frozen[i] && c.weight*rest > c.ceiling*weights {
				frozen[i], bounds[i], over = true, exactly(c.ceiling), true
			}
		}
		if over {
			continue
		}
		for i, c := range demands {
			if !frozen[i] {
				bounds[i] = rounded(c.weight*rest, weights)
			}
		}
		return bounds
	}
}
