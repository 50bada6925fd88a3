package cluster

import (
	"slices"
	"strconv"
	"strings"
)

// Equivalent is an [Equivalence]: it reports whether two values of a column mean the same
// to VICIdial. A save on the admin page that changes nothing turns NULL into the empty
// text (docs/vicidial/measured.md#null-and-empty) and LF into CR LF; neither is drift.
func (t Table) Equivalent(column string, want, have Value) bool {
	return t.Normal(column, want) == t.Normal(column, have)
}

// Normal returns the equivalent value that is stored in state. Equal normal values are
// equivalent. A column that names a server, a campaign or a template, and an offset, have
// the same form in every table.
func (t Table) Normal(column string, value Value) Value {
	switch column {
	case "server_id", "campaign_id":
		return Text(strings.ToLower(value.Text))
	case "template_id":
		if value.Text == "--NONE--" {
			return Text("") // docs/vicidial/schema.md#no-template
		}
	case "local_gmt":
		return normalOffset(value)
	case "reports_use_slave_db":
		return Text(FormatReports(ParseReports(value.Text)))
	}
	switch {
	case slices.Contains(numericColumns[t], column):
		return value
	case slices.Contains(yesNoColumns[t], column):
		return YesNo(value.Yes())
	}
	return Text(strings.ReplaceAll(value.Text, "\r\n", "\n"))
}

// numericColumns are the columns in which NULL is not the empty text.
var numericColumns = map[Table][]string{
	TableServers: {
		"max_vicidial_trunks", "telnet_port", "balance_trunks_offlimits", "outbound_calls_per_second",
		"vicidial_recording_limit", "vicidial_balance_rank", "conf_update_interval",
	},
	TableTrunks:   {"dedicated_trunks"},
	TableSettings: {"outbound_calls_per_second"},
}

// yesNoColumns are ENUM('Y','N'). Other values count as N (docs/vicidial/schema.md#enums).
var yesNoColumns = map[Table][]string{
	TableServers: {
		ColumnActive, "active_asterisk_server", "active_agent_login_server", "generate_vicidial_conf", "vicidial_balance_active",
		"sys_perf_log", "vd_server_logs", "carrier_logging_active", "gather_asterisk_output", "auto_restart_asterisk", "conf_qualify",
	},
	TableCarriers: {ColumnActive},
	TablePhones:   {ColumnActive, "conf_qualify"},
}

// normalOffset writes an offset with two decimals: upgraded systems have -5
// and new ones -5.00 (docs/vicidial/hazards.md#local-gmt-spelling).
func normalOffset(value Value) Value {
	hours, err := strconv.ParseFloat(strings.TrimSpace(value.Text), 64)
	if value.Null || err != nil {
		return value
	}
	return Text(strconv.FormatFloat(hours, 'f', 2, 64))
}

// LocalOffsets are the values that VICIdial's forms allow for local_gmt
// (docs/vicidial/admin-page.md#local-gmt).
// None of them includes daylight saving.
var LocalOffsets = []string{
	"12.75", "12.00", "11.00", "10.00", "9.50", "9.00", "8.00", "7.00", "6.50", "6.00", "5.75", "5.50", "5.00", "4.50",
	"4.00", "3.50", "3.00", "2.00", "1.00", "0.00", "-1.00", "-2.00", "-3.00", "-3.50", "-4.00", "-5.00", "-6.00",
	"-7.00", "-8.00", "-9.00", "-10.00", "-11.00", "-12.00",
}
