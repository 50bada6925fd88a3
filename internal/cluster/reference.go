package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Reference is a column that holds a server_ip.
type Reference struct {
	Table  Table
	Column string
	What   string // what the rows are, for a person, in the plural
	// Blank is what the column is set to when the server goes and the row
	// stays; nil where the row goes with its server.
	Blank *Value
	// Where narrows the rows to those that say this, or with Unlike to those
	// that do not.
	Where  Row
	Unlike bool
	// Own rows belong to the server and hinder no removal: its rooms, those of the
	// old client in conferences, which an installation adds and no page shows, and
	// the heartbeat that its daemon makes.
	Own bool
}

func blank(text string) *Value {
	value := Text(text)
	return &value
}

// noTrunks is what a row says that keeps a campaign from a server. It means
// nothing any more when the server is gone.
var noTrunks = Row{"dedicated_trunks": Number(0)}

// References are the columns besides servers.server_ip that hold a server_ip:
// those of bin/ADMIN_update_server_ip.pl lines 431-521, and
// vicidial_drop_lists.dl_server, which that script forgets
// (docs/vicidial/schema.md#address-columns). The order
// is the one in which a removal takes rows away (docs/vicidial/operations.md#removing-a-node).
var References = []Reference{
	{Table: TablePhones, Column: "server_ip", What: "phones"},
	{Table: TableTrunks, Column: "server_ip", What: "trunk rows", Where: noTrunks, Unlike: true},
	{Table: TableTrunks, Column: "server_ip", What: "trunk rows that only block a campaign", Where: noTrunks, Own: true},
	{Table: TableCarriers, Column: "server_ip", What: "carriers"},
	{Table: TableRemoteAgents, Column: "server_ip", What: "remote agents"},
	{Table: TableDIDs, Column: "server_ip", What: "inbound DIDs", Blank: blank("")},
	{Table: TableDIDs, Column: "filter_server_ip", What: "inbound DID filters", Blank: blank("")},
	{Table: "inbound_numbers", Column: "server_ip", What: "inbound numbers"},
	{Table: "vicidial_stations", Column: "server_ip", What: "stations"},
	{Table: "phone_favorites", Column: "server_ip", What: "phone favourites"},
	{Table: TableClientConferences, Column: "server_ip", What: "client conferences", Own: true},
	{Table: TableMeetmeRooms, Column: "server_ip", What: "MeetMe rooms", Own: true},
	{Table: TableConfbridges, Column: "server_ip", What: "ConfBridge rooms", Own: true},
	{Table: "vicidial_automated_reports", Column: "report_server", What: "automated reports", Blank: blank("active_voicemail_server")},
	{Table: "vicidial_drop_lists", Column: "dl_server", What: "drop lists", Blank: blank("active_voicemail_server")},
	{Table: TableProcessTriggers, Column: "server_ip", What: "process triggers"},
	{Table: TableServers, Column: "active_twin_server_ip", What: "twin servers", Blank: blank("")},
	{Table: TableSettings, Column: "active_voicemail_server", What: "active voicemail server settings"},
	{Table: TableServerUpdater, Column: "server_ip", What: "heartbeats", Own: true},
}

// ReferencingTables lists the tables of [References].
func ReferencingTables() []Table {
	tables := make([]Table, len(References))
	for i, reference := range References {
		tables[i] = reference.Table
	}
	return tables
}

// ReferencingRows counts the rows that name a server in one of the [References].
type ReferencingRows struct {
	Reference
	Rows int
}

func (m ReferencingRows) String() string {
	return fmt.Sprintf("%s: %d (%s.%s)", m.What, m.Rows, m.Table, m.Column)
}

// Referencing are counted in the order of [References]; columns that the schema
// lacks, or that the database user may not see, are missing.
type Referencing []ReferencingRows

func (m Referencing) rows(table Table, column string) int {
	rows := 0
	for _, mention := range m {
		if mention.Table == table && mention.Column == column {
			rows += mention.Rows
		}
	}
	return rows
}

// Summary lists what is named at all, for a person.
func (m Referencing) Summary() string {
	var parts []string
	for _, mention := range m {
		if mention.Rows > 0 {
			parts = append(parts, mention.String())
		}
	}
	if len(parts) == 0 {
		return "no other rows"
	}
	return strings.Join(parts, ", ")
}

// PlanAddress changes a server's address in place, in all rows that name it.
// The servers row comes last: while it says the old address, the next plan
// still sees the work, so a change that was killed half way is resumed. Rows that
// are at the new address already are those of such a change, unless they clash:
// clashes counts the rows of the old address that could not stand beside those.
func PlanAddress(server Server, to string, old, clashes Referencing) (Plan, error) {
	from := server.IP()
	var plan Plan
	for _, mention := range old {
		if mention.Rows == 0 {
			continue
		}
		step := Step{
			Phase: Release, Verb: Update, Table: mention.Table, MayMatchNone: true,
			Key: Row{mention.Column: Text(from)}, To: Row{mention.Column: Text(to)},
			Audit: Audit{
				Section: "SERVERS", Type: "MODIFY", Record: server.ID(), Code: "ADMIN MODIFY SERVER",
				Notes: fmt.Sprintf("server_ip %s to %s: %s", from, to, mention),
			},
		}
		if taken := clashes.rows(mention.Table, mention.Column); taken > 0 {
			if mention.Table != TableServerUpdater {
				return Plan{}, &Refused{
					Subject: fmt.Sprintf("server %s cannot move to %s", server.ID(), to),
					Reasons: []string{fmt.Sprintf("rows for the new address exist already: %s: %d (%s)", mention.What, taken, mention.Table)},
					Advice:  "Remove those rows, or choose another address.",
				}
			}
			// The node runs under its new address already; its old heartbeat is dead.
			step.Verb, step.To = Delete, nil
		}
		plan.Steps = append(plan.Steps, step)
	}
	plan.Steps = append(plan.Steps, Step{
		Phase: Remove, Verb: Update, Table: TableServers, Key: Row{"server_id": Text(server.ID())},
		From: Row{"server_ip": Text(from)}, To: Row{"server_ip": Text(to)}, Audit: ServerAudit(server.ID(), "MODIFY"),
	})
	plan.Rebuild.All = true
	return plan, nil
}

// besideAddress names the column that a unique key holds beside the address, for
// the tables that have such a key; none where the address alone is the key.
var besideAddress = map[Table]string{
	TableServerUpdater: "", TableMeetmeRooms: "conf_exten", TableConfbridges: "conf_exten", TableClientConferences: "conf_exten",
	TablePhones: "extension",
}

// Unique says whether no two rows may have the same address, or which column's
// value none may have twice for one address.
func (r Reference) Unique() (beside string, unique bool) {
	beside, unique = besideAddress[r.Table]
	return beside, unique
}

// Live is what runs on a server now.
type Live struct {
	Agents int // logged in, remote agents not counted
	Calls  int // rows of vicidial_auto_calls
}

// String counts who is at work: "2 agents are logged in and 1 call is up".
func (l Live) String() string {
	return several(l.Agents, "agent is logged in", "agents are logged in") + " and " + several(l.Calls, "call is up", "calls are up")
}

func several(count int, one, many string) string {
	if count == 1 {
		many = one
	}
	return strconv.Itoa(count) + " " + many
}

// Alias is a phone alias: the phone logins that one agent may be given.
type Alias struct {
	ID     string
	Logins []string
}

// Removal is what has to be known to remove a server.
type Removal struct {
	Server      Server
	Seen        Row    // the row when the removal was planned; nil where it is not known
	Voicemail   string // system_settings.active_voicemail_server
	Live        Live
	Referencing Referencing
	Logins      []string // phone logins on the server
	Aliases     []Alias  // those that list one of the logins
	Force       bool     // remove the rows that name the server, too
	// Twins counts the servers that name this one as their twin and that the same run
	// removes, or tries to.
	Twins int
	// Heir is the server_id of another server with the same address. Whatever
	// names the address, works at it or may be said of it stays with that one.
	Heir string
}

// Activity says who or what is at work on the server, or depends on it as no other
// row does. Force is no help against that.
func (r Removal) Activity() []string {
	if r.Heir != "" {
		return nil
	}
	var reasons []string
	if r.Live.Agents > 0 {
		reasons = append(reasons, several(r.Live.Agents, "agent is", "agents are")+" logged in on it")
	}
	if r.Live.Calls > 0 {
		reasons = append(reasons, several(r.Live.Calls, "call is", "calls are")+" up on it")
	}
	if r.Server.IP() == r.Voicemail {
		reasons = append(reasons, "it is the active voicemail server, which runs the cluster's end of day; choose another one first")
	}
	return reasons
}

// BlockingRows lists the rows that must not be left behind: those that name the server
// and are not its own. With Force they go along. Rows of servers that the run removes
// as well do not count.
func (r Removal) BlockingRows() Referencing {
	if r.Heir != "" || r.Force {
		return nil
	}
	naming := slices.Clone(r.Referencing)
	for i := range naming {
		if naming[i].Table == TableServers {
			naming[i].Rows -= r.Twins
		}
	}
	return slices.DeleteFunc(naming, func(mention ReferencingRows) bool {
		return mention.Rows <= 0 || mention.Own || mention.Table == TableSettings
	})
}

// OwnRows lists the rows of the server that go with it.
func (r Removal) OwnRows() Referencing {
	if r.Heir != "" || r.Force {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Referencing), func(mention ReferencingRows) bool { return mention.Rows == 0 || !mention.Own })
}

// obstacles says why the server must not go now.
func (r Removal) obstacles() []string {
	reasons := r.Activity()
	for _, mention := range r.BlockingRows() {
		reasons = append(reasons, "it is still named by "+mention.String())
	}
	return reasons
}

// idled are the columns that a removal clears first.
var idled = []string{"active", ColumnLogins, ColumnTelephony, ColumnBalance}

// unedited returns a [Conflict] where somebody else has changed the row since the
// removal was planned. What removals write, of this server or of its twin, does not
// count.
func (r Removal) unedited() error {
	for _, column := range ServerColumns {
		seen, known := r.Seen[column]
		held, there := r.Server.Row[column]
		written := slices.Contains(idled, column) && !held.Yes() || column == "active_twin_server_ip" && held.Text == ""
		if known && there && !written && !Equivalent(column, held, seen) {
			return &Conflict{Subject: "server " + r.Server.ID(), Found: "was " + changed(column, held.String())}
		}
	}
	return nil
}

// PlanRemoval takes a server away in the order of docs/vicidial/operations.md#removing-a-node: it is put out of work,
// its phones leave the aliases before they go themselves, and its own row goes
// when nothing names it any more. All peers are flagged, which the admin page
// forgets. Where another server has the address, its row alone goes.
func PlanRemoval(r Removal) (Plan, error) {
	id := r.Server.ID()
	if err := r.unedited(); err != nil {
		return Plan{}, err
	}
	if reasons := r.obstacles(); len(reasons) > 0 {
		return Plan{}, &Refused{Subject: "server " + id + " must not be removed now", Reasons: reasons, Advice: r.advice(), Temporary: len(r.Activity()) == 0}
	}
	var plan Plan
	idle := Row{}
	for _, column := range idled {
		if value, known := r.Server.Row[column]; known && value.Yes() {
			idle[column] = YesNo(false)
		}
	}
	if len(idle) > 0 && r.Heir == "" {
		step := UpdateServer(id, Row{}, idle)
		step.Phase = Release
		plan.Steps = append(plan.Steps, step)
	}
	plan.Steps = append(plan.Steps, leaveAliases(r.Aliases, r.Logins)...)
	for _, mention := range r.Referencing {
		if mention.Rows == 0 || mention.Table == TableSettings {
			continue
		}
		plan.Steps = append(plan.Steps, forget(id, r.Server.IP(), mention))
	}
	plan.Steps = append(plan.Steps, Step{
		Phase: Remove, Verb: Delete, Table: TableServers, Key: Row{"server_id": Text(id)}, From: r.Server.Row.Only("server_ip"),
		Audit: ServerAudit(id, "DELETE"),
	})
	plan.Rebuild.All = true
	return plan, nil
}

func (r Removal) advice() string {
	advice := "Drain it first (active_agent_login_server = false, balance.active = false, or the action vicidial_server_drain) and move what names it to other servers."
	if !r.Force {
		advice += " Where this very configuration moves it, give the server lifecycle { create_before_destroy = true }: Terraform then changes what depends on the server before it removes the server." +
			" Or set force_destroy = true and apply that before destroying, which removes the rows that name it."
	}
	return advice
}

func forget(id, ip string, mention ReferencingRows) Step {
	step := Step{
		Phase: Remove, Verb: Delete, Table: mention.Table, Key: Row{mention.Column: Text(ip)}, MayMatchNone: true,
		Audit: Audit{
			Section: "SERVERS", Type: "DELETE", Record: id, Code: "ADMIN DELETE SERVER",
			Notes: mention.String(),
		},
	}
	if !mention.Unlike { // no more than what was counted
		maps.Copy(step.Key, mention.Where)
	}
	if mention.Blank != nil {
		step.Verb, step.To = Update, Row{mention.Column: *mention.Blank}
	}
	if mention.Table == TableServerUpdater {
		step.Audit = Audit{} // a daemon's row, not configuration
	}
	return step
}

// leaveAliases takes logins out of the aliases that list them. An alias that
// would list none is removed: an alias hides the phone of its own name, so an
// empty one would only lock somebody out.
func leaveAliases(aliases []Alias, logins []string) []Step {
	gone := func(login string) bool {
		return slices.ContainsFunc(logins, func(other string) bool { return strings.EqualFold(login, other) })
	}
	var steps []Step
	for _, alias := range aliases {
		left := slices.DeleteFunc(slices.Clone(alias.Logins), gone)
		if len(left) == len(alias.Logins) {
			continue
		}
		step := Step{
			Phase: Release, Verb: Update, Table: TableAliases, Key: Row{"alias_id": Text(alias.ID)},
			From: Row{"logins_list": Text(strings.Join(alias.Logins, ","))}, To: Row{"logins_list": Text(strings.Join(left, ","))},
			Audit: Audit{Section: "PHONEALIASES", Type: "MODIFY", Record: alias.ID, Code: "ADMIN MODIFY PHONE ALIAS"},
		}
		if len(left) == 0 {
			step.Verb, step.To = Delete, nil
			step.Audit.Type, step.Audit.Code = "DELETE", "ADMIN DELETE PHONE ALIAS"
		}
		steps = append(steps, step)
	}
	return steps
}
