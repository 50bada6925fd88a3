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
	Label  string // the rows in a message, in the plural
	// Blank is the value that the column gets when the server is removed and the row
	// stays; nil where the row is removed with its server.
	Blank *Value
	// Where restricts the rows to those with these values, or with Unlike to those
	// without.
	Where  Row
	Unlike bool
	// Own rows belong to the server and do not block its removal: its rooms, those of the
	// old client in conferences, which an installation adds and no page shows, and
	// the heartbeat that its daemon makes.
	Own bool
}

func blank(text string) *Value {
	value := Text(text)
	return &value
}

// noTrunks are the columns of a row that blocks a campaign on a server. It has no use
// without the server.
var noTrunks = Row{"dedicated_trunks": Number(0)}

// References are the columns besides servers.server_ip that hold a server_ip:
// those of bin/ADMIN_update_server_ip.pl lines 431-521, and
// vicidial_drop_lists.dl_server, which that script does not change
// (docs/vicidial/schema.md#address-columns). The order
// is the one in which a removal deletes rows (docs/vicidial/operations.md#removing-a-node).
var References = []Reference{
	{Table: TablePhones, Column: "server_ip", Label: "phones"},
	{Table: TableTrunks, Column: "server_ip", Label: "trunk rows", Where: noTrunks, Unlike: true},
	{Table: TableTrunks, Column: "server_ip", Label: "trunk rows that only block a campaign", Where: noTrunks, Own: true},
	{Table: TableCarriers, Column: "server_ip", Label: "carriers"},
	{Table: TableRemoteAgents, Column: "server_ip", Label: "remote agents"},
	{Table: TableDIDs, Column: "server_ip", Label: "inbound DIDs", Blank: blank("")},
	{Table: TableDIDs, Column: "filter_server_ip", Label: "inbound DID filters", Blank: blank("")},
	{Table: "inbound_numbers", Column: "server_ip", Label: "inbound numbers"},
	{Table: "vicidial_stations", Column: "server_ip", Label: "stations"},
	{Table: "phone_favorites", Column: "server_ip", Label: "phone favourites"},
	{Table: TableClientConferences, Column: "server_ip", Label: "client conferences", Own: true},
	{Table: TableMeetmeRooms, Column: "server_ip", Label: "MeetMe rooms", Own: true},
	{Table: TableConfbridges, Column: "server_ip", Label: "ConfBridge rooms", Own: true},
	{Table: "vicidial_automated_reports", Column: "report_server", Label: "automated reports", Blank: blank("active_voicemail_server")},
	{Table: "vicidial_drop_lists", Column: "dl_server", Label: "drop lists", Blank: blank("active_voicemail_server")},
	{Table: TableProcessTriggers, Column: "server_ip", Label: "process triggers"},
	{Table: TableServers, Column: "active_twin_server_ip", Label: "twin servers", Blank: blank("")},
	{Table: TableSettings, Column: "active_voicemail_server", Label: "active voicemail server settings"},
	{Table: TableServerUpdater, Column: "server_ip", Label: "heartbeats", Own: true},
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

func (r ReferencingRows) String() string {
	return fmt.Sprintf("%s: %d (%s.%s)", r.Label, r.Rows, r.Table, r.Column)
}

// Referencing are counted in the order of [References]; columns that the schema
// lacks, or that the database user may not see, are missing.
type Referencing []ReferencingRows

func (r Referencing) rows(table Table, column string) int {
	rows := 0
	for _, reference := range r {
		if reference.Table == table && reference.Column == column {
			rows += reference.Rows
		}
	}
	return rows
}

// Summary lists the references that have rows, for a message.
func (r Referencing) Summary() string {
	var parts []string
	for _, reference := range r {
		if reference.Rows > 0 {
			parts = append(parts, reference.String())
		}
	}
	if len(parts) == 0 {
		return "no other rows"
	}
	return strings.Join(parts, ", ")
}

// PlanAddress changes a server's address in place, in all rows that name it.
// The servers row comes last: while it has the old address, the next plan resumes a
// change that was interrupted. Rows that have the new address already are those of such
// a change, unless they clash: clashes counts the rows of the old address that would
// violate a unique key at the new one.
func PlanAddress(server Server, to string, old, clashes Referencing) (Plan, error) {
	from := server.IP()
	var plan Plan
	for _, reference := range old {
		if reference.Rows == 0 {
			continue
		}
		step := Step{
			Phase: Release, Verb: Update, Table: reference.Table, AllowNoMatch: true,
			Key: Row{reference.Column: Text(from)}, To: Row{reference.Column: Text(to)},
			Audit: Audit{
				Section: "SERVERS", Type: "MODIFY", Record: server.ID(), Code: "ADMIN MODIFY SERVER",
				Notes: fmt.Sprintf("server_ip %s to %s: %s", from, to, reference),
			},
		}
		if taken := clashes.rows(reference.Table, reference.Column); taken > 0 {
			if reference.Table != TableServerUpdater {
				return Plan{}, &Refused{
					Subject: fmt.Sprintf("server %s cannot move to %s", server.ID(), to),
					Reasons: []string{fmt.Sprintf("rows for the new address exist already: %s: %d (%s)", reference.Label, taken, reference.Table)},
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

// besideAddress is the second column of a unique key with the address, by table; empty
// where the address alone is the key.
var besideAddress = map[Table]string{
	TableServerUpdater: "", TableMeetmeRooms: "conf_exten", TableConfbridges: "conf_exten", TableClientConferences: "conf_exten",
	TablePhones: "extension",
}

// Unique reports whether a unique key has the address, and returns its other column.
func (r Reference) Unique() (beside string, unique bool) {
	beside, unique = besideAddress[r.Table]
	return beside, unique
}

// Live counts the agents and calls on a server now.
type Live struct {
	Agents int // logged in, remote agents not counted
	Calls  int // rows of vicidial_auto_calls
}

// String returns both counts: "2 agents are logged in and 1 call is up".
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

// Removal is the input of [PlanRemoval].
type Removal struct {
	Server      Server
	Seen        Row    // the row when the removal was planned; nil if unknown
	Voicemail   string // system_settings.active_voicemail_server
	Live        Live
	Referencing Referencing
	Logins      []string // phone logins on the server
	Aliases     []Alias  // those that list one of the logins
	Force       bool     // remove the rows that name the server, too
	// Twins counts the servers that name this one as their twin and that the same run
	// removes, or tries to.
	Twins int
	// SameAddress is the server_id of another server with the same address. Rows,
	// agents and calls of the address then belong to that server.
	SameAddress string
}

// Activity returns the reasons that Force does not override: agents and calls on the
// server, and that it is the voicemail server.
func (r Removal) Activity() []string {
	if r.SameAddress != "" {
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

// BlockingRows lists the rows that block the removal: those that name the server and are
// not its own. With Force they are removed too. Rows of servers that the same run removes
// do not count.
func (r Removal) BlockingRows() Referencing {
	if r.SameAddress != "" || r.Force {
		return nil
	}
	naming := slices.Clone(r.Referencing)
	for i := range naming {
		if naming[i].Table == TableServers {
			naming[i].Rows -= r.Twins
		}
	}
	return slices.DeleteFunc(naming, func(reference ReferencingRows) bool {
		return reference.Rows <= 0 || reference.Own || reference.Table == TableSettings
	})
}

// OwnRows lists the rows of the server that are removed with it.
func (r Removal) OwnRows() Referencing {
	if r.SameAddress != "" || r.Force {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Referencing), func(reference ReferencingRows) bool { return reference.Rows == 0 || !reference.Own })
}

// obstacles returns the reasons why the server must not be removed now.
func (r Removal) obstacles() []string {
	reasons := r.Activity()
	for _, reference := range r.BlockingRows() {
		reasons = append(reasons, "it is still named by "+reference.String())
	}
	return reasons
}

// clearedColumns are the columns that a removal clears first.
var clearedColumns = []string{"active", ColumnLogins, ColumnTelephony, ColumnBalance}

// checkUnedited returns a [Conflict] where somebody else has changed the row since the
// removal was planned. What removals write, of this server or of its twin, does not
// count.
func (r Removal) checkUnedited() error {
	for _, column := range Drift(r.Server.Row, r.Seen.Only(ServerColumns...), TableServers.Equivalent) {
		current := r.Server.Row[column]
		written := slices.Contains(clearedColumns, column) && !current.Yes() || column == "active_twin_server_ip" && current.Text == ""
		if !written {
			return &Conflict{Subject: "server " + r.Server.ID(), Found: "was " + changed(column, current.String())}
		}
	}
	return nil
}

// PlanRemoval removes a server in the order of
// docs/vicidial/operations.md#removing-a-node: it is set inactive, its phones are removed
// from the aliases and then deleted, and its own row is deleted last. All peers are
// flagged, which the admin page does not do. A server that only rows of its own name is not
// set inactive: without a phone nobody can log in on it. Where another server has the address,
// only the row of servers is deleted.
func PlanRemoval(r Removal) (Plan, error) {
	id := r.Server.ID()
	if err := r.checkUnedited(); err != nil {
		return Plan{}, err
	}
	if reasons := r.obstacles(); len(reasons) > 0 {
		return Plan{}, &Refused{Subject: "server " + id + " must not be removed now", Reasons: reasons, Advice: r.advice(), Temporary: len(r.Activity()) == 0}
	}
	var plan Plan
	idle := Row{}
	for _, column := range clearedColumns {
		if value, known := r.Server.Row[column]; known && value.Yes() {
			idle[column] = YesNo(false)
		}
	}
	named := func(reference ReferencingRows) bool { return reference.Rows > 0 && !reference.Own }
	if len(idle) > 0 && slices.ContainsFunc(r.Referencing, named) {
		step := UpdateServer(id, Row{}, idle)
		step.Phase = Release
		plan.Steps = append(plan.Steps, step)
	}
	plan.Steps = append(plan.Steps, leaveAliases(r.Aliases, r.Logins)...)
	for _, reference := range r.Referencing {
		if reference.Rows == 0 || reference.Table == TableSettings {
			continue
		}
		plan.Steps = append(plan.Steps, removeReference(id, r.Server.IP(), reference))
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

func removeReference(id, ip string, reference ReferencingRows) Step {
	step := Step{
		Phase: Remove, Verb: Delete, Table: reference.Table, Key: Row{reference.Column: Text(ip)}, AllowNoMatch: true, Counted: true,
		Audit: Audit{
			Section: "SERVERS", Type: "DELETE", Record: id, Code: "ADMIN DELETE SERVER",
			Notes: reference.String(),
		},
	}
	if !reference.Unlike { // no more than what was counted
		maps.Copy(step.Key, reference.Where)
	}
	if reference.Blank != nil {
		step.Verb, step.To = Update, Row{reference.Column: *reference.Blank}
	}
	if reference.Table == TableServerUpdater {
		step.Audit = Audit{} // a daemon's row, not configuration
	}
	return step
}

// leaveAliases removes logins from the aliases that list them. An alias that would list
// none is deleted: an alias hides the phone of its own name, so that nobody could log in
// with it.
func leaveAliases(aliases []Alias, logins []string) []Step {
	removed := func(login string) bool {
		return slices.ContainsFunc(logins, func(other string) bool { return strings.EqualFold(login, other) })
	}
	var steps []Step
	for _, alias := range aliases {
		left := slices.DeleteFunc(slices.Clone(alias.Logins), removed)
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
