package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// floorTables are the rows of all seats, and the flags.
func floorTables(t *testing.T, d *sandbox.Database) string {
	t.Helper()
	tables := ""
	for _, query := range []string{
		"SELECT server_ip, extension, login, pass, dialplan_number, voicemail_id, fullname, protocol FROM phones ORDER BY server_ip, extension",
		"SELECT alias_id, alias_name, logins_list FROM phones_alias ORDER BY alias_id",
		"SELECT user, phone_login FROM vicidial_users ORDER BY user",
		"SELECT server_ip, rebuild_conf_files FROM servers ORDER BY server_ip",
	} {
		tables += d.Table(t.Context(), query) + "\n"
	}
	return tables
}

func seatsFrom(seat int) []string { return []string{fmt.Sprintf("%d-%d", seat, seat+2)} }

// Floors without common rows are written together, and leave what they leave one after another.
func TestApply_floorsTogether(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			d, single := aFloorDatabase(t), aFloorDatabase(t)
			p := sandbox.NewProxy(t, d.Server())
			store, one := newStore(t, d, viaProxy(p)), newStore(t, single)
			before, after := make([]testFloor, n), make([]testFloor, n)
			for i := range n {
				before[i] = someFloor(t, seatsFrom(2000+10*i), "ab", nil, "secret1")
				after[i] = someFloor(t, seatsFrom(2001+10*i), "bc", before[i].placed, fmt.Sprint("other", i))
				for _, d := range []*sandbox.Database{d, single} {
					run(t, d, fmt.Sprintf("INSERT IGNORE INTO vicidial_users (user, pass) VALUES ('%d', 'x'), ('%d', 'x')", 2000+10*i, 2002+10*i))
				}
			}
			store.maxUnlockedAge, store.maxFreshAge, store.maxLockAge = time.Hour, time.Hour, time.Hour // however slow the machine is
			if _, err := store.FloorRows(t.Context(), before[0].style.Columns()); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				kind string
				of   func(s *Store, i int) planFunc
				most int // statements, however many there are
			}{
				{"create", func(s *Store, i int) planFunc { return before[i].plan(s, nil) }, 16},
				{"change", func(s *Store, i int) planFunc { return after[i].plan(s, &before[i]) }, 19},
				{"remove", func(s *Store, i int) planFunc { return after[i].removal(s) }, 10},
			} {
				p.Reset()
				var changes []planFunc
				for i := range n {
					changes = append(changes, step.of(store, i))
					if err := one.Apply(t.Context(), step.of(one, i)); err != nil {
						t.Fatal(err)
					}
				}
				for i, err := range together(t, store, changes...) {
					if err != nil {
						t.Errorf("%s %d: %v", step.kind, i, err)
					}
				}
				// On a slow machine the lock is released meanwhile, and connections are closed.
				sent := slices.DeleteFunc(p.Statements(), func(text string) bool {
					return strings.Contains(text, "_LOCK(") || strings.HasPrefix(text, "SET ")
				})
				if len(sent) > step.most {
					t.Errorf("%s: %d statements:\n%s", step.kind, len(sent), strings.Join(sent, "\n"))
				}
				if got, want := floorTables(t, d), floorTables(t, single); got != want {
					t.Errorf("%s: together\n%s\none after another\n%s", step.kind, got, want)
				}
				checkInvariants(t, d, step.kind)
				run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
				run(t, single, "UPDATE servers SET rebuild_conf_files = 'N'")
			}
			const entries = "SELECT event_section, event_type, record_id, event_notes, COUNT(*) AS n FROM vicidial_admin_log GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
			if got, want := d.Table(t.Context(), entries), single.Table(t.Context(), entries); got != want {
				t.Errorf("the change log has\n%s\nand one after another\n%s", got, want)
			}
			expectFreeLock(t, d, store)
		})
	}
}

// Whatever a batch does with floors, each change that succeeds does so one after another too,
// each that is refused is refused after those, and the rows are the same.
func TestApply_anyFloorsTogether(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) // the same ones each time
	d, single := aFloorDatabase(t), aFloorDatabase(t)
	store, one := newStore(t, d), newStore(t, single)
	floors := map[int]testFloor{} // by a tenth of their seats
	refused := 0
	for round := range 12 {
		type change struct {
			of     func(s *Store) planFunc
			at     int
			result *testFloor
		}
		var changes []change
		for at := range 8 {
			suffixes, password := []string{"ab", "bc", "abc"}[random.IntN(3)], fmt.Sprint("secret", random.IntN(3))
			before, exists := floors[at]
			switch {
			case exists && random.IntN(3) == 0:
				changes = append(changes, change{before.removal, at, nil})
			case exists:
				after := someFloor(t, seatsFrom(2000+10*at+random.IntN(3)), suffixes, before.placed, password)
				changes = append(changes, change{func(s *Store) planFunc { return after.plan(s, &before) }, at, &after})
			default: // two that want the same seat
				for i := range 1 + random.IntN(2) {
					created := someFloor(t, seatsFrom(2000+10*at+i), suffixes, nil, fmt.Sprint("secret", 4+i))
					changes = append(changes, change{func(s *Store) planFunc { return created.plan(s, nil) }, at, &created})
				}
			}
		}
		var plans []planFunc
		for _, c := range changes {
			plans = append(plans, c.of(store))
		}
		var failed []change
		for i, err := range together(t, store, plans...) {
			c := changes[i]
			if err != nil {
				if !cluster.IsTemporary(err) {
					t.Errorf("round %d, %d: %v", round, c.at, err)
				}
				failed = append(failed, c)
				continue
			}
			if err := one.Apply(t.Context(), c.of(one)); err != nil {
				t.Errorf("round %d, %d: it is refused by itself: %v", round, c.at, err)
			}
			delete(floors, c.at)
			if c.result != nil {
				floors[c.at] = *c.result
			}
		}
		for _, c := range failed {
			if err := one.Apply(t.Context(), c.of(one)); !cluster.IsTemporary(err) {
				t.Errorf("round %d, %d: it is not refused by itself: %v", round, c.at, err)
			}
		}
		refused += len(failed)
		if got, want := floorTables(t, d), floorTables(t, single); got != want {
			t.Fatalf("round %d: together\n%s\none after another\n%s", round, got, want)
		}
		checkInvariants(t, d, fmt.Sprint("round ", round))
		run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")
		run(t, single, "UPDATE servers SET rebuild_conf_files = 'N'")
	}
	if refused == 0 {
		t.Error("none was refused")
	}
}

// A conflict, a refused row and a login of two phones concern one floor of a batch only.
func TestApply_floorsOfWhichOneFails(t *testing.T) {
	t.Parallel()
	floors := func(t *testing.T, password string) []testFloor {
		t.Helper()
		var all []testFloor
		for i := range 5 {
			all = append(all, someFloor(t, seatsFrom(2000+10*i), "ab", nil, password))
		}
		return all
	}
	setUp := func(t *testing.T) (d *sandbox.Database, store *Store, before []testFloor) {
		t.Helper()
		d = aFloorDatabase(t)
		store, before = newStore(t, d), floors(t, "secret1")
		for _, err := range together(t, store, plansOf(store, before, nil)...) {
			if err != nil {
				t.Fatal(err)
			}
		}
		return d, store, before
	}
	expectConflict := func(t *testing.T, d *sandbox.Database, store *Store, before []testFloor) {
		t.Helper()
		for i, err := range together(t, store, onceAfter(plansOf(store, floors(t, "secret2"), before), func() {
			run(t, d, "UPDATE phones SET pass = 'theirs' WHERE login = '2021a'")
		})...) {
			if (i == 2) != isConflict(err) || i != 2 && err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	const passwords = "SELECT pass, COUNT(*) AS n FROM phones GROUP BY pass ORDER BY pass"
	t.Run("a phone is changed by another client between the plan and its statement", func(t *testing.T) {
		t.Parallel()
		d, store, before := setUp(t)
		expectConflict(t, d, store, before)
		d.Expect(t, passwords, "| pass    | n  |\n| secret2 | 29 |\n| theirs  |  1 |")
	})
	t.Run("so is one, while another login is that of two phones", func(t *testing.T) {
		t.Parallel()
		d, store, before := setUp(t)
		run(t, d, "INSERT INTO phones (extension, server_ip, login, pass) VALUES ('x', '10.0.0.3', '2000a', 'secret1')")
		store.Forget()
		expectConflict(t, d, store, before)
		d.Expect(t, passwords, "| pass    | n  |\n| secret2 | 30 |\n| theirs  |  1 |")
	})
	t.Run("a value is too long", func(t *testing.T) {
		t.Parallel()
		d := aFloorDatabase(t)
		store := newStore(t, d)
		all := floors(t, "secret1")
		all[3] = someFloor(t, seatsFrom(2030), "ab", nil, strings.Repeat("x", 300))
		for i, err := range together(t, store, plansOf(store, all, nil)...) {
			if (i == 3) != (err != nil) {
				t.Errorf("%d: %v", i, err)
			}
		}
		d.Expect(t, passwords, "| pass    | n  |\n| secret1 | 24 |")
		d.Expect(t, "SELECT event_section, COUNT(*) AS n FROM vicidial_admin_log GROUP BY event_section", "| event_section | n |\n| PHONEALIASES  | 4 |\n| PHONES        | 4 |\n| USERS         | 1 |")
	})
}

// A connection that breaks at any statement of a batch of floors loses nothing and writes nothing
// twice.
func TestApply_floorsOverALineThatBreaks(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]sandbox.Cut{"before it is sent": sandbox.WriteUnsent, "before it is answered": sandbox.WriteUnanswered} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := aFloorDatabase(t)
			for n, quiet := 1, false; !quiet; n++ {
				run(t, d, "DELETE FROM phones", "DELETE FROM phones_alias", "UPDATE vicidial_users SET phone_login = ''")
				p := sandbox.NewProxy(t, d.Server())
				store := newStore(t, d, viaProxy(p))
				var before, after []testFloor
				for i := range 3 {
					before = append(before, someFloor(t, seatsFrom(2000+10*i), "ab", nil, "secret1"))
					after = append(after, someFloor(t, seatsFrom(2001+10*i), "bc", before[i].placed, "secret2"))
				}
				for i, err := range together(t, store, plansOf(store, before, nil)...) {
					if err != nil {
						t.Fatalf("%d: %v", i, err)
					}
				}
				run(t, d, "DELETE FROM vicidial_admin_log")
				store.Forget()
				for i, err := range togetherAfter(t, store, func() { p.CutAt(n, cut, false) }, plansOf(store, after, before)...) {
					if err != nil {
						t.Errorf("cut at %d: %d: %v", n, i, err)
					}
				}
				quiet = p.Cuts() == 0
				p.Restore()
				d.Expect(t, "SELECT COUNT(*) AS phones, COUNT(DISTINCT extension) AS seats, MIN(pass) AS pass FROM phones", "| phones | seats | pass    |\n|     18 |     9 | secret2 |")
				d.Expect(t, "SELECT COUNT(DISTINCT event_section, event_type, record_id, event_sql) - COUNT(*) AS twice FROM vicidial_admin_log", "| twice |\n|     0 |")
				checkInvariants(t, d, fmt.Sprintf("cut at %d", n))
				expectFreeLock(t, d, store)
			}
		})
	}
}

func plansOf(s *Store, floors, before []testFloor) []planFunc {
	var plans []planFunc
	for i, floor := range floors {
		if before == nil {
			plans = append(plans, floor.plan(s, nil))
		} else {
			plans = append(plans, floor.plan(s, &before[i]))
		}
	}
	return plans
}

// onceAfter calls a function once, after all plans are made.
func onceAfter(plans []planFunc, call func()) []planFunc {
	var decided atomic.Int64
	all := make([]planFunc, len(plans))
	for i, plan := range plans {
		all[i] = func(ctx context.Context) (cluster.Plan, error) {
			made, err := plan(ctx)
			if decided.Add(1) == int64(len(plans)) {
				call()
			}
			return made, err
		}
	}
	return all
}
