package store

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Expect notes a server that this run is going to write, so that what depends on
// it can be planned before it is there. A plan is made in one process, and
// whoever refers to a server is planned after it.
func (s *Store) Expect(server cluster.Server) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	s.expected = s.expected.With(server)
}

// Replaces notes that this run removes the server of that id to make another of
// it, which may have its address.
func (s *Store) Replaces(id string) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	s.replaced = append(s.replaced, strings.ToLower(id))
}

// Expected returns the servers as they will be once this run has written: those
// of the table, with those that are planned in their place or beside them, and
// without those that are replaced.
func (s *Store) Expected(ctx context.Context) (cluster.Servers, error) {
	servers, err := s.Servers(ctx)
	if err != nil {
		return nil, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	if len(s.replaced) > 0 {
		servers = slices.DeleteFunc(slices.Clone(servers), func(server cluster.Server) bool {
			return slices.Contains(s.replaced, strings.ToLower(server.ID()))
		})
	}
	return servers.With(s.expected...), nil
}

// expectedRoute is what a run is going to make of a route's rows.
type expectedRoute struct {
	rows cluster.Carriers
	ids  []string // those that the rows have now
}

// ExpectRoute notes the rows that this run is going to give a route; none when
// it goes. ids are those of the rows that it has.
func (s *Store) ExpectRoute(route string, rows cluster.Carriers, ids []string) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	if s.expectedRoutes == nil {
		s.expectedRoutes = map[string]expectedRoute{}
	}
	s.expectedRoutes[route] = expectedRoute{rows, ids}
}

// ExpectedCarriers returns the carriers as they will be once this run has
// written all routes but one, whose rows are as they are now. A route that notes
// its own rows before it asks cannot be planned past another at the same time.
func (s *Store) ExpectedCarriers(ctx context.Context, but string) (cluster.Carriers, error) {
	carriers, err := s.Carriers(ctx)
	if err != nil {
		return nil, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	for _, route := range slices.Sorted(maps.Keys(s.expectedRoutes)) {
		if expected := s.expectedRoutes[route]; route != but {
			carriers = carriers.With(route, expected.rows, expected.ids...)
		}
	}
	return carriers, nil
}

// ExpectTemplate notes a template that this run is going to write.
func (s *Store) ExpectTemplate(template cluster.Template) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	s.expectedTemplates = s.expectedTemplates.With(template)
}

// ExpectedTemplates returns the templates as they will be once this run has
// written.
func (s *Store) ExpectedTemplates(ctx context.Context) (cluster.Templates, error) {
	templates, err := s.Templates(ctx)
	if err != nil {
		return nil, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	for _, template := range s.expectedTemplates {
		templates = templates.With(template)
	}
	return templates, nil
}

// ExpectRemoteAgents notes remote agents that this run is going to write.
func (s *Store) ExpectRemoteAgents(run cluster.RemoteAgents) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	if s.expectedAgents == nil {
		s.expectedAgents = map[string]cluster.RemoteAgents{}
	}
	s.expectedAgents[run.UserStart()] = run
}

// ReplacesRemoteAgents notes that this run removes the remote agents with that
// remote_agent_id to make others of them.
func (s *Store) ReplacesRemoteAgents(id string) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	s.replacedAgents = append(s.replacedAgents, id)
}

// ExpectedRemoteAgents returns the remote agents as they will be once this run
// has written all but those from one user, which are as they are now.
func (s *Store) ExpectedRemoteAgents(ctx context.Context, but string) ([]cluster.RemoteAgents, error) {
	now, err := s.RemoteAgents(ctx)
	if err != nil {
		return nil, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	var runs []cluster.RemoteAgents
	for _, run := range now {
		_, planned := s.expectedAgents[run.UserStart()]
		if planned && run.UserStart() != but || slices.Contains(s.replacedAgents, run.ID()) {
			continue
		}
		runs = append(runs, run)
	}
	for _, start := range slices.Sorted(maps.Keys(s.expectedAgents)) {
		if start != but {
			runs = append(runs, s.expectedAgents[start])
		}
	}
	return runs, nil
}

// ExpectSettings notes the choices that this run is going to make, and returns
// those that another declaration in it makes otherwise: the row is one, and who
// writes last would win.
func (s *Store) ExpectSettings(want cluster.Row) cluster.Row {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	if s.expectedSettings == nil {
		s.expectedSettings = cluster.Row{}
	}
	otherwise := cluster.Row{}
	for column, value := range want {
		if other, made := s.expectedSettings[column]; made && !cluster.EquivalentSetting(column, other, value) {
			otherwise[column] = other
			continue
		}
		s.expectedSettings[column] = value
	}
	return otherwise
}

// ExpectRooms notes how many conference rooms of an engine this run is going to
// give a server.
func (s *Store) ExpectRooms(engine cluster.Engine, ip string, count int) {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	if s.expectedRooms == nil {
		s.expectedRooms = map[cluster.Engine]map[string]int{cluster.Meetme: {}, cluster.Confbridge: {}}
	}
	s.expectedRooms[engine][ip] = count
}

// ExpectedRooms counts the conference rooms of each server as they will be once
// this run has written. A server that is not named has none that is known of.
func (s *Store) ExpectedRooms(ctx context.Context) (map[cluster.Engine]map[string]int, error) {
	rooms, err := s.Rooms(ctx)
	if err != nil {
		return nil, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	counts := map[cluster.Engine]map[string]int{cluster.Meetme: {}, cluster.Confbridge: {}}
	for engine, servers := range rooms {
		for ip, there := range servers {
			counts[engine][ip] = len(there)
		}
		maps.Copy(counts[engine], s.expectedRooms[engine])
	}
	return counts, nil
}

// ClaimFloor notes what this run is going to do with a floor, or says which
// other floor has rows of it.
func (s *Store) ClaimFloor(claim cluster.FloorClaim) error {
	s.expecting.Lock()
	defer s.expecting.Unlock()
	claims, err := s.claims.With(claim)
	s.claims = claims
	return err
}

// ExpectedFloor returns what [Store.Floor] does, without the rows of floors that
// this run removes to make others in their place.
func (s *Store) ExpectedFloor(ctx context.Context, columns []string) (cluster.FloorRows, error) {
	all, err := s.Floor(ctx, columns)
	if err != nil {
		return all, err
	}
	s.expecting.Lock()
	defer s.expecting.Unlock()
	return s.claims.Remaining(all), nil
}
