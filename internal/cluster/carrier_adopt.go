package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// Adoptable returns an error if the rows of a route, see [Carriers.OfRoute], cannot be
// imported as one resource: an id that no row has, two rows on one node, or rows
// that are too different to be one carrier.
func (c Carriers) Adoptable(route string, ids ...string) error {
	for _, id := range ids {
		if _, ok := c.ByID(id); !ok {
			return fmt.Errorf("there is no carrier %s in vicidial_server_carriers", id)
		}
	}
	on := map[string]Carrier{}
	rows := c.OfRoute(route, ids...)
	for _, row := range rows {
		first, other := rows[0], on[row.ServerIP()]
		on[row.ServerIP()] = row
		switch {
		case !slices.Contains(GeneratedProtocols, row.Protocol()):
			return fmt.Errorf("carrier %s has the protocol %q, for which VICIdial generates no configuration: a route is one of %s", row.ID(), row.Protocol(), strings.Join(GeneratedProtocols, ", "))
		case other != nil:
			return fmt.Errorf("carriers %s and %s are both on %s, and a route has one row on a node: import them as two routes, each with a name of its own, NAME=%s", other.ID(), row.ID(), row.ServerIP(), row.ID())
		case (first.ServerIP() == AllServers) != (row.ServerIP() == AllServers):
			return fmt.Errorf("carrier %s is on all servers and %s on %s, and a route is one or the other: import them as two routes, each with a name of its own", first.ID(), row.ID(), row.ServerIP())
		case first.Protocol() != row.Protocol():
			return fmt.Errorf("carrier %s is %s and %s is %s: import them as two routes, each with a name of its own", first.ID(), first.Protocol(), row.ID(), row.Protocol())
		}
	}
	return nil
}

// Spelling returns the name of a route in the letters of its rows' ids, or the name
// itself when no row has them.
func (c Carriers) Spelling(route string) string {
	for _, row := range c.OfRoute(route) {
		if id := row.ID(); len(id) >= len(route) && strings.EqualFold(id[:len(route)], route) {
			return id[:len(route)]
		}
	}
	return route
}

// Routes names the routes that the rows make up, sorted by name: rows with one
// name and the ids that it gives to their nodes are one route, and every other
// row is a route by itself. Rows whose id cannot be the name of a route are left
// out, and so are those for which VICIdial generates no configuration.
func (c Carriers) Routes() []string {
	var names []string
	for _, carrier := range c {
		if slices.Contains(GeneratedProtocols, carrier.Protocol()) {
			names = append(names, carrier.route())
		}
	}
	return slices.DeleteFunc(SortedUnique(names), func(name string) bool { return name == "" })
}

func (c Carrier) route() string {
	cut := strings.LastIndex(c.ID(), "_")
	for _, name := range []string{c["carrier_name"].Text, c.ID()[:max(cut, 0)]} {
		if id, err := CarrierID(name, c.ServerIP()); err == nil && FoldKey(id) == FoldKey(c.ID()) {
			return name
		}
	}
	if routeName().MatchString(c.ID()) {
		return c.ID()
	}
	return ""
}
