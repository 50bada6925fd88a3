package adopt

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Managed is the engine whose rooms a server's resource manages, for servers whose
// configuration has a number of rooms.
type Managed map[string]cluster.Engine // by server_ip

// Rooms returns the rows of conference rooms that resources hold, and those that none
// holds.
func Rooms(rooms map[cluster.Engine]cluster.Rooms, servers cluster.Servers, managed Managed) (adopted []Row, omitted []Omitted) {
	for _, engine := range []cluster.Engine{cluster.Meetme, cluster.Confbridge} {
		for _, ip := range slices.Sorted(maps.Keys(rooms[engine])) {
			rows := make([]Row, 0, len(rooms[engine][ip]))
			for _, room := range rooms[engine][ip] {
				rows = append(rows, Row{engine.Table(), fmt.Sprintf("%d on %s", room.Number, ip)})
			}
			server, known := servers.ByIP(ip)
			out := Omitted{Kind: Server, Rows: rows, Title: fmt.Sprintf("%s of %s", cluster.Plural(len(rows), "row"), string(engine.Table())+" on "+ip)}
			switch manages, declared := managed[ip]; {
			case declared && manages == engine:
				adopted = append(adopted, rows...)
				continue
			case !known:
				out.Reason, out.Advice = "No server has this address.", "Remove the rooms if the server will not return."
			case server.Engine() != engine:
				out.Reason = fmt.Sprintf("Server %s uses %s: these rooms of %s are not used.", server.ID(), server.Engine(), engine)
				out.Advice = "Remove them, or keep them for a later change of the engine."
			default:
				out.Reason = fmt.Sprintf("The rooms of server %s have gaps, or one room exists twice: a first number and a count cannot describe them.", server.ID())
				out.Advice = "Write conference.rooms for the server: the plan then shows what it adds and removes. Until then they are not changed."
			}
			omitted = append(omitted, out)
		}
	}
	return adopted, omitted
}
