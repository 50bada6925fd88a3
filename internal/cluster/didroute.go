package cluster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// DIDViolation is a reason for which calls to a DID lead nowhere, or for which a setting of
// the DID has no effect.
type DIDViolation struct {
	Column string   // the column to correct
	Causes []string // the columns whose values have the violation
	Text   string   // completes "DID 8005550100: "
	// Later reports that the missing object may be created after the DID.
	Later bool
}

// DIDTargets are the objects to which DIDs route calls.
type DIDTargets struct {
	Directory
	Servers Servers
	// Phones are the phones of servers, by server_ip and extension. It is nil where
	// nobody asked for them.
	Phones map[[2]string]bool
	// Mailboxes are all voicemail_ids; nil where they were not read.
	Mailboxes map[string]bool
	// SystemFilter reports whether VICIdial reads the row did_system_filter.
	SystemFilter bool
}

// RouteNeedsPhones reports whether the violations of a DID depend on phones and mailboxes.
func RouteNeedsPhones(row Row) bool {
	for _, column := range []string{"did_route", "filter_action", "user_unavailable_action", "filter_user_unavailable_action"} {
		if slices.Contains([]string{"PHONE", "VOICEMAIL", "VMAIL_NO_INST"}, row[column].Text) {
			return true
		}
	}
	return false
}

// Violations returns the violations of a DID in the order in which agi-DID_route.agi evaluates
// the columns (docs/vicidial/inbound.md#did-routing). Columns that the row lacks are
// unknown and not checked.
func (t DIDTargets) Violations(pattern string, row Row) []DIDViolation {
	d := didViolations{targets: t, row: row}
	d.follow(pattern)
	for _, column := range []string{"server_ip", "filter_server_ip"} {
		reported := slices.ContainsFunc(d.violations, func(f DIDViolation) bool { return f.Column == column })
		if value := d.row[column]; strings.TrimSpace(value.Text) != "" && !reported {
			d.known(column, "")
		}
	}
	return d.violations
}

func (d *didViolations) follow(pattern string) {
	active, known := d.row["did_active"]
	inactive := known && !active.Yes()
	switch {
	case FoldKey(pattern) == didSystemFilter:
		if !d.targets.SystemFilter && !inactive {
			d.add("did_active", true, nil, "VICIdial does not look at this row: system_settings.did_system_filter is 0")
		}
		d.filter()
		return
	case inactive && FoldKey(pattern) == didDefault:
		d.add("did_active", false, nil, "calls to numbers that no DID names are dropped while it is not active")
		return
	case inactive: // its calls go to the DID default
		return
	}
	d.preFilters()
	d.filter()
	d.noAgent()
	d.maxQueue()
	d.route("did_route", "")
}

type didViolations struct {
	targets    DIDTargets
	row        Row
	violations []DIDViolation
}

func (d *didViolations) add(column string, later bool, causes []string, format string, args ...any) {
	d.violations = append(d.violations, DIDViolation{
		Column: column, Causes: append([]string{column, "did_active"}, causes...), Text: fmt.Sprintf(format, args...), Later: later,
	})
}

// blank reports whether a column is known to be blank.
func (d *didViolations) blank(column string) bool {
	value, known := d.row[column]
	return known && none(value.Text) == ""
}

// need adds a violation if a column that the route reads is blank.
func (d *didViolations) need(column, cause, subject string) bool {
	if d.blank(column) {
		d.add(column, false, []string{cause}, "%s reads %s, which is blank", subject, column)
		return false
	}
	_, known := d.row[column]
	return known
}

// target is need for a column that names an object, which must exist.
func (d *didViolations) target(column, cause, subject, noun string, has func(string) bool) {
	if !d.need(column, cause, subject) {
		return
	}
	if name := d.row[column].Text; !has(name) {
		d.add(column, true, []string{cause}, "%s leads to the %s %s, which does not exist; make it in the admin pages before calls come in", subject, noun, name)
	}
}

// preFilters checks the pre-filters, which need both columns of a pair.
func (d *didViolations) preFilters() {
	for _, pair := range [][2]string{{"pre_filter_phone_group_id", "pre_filter_extension"}, {"pre_filter_recent_call", "pre_filter_recent_extension"}} {
		for i, column := range pair {
			other := pair[1-i]
			if value, known := d.row[other]; known && value.Text != "" && d.blank(column) {
				d.add(column, false, []string{other}, "%s has no effect while %s is blank", other, column)
			}
		}
	}
}

var filterURL = regexp.MustCompile(`(?i)http`)

// filter checks the route of callers whom the filter matches.
func (d *didViolations) filter() {
	const cause = "filter_inbound_number"
	kind := d.row[cause].Text
	switch kind {
	case "", "DISABLED":
		return
	case "GROUP", "GROUP_AREACODE":
		d.need("filter_phone_group_id", cause, kind)
	case "DNC_CAMPAIGN":
		d.need("filter_dnc_campaign", cause, kind)
	case "URL":
		if d.need("filter_url", cause, kind) && (!filterURL.MatchString(d.row["filter_url"].Text) || len(d.row["filter_url"].Text) <= 8) {
			d.add("filter_url", false, []string{cause}, "the filter asks addresses only that have http in them and more than 8 characters")
		}
		if d.row["filter_url_did_redirect"].Yes() {
			return // the answer names the DID that calls go to
		}
	}
	d.route("filter_action", "filter_")
}

// noAgent checks the redirect for an in-group without agents.
func (d *didViolations) noAgent() {
	const cause = "no_agent_ingroup_redirect"
	if !slices.Contains([]string{"Y", "NO_PAUSED", "READY_ONLY"}, d.row[cause].Text) {
		return
	}
	if d.blank("no_agent_ingroup_id") {
		d.add("no_agent_ingroup_id", false, []string{cause}, "%s asks for agents of no_agent_ingroup_id, which is blank: every call goes to no_agent_ingroup_extension", cause)
	} else {
		d.target("no_agent_ingroup_id", cause, cause, "in-group", d.targets.HasInGroup)
	}
	d.need("no_agent_ingroup_extension", cause, cause)
}

// maxQueue checks the redirect for an in-group with too many waiting calls.
func (d *didViolations) maxQueue() {
	const cause = "max_queue_ingroup_calls"
	most, _ := d.row[cause].Int()
	switch {
	case most == 0:
		return
	case most < 0:
		d.add(cause, true, nil, "with %s below 0 every call goes to max_queue_ingroup_extension", cause)
	case d.blank("max_queue_ingroup_id"):
		d.add("max_queue_ingroup_id", false, []string{cause}, "%s counts the calls of max_queue_ingroup_id, which is blank: the limit has no effect", cause)
	default:
		d.target("max_queue_ingroup_id", cause, cause, "in-group", d.targets.HasInGroup)
	}
	d.need("max_queue_ingroup_extension", cause, cause)
}

// route checks did_route, or filter_action with the filter's columns.
func (d *didViolations) route(cause, front string) {
	value, known := d.row[cause]
	kind := value.Text
	switch kind {
	case "IN_GROUP":
		d.target(front+"group_id", cause, kind, "in-group", d.targets.HasInGroup)
	case "CALLMENU":
		d.target(front+"menu_id", cause, kind, "call menu", d.targets.hasMenu)
	case "AGENT":
		d.target(front+"user", cause, kind, "user", d.targets.HasUser)
		d.target(front+"user_route_settings_ingroup", cause, kind, "in-group", d.targets.HasInGroup)
		d.unavailable(cause, front)
	default:
		if known && !d.extension(kind, cause, front, kind) {
			d.add(cause, false, nil, "%s is %q: no route", cause, kind)
		} else if known {
			d.need(front+"exten_context", cause, kind)
		}
	}
}

// unavailable checks the route for an AGENT who is not logged in. Its context is
// default, and its in-group is user_route_settings_ingroup
// (agi-VDAD_ALL_inbound.agi).
func (d *didViolations) unavailable(route, front string) {
	cause := front + "user_unavailable_action"
	value, known := d.row[cause]
	if !known || value.Text == "IN_GROUP" {
		return
	}
	before := len(d.violations)
	if !d.extension(value.Text, cause, front, "AGENT, while the agent is not logged in,") {
		d.add(cause, false, nil, "AGENT reads %s, which is blank", cause)
	}
	for i := range d.violations[before:] {
		d.violations[before+i].Causes = append(d.violations[before+i].Causes, route)
	}
}

// extension checks the routes to an extension. It returns false for other routes.
func (d *didViolations) extension(kind, cause, front, subject string) bool {
	switch kind {
	case "EXTEN":
		d.need(front+"extension", cause, subject)
	case "VOICEMAIL", "VMAIL_NO_INST":
		if column := front + "voicemail_ext"; d.need(column, cause, subject) && d.targets.Mailboxes != nil && !d.targets.Mailboxes[FoldKey(d.row[column].Text)] {
			d.add(column, true, []string{cause}, "%s leads to the mailbox %s, which no phone has and vicidial_voicemail has not", subject, d.row[column].Text)
		}
		if !d.blank(front + "server_ip") { // it stays on the node of the call
			d.server(front+"server_ip", cause, subject)
		}
	case "PHONE":
		hasPhone := d.need(front+"phone", cause, subject)
		if !d.need(front+"server_ip", cause, subject) || !d.server(front+"server_ip", cause, subject) || !hasPhone {
			return true
		}
		phone, server := d.row[front+"phone"].Text, d.row[front+"server_ip"].Text
		if d.targets.Phones != nil && !d.targets.Phones[[2]string{FoldKey(server), FoldKey(phone)}] {
			d.add(front+"phone", true, []string{cause, front + "server_ip"}, "%s leads to the phone %s on %s, which does not exist", subject, phone, server)
		}
	default:
		return false
	}
	return true
}

// server adds a violation if other nodes send no calls to the server.
func (d *didViolations) server(column, cause, subject string) bool {
	if !d.known(column, cause) {
		return false
	}
	server, _ := d.targets.Servers.ByIP(d.row[column].Text)
	_, known := server.Row[ColumnTelephony]
	if known && !server.Telephony() {
		d.add(column, false, []string{cause}, "%s leads to server %s, which is not a telephony node: its active_asterisk_server is not set", subject, server)
		return false
	}
	return true
}

// known adds a violation where there is no server with the address.
func (d *didViolations) known(column, cause string) bool {
	value, known := d.row[column]
	if _, ok := d.targets.Servers.ByIP(value.Text); known && !ok {
		d.add(column, false, []string{cause}, "%s", UnknownServer(value.Text))
		return false
	}
	return known
}
