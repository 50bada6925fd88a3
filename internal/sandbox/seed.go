package sandbox

import (
	"fmt"
	"strings"
)

// sipTemplate and iaxTemplate are the contents of VICIdial's sample templates.
const (
	sipTemplate = "type=friend\nhost=dynamic\ncontext=default\ndisallow=all\nallow=ulaw"
	iaxTemplate = "type=friend\nhost=dynamic\ncontext=default\nauth=md5\ndisallow=all\nallow=ulaw"
)

var carrierColumns = []string{
	"carrier_id", "carrier_name", "registration_string", "template_id", "account_entry",
	"protocol", "globals_string", "dialplan_entry", "server_ip", "active",
}

// seedRow is one row of a new VICIdial system (docs/vicidial/schema.md#seed-rows)
// since a schema version.
type seedRow struct {
	table   string
	since   int
	columns []string
	values  []string
}

// seed returns the statements that insert the rows of a new system. The first-login
// wizard has run: first_login_trigger is N.
func seed(schema int) []string {
	var statements []string
	for _, row := range seedRows(schema) {
		if schema < row.since {
			continue
		}
		names := make([]string, len(row.columns))
		for position, name := range row.columns {
			names[position] = quoteName(name)
		}
		values := make([]string, len(row.values))
		for position, value := range row.values {
			values[position] = quoteText(value)
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
			quoteName(row.table), strings.Join(names, ", "), strings.Join(values, ", ")))
	}
	return statements
}

// release returns the VICIdial release of a schema version.
func release(schema int) string {
	switch {
	case schema < 1316:
		return "2.4"
	case schema < 1347:
		return "2.6"
	default:
		return "2.14"
	}
}

func seedRows(schema int) []seedRow {
	user := []string{"user", "pass", "full_name", "user_level", "user_group", "active"}
	template := []string{"template_id", "template_name", "template_contents"}
	account := "[testcarrier]\ndisallow=all\nallow=ulaw\ntype=friend\nhost=dynamic\ncontext=trunkinbound"
	return []seedRow{
		{
			table:   "system_settings",
			columns: []string{"version", "install_date", "db_schema_version", "db_schema_update_date", "first_login_trigger"},
			values:  []string{release(schema), "2024-11-12", fmt.Sprint(schema), "2024-11-12 00:00:00", "N"},
		},
		{table: "vicidial_conf_templates", columns: template, values: []string{"SIP_generic", "SIP phone generic", sipTemplate}},
		{table: "vicidial_conf_templates", columns: template, values: []string{"IAX_generic", "IAX phone generic", iaxTemplate}},
		{table: "vicidial_inbound_dids", columns: []string{"did_pattern", "did_description", "did_active", "did_route", "extension"}, values: []string{"default", "Default DID", "Y", "EXTEN", "9998811112"}},
		{table: "vicidial_override_ids", columns: []string{"id_table", "active", "value"}, values: []string{"phones", "0", "100"}},
		{table: "vicidial_process_triggers", columns: []string{"trigger_id", "trigger_name", "server_ip", "trigger_time", "trigger_run", "user", "trigger_lines"}, values: []string{"LOAD_LEADS", "Load leads", "10.10.10.15", "2009-01-01 00:00:00", "0", "6666", "/usr/share/astguiclient/VICIDIAL_IN_new_leads_file.pl"}},
		{table: "vicidial_users", columns: user, values: []string{"6666", "1234", "Admin", "9", "ADMIN", "Y"}},
		{table: "vicidial_users", columns: user, values: []string{"VDAD", "donotedit", "Outbound Auto Dial", "1", "ADMIN", "Y"}},
		{table: "vicidial_users", columns: user, values: []string{"VDCL", "donotedit", "Inbound No Agent", "1", "ADMIN", "Y"}},
		{
			table: "vicidial_server_carriers", columns: carrierColumns,
			values: []string{"OLD_SIPEXAMPLE", "Old SIP example", "register => testcarrier:test@10.10.10.15:5060", "", account, "SIP", "TESTSIPTRUNK = SIP/testcarrier", dialplan("TESTSIPTRUNK"), "10.10.10.15", "N"},
		},
		{
			table: "vicidial_server_carriers", columns: carrierColumns,
			values: []string{"OLD_IAXEXAMPLE", "Old IAX example", "register => testcarrier:test@10.10.10.15:4569", "", account, "IAX2", "TESTIAXTRUNK = IAX2/testcarrier", dialplan("TESTIAXTRUNK"), "10.10.10.15", "N"},
		},
		{
			// 0.0.0.0 means every server, except in release 2.4
			// (docs/vicidial/measured.md#all-servers-carriers).
			table: "vicidial_server_carriers", since: 1316, columns: carrierColumns,
			values: []string{"SIPExample", "SIP example", "", "--NONE--", account, "SIP", "SIPTRUNK = SIP/testcarrier", dialplan("SIPTRUNK"), "0.0.0.0", "N"},
		},
		pjsipExample("PJSIPExample", "PJSIP"),
		pjsipExample("PJSIPWIZExample", "PJSIP_WIZ"),
	}
}

// pjsipExample returns a carrier of an engine that fresh systems of schema 1720 have.
func pjsipExample(id, protocol string) seedRow {
	const account = "[testcarrier]\ntype=endpoint\ncontext=trunkinbound\ndisallow=all\nallow=ulaw"
	return seedRow{
		table: "vicidial_server_carriers", since: 1720, columns: carrierColumns,
		values: []string{id, protocol + " example", "", "--NONE--", account, protocol, "PJSIPTRUNK = PJSIP/testcarrier", dialplan("PJSIPTRUNK"), "0.0.0.0", "N"},
	}
}

// dialplan returns a dialplan entry that dials over the trunk of a global variable.
func dialplan(global string) string {
	return strings.Join([]string{
		"exten => _91999NXXXXXX,1,AGI(agi://127.0.0.1:4577/call_log)",
		"exten => _91999NXXXXXX,n,Dial(${" + global + "}/${EXTEN:2},,tTor)",
		"exten => _91999NXXXXXX,n,Hangup",
	}, "\n")
}
