package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Characters that the admin page would remove from a new value are refused
// (docs/vicidial/admin-page.md#character-filter). The schema of the database has the
// members of enums.
var (
	identifier = cluster.Matches(`^[-_0-9a-zA-Z]*$`, "letters, digits, - and _ only; VICIdial's admin page strips other characters")
	// Before 1375 the form empties the text while custom dialplans are not allowed.
	dialplanLines = cluster.Rule{Check: manyLines.Check, Advice: func(s cluster.Schema, value cluster.Value) error {
		if s.Version < 1375 && value.Text != "" {
			return errors.New("while allow_custom_dialplan of the system settings is 0, VICIdial's admin page empties it when somebody saves the server (docs/vicidial/page-filters.md#custom-dialplan-lost)")
		}
		return nil
	}}.StrippedByPage(`\'`, 0)
	alphanumeric = cluster.Matches(`^[0-9a-zA-Z]*$`, "letters and digits only; VICIdial's admin page strips other characters")
	digits       = cluster.Matches(`^[0-9]*$`, "digits only")
	hostText     = cluster.Matches(`^[-.:/@_0-9a-zA-Z]*$`, "letters, digits and - . : / @ _ only; VICIdial's admin page strips other characters")
	manyLines    = cluster.Matches(`^[^\x00-\x08\x0b-\x1f]*$`, "text without control characters; lines end in LF")
)

// confbridgeSince is the schema of the first revision whose agent page reads conf_engine
// (docs/vicidial/node-files.md#confbridge-code); the column is older.
const confbridgeSince = 1714

var engine = cluster.Rule{Advice: func(s cluster.Schema, value cluster.Value) error {
	if value.Text != string(cluster.Confbridge) || s.Version >= confbridgeSince {
		return nil
	}
	return fmt.Errorf("the database has schema %d, and VICIdial's agent page reads conf_engine only from April 2024 on (schema %d): it looks for MEETME rooms, so nobody can log in to a CONFBRIDGE server; use MEETME until the web nodes have newer code", s.Version, confbridgeSince)
}}

func checkTwin(ip string) error {
	if strings.TrimSpace(ip) == "" {
		return nil
	}
	return cluster.CheckServerIP(ip)
}

var rules = cluster.Rules{
	"server_id":                    cluster.Matches(`^[-A-Za-z0-9_]{1,10}$`, "1 to 10 letters, digits, underscores or hyphens"),
	"server_description":           cluster.PlainText,
	"asterisk_version":             cluster.PlainText,
	"max_vicidial_trunks":          cluster.Between(0, 9999),
	"outbound_calls_per_second":    cluster.Between(1, 200),
	"local_gmt":                    cluster.OneOf(cluster.LocalOffsets...),
	"active_twin_server_ip":        cluster.RuleOf(checkTwin),
	"answer_transfer_agent":        digits,
	"ext_context":                  identifier,
	"routing_prefix":               alphanumeric,
	"voicemail_dump_exten":         digits,
	"voicemail_dump_exten_no_inst": digits,
	"vicidial_recording_limit":     cluster.Between(0, 9999),
	"alt_server_ip":                hostText,
	"external_server_ip":           hostText,
	"web_socket_url":               cluster.Line,
	"external_web_socket_url":      cluster.Line,
	"ara_url":                      cluster.Line,
	"custom_dialplan_entry":        dialplanLines,
	"user_group":                   cluster.UserGroup,
	"vicidial_balance_rank":        cluster.Between(0, 255),
	"balance_trunks_offlimits":     cluster.Between(0, 9999),
	"conf_engine":                  engine,
	"conf_update_interval":         cluster.Between(1, 32767),
	"telnet_host":                  hostText,
	"telnet_port":                  cluster.Between(1, 65535),
	"ASTmgrUSERNAME":               identifier,
	"ASTmgrUSERNAMEupdate":         identifier,
	"ASTmgrUSERNAMElisten":         identifier,
	"ASTmgrUSERNAMEsend":           identifier,
}

// checkRules checks the wanted columns of a server against its row.
func checkRules(schema cluster.Schema, o *expanded, existing, want cluster.Row) diag.Diagnostics {
	paths := map[string]path.Path{}
	for _, column := range o.columns() {
		paths[column.Name] = column.Path
	}
	return tfhelper.DiagnoseViolations("server "+o.id(), rules.Violations(schema, cluster.TableServers, existing, want), func(column string) path.Path { return paths[column] })
}

// warnOfImport warns of values of an imported row that break a rule.
func (r *Resource) warnOfImport(ctx context.Context, o *expanded) diag.Diagnostics {
	servers, err := r.store.Servers(ctx)
	existing, found := servers.ByID(o.id())
	if err != nil || !found {
		return nil // publish reports it
	}
	schema, err := r.store.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to read server", o.id(), err)
	}
	row := existing.Row.Only(cluster.ServerColumns...)
	diags := checkRules(schema, o, row, row)
	diags.Append(reviewDialplan(schema, row[string(asterisk.CustomDialplan)].Text, existing)...)
	return diags
}
