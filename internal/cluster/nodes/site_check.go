package nodes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// claims returns the nodes that claim each duty, and the violations of claims. A node whose
// own letters include that of a duty claims it, too.
func (s Site) claims() (map[Duty][]string, []string) {
	claims := map[Duty][]string{}
	var violations []string
	for _, node := range s.sorted() {
		for _, work := range dutyWorks(s.Archives) {
			claimed := slices.Contains(node.Duties, work.duty)
			hasLetter := node.OwnKeepalives != "" && work.letter != "" && node.runsLetter(work.letter)
			switch {
			case claimed && work.letter != "" && node.OwnKeepalives != "" && !hasLetter:
				violations = append(violations, fmt.Sprintf("node %s claims %s, but its keepalives %s are without the letter %s", node.ServerIP, work.duty, node.OwnKeepalives, work.letter))
			case claimed && !node.canDo(work, s.PagesEverywhere) && work.pages:
				violations = append(violations, fmt.Sprintf("node %s claims %s, but VICIdial's web pages are not installed there, into which it writes", node.ServerIP, work.duty))
			case (claimed || hasLetter) && !node.canDo(work, s.PagesEverywhere):
				violations = append(violations, fmt.Sprintf("node %s claims %s, but is neither a telephony nor a database node", node.ServerIP, work.duty))
			}
			if claimed || hasLetter {
				claims[work.duty] = append(claims[work.duty], node.ServerIP)
			}
		}
		for _, duty := range node.Duties {
			if !slices.Contains(Duties(), duty) {
				violations = append(violations, fmt.Sprintf("node %s claims %q, which is not a duty: they are %s", node.ServerIP, duty, dutyNames(Duties())))
			}
		}
	}
	return claims, violations
}

// violations returns the violations of the nodes themselves.
func (s Site) violations() []string {
	var violations []string
	seen := map[string]int{}
	for _, node := range s.sorted() {
		seen[node.ServerIP]++
		violations = append(violations, node.violations()...)
	}
	for _, serverIP := range slices.Sorted(maps.Keys(seen)) {
		if seen[serverIP] > 1 {
			violations = append(violations, fmt.Sprintf("node %s is named %d times", serverIP, seen[serverIP]))
		}
	}
	if databases := s.With(RoleDatabase); len(databases) > 1 {
		violations = append(violations, strings.Join(databases, " and ")+" are database nodes, but a cluster has one: the others are replicas")
	}
	if len(s.Nodes) == 0 {
		violations = append(violations, "there is no node")
	}
	violations = append(violations, s.Archives.violations()...)
	if s.Coordinator != "" {
		node, found := s.find(s.Coordinator)
		switch {
		case !found:
			violations = append(violations, "coordinator "+s.Coordinator+" is not one of the nodes")
		case !node.runsPrograms():
			violations = append(violations, "coordinator "+s.Coordinator+" is neither a telephony nor a database node")
		}
	}
	return violations
}

func (n Node) violations() []string {
	var violations []string
	add := func(format string, values ...any) {
		violations = append(violations, "node "+n.ServerIP+" "+fmt.Sprintf(format, values...))
	}
	if err := cluster.CheckServerIP(n.ServerIP); err != nil {
		add("is not a node: %v", err)
	}
	if len(n.Roles) == 0 {
		add("has no role")
	}
	for _, role := range n.Roles {
		if !slices.Contains(Roles(), role) {
			add("has the role %q, which does not exist", role)
		}
	}
	if n.Is(RoleDatabase) && n.Is(RoleReplica) {
		add("is both database and replica")
	}
	switch n.Engine {
	case "", cluster.Meetme:
	case cluster.Confbridge:
		if !n.Is(RoleTelephony) {
			add("has a conference engine, but is not a telephony node")
		}
	default:
		add("has the conference engine %q, which is neither %s nor %s", n.Engine, cluster.Meetme, cluster.Confbridge)
	}
	if n.SIPLogging && !n.Is(RoleTelephony) {
		add("logs SIP events, but is not a telephony node")
	}
	if n.WebOnly && (len(n.Roles) != 1 || !n.Is(RoleWeb)) {
		add("is installed with the web pages only, but has other roles")
	}
	if n.WebOnly && len(n.KeepaliveFlags) > 0 {
		add("has keepalive flags, but no keepalive script: it is installed with the web pages only")
	}
	for _, flag := range n.KeepaliveFlags {
		if !keepaliveFlag().MatchString(flag) {
			add("has the keepalive flag %q, which ADMIN_keepalive_ALL.pl does not know", flag)
		}
	}
	if n.OwnKeepalives != "" && !keepaliveLetters().MatchString(n.OwnKeepalives) {
		add("has the keepalives %q: they are letters of %s, or X alone", n.OwnKeepalives, letterOrder)
	}
	return violations
}
