package acctest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// BusyCluster fills a database with a small cluster at work, as its nodes would have
// written it a moment ago:
//
//   - telephony nodes dial1 to dial3 at 10.0.0.1 to 10.0.0.3, of 100 lines, 20
//     calls a second and 10 MeetMe rooms each; dial3 takes balance calls; and
//     the database's pseudo server DB1 at 10.0.0.5;
//   - seats 2000 to 2005, each an alias of a phone on every node;
//   - campaigns SALES (dial level 2, at most 30 lines on each node) and SUPPORT
//     (dialed by hand);
//   - carrier TELCO on dial1 and dial2, for calls in and out, SIPCO everywhere;
//   - heartbeats of all three, dial1 as the coordinator; on dial1 two agents of
//     SALES with three calls out and one in, on dial2 a paused agent of SUPPORT
//     and a balance call of SALES, on dial3 a remote agent.
func BusyCluster(t *testing.T, d *sandbox.Database) {
	t.Helper()
	statements := []string{
		"UPDATE system_settings SET active_voicemail_server = '10.0.0.1', outbound_calls_per_second = 10",
		"INSERT INTO servers (server_id, server_ip, active, active_asterisk_server, rebuild_conf_files) VALUES ('DB1', '10.0.0.5', 'Y', 'N', 'N')",
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method, auto_dial_level) VALUES ('SALES', 'Sales', 'Y', 'RATIO', '2'), ('SUPPORT', 'Support', 'Y', 'MANUAL', '0')",
		carrier("TELCO_a", "TELCO", "10.0.0.1", "trunkinbound"), carrier("TELCO_b", "TELCO", "10.0.0.2", "trunkinbound"),
		carrier("SIPCO", "SIPCO", "0.0.0.0", "default"),
	}
	for i := 1; i <= 3; i++ {
		ip := fmt.Sprintf("10.0.0.%d", i)
		statements = append(statements,
			fmt.Sprintf("INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks, outbound_calls_per_second, vicidial_balance_active, rebuild_conf_files, sysload, cpu_idle_percent, channels_total) "+
				"VALUES ('dial%d', '%s', 'Y', 100, 20, '%s', 'N', 150, 80, 12)", i, ip, map[bool]string{true: "Y", false: "N"}[i == 3]),
			fmt.Sprintf("INSERT INTO server_updater (server_ip, last_update, db_time) VALUES ('%s', NOW(), NOW())", ip),
			fmt.Sprintf("INSERT INTO vicidial_server_trunks VALUES ('%s', 'SALES', 30, 'MAXIMUM_LIMIT')", ip),
		)
		for room := range 10 {
			statements = append(statements, fmt.Sprintf("INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (%d, '%s', '')", 8600051+room, ip))
		}
	}
	for seat := 2000; seat <= 2005; seat++ {
		var logins []string
		for i := 1; i <= 3; i++ {
			login := fmt.Sprintf("%d%c", seat, 'a'+i-1)
			logins = append(logins, login)
			statements = append(statements, fmt.Sprintf("INSERT INTO phones (extension, dialplan_number, voicemail_id, server_ip, login, pass, status, active, fullname, protocol, template_id) "+
				"VALUES ('%d', '%d%d', '%d', '10.0.0.%d', '%s', 'open', 'ACTIVE', 'Y', 'station', 'SIP', '')", seat, seat, i, seat, i, login))
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('%d', '%d', '%s')", seat, seat, strings.Join(logins, ",")))
	}
	statements = append(statements,
		"UPDATE vicidial_conferences SET extension = CONCAT('SIP/', conf_exten - 8600051 + 2000) WHERE server_ip = '10.0.0.1' AND conf_exten IN (8600051, 8600054)",
		"UPDATE vicidial_conferences SET extension = 'SIP/2001' WHERE server_ip = '10.0.0.2' AND conf_exten = 8600052",
		agent("10.0.0.1", "SALES", "READY", "SIP/2000"), agent("10.0.0.1", "SALES", "INCALL", "SIP/2003"),
		agent("10.0.0.2", "SUPPORT", "PAUSED", "SIP/2001"), agent("10.0.0.3", "SALES", "READY", "R/9001"),
		call("10.0.0.1", "SALES", "OUT"), call("10.0.0.1", "SALES", "OUT"), call("10.0.0.1", "SALES", "OUT"),
		call("10.0.0.1", "SUPPORT_IN", "IN"), call("10.0.0.2", "SALES", "OUTBALANCE"),
	)
	Run(t, d, statements...)()
}

func carrier(id, name, ip, into string) string {
	return fmt.Sprintf("INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, account_entry, dialplan_entry, protocol, server_ip, active) "+
		"VALUES ('%s', '%s', '', '[telco]\\ntype=friend\\nsecret=hush\\ncontext=%s', 'exten => _91X.,1,Dial(SIP/telco/${EXTEN:1})', 'SIP', '%s', 'Y')", id, name, into, ip)
}

func agent(ip, campaign, status, extension string) string {
	return fmt.Sprintf("INSERT INTO vicidial_live_agents (user, server_ip, campaign_id, status, extension, lead_id, outbound_autodial, last_call_time) "+
		"VALUES ('%s', '%s', '%s', '%s', '%s', 0, 'Y', NOW())", extension[len(extension)-4:], ip, campaign, status, extension)
}

func call(ip, campaign, kind string) string {
	return fmt.Sprintf("INSERT INTO vicidial_auto_calls (server_ip, campaign_id, status, lead_id, call_type) VALUES ('%s', '%s', 'LIVE', 1, '%s')", ip, campaign, kind)
}
