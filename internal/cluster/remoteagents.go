package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// RemoteAgents is one row of vicidial_remote_agents: a range of users on a node.
type RemoteAgents Row

// RemoteAgentsColumns are the columns of vicidial_remote_agents.
var RemoteAgentsColumns = []string{
	"remote_agent_id", "user_start", "number_of_lines", "server_ip", "conf_exten", "status", "campaign_id",
	"closer_campaigns", "extension_group", "extension_group_order", "on_hook_agent", "on_hook_ring_time",
}

// MaxRemoteLines is what number_of_lines holds (TINYINT UNSIGNED).
const MaxRemoteLines = 255

// RemoteTestExtension is the conf_exten that makes remote agents answer their
// calls themselves, for a test (docs/vicidial/inbound.md#test-agents).
const RemoteTestExtension = "999999999999"

// ID is the remote_agent_id.
func (r RemoteAgents) ID() string { return r["remote_agent_id"].Text }

// UserStart is the first user of the range.
func (r RemoteAgents) UserStart() string { return r["user_start"].Text }

// ServerIP is the node that the range is on.
func (r RemoteAgents) ServerIP() string { return r[ColumnServerIP].Text }

// lines is how many users the range has; at least one, as the daemon takes it.
func (r RemoteAgents) lines() int64 {
	if lines, known := r["number_of_lines"].Int(); known && lines > 0 {
		return lines
	}
	return 1
}

// last returns the last user of the range; false if the first is not a number, from which
// the daemon counts.
func (r RemoteAgents) last() (string, bool) {
	_, last, numeric := r.bounds()
	if !numeric {
		return "", false
	}
	return strconv.FormatInt(last, 10), true
}

func (r RemoteAgents) bounds() (first, last int64, numeric bool) {
	first, err := strconv.ParseInt(r.UserStart(), 10, 64)
	if err != nil || first < 0 || strings.HasPrefix(r.UserStart(), "+") || first > 1<<62 {
		return 0, 0, false
	}
	return first, first + r.lines() - 1, true
}

// overlaps reports whether two ranges share a user. Numbers are compared as numbers;
// the admin page compares them as text, and misses some (docs/vicidial/admin-page.md#text-ranges).
func (r RemoteAgents) overlaps(other RemoteAgents) bool {
	first, last, numeric := r.bounds()
	begins, ends, both := other.bounds()
	if !numeric || !both {
		return FoldKey(r.UserStart()) == FoldKey(other.UserStart())
	}
	return first <= ends && begins <= last
}

func (r RemoteAgents) String() string {
	if last, numeric := r.last(); numeric && last != r.UserStart() {
		return fmt.Sprintf("remote agents %s to %s on %s", r.UserStart(), last, r.ServerIP())
	}
	return fmt.Sprintf("remote agent %s on %s", r.UserStart(), r.ServerIP())
}

// OverlapOf finds another range that shares a user with this one, on any node and with any
// status: a user logs in once. existing reports that the present row of the range shares a
// user with the other already; new overlaps are found first.
func OverlapOf(agents RemoteAgents, have []RemoteAgents) (found RemoteAgents, shares, existing bool) {
	var row RemoteAgents
	for _, other := range have {
		if agents.ID() != "" && agents.ID() == other.ID() {
			row = other
		}
	}
	for _, other := range have {
		if agents.ID() != "" && agents.ID() == other.ID() || !agents.overlaps(other) {
			continue
		}
		if row == nil || !row.overlaps(other) {
			return other, true, false
		}
		found, shares, existing = other, true, true
	}
	return found, shares, existing
}

// RemoteAgentsChange changes one range of remote agents to the wanted one. The
// daemon reads the table by itself, so nothing is flagged
// (docs/vicidial/generator.md#who-is-flagged).
type RemoteAgentsChange struct {
	UserStart string
	Have      []RemoteAgents // every row of the table, read afresh
	ID        string         // remote_agent_id of the range; empty when it is new
	Seen      Row            // the row as the plan saw it; nil when it is new
	Want      Row            // the wanted columns; nil for a removal
}

// Plan returns the step. A range that would share a user with another is refused before
// anything is written.
func (r RemoteAgentsChange) Plan() (Plan, error) {
	subject := "remote agents from " + r.UserStart
	have, found, err := FindRemoteAgents(r.Have, r.ID, r.UserStart)
	if err != nil {
		return Plan{}, err
	}
	if r.Want == nil {
		if !found {
			return Plan{}, nil
		}
		_, seen := withoutBlanked(Row(have), r.Seen, nil)
		if err := checkUnchanged(subject, Row(have), seen, EquivalentRemoteAgents); err != nil {
			return Plan{}, err
		}
		return Plan{Steps: []Step{{
			Phase: Remove, Verb: Delete, Table: TableRemoteAgents, Key: Row(have).Only("remote_agent_id"),
			From: Row(have).Only("user_start", ColumnServerIP), Audit: RemoteAudit("DELETE", have.ID()),
		}}}, nil
	}
	agents := maps.Clone(r.Want)
	agents["user_start"] = Text(r.UserStart)
	if found {
		agents["remote_agent_id"] = Text(have.ID())
	}
	if other, shares, existing := OverlapOf(RemoteAgents(agents), r.Have); shares && !existing {
		return Plan{}, &Refused{
			Subject: subject, Reasons: []string{"shares users with " + other.String() + " (remote_agent_id " + other.ID() + ")"},
			Advice: "Choose a range that no other remote agents have.", Temporary: true,
		}
	}
	if !found {
		if err := checkNotRemoved(subject, r.Seen); err != nil {
			return Plan{}, err
		}
		return Plan{Steps: []Step{{
			Phase: Add, Verb: Insert, Table: TableRemoteAgents, Rows: []Row{agents}, Key: agents.Only("user_start", ColumnServerIP),
			Audit: RemoteAudit("ADD", r.UserStart),
		}}}, nil
	}
	if r.Seen == nil {
		if err := CheckSpelling("user", r.UserStart, have.UserStart()); err != nil {
			return Plan{}, err
		}
	}
	want, seen := withoutBlanked(Row(have), r.Seen, r.Want)
	from, to, err := changedColumns(subject, Row(have), seen, want, EquivalentRemoteAgents)
	if err != nil || len(to) == 0 {
		return Plan{}, err
	}
	phase := Grow
	if status, changed := to["status"]; changed && status.Text == "INACTIVE" {
		phase = Release
	}
	return Plan{Steps: []Step{{
		Phase: phase, Verb: Update, Table: TableRemoteAgents, Key: Row(have).Only("remote_agent_id"), From: from, To: to,
		Audit: RemoteAudit("MODIFY", have.ID()),
	}}}, nil
}

// FindRemoteAgents finds a range by its id, or by its first user where the id is
// not known. Two ranges with one first user are a [Conflict]: no key forbids them,
// and either may be meant.
func FindRemoteAgents(have []RemoteAgents, id, userStart string) (RemoteAgents, bool, error) {
	var found []RemoteAgents
	for _, agents := range have {
		if id != "" && agents.ID() == id {
			return agents, true, nil
		}
		if id == "" && FoldKey(agents.UserStart()) == FoldKey(userStart) {
			found = append(found, agents)
		}
	}
	switch len(found) {
	case 0:
		return nil, false, nil
	case 1:
		return found[0], true, nil
	}
	return nil, false, &Conflict{
		Subject: "remote agents from " + userStart, Found: fmt.Sprintf("are in %d rows", len(found)),
		Advice: "Delete all but one of the rows on the Remote Agents page.",
	}
}

const (
	columnCloser     = "closer_campaigns"
	columnCampaignID = "campaign_id"
)

// withoutBlanked leaves closer_campaigns out of the comparison where a daemon has blanked
// it for users that reached their limit (docs/vicidial/inbound.md#blanked-in-groups):
// that is neither drift nor a conflict. Only other groups are written.
func withoutBlanked(have, seen, want Row) (wanted, known Row) {
	if current, ok := have[columnCloser]; !ok || !NoCloserCampaigns(current) || seen == nil {
		return want, seen
	}
	wanted, known = maps.Clone(want), maps.Clone(seen)
	if sameGroups(seen[columnCloser], want[columnCloser]) {
		delete(wanted, columnCloser)
	}
	known[columnCloser] = have[columnCloser]
	return wanted, known
}

// NoCloserCampaigns reports whether a closer_campaigns column names no group.
func NoCloserCampaigns(value Value) bool { return len(ParseCloserCampaigns(value.Text)) == 0 }

// sameGroups compares the groups as a set: the admin page saves them in the order of
// its list.
func sameGroups(one, other Value) bool {
	return slices.Equal(SortedUnique(ParseCloserCampaigns(one.Text)), SortedUnique(ParseCloserCampaigns(other.Text)))
}

// EquivalentRemoteAgents is [Equivalence] for vicidial_remote_agents. VICIdial's programs
// compare campaigns with case.
func EquivalentRemoteAgents(column string, want, have Value) bool {
	switch column {
	case columnCloser:
		return sameGroups(want, have)
	case columnCampaignID:
		return want.Text == have.Text
	}
	return TableRemoteAgents.Equivalent(column, want, have)
}

// ParseCloserCampaigns reads a closer_campaigns column, " SALES SUPPORT -". It returns each group
// once.
func ParseCloserCampaigns(column string) []string {
	var groups []string
	for _, group := range strings.Fields(column) {
		if group != "-" && !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	return groups
}

// FormatCloserCampaigns writes a closer_campaigns column. VICIdial searches it for a
// group with a blank on both sides.
func FormatCloserCampaigns(groups []string) string {
	if len(groups) == 0 {
		return ""
	}
	return " " + strings.Join(groups, " ") + " -"
}

// RemoteAudit returns the change log entry for an event on remote agents.
func RemoteAudit(event, record string) Audit {
	return Audit{Section: "REMOTEAGENTS", Type: event, Record: record, Code: "ADMIN " + event + " REMOTE AGENT"}
}

// Active reports whether the remote agents take calls.
func (r RemoteAgents) Active() bool { return strings.EqualFold(r["status"].Text, "ACTIVE") }
