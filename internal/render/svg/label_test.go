package svg

import "testing"

func TestNatural(t *testing.T) {
	for _, pair := range [][2]string{{"dial2", "dial10"}, {"10.0.0.9", "10.0.0.10"}, {"a", "b"}, {"a", "a1"}, {"dial1a", "dial1b"}} {
		if Natural(pair[0], pair[1]) >= 0 || Natural(pair[1], pair[0]) <= 0 {
			t.Errorf("%s does not come before %s", pair[0], pair[1])
		}
	}
}
