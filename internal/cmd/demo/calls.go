package main

import (
	"context"
	"fmt"
	"strings"
)

const (
	// VICIdial's sample carriers are not active.
	carriers = `
SELECT carrier_id, server_ip, protocol, carrier_name
  FROM vicidial_server_carriers
 WHERE active = 'Y'
 ORDER BY carrier_id`

	numbers = `
SELECT did_pattern, did_description, did_route, IF(did_route = 'EXTEN', extension, group_id) AS leads_to
  FROM vicidial_inbound_dids
 WHERE did_pattern NOT IN ('default', 'did_system_filter')
 ORDER BY did_pattern`

	// dialplans are the entries that a node includes: its own and those for all
	// nodes.
	dialplans = `
SELECT carrier_id, dialplan_entry
  FROM vicidial_server_carriers
 WHERE server_ip IN (?, '0.0.0.0')
   AND active = 'Y'
   AND dialplan_entry <> ''
 ORDER BY server_ip DESC, carrier_id`
)

const wantCarriers = `
+---------------+-------------+----------+-----------------+
| carrier_id    | server_ip   | protocol | carrier_name    |
+---------------+-------------+----------+-----------------+
| BACKUP        | 0.0.0.0     | IAX2     | BACKUP          |
| MAIN_0e5mz    | 10.10.20.11 | SIP      | Example Telecom |
| MAIN_0e5n0    | 10.10.20.12 | SIP      | Example Telecom |
| MAIN_0e5n1    | 10.10.20.13 | SIP      | Example Telecom |
| NUMBERS_0e5mz | 10.10.20.11 | SIP      | NUMBERS         |
| NUMBERS_0e5n0 | 10.10.20.12 | SIP      | NUMBERS         |
| NUMBERS_0e5n1 | 10.10.20.13 | SIP      | NUMBERS         |
+---------------+-------------+----------+-----------------+`

const wantNumbers = `
+-------------+-----------------+-----------+-----------+
| did_pattern | did_description | did_route | leads_to  |
+-------------+-----------------+-----------+-----------+
| 8005550100  | Sales line      | IN_GROUP  | SALESLINE |
| 8005550101  | Closed line     | EXTEN     | 8304      |
+-------------+-----------------+-----------+-----------+`

// dialplan returns the dialplan that VICIdial generates from the carriers of a
// node.
func (r rows) dialplan(ctx context.Context, server string) (_ string, err error) {
	found, err := r.database.DB().QueryContext(ctx, dialplans, server)
	if err != nil {
		return "", err
	}
	defer func() { _ = found.Close() }()
	var text strings.Builder
	for found.Next() {
		var carrier, entry string
		if err := found.Scan(&carrier, &entry); err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "; %s\n%s\n\n", carrier, strings.TrimSpace(entry))
	}
	return text.String(), found.Err()
}

// calls shows the carriers, the numbers, and the dialplan of one node.
func (s demo) calls(ctx context.Context) error {
	if err := s.expect(ctx,
		"carriers, one row for each node or one for all", carriers, wantCarriers,
		"numbers, which every node reads at each call", numbers, wantNumbers,
	); err != nil {
		return err
	}
	const node = "10.10.20.13"
	text, err := s.dialplan(ctx, node)
	if err != nil {
		return err
	}
	s.print("the dialplan that dial3, " + node + ", includes")
	s.print(text)
	for _, words := range []string{
		"exten => _91NXXNXXXXXX,1,AGI(agi://127.0.0.1:4577/call_log)", // logged as VICIdial does
		"${GROUP_COUNT(MAIN)} > 60",                                   // dial3 has 60 trunks
		"Dial(SIP/main/${ROUTE_NUMBER},",
		"xCONGESTION | x${DIALSTATUS} = xCHANUNAVAIL",
		"Gosub(route_BACKUP,1)",
		"exten => route_BACKUP,1,",
	} {
		if !strings.Contains(text, words) {
			return unexpected("the dialplan does not contain %s", words)
		}
	}
	s.ok("dial3 places up to 60 calls over MAIN, and further calls over BACKUP")
	return nil
}
