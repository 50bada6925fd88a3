package replacement

import (
	"testing"
	"time"
)

// A later instance has the greater token, also where the clock was set back in between,
// or another machine is behind.
func TestToken_isLater(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	for claim, c := range map[string]struct{ first, second string }{
		"at once":                 {token(7, now), token(7, now.Add(time.Nanosecond))},
		"over a clock put back":   {token(7, now), token(8, now.Add(-time.Hour))},
		"over a digit more":       {token(9, now), token(10, now.Add(-time.Hour))},
		"without a log":           {token(0, now), token(0, now.Add(time.Second))},
		"of another log position": {token(0, now.Add(time.Hour)), token(12, now)},
	} {
		if c.first >= c.second {
			t.Errorf("%s: %q is not before %q", claim, c.first, c.second)
		}
	}
}
