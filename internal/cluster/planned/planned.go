// Package planned keeps the changes that a run has planned, and applies them to the
// current rows. A plan is made in one process, and whatever refers to an object is
// planned after it; so a reference to an object that is not in the database yet can
// be checked, and the declaration of an object by two resources be detected.
//
// # Lifetime
//
// A [Changes] holds one run, and lives as long as the store that holds it: from one
// Configure of the provider to the next. A process that configures once for many
// plans and applies calls [Changes.DropChanges] where another run starts. An entry is
// keyed by its object (server_id, route, template_id, user_start, server and engine
// of rooms) and replaced when the object is planned again. Settings are keyed by
// column, not by the resource that declares them, and the claims of new floors by what
// they say; so both refuse an object that is planned a second time in one run with
// other values.
//
// The zero value holds nothing. All methods may be called concurrently.
package planned

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// Changes are the planned changes of one run.
type Changes struct {
	mu sync.Mutex
	changes
	claims seating.FloorClaims // until the run ends: who removes rows must know who takes them
}

type changes struct {
	servers         cluster.Servers
	replacedServers map[string]bool // server_ids in lower case
	removedServers  map[string]bool // likewise

	routes    map[string]cluster.RouteRows
	later     map[string]bool   // routes whose rows are not known yet
	changed   map[string]bool   // routes that the run changes
	reported  map[string]string // texts, by the route that reported each first
	templates cluster.Templates

	agents        map[string]cluster.RemoteAgents // by user_start
	removedAgents map[string]bool                 // remote_agent_ids

	settings cluster.Row
	rooms    map[cluster.Engine]map[string]int // by server_ip
	numbers  numbers.Claims
}

// DropChanges removes all entries but the claims of floors: what was planned has been
// applied, or was given up.
func (c *Changes) DropChanges() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes = changes{}
}

// DropNumberClaims removes the claims of numbers: an object with numbers is planned
// again, and claims cannot tell it from another object that says the same.
func (c *Changes) DropNumberClaims() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.numbers = numbers.Claims{}
}

// AddServer adds a server that the run writes. It returns the one that was planned
// before with its server_id, if any.
func (c *Changes) AddServer(server cluster.Server) (before cluster.Server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, _ = c.servers.ByID(server.ID())
	c.servers = c.servers.With(server)
	return before
}

// AddReplacedServer adds the server_id of a server that the run deletes and creates
// again, possibly with the same address.
func (c *Changes) AddReplacedServer(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.replacedServers, strings.ToLower(id), true)
}

// AddRemovedServer adds the server_id of a server that the run removes, or tries to.
func (c *Changes) AddRemovedServer(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.removedServers, strings.ToLower(id), true)
}

// IsServerRemoved reports whether the run removes a server, or tries to.
func (c *Changes) IsServerRemoved(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.removedServers[strings.ToLower(id)]
}

// ServersAfter returns the servers after the run: the current ones, with the
// planned servers added or replaced, without the deleted ones.
func (c *Changes) ServersAfter(now cluster.Servers) cluster.Servers {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.replacedServers) > 0 {
		now = slices.DeleteFunc(slices.Clone(now), func(server cluster.Server) bool {
			return c.replacedServers[strings.ToLower(server.ID())]
		})
	}
	return now.With(c.servers...)
}

// AddRoute adds the rows that the run gives a carrier route; none if it removes
// the route. ids are the carrier_ids of its current rows.
func (c *Changes) AddRoute(name string, rows cluster.Carriers, ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.routes, name, cluster.RouteRows{Rows: rows, IDs: ids})
}

// ExpectRouteLater adds a route that the run writes and whose rows are known during
// the apply only.
func (c *Changes) ExpectRouteLater(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.later, name, true)
}

// RoutePlanned reports whether a route is planned, and whether its rows are known.
func (c *Changes) RoutePlanned(name string) (planned, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known = c.routes[name]
	return known || c.later[name], known
}

// ChangeRoute notes that the run changes a route.
func (c *Changes) ChangeRoute(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.changed, name, true)
}

// RouteChanges reports whether the run changes a route, as far as it is planned.
func (c *Changes) RouteChanges(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed[name]
}

// Unreported returns the texts that no call for another route has returned. A route that
// is planned twice gets the same texts each time.
func (c *Changes) Unreported(route string, texts []string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var unreported []string
	for _, text := range texts {
		by, reported := c.reported[text]
		if !reported {
			put(&c.reported, text, route)
		}
		if !reported || by == route {
			unreported = append(unreported, text)
		}
	}
	return unreported
}

// CarriersAfter returns the carriers after the run, except that the rows of one
// route are the current ones. A caller that adds its rows before it reads cannot
// miss a route that is planned concurrently: one of the two sees the other.
func (c *Changes) CarriersAfter(now cluster.Carriers, except string) cluster.Carriers {
	c.mu.Lock()
	routes := maps.Clone(c.routes)
	c.mu.Unlock()
	delete(routes, except)
	return now.With(routes)
}

// AddTemplate adds a template that the run writes. It returns the one that was planned
// before with its template_id, if any.
func (c *Changes) AddTemplate(template cluster.Template) (before cluster.Template) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, _ = c.templates.ByID(template.ID())
	c.templates = c.templates.With(template)
	return before
}

// TemplatesAfter returns the templates after the run.
func (c *Changes) TemplatesAfter(now cluster.Templates) cluster.Templates {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, template := range c.templates {
		now = now.With(template)
	}
	return now
}

// AddRemoteAgents adds remote agents that the run writes.
func (c *Changes) AddRemoteAgents(agents cluster.RemoteAgents) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.agents, agents.UserStart(), agents)
}

// AddRemovedRemoteAgents adds the remote_agent_id of remote agents that the run
// removes.
func (c *Changes) AddRemovedRemoteAgents(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.removedAgents, id, true)
}

// RemoteAgentsAfter returns the remote agents after the run, except that those
// from one user_start are those of now.
func (c *Changes) RemoteAgentsAfter(now []cluster.RemoteAgents, except string) []cluster.RemoteAgents {
	c.mu.Lock()
	defer c.mu.Unlock()
	var after []cluster.RemoteAgents
	for _, agents := range now {
		_, written := c.agents[agents.UserStart()]
		if written && agents.UserStart() != except || c.removedAgents[agents.ID()] {
			continue
		}
		after = append(after, agents)
	}
	for _, start := range slices.Sorted(maps.Keys(c.agents)) {
		if start != except {
			after = append(after, c.agents[start])
		}
	}
	return after
}

// AddSettings adds the system settings that the run writes, and returns those
// to which another declaration gives another value: there is one row, and the
// last write would win.
func (c *Changes) AddSettings(want cluster.Row) (others cluster.Row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	others = cluster.Row{}
	for column, value := range want {
		if other, planned := c.settings[column]; planned && !cluster.EquivalentSetting(column, other, value) {
			others[column] = other
			continue
		}
		put(&c.settings, column, value)
	}
	return others
}

// AddRooms adds the number of conference rooms of an engine that the run gives
// a server.
func (c *Changes) AddRooms(engine cluster.Engine, ip string, count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := c.rooms[engine]
	put(&counts, ip, count)
	put(&c.rooms, engine, counts)
}

// RoomsAfter counts the conference rooms of each server after the run. A server
// that is absent has no known room.
func (c *Changes) RoomsAfter(now map[cluster.Engine]cluster.Rooms) map[cluster.Engine]map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	after := map[cluster.Engine]map[string]int{cluster.Meetme: {}, cluster.Confbridge: {}}
	for engine, servers := range now {
		for ip, rooms := range servers {
			after[engine][ip] = len(rooms)
		}
		maps.Copy(after[engine], c.rooms[engine])
	}
	return after
}

// AddFloorClaim adds what the run does with a floor. It is an error where another
// floor has rows of it.
func (c *Changes) AddFloorClaim(claim seating.FloorClaim) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	claims, err := c.claims.With(claim)
	c.claims = claims
	return err
}

// ClaimNumbers adds what the run does with the rows of inbound numbers. It is an
// error where another object has some of them.
func (c *Changes) ClaimNumbers(claim numbers.Claim) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.numbers.Add(claim)
}

// RemoveFloorClaim removes the claims of a floor that has been removed.
func (c *Changes) RemoveFloorClaim(claim seating.FloorClaim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claims = c.claims.Without(claim)
}

// SaveFloorClaims saves the claims of floors and returns a function that restores them.
func (c *Changes) SaveFloorClaims() (restore func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.claims
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.claims = now
	}
}

// DropFloorClaims removes the claims of all floors: another run makes its own.
func (c *Changes) DropFloorClaims() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claims = nil
}

// FloorAfter returns the rows that are left for a floor when the run has removed
// those that other floors give up.
func (c *Changes) FloorAfter(now seating.FloorRows, to seating.FloorClaim) seating.FloorRows {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claims.Remaining(now, to)
}

// FloorReceived returns the rows that a floor takes from others of the run.
func (c *Changes) FloorReceived(now seating.FloorRows, to seating.FloorClaim) seating.FloorRows {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claims.Received(now, to)
}

// FloorKept returns a floor's own rows without those that others of the run take.
func (c *Changes) FloorKept(own seating.FloorRows, claim seating.FloorClaim) seating.FloorRows {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claims.Kept(own, claim)
}

// put sets an element of a map, which may be nil.
func put[M ~map[K]V, K comparable, V any](into *M, key K, value V) {
	if *into == nil {
		*into = M{}
	}
	(*into)[key] = value
}
