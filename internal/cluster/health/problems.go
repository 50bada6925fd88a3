package health

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// clusterProblems returns the problems of the cluster as a whole.
func clusterProblems(s Snapshot, h Report) []Problem {
	var problems []Problem
	add := func(text, advice string) { problems = append(problems, Problem{Text: text, Advice: advice}) }

	if len(s.Servers) == 0 {
		add("The table servers is empty.", "Add the telephony nodes, or check that this is the right database.")
		return problems
	}
	if !slices.ContainsFunc(s.Servers, func(server Server) bool { return server.Telephony() }) {
		add(fmt.Sprintf("None of the %s of servers is a telephony node (active_asterisk_server is N): no agent can log in, and nothing dials.", cluster.Plural(len(s.Servers), "row")), "Set active_asterisk_server to Y on the nodes that run Asterisk.")
	}
	for _, part := range s.Unanswered {
		add(fmt.Sprintf("The database did not answer in time when asked for %s, so this report says nothing of them.", part), "Look for what holds the table: SHOW FULL PROCESSLIST on the database.")
	}
	problems = append(problems, unknownServerProblems(s, h)...)
	ids := map[string][]string{}
	for _, server := range s.Servers {
		ids[trimIP(server.IP())] = append(ids[trimIP(server.IP())], server.ID())
	}
	for _, ip := range slices.Sorted(maps.Keys(ids)) {
		if len(ids[ip]) > 1 {
			add(fmt.Sprintf("%s are rows of servers with one address, %s: VICIdial takes them for one.", strings.Join(ids[ip], " and "), ip), "Remove the rows that are not the machine's, or give them their own address.")
		}
	}
	if up := s.Now.Sub(s.DatabaseStarted); len(s.Heartbeats) == 0 && !slices.Contains(s.Unanswered, PartHeartbeats) && slices.ContainsFunc(s.Servers, func(server Server) bool { return server.Telephony() }) {
		text := "No node has a heartbeat: server_updater is empty."
		if !s.DatabaseStarted.IsZero() {
			text = fmt.Sprintf("No node has a heartbeat: server_updater is a MEMORY table and empty, and the database was started %s ago.", ago(up))
		}
		add(text, "The nodes write their row again when their update process restarts; the keepalive does that when the process loses its connection. Restart it (screen ASTupdate) where a node stays without.")
	}
	switch {
	case s.VoicemailServer == "":
		add("No active_voicemail_server is set: voicemail, the end of day and the purges run nowhere.", "Name one telephony node in the system settings.")
	case !slices.ContainsFunc(s.Servers, func(server Server) bool { return trimIP(server.IP()) == trimIP(s.VoicemailServer) }):
		add(fmt.Sprintf("The active_voicemail_server %s is not in the servers table: voicemail, the end of day and the purges run nowhere.", s.VoicemailServer), "Name one telephony node in the system settings.")
	case !h.CoordinatorAlive && len(s.Heartbeats) > 0:
		add(fmt.Sprintf("The active_voicemail_server %s is dead: voicemail, the end of day and the purges stop.", s.VoicemailServer), "Bring it back, or name another node in the system settings.")
	}
	if s.AutoDialOff {
		add("Auto dialing is stopped in the system settings.", "Set disable_auto_dial to 0 if that is not meant.")
	}
	if s.ExpectedSchema != 0 && s.Schema != s.ExpectedSchema {
		advice := "Run the upgrade scripts of the database that lead to it."
		if s.Schema > s.ExpectedSchema {
			advice = "Upgrade the nodes' code to the version that goes with the database."
		}
		add(fmt.Sprintf("The database has schema %d, the nodes expect %d.", s.Schema, s.ExpectedSchema), advice)
	}
	if text := listRevisions(s.Servers); text != "" {
		add(text, "Upgrade the nodes to one revision; mixed code behaves differently from node to node.")
	}
	if r := s.Replica; r != nil {
		switch {
		case r.Err != "":
			add(fmt.Sprintf("The reporting replica %s does not answer: %s.", r.Host, strings.TrimSuffix(r.Err, ".")), "Reports that use it fail; repair it or empty slave_db_server.")
		case !r.Running && len(r.Stopped) > 0:
			add(fmt.Sprintf("Replication to %s does not run: %s.", r.Host, strings.Join(r.Stopped, ", ")), "Reports show old data; look at SHOW REPLICA STATUS there.")
		case !r.Running:
			add(fmt.Sprintf("Replication to %s does not run.", r.Host), "Reports show old data; look at SHOW REPLICA STATUS there.")
		case r.LagKnown && r.Lag > replicaTolerance:
			add(fmt.Sprintf("The reporting replica %s is %s behind.", r.Host, ago(r.Lag)), "Reports show old data; look for long statements on the replica.")
		case !r.ThreadsKnown && !r.LagKnown:
			add(fmt.Sprintf("Whether the reporting replica %s follows is not known: the database user may not ask for its status, and it has no heartbeat to compare.", r.Host), "Grant the user REPLICA MONITOR there (REPLICATION CLIENT before MariaDB 10.5.9).")
		}
	}
	return problems
}

// unknownServerProblems returns the agents, calls and shortages on unknown servers.
func unknownServerProblems(s Snapshot, h Report) []Problem {
	known := map[string]bool{}
	for _, server := range s.Servers {
		known[trimIP(server.IP())] = true
	}
	at := map[string]*Campaign{}
	for _, campaign := range h.Campaigns {
		ip := trimIP(campaign.ServerIP)
		if known[ip] {
			continue
		}
		if at[ip] == nil {
			at[ip] = &Campaign{}
		}
		at[ip].Agents += campaign.Agents
		at[ip].RemoteAgents += campaign.RemoteAgents
		at[ip].Inbound += campaign.Inbound + campaign.Outbound + campaign.Fill
	}
	var problems []Problem
	for _, ip := range slices.Sorted(maps.Keys(at)) {
		sum := at[ip]
		var parts []string
		for _, part := range []struct {
			count int
			noun  string
		}{{sum.Agents, "agent"}, {sum.RemoteAgents, "remote agent"}, {sum.Inbound, "call"}} {
			if part.count > 0 {
				parts = append(parts, cluster.Plural(part.count, part.noun))
			}
		}
		switch {
		case len(parts) == 0: // a shortage alone
		case ip == "":
			problems = append(problems, Problem{
				Text:   fmt.Sprintf("Listed on no server at all: %s. VICIdial writes such a row when an agent logs in and no conference room is free: they cannot work.", strings.Join(parts, ", ")),
				Advice: "Add conference rooms, and let them log in again.",
			})
		default:
			problems = append(problems, Problem{
				Text:   fmt.Sprintf("Listed on %s, which is not in the servers table: %s. No node counts them.", ip, strings.Join(parts, ", ")),
				Advice: "Add the server, or look for a machine that runs with a wrong VARserver_ip.",
			})
		}
	}
	return problems
}

// trimIP returns an address as the collations of VICIdial's tables compare it, without
// trailing blanks.
func trimIP(ip string) string { return strings.TrimRight(ip, " ") }

// listRevisions lists the telephony nodes by revision, if they have several.
func listRevisions(servers []Server) string {
	nodes := make(map[int][]string)
	var revisions []int
	for _, server := range servers {
		revision := server.Row.Int("svn_revision")
		if revision == 0 || !server.Telephony() {
			continue
		}
		if nodes[revision] == nil {
			revisions = append(revisions, revision)
		}
		nodes[revision] = append(nodes[revision], server.ID())
	}
	if len(revisions) < 2 {
		return ""
	}
	slices.Sort(revisions)
	var texts []string
	for _, revision := range revisions {
		texts = append(texts, fmt.Sprintf("%d on %s", revision, strings.Join(nodes[revision], ", ")))
	}
	return "The nodes run different code revisions: " + strings.Join(texts, "; ") + "."
}

// nodeProblems returns the problems of each node, in the order of the nodes.
func nodeProblems(s Snapshot, h Report, servers []Server) []Problem {
	var problems []Problem
	for i, server := range servers {
		node := h.Nodes[i]
		add := func(text, advice string) {
			problems = append(problems, Problem{ServerIP: server.IP(), Text: "Server " + server.ID() + " (" + server.IP() + ") " + text, Advice: advice})
		}
		if !server.Active() && node.Agents+node.RemoteAgents+node.Calls == 0 {
			continue // out of service: not checked
		}
		heartbeatProblems(s, server, node, add)
		rebuildProblems(server, node, add)
		if server.Telephony() && server.Logins() && !slices.Contains(s.Unanswered, PartRooms) {
			switch {
			case server.RoomsTotal == 0:
				add("has no conference rooms of its engine, so no agent can log in there.", "Give it rooms, or set active_agent_login_server to N.")
			case server.RoomsFree == 0:
				add(fmt.Sprintf("has none of its %d conference rooms free: the login balancer skips it.", server.RoomsTotal), "Add rooms, or look for rooms that stay reserved without an agent.")
			}
		}
		if server.MaxTrunks() == 0 && node.Shortage > 0 {
			add("has max_vicidial_trunks 0 and dials nothing, yet campaigns want lines there.", "Set the number of lines that it can carry.")
		}
		problems = append(problems, shortageProblems(server, h)...)
		if node.Agents > 0 && server.Phones > 0 && server.PhonesRegistered == 0 && node.Alive { // web phones are registered only while somebody works
			add(fmt.Sprintf("has none of its %d active phones registered, yet %s listed on it.", server.Phones, cluster.PluralAre(node.Agents, "agent")), "Check the network between phones and node, and whether the node still gathers peer status.")
		}
	}
	return problems
}

func heartbeatProblems(s Snapshot, server Server, node Node, add func(text, advice string)) {
	const ntp = "Let both follow the same NTP source."
	clock := ago(node.Skew.Abs()) + " ahead of the database's"
	if node.Skew < 0 {
		clock = ago(node.Skew.Abs()) + " behind the database's"
	}
	silent := node.Silence > heartbeatTolerance
	switch {
	case !server.Telephony(), len(s.Heartbeats) == 0:
		return // no telephony node, or reported for the whole cluster
	case !node.HasHeartbeat:
		add("has no heartbeat: server_updater holds no row of it.", "Check that its keepalives run (1 in VARactive_keepalives), and restart the update process if the database was restarted.")
	case silent && node.Alive:
		add(fmt.Sprintf("has been silent for %s, and still looks alive to the agent login: its clock is %s.", ago(node.Silence), clock), "Set active_agent_login_server to N until it is back. Check the machine, its network to the database and its keepalive cron job.")
	case silent:
		add(fmt.Sprintf("is dead: its last heartbeat is %s old.", ago(node.Silence)), "Agents cannot log in there. Check the machine, its network to the database and its keepalive cron job.")
	case !node.Alive:
		add(fmt.Sprintf("looks dead to the agent login, and is not: its clock is %s.", clock), "Agents cannot log in there. "+ntp)
	case !node.InSync:
		add(fmt.Sprintf("has a clock %s: agents there see a time synchronisation error.", clock), ntp)
	}
	if node.HasHeartbeat && silent && node.Agents > 0 {
		add(fmt.Sprintf("is dead while %s still listed on it.", cluster.PluralAre(node.Agents, "agent")), "Let them log in again; the failover plan says where they can.")
	}
}

func rebuildProblems(server Server, node Node, add func(text, advice string)) {
	switch {
	case !server.RebuildPending() || !server.Generates():
		return // no flag, or a row that generates nothing: its flag is Y from the beginning and stays
	case node.RebuildStuck && node.Alive:
		add(fmt.Sprintf("was asked to rebuild its configuration files and has not begun for %s.", ago(server.FlagSeen)), "Check that its keepalive cron job and the screen asterisk run.")
	case node.RebuildStuck:
		add("is asked to rebuild its configuration files and is dead.", "It will do so when it is back.")
	}
}

func shortageProblems(server Server, h Report) []Problem {
	var problems []Problem
	for _, campaign := range h.Campaigns {
		if trimIP(campaign.ServerIP) != trimIP(server.IP()) || campaign.Shortage == 0 {
			continue
		}
		problem := Problem{
			ServerIP: server.IP(),
			Text:     fmt.Sprintf("Campaign %s is short of %d lines on server %s (%s).", campaign.Campaign, campaign.Shortage, server.ID(), server.IP()),
			Advice:   "Look at the dial forecast: it tells which limit holds the campaign back.",
		}
		if !campaign.ShortageFresh {
			age := "that is " + ago(campaign.ShortageAge) + " old"
			if campaign.ShortageUndated {
				age = "without a date"
			}
			problem.Text = fmt.Sprintf("Campaign %s has a trunk shortage of %d on server %s (%s) %s.", campaign.Campaign, campaign.Shortage, server.ID(), server.IP(), age)
			problem.Advice = "The balance fill ignores it after 20 minutes. Check that the dialer of that node runs (keepalive 3)."
		}
		problems = append(problems, problem)
	}
	return problems
}

// ago formats a duration for a message, with one unit.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	}
}
