// Package nodes decides what the machines of a site run: roles, the duties that
// exactly one node has, VARactive_keepalives and the crontab of each.
package nodes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Role says what a node of a site is for.
type Role string

// The roles, as ViciBox installs them (docs/vicidial/node-files.md#roles).
const (
	RoleTelephony Role = "telephony"
	RoleWeb       Role = "web"
	RoleDatabase  Role = "database"
	RoleReplica   Role = "replica"
	RoleArchive   Role = "archive"
)

// Roles returns all roles there are.
func Roles() []Role {
	return []Role{RoleTelephony, RoleWeb, RoleDatabase, RoleReplica, RoleArchive}
}

// Node is a machine of the site that has its own astguiclient.conf.
type Node struct {
	ServerIP   string
	Roles      []Role
	Engine     cluster.Engine // "" is MeetMe
	SIPLogging bool
	// Duties are those that this node claims. What no node claims falls to
	// the site's coordinator.
	Duties []Duty
	// WebOnly says that just the PHP pages are installed: no script of
	// VICIdial is there, so none is in the crontab.
	WebOnly bool
	// KeepaliveFlags are flags of ADMIN_keepalive_ALL.pl, e.g.
	// --autodial-delay=100 on a node that has agents but dials nothing.
	KeepaliveFlags []string
}

// Is says whether the node has the role.
func (n Node) Is(role Role) bool { return slices.Contains(n.Roles, role) }

// runsPrograms says whether the node may do a duty. Web pages need none of
// VICIdial's programs, and one that writes must not meet a replica.
func (n Node) runsPrograms() bool { return n.Is(RoleTelephony) || n.Is(RoleDatabase) }

// Site is all nodes that share one database.
type Site struct {
	Nodes []Node
	// Coordinator is the server_ip of the node that does every duty which no
	// node claims. Left empty, it is the database node, if there is just one.
	Coordinator string
	Archive     ArchiveSchedule
}

// Assignment names for each duty the server_ip of the one node that does it.
type Assignment map[Duty]string

// Assign gives each duty to exactly one node. It fails with a [cluster.Refused] that
// names the nodes and tells all that is wrong at once: a duty that two nodes
// claim or none can do, a role that no node may have, flags without effect.
//
// Balance fill is a duty of sites with more than one telephony node only, and
// the archive of those that archive.
func (s Site) Assign() (Assignment, error) {
	reasons := s.faults()
	claims, faults := s.claims()
	reasons = append(reasons, faults...)

	assignment := Assignment{}
	var unclaimed []Duty
	for _, work := range dutyWorks(s.Archive) {
		nodes, needed := claims[work.duty], s.needs(work)
		switch {
		case len(nodes) > 1:
			reasons = append(reasons, fmt.Sprintf("duty %s is claimed by %s, but exactly one node may do it", work.duty, strings.Join(nodes, " and ")))
		case !needed && len(nodes) == 1:
			reasons = append(reasons, s.needless(work.duty, nodes[0]))
		case len(nodes) == 1:
			assignment[work.duty] = nodes[0]
		case needed:
			unclaimed = append(unclaimed, work.duty)
		}
	}
	if len(unclaimed) > 0 {
		coordinator, fault := s.coordinator()
		if fault != "" {
			reasons = append(reasons, fmt.Sprintf("no node does %s: %s", dutyNames(unclaimed), fault))
		}
		for _, duty := range unclaimed {
			assignment[duty] = coordinator
		}
	}
	reasons = append(reasons, s.idleFlags(assignment)...)
	if len(reasons) > 0 {
		return nil, &cluster.Refused{
			Subject: "the nodes' roles and duties do not make a cluster",
			Reasons: reasons,
			Advice:  "Each duty belongs to exactly one node. Name a coordinator, or let one node claim the duty.",
		}
	}
	return assignment, nil
}

// Keepalives returns VARactive_keepalives for the node: X alone where VICIdial
// must run nothing, since an X beside other letters silences them all
// (ADMIN_keepalive_ALL.pl tests for it first, docs/vicidial/node-files.md#keepalive-letters).
func (n Node) Keepalives(assignment Assignment) string {
	var letters strings.Builder
	for _, letter := range "123456789ECS" {
		if n.runs(string(letter), assignment) {
			letters.WriteRune(letter)
		}
	}
	return cmp.Or(letters.String(), "X")
}

func (n Node) runs(letter string, assignment Assignment) bool {
	switch letter {
	case "5", "7", "9", "E":
		for duty, serverIP := range assignment {
			if serverIP == n.ServerIP && duty.Keepalive() == letter {
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

// Find returns the node with that server_ip.
func (s Site) Find(serverIP string) (Node, bool) {
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

func (s Site) needless(duty Duty, serverIP string) string {
	if duty == BalanceFill {
		return fmt.Sprintf("node %s claims %s, which only a site with more than one telephony node has use for: this one has %d",
			serverIP, duty, len(s.With(RoleTelephony)))
	}
	return fmt.Sprintf("node %s claims %s, but nothing is archived: say monthly or daily", serverIP, duty)
}

// coordinator returns the node that does what no other claims, or why there is
// none.
func (s Site) coordinator() (serverIP, fault string) {
	if s.Coordinator != "" {
		return s.Coordinator, "" // that it is a node which may do so is one of the faults
	}
	databases := s.With(RoleDatabase)
	if len(databases) == 1 {
		return databases[0], ""
	}
	var able []string
	for _, node := range s.Nodes {
		if node.runsPrograms() {
			able = append(able, node.ServerIP)
		}
	}
	slices.Sort(able)
	if len(able) == 0 {
		return "", "no node is a telephony or database node"
	}
	return "", "name one of " + strings.Join(able, ", ") + " as coordinator"
}

func (s Site) sorted() []Node {
	nodes := slices.Clone(s.Nodes)
	slices.SortStableFunc(nodes, func(a, b Node) int { return cmp.Compare(a.ServerIP, b.ServerIP) })
	return nodes
}
