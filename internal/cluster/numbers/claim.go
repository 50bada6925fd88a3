package numbers

import (
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// Claim is what one object of a run does with the rows of numbers.
type Claim struct {
	Owner   string // the object, in messages
	Numbers ranges.Set
	Goes    bool // its rows are removed; otherwise they stay or are added
	New     bool // the object is created
}

// Claims are the claims of a run so far. The zero value has none.
type Claims struct {
	claims map[string]Claim // by number
	stays  map[string]Claim // by owner, of those that stay
}

// Add adds a claim. It returns an error if another object has a row of it: both would
// write it, or one would remove it after the other wrote it. An object that is replaced
// is planned twice in a run, the second time as a new one.
func (c *Claims) Add(claim Claim) error {
	if earlier, known := c.stays[claim.Owner]; known && claim.New && !claim.Goes && (earlier.New || !earlier.Numbers.Equal(claim.Numbers)) {
		if both := earlier.Numbers.Common(claim.Numbers); both.Len() > 0 {
			return refuseTwo(both, earlier, claim)
		}
	}
	var both []string
	var with Claim
	for name := range claim.Numbers.Values() {
		other, taken := c.claims[cluster.FoldKey(name)]
		if !taken || other.Owner == claim.Owner || other.Goes && claim.Goes {
			continue
		}
		if len(both) == 0 {
			with = other
		}
		if other.Owner == with.Owner {
			both = append(both, name)
		}
	}
	if len(both) > 0 {
		return refuseTwo(ranges.Of(both), with, claim)
	}
	if c.claims == nil {
		c.claims, c.stays = map[string]Claim{}, map[string]Claim{}
	}
	for name := range claim.Numbers.Values() {
		c.claims[cluster.FoldKey(name)] = claim
	}
	if !claim.Goes {
		c.stays[claim.Owner] = claim
	}
	return nil
}

func refuseTwo(both ranges.Set, one, other Claim) error {
	if !one.Goes && !other.Goes {
		return &cluster.Refused{
			Subject: "two resources would write the same rows",
			Reasons: []string{both.Brief() + " of " + one.Owner + " and of " + other.Owner},
			Advice: "Declare each number once. A number that moves from one resource to another leaves the first one without being deleted:" +
				" a vicidial_inbound_did by a removed block with destroy = false, a number of vicidial_inbound_numbers by its released.",
		}
	}
	goes, stays := one, other
	if other.Goes {
		goes, stays = other, one
	}
	return &cluster.Refused{
		Subject: "one run cannot remove and make the same rows",
		Reasons: []string{both.Brief() + " of " + goes.Owner + ", which removes them, and of " + stays.Owner},
		Advice: "To hand them over, let them go without deleting them: a vicidial_inbound_did by a removed block with destroy = false," +
			" numbers of vicidial_inbound_numbers by its released. If only the name of the block changed, use a moved block.",
	}
}
