package faulttest_test

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// atOnce is how many floors are killed side by side. Most of the time each waits
// for a line that stays down.
const atOnce = 8

var cuts = map[string]sandbox.Cut{"unsent": sandbox.WriteUnsent, "unanswered": sandbox.WriteUnanswered}

// sweep tries the n-th write for n = 1, 2, 3 and so on, until one had no write to
// cut at. try says whether it had; stays is a provider that stays, for it alone.
func sweep(t *testing.T, least int, try func(n int, stays string) bool) {
	t.Helper()
	providers := make([]string, atOnce)
	for i := range providers {
		providers[i] = attached(t)
	}
	var next, quiet atomic.Int64 // the next to try, and the first without a cut
	quiet.Store(math.MaxInt64)
	var all sync.WaitGroup
	for _, stays := range providers {
		all.Go(func() {
			for n := next.Add(1); n < quiet.Load() && !t.Failed(); n = next.Add(1) {
				if try(int(n), stays) {
					continue
				}
				for {
					first := quiet.Load()
					if n >= first || quiet.CompareAndSwap(first, n) {
						break
					}
				}
			}
		})
	}
	all.Wait()
	if n := quiet.Load(); n <= int64(least) {
		t.Errorf("only %d writes, so this sweep tries less than it says", n-1)
	}
}

// The line is cut at each writing statement in turn and stays down, while a
// floor is changed in all ways at once. The next apply ends where it should.
func TestAccFaults_update(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	from := reach(t, s)
	for name, cut := range cuts {
		t.Run("each write "+name+" in turn", func(t *testing.T) {
			t.Parallel()
			sweep(t, 25, func(n int, stays string) bool {
				p := sandbox.NewProxy(t, s)
				d, w := from.again(t, func(*sandbox.Database) int { return p.Port() })
				if cut == sandbox.WriteUnanswered { // each other run has a provider of its own
					w.stay(t, stays, d)
				}
				p.CutAt(n, cut, true)
				code, said := w.terraform("apply", "-auto-approve")
				came := p.Cuts() > 0
				when := fmt.Sprintf("write %d %s", n, name)
				if came == (code == 0) {
					t.Errorf("%s: the apply ends with %d\n%s", when, code, said)
				}
				nobodyIsPromisedTooMuch(t, d, when)
				p.Restore()
				if came {
					if code, said := w.terraform("apply", "-auto-approve"); code != 0 {
						t.Errorf("%s: the next apply ends with %d\n%s", when, code, said)
					}
				}
				if code, said := w.terraform("plan", "-detailed-exitcode"); code != 0 {
					t.Errorf("%s: the plan afterwards ends with %d\n%s", when, code, said)
				}
				expectAfter(t, d)
				if t.Failed() {
					t.Logf("seen first after: %s", when)
				}
				return came
			})
		})
	}
}

// small is a floor of one server and one split, for what a sweep has to do many
// times over.
const small = `
resource "vicidial_server" "dial1" {
  server_id           = "dial1"
  server_ip           = "10.0.0.1"
  max_vicidial_trunks = 100
  conference          = { rooms = 3 }
}

resource "vicidial_server" "dial2" {
  server_id           = "dial2"
  server_ip           = "10.0.0.2"
  max_vicidial_trunks = 100
}

resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 90
  servers = {
    (vicidial_server.dial1.server_ip) = { weight = 2 }
    (vicidial_server.dial2.server_ip) = {}
  }
}
`

// The same while a floor is made, and while it is taken down.
func TestAccFaults_createAndDestroy(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	for name, cut := range cuts {
		t.Run("each write "+name+" in turn", func(t *testing.T) {
			t.Parallel()
			sweep(t, 8, func(n int, stays string) bool {
				p := sandbox.NewProxy(t, s)
				d := aFloor(t, s)
				w := open(t, d, p.Port())
				w.stay(t, stays, d)
				w.declare(t, small)
				interrupted := func(what string, args ...string) bool {
					p.Reset()
					had := p.Cuts()
					p.CutAt(n, cut, true)
					code, said := w.terraform(args...)
					came := p.Cuts() > had
					if came == (code == 0) {
						t.Errorf("write %d %s while it is %s: it ends with %d\n%s", n, name, what, code, said)
					}
					nobodyIsPromisedTooMuch(t, d, what)
					p.Restore()
					if came {
						if code, said := w.terraform(args...); code != 0 {
							t.Errorf("write %d %s while it is %s: the next try ends with %d\n%s", n, name, what, code, said)
						}
					}
					return came
				}
				made := interrupted("made", "apply", "-auto-approve")
				if code, said := w.terraform("plan", "-detailed-exitcode"); code != 0 {
					t.Errorf("write %d %s: the plan afterwards ends with %d\n%s", n, name, code, said)
				}
				d.Expect(t, serverRows, `
					| server_id | server_ip | lines_ | rebuild |
					| dial1     | 10.0.0.1  |    100 | Y       |
					| dial2     | 10.0.0.2  |    100 | Y       |`)
				d.Expect(t, trunkRows, `
					| server_ip | campaign_id | lines_ | trunk_restriction |
					| 10.0.0.1  | SALES       |     60 | MAXIMUM_LIMIT     |
					| 10.0.0.2  | SALES       |     30 | MAXIMUM_LIMIT     |`)
				d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_conferences WHERE server_ip = '10.0.0.1'", "| n |\n| 3 |")
				destroyed := interrupted("destroyed", "destroy", "-auto-approve")
				d.Expect(t, serverRows, "| server_id | server_ip | lines_ | rebuild |")
				d.Expect(t, trunkRows, "| server_ip | campaign_id | lines_ | trunk_restriction |")
				d.Expect(t, roomRows, "| server_ip | conf_exten |")
				return made || destroyed
			})
		})
	}
}
