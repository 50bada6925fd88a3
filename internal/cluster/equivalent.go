package cluster

import (
	"strconv"
	"strings"
)

// Equivalent reports whether two values of a column mean the same to VICIdial. A save
// on the admin page that changes nothing turns NULL into the empty text
// (docs/vicidial/measured.md#null-and-empty) and LF into CR LF; neither is drift. Equal
// values are compared with ==.
func Equivalent(column string, a, b Value) bool {
	return Normal(column, a) == Normal(column, b)
}

// Normal returns the equivalent value that is stored in state.
func Normal(column string, value Value) Value {
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
		return Text(WriteReports(ReportTitles(value.Text)))
	}
	switch {
	case numericColumns[column]:
		return value
	case flagColumns[column]:
		return YesNo(value.Yes())
	}
	return Text(strings.ReplaceAll(value.Text, "\r\n", "\n"))
}

// numericColumns are those in which NULL is not the empty text, in whichever table.
var numericColumns = map[string]bool{
	"max_vicidial_trunks": true, "telnet_port": true, "balance_trunks_offlimits": true, "outbound_calls_per_second": true,
	"vicidial_recording_limit": true, "vicidial_balance_rank": true, "conf_update_interval": true, "dedicated_trunks": true,
}

// flagColumns are ENUM('Y','N'), in whichever table. Other values count as N
// (docs/vicidial/schema.md#enums).
var flagColumns = map[string]bool{
	"active": true, "active_asterisk_server": true, "active_agent_login_server": true, "generate_vicidial_conf": true,
	"vicidial_balance_active": true, "sys_perf_log": true, "vd_server_logs": true, "carrier_logging_active": true,
	"gather_asterisk_output": true, "auto_restart_asterisk": true, "conf_qualify": true,
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
