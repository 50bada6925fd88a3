package seating

import (
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"pgregory.net/rapid"
)

func TestSecret(t *testing.T) {
	nodes := testNodes("ab")
	placed := place(t, Floor{Seats: mustSeats(t, "2000-2002"), Nodes: nodes}, nil)
	own := floorRowsOf(t, testStyle(t, nodes), placed) // all have secret1
	filled := func(secret Secret, own FloorRows) []Phone {
		style := testStyle(t, nodes)
		secret.Column = "pass"
		style.Secrets = []Secret{secret}
		want, err := style.Rows(placed, own)
		if err != nil {
			t.Fatal(err)
		}
		return want.Phones
	}
	change := func(rows FloorRows, phone int, pass string) FloorRows {
		rows.Phones = slices.Clone(rows.Phones)
		row := *rows.Phones[phone].PhoneRow
		row.Values = slices.Clone(row.Values)
		row.Values[1] = cluster.Text(pass)
		rows.Phones[phone].PhoneRow = &row
		return rows
	}
	given := func(string) (cluster.Value, bool) { return cluster.Text("given"), true }
	for _, c := range []struct {
		name   string
		secret Secret
		own    FloorRows
		want   string // of the six phones
	}{
		{"new phones get the given value", Secret{Given: given}, FloorRows{}, "given given given given given given"},
		{"existing phones keep their value", Secret{Given: given}, own, "secret1 secret1 secret1 secret1 secret1 secret1"},
		{"Renew sets all phones", Secret{Given: given, Renew: true}, own, "given given given given given given"},
		{"Renew sets a changed phone", Secret{Given: given, Renew: true}, change(own, 2, "9999"), "given given given given given given"},
		{"phone changed by telephone gets the floor's value", Secret{}, change(own, 2, "9999"), "secret1 secret1 secret1 secret1 secret1 secret1"},
		{"Ignore keeps a changed value", Secret{Ignore: true}, change(own, 2, "9999"), "secret1 secret1 9999 secret1 secret1 secret1"},
		{"PerSeat, one of two phones changed", Secret{PerSeat: true}, change(own, 2, "9999"), "secret1 secret1 secret1 secret1 secret1 secret1"},
		{"PerSeat, both phones changed", Secret{PerSeat: true}, change(change(own, 2, "9999"), 3, "9999"), "secret1 secret1 9999 9999 secret1 secret1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range filled(c.secret, c.own) {
				got = append(got, p.Values[1].Text)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.want)
			}
		})
	}
	t.Run("further phone gets the value of its seat", func(t *testing.T) {
		existing := change(own, 0, "9999")
		existing.Phones = slices.Delete(slices.Clone(existing.Phones), 1, 2)
		if got := filled(Secret{PerSeat: true, Given: given}, existing)[1].Values[1].Text; got != "9999" {
			t.Errorf("got %s", got)
		}
	})
}

func TestOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 5, 2)
		placed := place(t, floor, nil)
		style := testStyle(t, floor.Nodes)
		style.Naming = mustNaming(t, rapid.SampledFrom([]map[string]string{
			nil, {"extension": "{seat}{suffix}", "alias_id": "{seat}x"}, {"login": "p{suffix}{seat}", "extension": "cc{seat}"},
		}).Draw(t, "naming"))
		want := floorRowsOf(t, style, placed)
		all := want
		all.Phones = append(slices.Clone(want.Phones), Phone{PhoneRow: &PhoneRow{ServerIP: "10.9.9.9", Login: "x", Extension: "2000"}},
			Phone{PhoneRow: &PhoneRow{ServerIP: floor.Nodes[0].ServerIP, Login: "x", Extension: "99999"}})
		all.Aliases = append(slices.Clone(want.Aliases), PhoneAlias{AliasRow: &AliasRow{ID: "77"}})
		own := style.Own(all, floor.Seats)
		if len(own.Phones) != len(want.Phones) || len(own.Aliases) != len(want.Aliases) {
			t.Fatalf("owns %d phones and %d aliases of %d and %d", len(own.Phones), len(own.Aliases), len(want.Phones), len(want.Aliases))
		}
		for i, p := range own.Phones {
			if p.Seat != want.Phones[i].Seat {
				t.Fatalf("phone %s is seat %s, not %s", p.Login, p.Seat, want.Phones[i].Seat)
			}
		}
		if now := style.PlacementOf(own, floor.Seats); !now.Equal(placed) {
			t.Fatalf("seats sit at %s, not %s", now.draw(floor), placed.draw(floor))
		}
	})
	t.Run("suffixes that differ in case only", func(t *testing.T) {
		style := FloorStyle{Naming: mustNaming(t, nil), Labels: map[string]Label{"10.0.0.1": {Suffix: "a"}, "10.0.0.2": {Suffix: "A"}}}
		seats, err := ParseSeats([]string{"2000"})
		if err != nil {
			t.Fatal(err)
		}
		for server := range style.Labels {
			placed := NewPlacement(seats)
			placed.Set(0, []string{server})
			rows := floorRowsOf(t, style, placed)
			if now := style.PlacementOf(style.Own(rows, seats), seats); !now.Equal(placed) {
				t.Errorf("the seat of %s is on %v", server, now.Of("2000"))
			}
		}
	})
	t.Run("channel of an agent", func(t *testing.T) {
		rows := FloorRows{Phones: []Phone{{Seat: "2000", PhoneRow: &PhoneRow{ServerIP: "10.0.0.1", Extension: "cc2000"}}}}
		live, who := rows.Occupied([]cluster.LiveAgent{{User: "6001", ServerIP: "10.0.0.1", Extension: "PJSIP/CC2000"}, {User: "6002", ServerIP: "10.0.0.2", Extension: "SIP/cc2000"}})
		if live["2000"] != "10.0.0.1" || len(live) != 1 || strings.Join(who, ";") != "seat 2000 on 10.0.0.1 by user 6001" {
			t.Errorf("got %v, %v", live, who)
		}
	})
}

func TestFloorRows_users(t *testing.T) {
	logins := func(users ...SeatUser) string {
		var words []string
		for _, u := range users {
			words = append(words, u.User+"="+u.PhoneLogin)
		}
		return strings.Join(words, " ")
	}
	user := func(seat, login string) SeatUser { return SeatUser{Seat: seat, User: seat, PhoneLogin: login} }
	wrote := FloorRows{Users: []SeatUser{user("2000", "2000x"), user("2001", "2001x"), user("2002", "2002x")}}

	t.Run("users keep their login when assignment is switched off", func(t *testing.T) {
		if got := logins(wrote.WithoutUsersOf(mustSeats(t, "2000-2001")).Users...); got != "2002=2002x" {
			t.Errorf("still owns %s", got)
		}
	})
	t.Run("undo restores logins that have not changed since", func(t *testing.T) {
		before := FloorRows{Users: []SeatUser{user("2000", "9000"), user("2001", ""), user("2002", "9002")}}
		now := FloorRows{Users: []SeatUser{user("2000", "2000x"), user("2001", "2001x"), user("2002", "9999")}}
		if got := logins(wrote.PreviousUsers(before, now)...); got != "2000=9000 2001=" {
			t.Errorf("gives back %s", got)
		}
	})
	t.Run("only replaced logins are reported", func(t *testing.T) {
		plan, err := PlanFloor(FloorRows{}, FloorRows{Users: []SeatUser{user("2000", "9000"), user("2001", ""), user("2002", "2002x")}}, wrote, PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ReplacedLogins(plan), "; "); got != "2000 (now 9000)" {
			t.Errorf("names %s", got)
		}
	})
}
