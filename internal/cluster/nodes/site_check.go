package nodes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// idleFlags finds flags of the balance fill on nodes that do not do it.
func (s Site) idleFlags(assignment Assignment) []string {
	var idle []string
	for _, node := range s.sorted() {
		for _, flag := range node.KeepaliveFlags {
			aboutFill := strings.HasPrefix(flag, "--adfill-delay=") || flag == "--fill-staggered"
			if aboutFill && assignment[BalanceFill] != node.ServerIP {
				idle = append(idle, fmt.Sprintf("node %s has the keepalive flag %s, but %s is not its duty", node.ServerIP, flag, BalanceFill))
			}
		}
	}
	return idle
}

// claims returns who claims which duty, and the claims that cannot be met.
func (s Site) claims() (map[Duty][]string, []string) {
	claims := map[Duty][]string{}
	var faults []string
	for _, node := range s.sorted() {
		for _, duty := range node.Duties {
			switch {
			case !slices.Contains(Duties(), duty):
				faults = append(faults, fmt.Sprintf("node %s claims %q, which is no duty: they are %s", node.ServerIP, duty, dutyNames(Duties())))
			case slices.Contains(claims[duty], node.ServerIP):
			default:
				claims[duty] = append(claims[duty], node.ServerIP)
			}
			if !node.runsPrograms() {
				faults = append(faults, fmt.Sprintf("node %s claims %s, but is neither a telephony nor a database node", node.ServerIP, duty))
			}
		}
	}
	return claims, faults
}

// faults returns what is wrong with the nodes themselves.
func (s Site) faults() []string {
	var faults []string
	seen := map[string]int{}
	for _, node := range s.sorted() {
		seen[node.ServerIP]++
		faults = append(faults, node.faults()...)
	}
	for _, serverIP := range slices.Sorted(maps.Keys(seen)) {
		if seen[serverIP] > 1 {
			faults = append(faults, fmt.Sprintf("node %s is named %d times", serverIP, seen[serverIP]))
		}
	}
	if databases := s.With(RoleDatabase); len(databases) > 1 {
		faults = append(faults, strings.Join(databases, " and ")+" are database nodes, but a cluster has one: the others are replicas")
	}
	if len(s.Nodes) == 0 {
		faults = append(faults, "there is no node")
	}
	switch s.Archive {
	case ArchiveNever, ArchiveMonthly, ArchiveDaily:
	default:
		faults = append(faults, fmt.Sprintf("archive pace %q is neither monthly nor daily", s.Archive))
	}
	if s.Coordinator != "" {
		node, found := s.Find(s.Coordinator)
		switch {
		case !found:
			faults = append(faults, "coordinator "+s.Coordinator+" is none of the nodes")
		case !node.runsPrograms():
			faults = append(faults, "coordinator "+s.Coordinator+" is neither a telephony nor a database node")
		}
	}
	return faults
}

func (n Node) faults() []string {
	var faults []string
	say := func(format string, values ...any) {
		faults = append(faults, "node "+n.ServerIP+" "+fmt.Sprintf(format, values...))
	}
	if err := cluster.CheckServerIP(n.ServerIP); err != nil {
		say("is no node: %v", err)
	}
	if len(n.Roles) == 0 {
		say("has no role")
	}
	for _, role := range n.Roles {
		if !slices.Contains(Roles(), role) {
			say("has the role %q, which there is not", role)
		}
	}
	if n.Is(RoleDatabase) && n.Is(RoleReplica) {
		say("is both database and replica")
	}
	switch n.Engine {
	case "", cluster.Meetme:
	case cluster.Confbridge:
		if !n.Is(RoleTelephony) {
			say("has a conference engine, but is no telephony node")
		}
	default:
		say("has the conference engine %q, which is neither %s nor %s", n.Engine, cluster.Meetme, cluster.Confbridge)
	}
	if n.SIPLogging && !n.Is(RoleTelephony) {
		say("logs SIP events, but is no telephony node")
	}
	if n.WebOnly && (len(n.Roles) != 1 || !n.Is(RoleWeb)) {
		say("is installed with the web pages only, but has other roles")
	}
	if n.WebOnly && len(n.KeepaliveFlags) > 0 {
		say("has keepalive flags, but no keepalive script: it is installed with the web pages only")
	}
	for _, flag := range n.KeepaliveFlags {
		if !keepaliveFlag.MatchString(flag) {
			say("has the keepalive flag %q, which ADMIN_keepalive_ALL.pl does not know", flag)
		}
	}
	return faults
}
