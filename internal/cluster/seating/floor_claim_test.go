package seating

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

func aClaim(t interface{ Fatalf(string, ...any) }, name string, seats Seats, suffixes string, naming map[string]string) FloorClaim {
	style := aStyle(t, someNodes(suffixes))
	style.Naming = aNaming(t, naming)
	return FloorClaim{Name: name, Seats: seats, Style: style}
}

func TestFloorClaims(t *testing.T) {
	seats := someSeats(t, "2000-2009")
	first := aClaim(t, "first", seats, "ab", nil)
	fated := func(claim FloorClaim, fate FloorFate) FloorClaim {
		claim.Fate = fate
		return claim
	}
	apart := map[string]string{"alias_id": "{seat}x", "login": "p{seat}{suffix}"}
	for _, c := range []struct {
		claim string
		other FloorClaim
		says  string
	}{
		{"other seats", aClaim(t, "other", someSeats(t, "2010"), "ab", nil), ""},
		{"a seat of both", aClaim(t, "other", someSeats(t, "2009-2010"), "ab", nil), "alias 2009 is of placement first and of placement other"},
		{"the same seats on other servers", aClaim(t, "other", seats, "cd", nil), "alias 2000"},
		{"the same seats with other names on other servers", aClaim(t, "other", seats, "cd", apart), ""},
		{"the same seats with other names on one server of both", aClaim(t, "other", seats, "bc", apart), "extension 2000 on 10.0.0.2"},
		{"the same floor once more", first, ""},
		{"a floor of the same name with some of its seats", aClaim(t, "first", someSeats(t, "2000"), "ab", nil), "alias 2000"},
		{"a floor with its rows that goes", fated(aClaim(t, "other", seats, "ab", nil), FloorGoes), "alias 2000 is of placement other, which is removed, and of placement first, which stays"},
		{"itself before it is replaced", fated(first, FloorReplaced), ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for _, order := range [][]FloorClaim{{first, c.other}, {c.other, first}} {
				claims, err := FloorClaims(nil).With(order[0])
				if err != nil {
					t.Fatal(err)
				}
				_, err = claims.With(order[1])
				switch {
				case c.says == "" && err != nil:
					t.Errorf("got %v", err)
				case c.says != "" && err == nil:
					t.Error("lets both write")
				case c.says != "" && order[0].Name == "first" && order[0].Fate == FloorStays && !strings.Contains(err.Error(), c.says):
					t.Errorf("got %v, want %q", err, c.says)
				}
			}
		})
	}
	t.Run("a floor that is replaced leaves nothing in the way of the new one", func(t *testing.T) {
		rows := floorRowsOf(t, first.Style, place(t, Floor{Seats: seats, Nodes: someNodes("ab")}, nil))
		rows.Phones = append(rows.Phones, Phone{ServerIP: "10.0.0.1", Login: "x", Extension: "x"})
		claims, err := FloorClaims(nil).With(fated(first, FloorReplaced))
		if err != nil {
			t.Fatal(err)
		}
		if left := claims.Remaining(rows); len(left.Phones) != 1 || len(left.Aliases) != 0 {
			t.Errorf("%d phones and %d aliases are left", len(left.Phones), len(left.Aliases))
		}
	})
}

func TestSeats_Common(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSeats(t, 12), drawSeats(t, 12)
		want := ""
		for _, seat := range a.All() {
			if _, both := b.Index(seat); both {
				want = seat
				break
			}
		}
		if got, both := a.Common(b); got != want || both != (want != "") {
			t.Fatalf("%s and %s share %q, not %q", a, b, want, got)
		}
	})
}

func TestLeftBehind(t *testing.T) {
	one := someSeats(t, "2000-2001")
	have := floorRowsOf(t, aStyle(t, someNodes("ab")), place(t, Floor{Seats: one, Nodes: someNodes("ab")}, nil))
	all := have
	all.Aliases = append(all.Aliases, PhoneAlias{ID: "reception", Logins: []string{"x", "2001A"}}, PhoneAlias{ID: "y", Logins: []string{"2000a"}})
	all.Users = []SeatUser{{User: "2001", PhoneLogin: "2001"}, {User: "ann", PhoneLogin: "2001"}, {User: "bob", PhoneLogin: "2001b"}, {User: "cid", PhoneLogin: "2000"}}
	want := floorRowsOf(t, aStyle(t, someNodes("ab")), place(t, Floor{Seats: someSeats(t, "2000"), Nodes: someNodes("ab")}, nil))
	plan, err := PlanFloor(have, all, want, FloorPlan{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(LeftBehind(plan, all), "; "); got != "alias reception lists 2001A; user ann logs in with 2001; user bob logs in with 2001b" {
		t.Errorf("names %s", got)
	}
}

func TestFloorRows_live(t *testing.T) {
	phone := func(seat, ip string) Phone {
		return Phone{Seat: seat, ServerIP: ip, Login: seat, Extension: seat, DialplanNumber: seat + "0"}
	}
	own := FloorRows{Phones: []Phone{phone("2000", "10.0.0.1"), phone("2000", "10.0.0.2"), phone("2001", "10.0.0.2"), phone("2001", "10.0.0.3")}}
	now := NewPlacement(someSeats(t, "2000-2001"))
	now.Put(0, []string{"10.0.0.1"})
	now.Put(1, []string{"10.0.0.2"})
	stray := own.Stray(now, FloorRows{Phones: []Phone{phone("2001", "10.0.0.3")}})
	if len(stray.Phones) != 1 || stray.Phones[0].ServerIP != "10.0.0.2" || stray.Phones[0].Seat != "2000" {
		t.Errorf("stray are %v", stray.Phones)
	}
	agents := []cluster.LiveAgent{{User: "6001", ServerIP: "10.0.0.2", Extension: "Local/20000@default"}, {User: "6002", ServerIP: "10.0.0.2", Extension: "SIP/2001"}}
	rest, who := own.Sparing(stray, agents)
	if len(rest.Phones) != 3 || len(own.Phones) != 4 || strings.Join(who, "; ") != "seat 2000 on 10.0.0.2 by user 6001" {
		t.Errorf("%d of %d phones are left, for %v", len(rest.Phones), len(own.Phones), who)
	}
}
