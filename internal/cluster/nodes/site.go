// Package nodes decides what the machines of a site run: roles, the duties that
// exactly one node has, VARactive_keepalives and the crontab of each. It computes from
// values and does no I/O. The letters are those of
// docs/vicidial/node-files.md#keepalive-letters, the jobs those of
// docs/vicidial/node-files.md#crontab. All violations of a site are in one
// [*cluster.Refused]; what works but is probably a mistake is a [Warning].
package nodes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Role is a role of a node.
type Role string

// The roles, as ViciBox installs them (docs/vicidial/node-files.md#roles).
const (
	RoleTelephony Role = "telephony"
	RoleWeb       Role = "web"
	RoleDatabase  Role = "database"
	RoleReplica   Role = "replica"
	RoleArchive   Role = "archive"
)

// Roles returns all roles.
func Roles() []Role {
	return []Role{RoleTelephony, RoleWeb, RoleDatabase, RoleReplica, RoleArchive}
}

// Node is a machine of the site that has its own astguiclient.conf.
type Node struct {
	ServerIP   string
	Roles      []Role
	Engine     cluster.Engine // "" is MeetMe
	SIPLogging bool
	// Duties are those that this node claims. Duties that no node claims fall to
	// the site's coordinator.
	Duties []Duty
	// WebOnly reports that only the PHP pages are installed: no script of
	// VICIdial is there, so none is in the crontab.
	WebOnly bool
	// KeepaliveFlags are flags of ADMIN_keepalive_ALL.pl, e.g.
	// --autodial-delay=100 on a node that has agents but dials nothing.
	KeepaliveFlags []string
	// OwnKeepalives are the declared letters of VARactive_keepalives,
	// for a node with other letters than those of its roles and duties; "" takes
	// the letters from roles and duties.
	OwnKeepalives string
}

// Is reports whether the node has the role.
func (n Node) Is(role Role) bool { return slices.Contains(n.Roles, role) }

// runsPrograms reports whether the node may do a duty. Web nodes run no programs of
// VICIdial, and a program that writes must not run on a replica.
func (n Node) runsPrograms() bool { return n.Is(RoleTelephony) || n.Is(RoleDatabase) }

// canDo reports whether the node can do that duty.
func (n Node) canDo(work dutyWork, pagesEverywhere bool) bool {
	if !work.pages {
		return n.runsPrograms()
	}
	return n.hasPages() || pagesEverywhere && n.runsPrograms()
}

// hasPages reports whether both VICIdial's programs and its web pages are
// installed.
func (n Node) hasPages() bool { return n.Is(RoleWeb) && !n.WebOnly }

// Site is all nodes that share one database.
type Site struct {
	Nodes []Node
	// Coordinator is the server_ip of the node that does every duty which no
	// node claims. Left empty, it is the database node, if there is just one.
	Coordinator string
	Archives    Archives
	// PagesEverywhere reports that the web pages are installed on every node, as
	// ViciBox does it.
	PagesEverywhere bool
	// Existing are violations that the nodes have already: they are no reason
	// to refuse the site, since the change does not cause them.
	Existing []string
}

// Assignment has the server_ip of the nodes that do each duty: one, unless the site has
// an existing violation.
type Assignment map[Duty][]string

// does reports whether the node does the duty.
func (a Assignment) does(serverIP string, duty Duty) bool { return slices.Contains(a[duty], serverIP) }

// Assign gives each duty to exactly one node. It fails with a [cluster.Refused] that
// lists all violations: a duty that two nodes claim or none can do, a role that no node may
// have. Existing violations are ignored.
//
// Balance fill is a duty of sites with more than one telephony node only, an
// archive of those that archive, and the agent summaries of those that have a
// node with the web pages.
func (s Site) Assign() (Assignment, error) {
	assignment, violations := s.assign()
	reasons := slices.DeleteFunc(violations, func(violation string) bool { return slices.Contains(s.Existing, violation) })
	if len(reasons) > 0 {
		return nil, &cluster.Refused{
			Subject: "the nodes' roles and duties do not make a cluster",
			Reasons: reasons,
			Advice:  "Each duty belongs to exactly one node. Name a coordinator, or let one node claim the duty.",
		}
	}
	return assignment, nil
}

// Violations returns the violations that [Site.Assign] refuses.
func (s Site) Violations() []string {
	_, violations := s.assign()
	return violations
}

func (s Site) assign() (Assignment, []string) {
	violations := s.violations()
	claims, more := s.claims()
	violations = append(violations, more...)

	assignment := Assignment{}
	var unclaimed []Duty
	for _, work := range dutyWorks(s.Archives) {
		nodes := claims[work.duty]
		switch {
		case len(nodes) > 0:
			assignment[work.duty] = nodes
			if len(nodes) > 1 {
				violations = append(violations, fmt.Sprintf("duty %s is claimed by %s, but exactly one node may do it", work.duty, strings.Join(nodes, " and ")))
			}
		case !s.needs(work):
		case work.pages:
			if serverIP := s.pagesNode(work); serverIP != "" {
				assignment[work.duty] = []string{serverIP}
			}
		default:
			unclaimed = append(unclaimed, work.duty)
		}
	}
	if len(unclaimed) > 0 {
		coordinator, violation := s.coordinator()
		if violation != "" {
			violations = append(violations, fmt.Sprintf("no node does %s: %s", dutyNames(unclaimed), violation))
			return assignment, violations
		}
		violations = append(violations, s.unassignedDuties(coordinator, unclaimed)...)
		for _, duty := range unclaimed {
			assignment[duty] = []string{coordinator}
		}
	}
	return assignment, violations
}

// unassignedDuties returns the duties of a coordinator whose own letters lack them.
func (s Site) unassignedDuties(coordinator string, duties []Duty) []string {
	node, _ := s.find(coordinator)
	if node.OwnKeepalives == "" {
		return nil
	}
	var without []Duty
	for _, duty := range duties {
		if letter := duty.Keepalive(); letter != "" && !node.runsLetter(letter) {
			without = append(without, duty)
		}
	}
	if len(without) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("no node does %s: it falls to the coordinator %s, whose keepalives %s are without its letter", dutyNames(without), coordinator, node.OwnKeepalives)}
}

// pagesNode returns the node that does a duty which needs the web pages: the
// coordinator if it has them, else the first that has; "" where none has.
func (s Site) pagesNode(work dutyWork) string {
	coordinator, _ := s.coordinator()
	if node, found := s.find(coordinator); found && node.canDo(work, s.PagesEverywhere) {
		return coordinator
	}
	for _, wanted := range []bool{true, false} { // nodes that run programs are preferred
		for _, node := range s.sorted() {
			if node.runsPrograms() == wanted && node.canDo(work, s.PagesEverywhere) {
				return node.ServerIP
			}
		}
	}
	return ""
}

// letterOrder is the order in which letters are written.
const letterOrder = "123456789ECS"

// Keepalives returns VARactive_keepalives for the node: X alone where VICIdial
// must run nothing, since an X beside other letters silences them all
// (ADMIN_keepalive_ALL.pl tests for it first, docs/vicidial/node-files.md#keepalive-letters).
func (n Node) Keepalives(assignment Assignment) string {
	if n.OwnKeepalives != "" {
		return n.OwnKeepalives
	}
	var letters strings.Builder
	for _, letter := range letterOrder {
		if n.runs(string(letter), assignment) {
			letters.WriteRune(letter)
		}
	}
	return cmp.Or(letters.String(), "X")
}

func (n Node) runs(letter string, assignment Assignment) bool {
	if n.OwnKeepalives != "" {
		return n.runsLetter(letter)
	}
	switch letter {
	case "5", "7", "9", "E":
		for duty := range assignment {
			if duty.Keepalive() == letter && assignment.does(n.ServerIP, duty) {
				return true
			}
		}
		return false
	case "C":
		return n.Is(RoleTelephony) && n.Engine == cluster.Confbridge
	case "S":
		return n.Is(RoleTelephony) && n.SIPLogging
	default:
		return n.Is(RoleTelephony)
	}
}

// runsLetter evaluates the declared letters as ADMIN_keepalive_ALL.pl does, which does
// not run where only the web pages are.
func (n Node) runsLetter(letter string) bool {
	return !n.WebOnly && !strings.Contains(n.OwnKeepalives, "X") && strings.Contains(n.OwnKeepalives, letter)
}

// find returns the node with that server_ip.
func (s Site) find(serverIP string) (Node, bool) {
	i := slices.IndexFunc(s.Nodes, func(n Node) bool { return n.ServerIP == serverIP })
	if i < 0 {
		return Node{}, false
	}
	return s.Nodes[i], true
}

// With returns the server_ip of the nodes that have the role, sorted.
func (s Site) With(role Role) []string {
	var found []string
	for _, node := range s.Nodes {
		if node.Is(role) {
			found = append(found, node.ServerIP)
		}
	}
	slices.Sort(found)
	return found
}

// Keepalives returns VARactive_keepalives of every node, by server_ip.
func (s Site) Keepalives() (map[string]string, error) {
	assignment, err := s.Assign()
	if err != nil {
		return nil, err
	}
	letters := make(map[string]string, len(s.Nodes))
	for _, node := range s.Nodes {
		letters[node.ServerIP] = node.Keepalives(assignment)
	}
	return letters, nil
}

func (s Site) needs(work dutyWork) bool {
	if work.duty == BalanceFill {
		return len(s.With(RoleTelephony)) > 1
	}
	return work.letter != "" || len(work.jobs) > 0
}

// coordinator returns the node that does the unclaimed duties, or a violation.
func (s Site) coordinator() (serverIP, violation string) {
	if s.Coordinator != "" {
		return s.Coordinator, "" // that it is a node which may do so is one of the violations
	}
	databases := s.With(RoleDatabase)
	if len(databases) == 1 {
		return databases[0], ""
	}
	var candidates []string
	for _, node := range s.Nodes {
		if node.runsPrograms() {
			candidates = append(candidates, node.ServerIP)
		}
	}
	slices.Sort(candidates)
	if len(candidates) == 0 {
		return "", "no node is a telephony or database node"
	}
	return "", "name one of " + strings.Join(candidates, ", ") + " as coordinator"
}

func (s Site) sorted() []Node {
	nodes := slices.Clone(s.Nodes)
	slices.SortStableFunc(nodes, func(a, b Node) int { return cmp.Compare(a.ServerIP, b.ServerIP) })
	return nodes
}
