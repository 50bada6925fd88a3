package seating

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestReplacedServers(t *testing.T) {
	before := map[string]Label{"10.0.0.1": {Suffix: "a"}, "10.0.0.2": {Suffix: "b"}, "10.0.0.3": {Suffix: "c"}}
	after := map[string]Label{"10.0.0.9": {Suffix: "a"}, "10.0.0.2": {Suffix: "b"}, "10.0.0.8": {Suffix: "d"}}
	want := map[string]string{"10.0.0.1": "10.0.0.9"}
	if got := ReplacedServers(before, after); !maps.Equal(got, want) {
		t.Errorf("ReplacedServers = %v, want %v", got, want)
	}
}

func TestPlacement_WithAddresses(t *testing.T) {
	p := NewPlacement(mustSeats(t, "2000-2001"))
	p.Set(0, []string{"10.0.0.1", "10.0.0.2"})
	p.Set(1, []string{"10.0.0.2"})
	moved := p.WithAddresses(map[string]string{"10.0.0.1": "10.0.0.9"})
	if got := moved.Of("2000"); !slices.Equal(got, []string{"10.0.0.9", "10.0.0.2"}) {
		t.Errorf("seat 2000 is on %v", got)
	}
	if got := moved.Of("2001"); !slices.Equal(got, []string{"10.0.0.2"}) {
		t.Errorf("seat 2001 is on %v", got)
	}
	if got := p.Of("2000"); !slices.Equal(got, []string{"10.0.0.1", "10.0.0.2"}) {
		t.Errorf("the placement that was given has changed: seat 2000 is on %v", got)
	}
}

// A seat is held exactly if its phone in use would be removed and it stays a seat.
func TestPlacement_HoldInUse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 30, 6, 3)
		now := drawPlacement(t, floor)
		planned, err := Place(floor, now)
		if err != nil {
			return
		}
		written, err := Place(floor, now)
		if err != nil {
			t.Fatal(err)
		}
		live := map[string]string{}
		for position, seat := range now.Seats().All() {
			if nodes := now.at(position); len(nodes) > 0 && rapid.Bool().Draw(t, "in use") {
				live[seat] = nodes[rapid.IntRange(0, len(nodes)-1).Draw(t, "node")]
			}
		}
		held := written.KeepInUse(now, live)
		for _, seat := range planned.Seats().All() {
			removed := live[seat] != "" && !slices.Contains(planned.Of(seat), live[seat])
			want := planned.Of(seat)
			if removed {
				want = now.Of(seat)
			}
			if slices.Contains(held, seat) != removed || !slices.Equal(written.Of(seat), want) {
				t.Fatalf("seat %s, in use on %q: held %t, on %v, want %v", seat, live[seat], slices.Contains(held, seat), written.Of(seat), want)
			}
		}
	})
}

func TestCheckUnmoved(t *testing.T) {
	suffixes := Suffixes{"10.0.0.1": "a", "10.0.0.2": "b", "10.0.0.3": "c"}
	at := func(nodes ...string) *Placement {
		p := NewPlacement(mustSeats(t, "2000"))
		p.Set(0, nodes)
		return p
	}
	earlier, planned := at("10.0.0.1"), at("10.0.0.2")
	for name, c := range map[string]struct {
		earlier, now *Placement
		want         string
	}{
		"as when the plan was made": {earlier, at("10.0.0.1"), ""},
		"as planned already":        {earlier, at("10.0.0.2"), ""},
		"elsewhere":                 {earlier, at("10.0.0.3"), "were changed since the plan was made: seat 2000 (c, not a)"},
		"not known before":          {NewPlacement(Seats{}), at("10.0.0.3"), ""},
	} {
		err := CheckUnchanged(c.earlier, c.now, planned, suffixes)
		conflict := (*cluster.Conflict)(nil)
		if errors.As(err, &conflict) != (c.want != "") || conflict != nil && conflict.Found != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestFloorRows_Without(t *testing.T) {
	phone := func(seat, server string) Phone {
		return Phone{Seat: seat, PhoneRow: &PhoneRow{ServerIP: server, Extension: seat, Login: seat + "a"}}
	}
	rows := FloorRows{
		Phones:  []Phone{phone("2000", "10.0.0.1"), phone("2001", "10.0.0.1"), phone("2000", "10.0.0.2")},
		Aliases: []PhoneAlias{{Seat: "2000", AliasRow: &AliasRow{ID: "2000"}}, {Seat: "2001", AliasRow: &AliasRow{ID: "2001"}}},
		Users:   []SeatUser{{}},
	}
	earlier := FloorRows{Phones: rows.Phones[:1], Aliases: rows.Aliases[:1]}
	left := rows.Without(earlier)
	if got := left.SeatNames(); !slices.Equal(got, []string{"2000", "2001"}) || len(left.Phones) != 2 || len(left.Aliases) != 1 || left.Users != nil {
		t.Errorf("Without = %+v", left)
	}
	if len(rows.Phones) != 3 || len(rows.Aliases) != 2 {
		t.Errorf("the rows that were given have changed: %+v", rows)
	}
	if got := rows.Leaving(FloorRows{Phones: rows.Phones[1:]}).Phones; len(got) != 1 || got[0].ServerIP != "10.0.0.1" || got[0].Seat != "2000" {
		t.Errorf("Leaving = %+v", got)
	}
}
