package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// DefaultDifferences is the number of lines in which copies of a carrier may differ.
const DefaultDifferences = 6

// carrierTexts are the columns in which the copies of a carrier are compared.
var carrierTexts = []cluster.AsteriskText{cluster.RegistrationString, cluster.AccountEntry, cluster.GlobalsString, cluster.DialplanEntry}

// copies are the rows of one carrier, one on each of its nodes.
type copies struct {
	rows  cluster.Carriers
	stem  string // of the first row
	title string // as carrier_name has it
}

// Routes groups carriers into routes, and returns the rows that are in none.
func Routes(carriers cluster.Carriers, servers cluster.Servers) ([]Object, []Omitted) {
	return routes(carriers, servers, DefaultDifferences)
}

// routes groups the carriers that were copied by hand from node to node. Copies have
// one protocol, template and user group, ids or names that differ in a number or in
// the name of their node, and texts that differ in few lines.
func routes(carriers cluster.Carriers, servers cluster.Servers, differences int) (objects []Object, omitted []Omitted) {
	var groups []*copies
	for _, row := range sortedByID(carriers) {
		if !slices.Contains(cluster.GeneratedProtocols, row.Protocol()) {
			omitted = append(omitted, Omitted{
				Kind: Route, Rows: row.adoptRow(), Reason: fmt.Sprintf("Its protocol is %q, for which VICIdial generates no configuration.", row.Protocol()),
				Advice: "Keep it in the admin pages, or remove it.",
			})
			continue
		}
		stem, title := stemOf(row.ID(), row.server(servers)), stemOf(row.name(), row.server(servers))
		at, least := -1, differences+1
		for i, group := range groups {
			if !group.accepts(row) || group.stem != stem && (title == "" || group.title != title) && !group.same(row) {
				continue
			}
			if distance := group.distance(row); distance < least {
				at, least = i, distance
			}
		}
		if at < 0 {
			groups = append(groups, &copies{rows: cluster.Carriers{row.Carrier}, stem: stem, title: title})
			continue
		}
		groups[at].rows = append(groups[at].rows, row.Carrier)
	}
	taken := map[string]bool{}
	for _, group := range groups {
		objects = append(objects, group.object(carriers, taken))
	}
	return objects, omitted
}

// carrier is a row with the methods of the grouping.
type carrier struct{ cluster.Carrier }

func sortedByID(carriers cluster.Carriers) []carrier {
	sorted := make([]carrier, 0, len(carriers))
	for _, row := range carriers {
		sorted = append(sorted, carrier{row})
	}
	slices.SortStableFunc(sorted, func(a, b carrier) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.ID()), strings.ToLower(b.ID())), strings.Compare(a.ID(), b.ID()))
	})
	return sorted
}

func (c carrier) name() string { return c.Carrier["carrier_name"].Text }

func (c carrier) server(servers cluster.Servers) string {
	server, _ := servers.ByIP(c.ServerIP())
	return server.ID()
}

func (c carrier) adoptRow() []Row {
	return oneRow(cluster.TableCarriers, c.ID())
}

// numbered matches the end of the ids and names of copies.
var numbered = cluster.LazyRegexp(`[-_. #]*(node|server|copy|dial|dialer|dialler|box|srv)?[-_. #]*[0-9]*$`)

// stemOf returns the part of an id or name that copies have in common.
func stemOf(text, server string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	stem := text
	if server != "" {
		stem = strings.ReplaceAll(stem, strings.ToLower(server), "")
	}
	stem = numbered().ReplaceAllString(stem, "")
	if len(stem) < 2 {
		return text
	}
	return stem
}

// accepts reports whether the group may have the row.
func (g *copies) accepts(row carrier) bool {
	first := g.rows[0]
	return first.ServerIP() != cluster.AllServers && row.ServerIP() != cluster.AllServers &&
		first.Protocol() == row.Protocol() && first.TemplateID() == row.TemplateID() && first["user_group"].Text == row.Carrier["user_group"].Text &&
		!slices.ContainsFunc(g.rows, func(other cluster.Carrier) bool { return other.ServerIP() == row.ServerIP() })
}

// same reports whether the row has the texts of the group and an account entry.
func (g *copies) same(row carrier) bool {
	return g.rows[0].Asterisk(cluster.AccountEntry) != "" && g.distance(row) == 0
}

// distance counts the lines in which the texts of a row differ from the nearest of the
// group.
func (g *copies) distance(row carrier) int {
	nearest := -1
	for _, other := range g.rows {
		count := 0
		for _, column := range carrierTexts {
			count += differingLines(other.Asterisk(column), row.Asterisk(column))
		}
		if nearest < 0 || count < nearest {
			nearest = count
		}
	}
	return nearest
}

// differingLines counts the lines that only one of the texts has, the larger number of both
// sides.
func differingLines(a, b string) int {
	counts := map[string]int{}
	count := func(text string, change int) {
		for line := range strings.SplitSeq(cluster.NormalText(text), "\n") {
			if line = strings.TrimSpace(line); line != "" {
				counts[line] += change
			}
		}
	}
	count(a, 1)
	count(b, -1)
	more, less := 0, 0
	for _, count := range counts { // the order does not matter for sums
		if count > 0 {
			more += count
		} else {
			less -= count
		}
	}
	return max(more, less)
}

// object names the route. No other row may belong to a route of that name.
func (g *copies) object(all cluster.Carriers, taken map[string]bool) Object {
	name := g.routeName(all, taken)
	taken[cluster.FoldKey(name)] = true
	object := Object{Kind: Route, Title: name, ID: name}
	ids := make([]string, 0, len(g.rows))
	derived := true
	for _, row := range g.rows {
		id, err := cluster.CarrierID(name, row.ServerIP())
		derived = derived && err == nil && cluster.FoldKey(id) == cluster.FoldKey(row.ID())
		ids = append(ids, row.ID())
		object.Rows = append(object.Rows, carrier{row}.adoptRow()...)
	}
	if !derived {
		object.ID += "=" + strings.Join(ids, ",")
	}
	if len(g.rows) == 1 {
		return object
	}
	for _, row := range g.rows {
		part := &copies{rows: cluster.Carriers{row}, stem: g.stem, title: g.title}
		object.Parts = append(object.Parts, part.object(all, taken))
	}
	return object
}

func (g *copies) routeName(all cluster.Carriers, taken map[string]bool) string {
	ids := make([]string, 0, len(g.rows))
	for _, row := range g.rows {
		ids = append(ids, row.ID())
	}
	var names []string
	if name := routeOf(g.rows[0]); name != "" && name != g.rows[0].ID() {
		names = append(names, name)
	}
	if common := commonBeginning(ids); len(ids) > 1 && len(common) > 1 {
		names = append(names, common)
	}
	names = append(names, ids[0])
	for _, name := range names {
		if name = routeLetters(name); name != "" && g.isFree(name, ids, all, taken) {
			return name
		}
	}
	base := routeLetters(names[0])
	for i := 2; ; i++ {
		end := fmt.Sprintf("_%d", i)
		name := base[:min(len(base), cluster.CarrierIDWidth-len(end))] + end
		if g.isFree(name, ids, all, taken) {
			return name
		}
	}
}

// routeOf returns the name of the route from which a row's id is derived, or "".
func routeOf(row cluster.Carrier) string {
	names := cluster.Carriers{row}.Routes()
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

// isFree reports whether the name is free: none of the other rows has an id that a route
// of this name gives.
func (g *copies) isFree(name string, ids []string, all cluster.Carriers, taken map[string]bool) bool {
	if cluster.CheckRouteName(name) != nil || taken[cluster.FoldKey(name)] {
		return false
	}
	return !slices.ContainsFunc(all.OfRoute(name), func(row cluster.Carrier) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return cluster.FoldKey(id) == cluster.FoldKey(row.ID()) })
	})
}

func commonBeginning(ids []string) string {
	common := ids[0]
	for _, id := range ids[1:] {
		for !strings.HasPrefix(strings.ToLower(id), strings.ToLower(common)) {
			common = common[:len(common)-1]
		}
	}
	if common != ids[0] {
		common = strings.TrimRight(common, "0123456789")
	}
	return common
}

// routeLetters returns a valid route name for a text.
func routeLetters(text string) string {
	name := strings.Map(func(letter rune) rune {
		switch {
		case letter >= 'a' && letter <= 'z', letter >= 'A' && letter <= 'Z', letter >= '0' && letter <= '9':
			return letter
		}
		return '_'
	}, text)
	if name = strings.Trim(name, "_"); len(name) < 2 {
		name = "carrier" + name
	}
	return strings.TrimRight(name[:min(len(name), cluster.CarrierIDWidth)], "_")
}
