package seating

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// TestFloorStyle_Deviations changes rows of random floors, and compares the deviations
// with those from all wanted rows.
func TestFloorStyle_Deviations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floor := drawFloor(t, 12, 4, 2)
		style := testStyle(t, floor.Nodes)
		style.Naming = mustNaming(t, rapid.SampledFrom([]map[string]string{
			nil, {"extension": "{seat}{suffix}", "alias_id": "{seat}x"}, {"login": "p{suffix}{seat}", "voicemail_id": "keep", "fullname": "keep"},
		}).Draw(t, "naming"))
		all := floorRowsOf(t, style, place(t, floor, nil))
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			i := rapid.IntRange(0, len(all.Phones)-1).Draw(t, "phone")
			j := rapid.IntRange(0, len(all.Aliases)-1).Draw(t, "alias")
			switch phone, alias := &all.Phones[i], &all.Aliases[j]; rapid.IntRange(0, 8).Draw(t, "change") {
			case 0:
				all.Phones = slices.Delete(all.Phones, i, i+1)
			case 1:
				all.Aliases = slices.Delete(all.Aliases, j, j+1)
			case 2:
				phone.Values = slices.Clone(phone.Values)
				phone.Values[rapid.IntRange(0, len(phone.Values)-1).Draw(t, "column")] = cluster.Text("9999")
			case 3:
				phone.Extension = "9999"
			case 4:
				phone.VoicemailID = rapid.SampledFrom(all.Phones).Draw(t, "owner of the mailbox").VoicemailID
			case 5:
				logins := alias.Logins()
				slices.Reverse(logins)
				alias.List = strings.Join(logins, ",")
			case 6:
				alias.List = ""
			case 7:
				alias.Name = "renamed"
			case 8:
				all.Users[i%len(all.Users)].PhoneLogin = "other"
			}
			if len(all.Phones)*len(all.Aliases) == 0 {
				break
			}
		}
		own := style.Own(all, floor.Seats)
		placed := place(t, floor, nil)
		if rapid.Bool().Draw(t, "as the aliases say") {
			placed = style.PlacementOf(own, floor.Seats)
		}
		style.Secrets = []Secret{{Column: "pass", PerSeat: rapid.Bool().Draw(t, "a password per seat"), Ignore: rapid.Bool().Draw(t, "changed passwords stay")}}
		want, err := style.Rows(placed, own)
		if err != nil {
			t.Fatal(err)
		}
		found, err := style.Deviations(placed, own, all)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Deviations(own, all, want), found, cmp.AllowUnexported(Deviation{}, rowColumn{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
