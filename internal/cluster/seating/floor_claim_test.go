package seating

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func newClaim(t interface{ Fatalf(string, ...any) }, name string, seats Seats, suffixes string, naming map[string]string) FloorClaim {
	style := testStyle(t, testNodes(suffixes))
	style.Naming = mustNaming(t, naming)
	return FloorClaim{Name: name, Seats: seats, Style: style}
}

func TestFloorClaims(t *testing.T) {
	seats := mustSeats(t, "2000-2009")
	first := newClaim(t, "first", seats, "ab", nil)
	withAction := func(claim FloorClaim, action FloorAction) FloorClaim {
		claim.Action = action
		return claim
	}
	ofInstance := func(claim FloorClaim, token string) FloorClaim {
		claim.Instance = token
		return claim
	}
	apart := map[string]string{"alias_id": "{seat}x", "login": "p{seat}{suffix}"}
	for _, c := range []struct {
		name  string
		other FloorClaim
		err   string
	}{
		{"other seats", newClaim(t, "other", mustSeats(t, "2010"), "ab", nil), ""},
		{"common seat", newClaim(t, "other", mustSeats(t, "2009-2010"), "ab", nil), "alias 2009 is of placement first and of placement other"},
		{"same seats on other servers", newClaim(t, "other", seats, "cd", nil), "alias 2000"},
		{"same seats with other names on other servers", newClaim(t, "other", seats, "cd", apart), ""},
		{"same seats with other names on a common server", newClaim(t, "other", seats, "bc", apart), "extension 2000 on 10.0.0.2"},
		{"same floor", first, ""},
		{"same name with some of the seats", newClaim(t, "first", mustSeats(t, "2000"), "ab", nil), "alias 2000"},
		{"deleted floor with the same rows", withAction(newClaim(t, "other", seats, "ab", nil), FloorDeleted), "alias 2000 is of placement other, which is removed, and of placement first, which stays"},
		{"same floor, replaced", withAction(first, FloorReplaced), ""},
		{"same floor, deleted by another instance", withAction(ofInstance(first, "2"), FloorDeleted), "alias 2000 is of placement first, which is removed, and of placement first, which stays"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, order := range [][]FloorClaim{{first, c.other}, {c.other, first}} {
				claims, err := FloorClaims(nil).With(order[0])
				if err != nil {
					t.Fatal(err)
				}
				_, err = claims.With(order[1])
				switch {
				case c.err == "" && err != nil:
					t.Errorf("got %v", err)
				case c.err != "" && err == nil:
					t.Error("lets both write")
				case c.err != "" && order[0].Name == "first" && order[0].Action == FloorKept && !strings.Contains(err.Error(), c.err):
					t.Errorf("got %v, want %q", err, c.err)
				}
			}
		})
	}
	for name, next := range map[string]FloorClaim{
		"an instance that was to stay is deleted":  withAction(ofInstance(first, "1"), FloorDeleted),
		"an instance that was to stay is replaced": withAction(ofInstance(first, "1"), FloorReplaced),
		"an instance gets other seats":             ofInstance(newClaim(t, "first", mustSeats(t, "2000-2001"), "ab", nil), "1"),
	} {
		t.Run(name, func(t *testing.T) {
			claims, err := FloorClaims(nil).With(ofInstance(first, "1"))
			if err != nil {
				t.Fatal(err)
			}
			if claims, err = claims.With(next); err != nil || len(claims) != 1 || claims[0].Action != next.Action {
				t.Errorf("got %d claims, and the error %v", len(claims), err)
			}
		})
	}
	t.Run("a replaced instance stays replaced", func(t *testing.T) {
		claims, err := FloorClaims(nil).With(withAction(ofInstance(first, "1"), FloorReplaced))
		if err != nil {
			t.Fatal(err)
		}
		if claims, err = claims.With(withAction(ofInstance(first, "1"), FloorDeleted)); err != nil || len(claims) != 2 {
			t.Errorf("got %d claims, and the error %v", len(claims), err)
		}
	})
	t.Run("replaced floor does not conflict", func(t *testing.T) {
		rows := floorRowsOf(t, first.Style, place(t, Floor{Seats: seats, Nodes: testNodes("ab")}, nil))
		rows.Phones = append(rows.Phones, Phone{PhoneRow: &PhoneRow{ServerIP: "10.0.0.1", Login: "x", Extension: "x"}})
		claims, err := FloorClaims(nil).With(withAction(first, FloorReplaced))
		if err != nil {
			t.Fatal(err)
		}
		if left := claims.Remaining(rows, first); len(left.Phones) != 1 || len(left.Aliases) != 0 {
			t.Errorf("%d phones and %d aliases are left", len(left.Phones), len(left.Aliases))
		}
	})
}

// Two floors of one run: each gives seats to the other, or one does.
func TestFloorClaims_changeHands(t *testing.T) {
	t.Parallel()
	changed := func(name, before, after, suffixes string, naming map[string]string) FloorClaim {
		had := newClaim(t, name, mustSeats(t, before), suffixes, naming)
		claim := newClaim(t, name, mustSeats(t, after), suffixes, naming)
		claim.Before = &had
		claim.Style.Users, claim.Before.Style.Users = true, true
		return claim
	}
	rowsOf := func(claim *FloorClaim, nodes string) FloorRows {
		return floorRowsOf(t, claim.Style, place(t, Floor{Seats: claim.Seats, Nodes: testNodes(nodes)}, nil))
	}
	names := func(rows FloorRows) string {
		found := rows.Names()
		for _, u := range rows.Users {
			found = append(found, "user "+u.User)
		}
		return strings.Join(found, ", ")
	}
	a := changed("a", "2000-2001", "2000", "a", nil)
	for name, c := range map[string]struct {
		b                       FloorClaim
		nodes                   string // of b
		given, keptByA, keptByB string
		left                    string // of a's seat 2001, for b
	}{
		"one gives": {
			b: changed("b", "2002", "2001-2002", "a", nil), nodes: "a",
			given: "phone 10.0.0.1 2001, alias 2001, user 2001", keptByA: "phone 10.0.0.1 2000, alias 2000, user 2000",
			keptByB: "phone 10.0.0.1 2002, alias 2002, user 2002", left: "alias 2001",
		},
		"the seat is the other's on another server": {
			b: changed("b", "2002", "2001-2002", "b", nil), nodes: "b",
			given: "alias 2001, user 2001", keptByA: "phone 10.0.0.1 2000, phone 10.0.0.1 2001, alias 2000, user 2000",
			keptByB: "phone 10.0.0.2 2002, alias 2002, user 2002", left: "alias 2001",
		},
		"nothing is given": {
			b: changed("b", "2002", "2002-2003", "a", nil), nodes: "a",
			keptByA: "phone 10.0.0.1 2000, phone 10.0.0.1 2001, alias 2000, alias 2001, user 2000, user 2001",
			keptByB: "phone 10.0.0.1 2002, alias 2002, user 2002",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := rowsOf(a.Before, "a").And(rowsOf(c.b.Before, c.nodes))
			for _, order := range [][]FloorClaim{{a, c.b}, {c.b, a}} {
				var claims FloorClaims
				for _, claim := range order {
					var err error
					if claims, err = claims.With(claim); err != nil {
						t.Fatal(err)
					}
				}
				if got := names(claims.Received(all, c.b)); got != c.given {
					t.Errorf("b takes %q, not %q", got, c.given)
				}
				if got := names(claims.Received(all, a)); got != "" {
					t.Errorf("a takes %q", got)
				}
				if got := names(claims.Kept(a.Before.Style.Own(all, a.Before.Seats), a)); got != c.keptByA {
					t.Errorf("a keeps %q, not %q", got, c.keptByA)
				}
				if got := names(claims.Kept(c.b.Before.Style.Own(all, c.b.Before.Seats), c.b)); got != c.keptByB {
					t.Errorf("b keeps %q, not %q", got, c.keptByB)
				}
				if got := names(claims.Remaining(all, c.b)); strings.Contains(got, "alias 2001") != (c.left != "") {
					t.Errorf("b meets %q", got)
				}
			}
		})
	}
}

func TestSeats_Common(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSeats(t, 12), drawSeats(t, 12)
		var want []string
		for seat := range a.Values() {
			if b.Has(seat) {
				want = append(want, seat)
			}
		}
		if got := a.Common(b); !slices.Equal(slices.Collect(got.Values()), want) {
			t.Fatalf("%s and %s share %q, not %s", a, b, want, got)
		}
	})
}

func TestDanglingReferences(t *testing.T) {
	one := mustSeats(t, "2000-2001")
	have := floorRowsOf(t, testStyle(t, testNodes("ab")), place(t, Floor{Seats: one, Nodes: testNodes("ab")}, nil))
	all := have
	all.Aliases = append(all.Aliases, PhoneAlias{AliasRow: &AliasRow{ID: "reception", List: "x,2001A"}}, PhoneAlias{AliasRow: &AliasRow{ID: "y", List: "2000a"}})
	all.Users = []SeatUser{{User: "2001", PhoneLogin: "2001"}, {User: "ann", PhoneLogin: "2001"}, {User: "bob", PhoneLogin: "2001b"}, {User: "cid", PhoneLogin: "2000"}}
	want := floorRowsOf(t, testStyle(t, testNodes("ab")), place(t, Floor{Seats: mustSeats(t, "2000"), Nodes: testNodes("ab")}, nil))
	plan, err := PlanFloor(have, all, want, PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(DanglingReferences(plan, all), "; "); got != "alias reception lists 2001A; user ann logs in with 2001; user bob logs in with 2001b" {
		t.Errorf("names %s", got)
	}
	all.Phones = append(slices.Clone(all.Phones), Phone{PhoneRow: &PhoneRow{ServerIP: "10.0.0.9", Login: "2001A"}})
	if got := strings.Join(DanglingReferences(plan, all), "; "); got != "user ann logs in with 2001; user bob logs in with 2001b" {
		t.Errorf("with another phone of the login 2001A, names %s", got)
	}
}

// A server that changes its address keeps its phones: those of the old address are
// deleted, and those of the new one have the same logins.
func TestDanglingReferences_address(t *testing.T) {
	seats := mustSeats(t, "2000-2001")
	nodes := testNodes("ab")
	have := floorRowsOf(t, testStyle(t, nodes), place(t, Floor{Seats: seats, Nodes: nodes}, nil))
	all := have
	all.Aliases = append(slices.Clone(all.Aliases), PhoneAlias{AliasRow: &AliasRow{ID: "reception", List: "2001a"}})
	all.Users = []SeatUser{{User: "bob", PhoneLogin: "2001a"}}
	want := have
	want.Phones = slices.Clone(have.Phones)
	for i, phone := range want.Phones {
		if phone.ServerIP == nodes[0].ServerIP {
			row := *phone.PhoneRow
			row.ServerIP = "10.0.9.9"
			want.Phones[i].PhoneRow = &row
		}
	}
	plan, err := PlanFloor(have, all, want, PlanOptions{})
	if err != nil || len(plan.Steps) == 0 {
		t.Fatal(plan, err)
	}
	if got := DanglingReferences(plan, all); len(got) > 0 {
		t.Errorf("names %q", got)
	}
}

func TestFloorRows_inUse(t *testing.T) {
	phone := func(seat, ip string) Phone {
		return Phone{Seat: seat, PhoneRow: &PhoneRow{ServerIP: ip, Login: seat, Extension: seat, DialplanNumber: seat + "0"}}
	}
	own := FloorRows{Phones: []Phone{phone("2000", "10.0.0.1"), phone("2000", "10.0.0.2"), phone("2001", "10.0.0.2"), phone("2001", "10.0.0.3")}}
	now := NewPlacement(mustSeats(t, "2000-2001"))
	now.Set(0, []string{"10.0.0.1"})
	now.Set(1, []string{"10.0.0.2"})
	undeclared := own.UndeclaredPhones(now, FloorRows{Phones: []Phone{phone("2001", "10.0.0.3")}})
	if len(undeclared.Phones) != 1 || undeclared.Phones[0].ServerIP != "10.0.0.2" || undeclared.Phones[0].Seat != "2000" {
		t.Errorf("undeclared are %v", undeclared.Phones)
	}
	agents := []cluster.LiveAgent{{User: "6001", ServerIP: "10.0.0.2", Extension: "Local/20000@default"}, {User: "6002", ServerIP: "10.0.0.2", Extension: "SIP/2001"}}
	rest, who := own.WithoutInUse(undeclared, agents)
	if len(rest.Phones) != 3 || len(own.Phones) != 4 || strings.Join(who, "; ") != "seat 2000 on 10.0.0.2 by user 6001" {
		t.Errorf("%d of %d phones are left, for %v", len(rest.Phones), len(own.Phones), who)
	}
}
