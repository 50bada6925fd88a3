package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Ten schemes by which phones of clusters are named: VICIdial's own scripts and sample
// files (docs/vicidial/agent-login.md#naming-conventions), and what manuals and
// configurations in public do. Each is imported as it is: the next plan is empty.
func TestAdoptFloor_schemes(t *testing.T) {
	names := func(login, extension, dialplan, mailbox string) func(seat, server int) [4]string {
		return func(seat, server int) [4]string {
			letter := string("abcdef"[server])
			put := func(form string) string {
				switch form {
				case "seat":
					return fmt.Sprint(seat)
				case "seat letter":
					return fmt.Sprint(seat, "") + letter
				case "letter seat":
					return letter + fmt.Sprint(seat)
				case "cc seat":
					return fmt.Sprint("cc", seat)
				case "cc letter seat":
					return "cc" + letter + fmt.Sprint(seat)
				case "gs seat letter":
					return fmt.Sprint("gs", seat) + letter
				case "seat server":
					return fmt.Sprint(seat) + fmt.Sprint(server)
				case "server seat":
					return fmt.Sprint(server) + fmt.Sprint(seat)
				case "server? seat":
					if server == 0 {
						return fmt.Sprint(seat)
					}
					return fmt.Sprint(server) + fmt.Sprint(seat)
				case "hundreds":
					return fmt.Sprint(seat + 100*server)
				case "thousands":
					return fmt.Sprint(seat + 1000*server)
				}
				panic(form)
			}
			return [4]string{put(login), put(extension), put(dialplan), put(mailbox)}
		}
	}
	for _, c := range []struct {
		name, aliasFirst, aliasLast string
		first, seats, servers       int
		scheme                      func(seat, server int) [4]string
		alias                       func(seat int) string
	}{
		{"151_phones_across_3_servers: 2000a", "2000", "2009", 2000, 10, 3, names("seat letter", "seat", "seat server", "seat"), nil},
		{"the bulk page: 1001a, 1001 and 11001", "1001z", "1010z", 1001, 10, 3, names("seat letter", "seat", "server? seat", "seat"), func(seat int) string { return fmt.Sprintf("%dz", seat) }},
		{"create-phone-alias.pl: extension 500a, alias 500x", "500x", "509x", 500, 10, 2, names("seat letter", "seat letter", "seat", "seat"), func(seat int) string { return fmt.Sprintf("%dx", seat) }},
		{"first_server_install: cc100 on one server", "100", "109", 100, 10, 1, names("seat", "cc seat", "seat", "seat"), nil},
		{"second_server_install: gs102a", "102", "111", 102, 10, 2, names("gs seat letter", "gs seat letter", "seat server", "seat"), nil},
		{"the letter in front: a101, b101", "101", "110", 101, 10, 2, names("letter seat", "seat", "seat", "seat"), nil},
		{"the letter in front with dialplan numbers 101, 201, 301", "101", "110", 101, 10, 3, names("letter seat", "seat", "hundreds", "seat"), nil},
		{"the letter behind with dialplan numbers 8001, 9001", "8001", "8010", 8001, 10, 2, names("seat letter", "seat", "thousands", "seat"), nil},
		{"a word and the letter in front: cca300", "300", "309", 300, 10, 4, names("cc letter seat", "cc seat", "seat server", "seat"), nil},
		{"the number of the server in front: 1400, 2400", "400", "411", 400, 12, 2, names("server seat", "server seat", "seat", "seat"), nil},
		{"the number of the server in front of the extension", "400", "411", 400, 12, 2, names("seat letter", "server seat", "seat", "seat"), nil},
		{"the number of the server in front of extension and dialplan number", "400", "411", 400, 12, 2, names("seat letter", "server seat", "server seat", "server seat"), nil},
		{"the number of the server in front of the dialplan number", "7000", "7009", 7000, 10, 3, names("seat letter", "seat", "server seat", "seat"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows FloorRows
			for seat := c.first; seat < c.first+c.seats; seat++ {
				var logins []string
				for server := range c.servers {
					name := c.scheme(seat, server)
					rows.Phones = append(rows.Phones, Phone{PhoneRow: &PhoneRow{
						Login: name[0], ServerIP: fmt.Sprintf("10.0.0.%d", server+1), Extension: name[1], DialplanNumber: name[2], VoicemailID: name[3],
					}})
					logins = append(logins, name[0])
				}
				if c.servers > 1 {
					id := fmt.Sprint(seat)
					if c.alias != nil {
						id = c.alias(seat)
					}
					rows.Aliases = append(rows.Aliases, PhoneAlias{AliasRow: &AliasRow{ID: id, Name: id, List: strings.Join(logins, ",")}})
				}
			}
			found, err := AdoptFloor([]string{c.aliasFirst + "-" + c.aliasLast}, rows)
			if err != nil {
				t.Fatal(err)
			}
			style := FloorStyle{Labels: map[string]Label{}, Naming: mustNaming(t, found.Naming)}
			if err := style.Naming.Check(found.Seats.Len(), found.NodesPerSeat); err != nil {
				t.Fatal(err)
			}
			for _, node := range found.Nodes {
				index, _ := IndexOf(node.Suffix)
				if own, set := found.Index[node.ServerIP]; set {
					index = own
				}
				style.Labels[node.ServerIP] = Label{Suffix: node.Suffix, Index: index}
			}
			own := style.Own(rows, found.Seats)
			if len(own.Phones) != len(rows.Phones) || len(own.Aliases) != len(rows.Aliases) {
				t.Fatalf("%d of %d phones and %d of %d aliases are the floor's: naming %v", len(own.Phones), len(rows.Phones), len(own.Aliases), len(rows.Aliases), found.Naming)
			}
			after, err := Place(Floor{Seats: found.Seats, Nodes: found.Nodes, NodesPerSeat: found.NodesPerSeat, KeepOrder: found.KeepOrder}, style.PlacementOf(own, found.Seats))
			if err != nil {
				t.Fatal(err)
			}
			plan, err := PlanFloor(own, rows, floorRowsOf(t, style, after), PlanOptions{})
			if err != nil || !plan.Empty() {
				t.Errorf("the import plans %v (%v)\nnaming %v, servers %v", plan.Steps, err, found.Naming, slices.Sorted(maps.Keys(style.Labels)))
			}
		})
	}
}
