package cluster

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func upTo(n int) *int { return &n }

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		name       string
		total      int
		weightings map[string]Weighting
		want       Shares
	}{
		{"weights share in proportion", 300, map[string]Weighting{"a": {Weight: 2}, "b": {Weight: 1}}, Shares{"a": 200, "b": 100}},
		{"what exceeds a maximum is given to the others", 300, map[string]Weighting{"a": {Weight: 2}, "b": {Weight: 1, Max: upTo(80)}}, Shares{"a": 220, "b": 80}},
		{"fixed trunks come off the top", 300, map[string]Weighting{"a": {Weight: 2}, "b": {Weight: 1, Max: upTo(80)}, "c": Fixed(40)}, Shares{"a": 180, "b": 80, "c": 40}},
		{"a minimum is kept", 10, map[string]Weighting{"a": {Weight: 100}, "b": {Weight: 1, Min: 3}}, Shares{"a": 7, "b": 3}},
		{"the key that sorts first wins a tie", 3, map[string]Weighting{"b": {Weight: 1}, "a": {Weight: 1}}, Shares{"a": 2, "b": 1}},
		{"nothing can be shared too", 0, map[string]Weighting{"a": {Weight: 1}, "b": Fixed(0)}, Shares{"a": 0, "b": 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Apportion(c.total, c.weightings)
			if err != nil || !maps.Equal(got, c.want) {
				t.Errorf("Apportion(%d) = %v, %v; want %v", c.total, got, err, c.want)
			}
		})
	}
}

func TestApportion_refuses(t *testing.T) {
	for _, c := range []struct {
		name       string
		total      int
		weightings map[string]Weighting
		fits       bool // false: the error is errDoesNotFit
		want       string
	}{
		{"a weight of nothing", 5, map[string]Weighting{"a": {}}, true, "a: a weight of 0 is below 1"},
		{"a weight beyond reason", 5, map[string]Weighting{"a": {Weight: MaxWeight + 1}, "b": {Weight: 1}}, true, "a: a weight above 1000000"},
		{"bounds that cross", 5, map[string]Weighting{"a": {Weight: 1, Min: 4, Max: upTo(3)}}, true, "a: the maximum of 3 is below the minimum of 4"},
		{"a negative minimum", 5, map[string]Weighting{"a": {Weight: 1, Min: -1}}, true, "a: a minimum of -1 is below 0"},
		{"nobody", 5, nil, true, "there is no server to share with"},
		{"a total beyond reason", MaxTotal + 1, map[string]Weighting{"a": {Weight: 1}}, true, "a total of 1000001 is outside 0 to 1000000"},
		{"too much that is fixed", 5, map[string]Weighting{"a": Fixed(4), "b": Fixed(3)}, false, "does not fit: the minimums and fixed trunks add up to 7, 2 more than the total of 5"},
		{"too little room", 9, map[string]Weighting{"a": Fixed(4), "b": {Weight: 1, Max: upTo(3)}}, false, "does not fit: the maximums and fixed trunks add up to 7, 2 short of the total of 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Apportion(c.total, c.weightings)
			if err == nil || err.Error() != c.want || errors.Is(err, errDoesNotFit) == c.fits {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestApportionSurviving(t *testing.T) {
	for _, c := range []struct {
		name          string
		total, losses int
		weightings    map[string]Weighting
		want          Shares
	}{
		{"equal servers each hold what one loses", 300, 1, map[string]Weighting{"a": {Weight: 1}, "b": {Weight: 1}, "c": {Weight: 1}}, Shares{"a": 150, "b": 150, "c": 150}},
		{"a large server is not raised above the need", 300, 1, map[string]Weighting{"a": {Weight: 2}, "b": {Weight: 1}, "c": {Weight: 1}}, Shares{"a": 150, "b": 150, "c": 150}},
		{"two may be lost", 100, 2, map[string]Weighting{"a": {Weight: 1}, "b": {Weight: 1}, "c": {Weight: 1}}, Shares{"a": 100, "b": 100, "c": 100}},
		{"fixed trunks stay and the others make up for them", 100, 1, map[string]Weighting{"a": {Weight: 1}, "b": {Weight: 1}, "c": Fixed(20)}, Shares{"a": 80, "b": 80, "c": 20}},
		{"fixed trunks that hold the total without one are left as they are", 100, 1, map[string]Weighting{"a": Fixed(50), "b": Fixed(50), "c": Fixed(50)}, Shares{"a": 50, "b": 50, "c": 50}},
		{"so are minimums", 100, 1, map[string]Weighting{"a": {Weight: 5, Min: 50}, "b": {Weight: 1, Min: 50}, "c": {Weight: 1, Min: 50}}, Shares{"a": 50, "b": 50, "c": 50}},
		{"minimums that exceed the total need not survive a loss yet", 100, 1, map[string]Weighting{"a": {Weight: 1, Min: 90}, "b": {Weight: 1, Min: 20}}, Shares{"a": 100, "b": 100}},
		{"no loss is plain sharing", 10, 0, map[string]Weighting{"a": {Weight: 1}, "b": {Weight: 1}}, Shares{"a": 5, "b": 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ApportionSurviving(c.total, c.losses, c.weightings)
			if err != nil || !maps.Equal(got, c.want) {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}

	t.Run("the error of too little capacity has the missing number", func(t *testing.T) {
		_, err := ApportionSurviving(100, 1, map[string]Weighting{"a": {Weight: 1, Max: upTo(70)}, "b": {Weight: 1, Max: upTo(70)}})
		want := "does not fit: with one server lost the others hold 70 at most, 30 short of the total of 100; raise their max or trunks, or add a server"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	})
	t.Run("the last server cannot be lost", func(t *testing.T) {
		if _, err := ApportionSurviving(100, 1, map[string]Weighting{"a": {Weight: 1}}); !errors.Is(err, errDoesNotFit) {
			t.Errorf("got %v, want errDoesNotFit", err)
		}
	})
}

// everyLoss is the least that is left, whichever servers are lost: all of them
// are tried.
func everyLoss(shares Shares, losses int) int {
	keys := slices.Sorted(maps.Keys(shares))
	least := sum(shares)
	for lost := range 1 << len(keys) {
		if bits.OnesCount(uint(lost)) != losses {
			continue
		}
		held := 0
		for i, key := range keys {
			if lost&(1<<i) == 0 {
				held += shares[key]
			}
		}
		least = min(least, held)
	}
	return least
}

// someWeightings draws weightings whose bounds leave room for the total.
func someWeightings(t *rapid.T) (int, map[string]Weighting) {
	total := rapid.IntRange(0, 2000).Draw(t, "total")
	weightings := map[string]Weighting{"open": {Weight: rapid.IntRange(1, 20).Draw(t, "weight")}}
	left := total
	for i := range rapid.IntRange(0, 8).Draw(t, "others") {
		weighting := Weighting{Weight: rapid.IntRange(1, 20).Draw(t, "weight"), Min: rapid.IntRange(0, left/4).Draw(t, "min")}
		left -= weighting.Min
		if rapid.Bool().Draw(t, "bounded") {
			weighting.Max = upTo(weighting.Min + rapid.IntRange(0, 500).Draw(t, "span"))
		}
		weightings[fmt.Sprintf("10.0.0.%d", i+1)] = weighting
	}
	return total, weightings
}

func TestApportion_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, weightings := someWeightings(t)
		shares, err := Apportion(total, weightings)
		if err != nil {
			t.Fatal(err)
		}
		if sum(shares) != total {
			t.Fatalf("shares %v add up to %d, not %d", shares, sum(shares), total)
		}
		for key, share := range shares {
			if weighting := weightings[key]; share < weighting.Min || weighting.Max != nil && share > *weighting.Max {
				t.Fatalf("%s has %d, outside its bounds %+v", key, share, weighting)
			}
		}
		more, err := Apportion(total+1, weightings)
		if err != nil {
			t.Fatal(err)
		}
		for key, share := range shares {
			if more[key] < share {
				t.Fatalf("one more trunk took from %s: %d to %d", key, share, more[key])
			}
		}
		// No pair would be nearer to its weights with a trunk handed over: that
		// is what Sainte-Laguë's method promises.
		for from, give := range weightings {
			for to, take := range weightings {
				if from == to || shares[from] <= give.Min || take.full(shares[to]) {
					continue
				}
				if take.Weight*(2*shares[from]-1) > give.Weight*(2*shares[to]+1) {
					t.Fatalf("%s (%d) should hand a trunk to %s (%d); weightings %+v", from, shares[from], to, shares[to], weightings)
				}
			}
		}
	})
}

func TestApportionSurviving_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, weightings := someWeightings(t)
		losses := rapid.IntRange(1, 3).Draw(t, "losses")
		if rapid.Bool().Draw(t, "sized already") { // minimums and fixed trunks beyond the total
			for _, key := range slices.Sorted(maps.Keys(weightings)) {
				weightings[key] = rapid.SampledFrom([]Weighting{weightings[key], Fixed(total), {Weight: 1, Min: total / 2}}).Draw(t, "weighting")
			}
		}
		shares, err := ApportionSurviving(total, losses, weightings)
		if errors.Is(err, errDoesNotFit) {
			// It is reported only where even the largest house does not hold the total.
			full := Shares{}
			for key, weighting := range weightings {
				full[key] = MaxTotal
				if weighting.Max != nil {
					full[key] = *weighting.Max
				}
			}
			if losses < len(weightings) && everyLoss(full, losses) >= total {
				t.Fatalf("%v, though %v holds %d", err, full, total)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if held := everyLoss(shares, losses); held < total {
			t.Fatalf("%v holds %d of %d without %d servers", shares, held, total, losses)
		}
		for key, share := range shares {
			if weighting := weightings[key]; share < weighting.Min || weighting.Max != nil && share > *weighting.Max {
				t.Fatalf("%s has %d, outside its bounds %+v", key, share, weighting)
			}
		}
		natural, err := Apportion(total, weightings)
		if err != nil {
			return // the minimums alone are more
		}
		for key, share := range shares {
			if share < natural[key] {
				t.Fatalf("%s has %d, less than its share of %d", key, share, natural[key])
			}
		}
	})
}

func sum(shares Shares) int {
	sum := 0
	for _, share := range shares {
		sum += share
	}
	return sum
}
