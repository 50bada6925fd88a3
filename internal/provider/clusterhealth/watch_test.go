package clusterhealth

import (
	"context"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
)

// flags answers each look at the rebuild flags with what is set since the start.
type flags struct {
	store
	start time.Time
	set   func(since time.Duration) []string
	looks int
}

func (f *flags) RebuildPending(context.Context) ([]string, error) {
	f.looks++
	return f.set(time.Since(f.start)), nil
}

func TestWatchRebuild(t *testing.T) {
	const dial1, dial2, dial3 = "10.0.0.1", "10.0.0.2", "10.0.0.3"
	for name, c := range map[string]struct {
		set   func(since time.Duration) []string
		want  map[string]time.Duration
		lasts time.Duration
	}{
		"all are read": {
			func(since time.Duration) []string {
				if since > 40*time.Second {
					return nil
				}
				return []string{dial1, dial2}
			},
			map[string]time.Duration{},
			45 * time.Second,
		},
		"one is never read": {
			func(time.Duration) []string { return []string{dial2} },
			map[string]time.Duration{dial2: health.RebuildTolerance},
			health.RebuildTolerance,
		},
		"one that is read and set again is not stuck": {
			func(since time.Duration) []string {
				if since == 60*time.Second {
					return []string{dial2}
				}
				return []string{dial1, dial2, dial3}
			},
			map[string]time.Duration{dial2: health.RebuildTolerance},
			health.RebuildTolerance,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				seen, err := watchRebuild(t.Context(), &flags{start: start, set: c.set}, []string{dial1, dial2})
				if err != nil || !maps.Equal(seen, c.want) || time.Since(start) != c.lasts {
					t.Errorf("after %v: %v, %v; want %v after %v", time.Since(start), seen, err, c.want, c.lasts)
				}
			})
		})
	}
}

func TestUnknownRebuilds(t *testing.T) {
	if got := unknownRebuilds(health.Snapshot{}); got != nil {
		t.Errorf("an empty snapshot has %v", got)
	}
}
