package cluster

import (
	"maps"
	"slices"
)

// The DIDs that VICIdial itself looks up
// (docs/vicidial/inbound.md#reserved-dids): the catch-all, and
// the row whose filter runs before every call.
const (
	didDefault      = "default"
	didSystemFilter = "did_system_filter"
)

// DIDColumns are the columns of vicidial_inbound_dids, all of them configuration.
var DIDColumns = []string{
	"did_id", "did_pattern", "did_description", "did_active", "did_route", "extension", "exten_context",
	"voicemail_ext", "phone", "server_ip", "user", "user_unavailable_action", "user_route_settings_ingroup", "group_id",
	"call_handle_method", "agent_search_method", "list_id", "campaign_id", "phone_code", "menu_id", "record_call",
	"filter_inbound_number", "filter_phone_group_id", "filter_url", "filter_action", "filter_extension",
	"filter_exten_context", "filter_voicemail_ext", "filter_phone", "filter_server_ip", "filter_user",
	"filter_user_unavailable_action", "filter_user_route_settings_ingroup", "filter_group_id",
	"filter_call_handle_method", "filter_agent_search_method", "filter_list_id", "filter_campaign_id",
	"filter_phone_code", "filter_menu_id", "filter_clean_cid_number", "custom_one", "custom_two", "custom_three",
	"custom_four", "custom_five", "user_group", "filter_dnc_campaign", "filter_url_did_redirect",
	"no_agent_ingroup_redirect", "no_agent_ingroup_id", "no_agent_ingroup_extension", "pre_filter_phone_group_id",
	"pre_filter_extension", "entry_list_id", "filter_entry_list_id", "max_queue_ingroup_calls", "max_queue_ingroup_id",
	"max_queue_ingroup_extension", "did_carrier_description", "inbound_route_answer", "pre_filter_recent_call",
	"pre_filter_recent_extension",
}

// DIDRouteColumns are the columns that decide where a call to a DID goes.
var DIDRouteColumns = []string{
	"did_active", "did_route", "extension", "exten_context", "voicemail_ext", "phone", "server_ip", "user",
	"user_unavailable_action", "user_route_settings_ingroup", "group_id", "menu_id",
	"filter_inbound_number", "filter_phone_group_id", "filter_url", "filter_url_did_redirect", "filter_dnc_campaign", "filter_action",
	"filter_extension", "filter_exten_context", "filter_voicemail_ext", "filter_phone", "filter_server_ip", "filter_user",
	"filter_user_unavailable_action", "filter_user_route_settings_ingroup", "filter_group_id", "filter_menu_id",
	"no_agent_ingroup_redirect", "no_agent_ingroup_id", "no_agent_ingroup_extension",
	"max_queue_ingroup_calls", "max_queue_ingroup_id", "max_queue_ingroup_extension",
	"pre_filter_phone_group_id", "pre_filter_extension", "pre_filter_recent_call", "pre_filter_recent_extension",
}

// ReservedDID reports whether a did_pattern is one of VICIdial's own.
func ReservedDID(pattern string) bool {
	return slices.Contains([]string{didDefault, didSystemFilter}, FoldKey(pattern))
}

// DIDChange changes one row of vicidial_inbound_dids to the wanted one. Nodes
// read the table at every call, so nothing is flagged (docs/vicidial/generator.md#who-is-flagged).
type DIDChange struct {
	Pattern string
	Have    Row // the row as it is now, did_id included; nil when there is none
	Seen    Row // the row as the plan saw it; nil when it is new
	Want    Row // the wanted columns; nil for a removal
}

// Plan returns the step, if any.
func (d DIDChange) Plan() (Plan, error) {
	subject := "DID " + d.Pattern
	switch {
	case d.Want == nil && d.Have == nil:
		return Plan{}, nil
	case d.Want == nil && ReservedDID(d.Pattern):
		return Plan{}, &Refused{
			Subject: subject + " is VICIdial's own row",
			Reasons: []string{"calls that match no DID, or the filter before all of them, depend on it"},
			Advice:  "Take it out of the state with a removed block that has destroy = false.",
		}
	case d.Want == nil:
		if err := checkUnchanged(subject, d.Have, d.Seen, EquivalentDID); err != nil {
			return Plan{}, err
		}
		return Plan{Steps: []Step{{
			Phase: Remove, Verb: Delete, Table: TableDIDs, Key: d.key(), From: d.Have.Only("did_pattern"), Audit: didAudit("DELETE", d.record()),
		}}}, nil
	case d.Have == nil:
		if err := checkNotRemoved(subject, d.Seen); err != nil {
			return Plan{}, err
		}
		row := maps.Clone(d.Want)
		row["did_pattern"] = Text(d.Pattern)
		return Plan{Steps: []Step{{
			Phase: Add, Verb: Insert, Table: TableDIDs, Rows: []Row{row}, Key: Row{"did_pattern": Text(d.Pattern)},
			Audit: Audit{Section: "DIDS", Type: "ADD", Record: d.Pattern, Numbered: "did_id", Code: "ADMIN ADD DID"},
		}}}, nil
	}
	if d.Seen == nil {
		if err := CheckSpelling("DID", d.Pattern, d.Have["did_pattern"].Text); err != nil {
			return Plan{}, err
		}
	}
	from, to, err := changedColumns(subject, d.Have, d.Seen, d.Want, EquivalentDID)
	if err != nil || len(to) == 0 {
		return Plan{}, err
	}
	return Plan{Steps: []Step{{
		Phase: Grow, Verb: Update, Table: TableDIDs, Key: d.key(), From: from, To: to, Audit: didAudit("MODIFY", d.record()),
	}}}, nil
}

func (d DIDChange) key() Row {
	if id, ok := d.Have["did_id"]; ok {
		return Row{"did_id": id}
	}
	return Row{"did_pattern": Text(d.Pattern)}
}

func (d DIDChange) record() string {
	if id, ok := d.Have["did_id"]; ok {
		return id.Text
	}
	return d.Pattern
}

// EquivalentDID is [Equivalence] for vicidial_inbound_dids.
func EquivalentDID(column string, want, have Value) bool {
	return want == have || NormalInDID(column, want) == NormalInDID(column, have)
}

// NormalInDID is [Table.Normal] for vicidial_inbound_dids. The admin form writes ---NONE---
// into an in-group that is blank (docs/vicidial/measured.md#null-and-empty). VICIdial's
// programs compare campaigns with case.
func NormalInDID(column string, value Value) Value {
	switch column {
	case "group_id", "filter_group_id":
		return Text(none(value.Text))
	case columnCampaignID:
		return Text(value.Text)
	}
	return TableDIDs.Normal(column, value)
}

// SameInGroup reports whether two in-groups of a DID are one to VICIdial, which has two
// values for none.
func SameInGroup(one, other string) bool { return none(one) == none(other) }

func none(id string) string {
	if id == "---NONE---" {
		return ""
	}
	return id
}

func didAudit(event, record string) Audit {
	return Audit{Section: "DIDS", Type: event, Record: record, Code: "ADMIN " + event + " DID"}
}

// DIDs are rows of vicidial_inbound_dids.
type DIDs []Row

// ByPattern finds a DID by its did_pattern, as the database compares it.
func (d DIDs) ByPattern(pattern string) (Row, bool) {
	for _, row := range d {
		if FoldKey(row["did_pattern"].Text) == FoldKey(pattern) {
			return row, true
		}
	}
	return nil, false
}
