package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// rows reads and changes rows of the database as an operator does.
type rows struct{ database *sandbox.Database }

// Queries whose results are printed and compared.
const (
	campaigns = `
SELECT campaign_id, campaign_name, active, dial_method
  FROM vicidial_campaigns
 ORDER BY campaign_id`

	servers = `
SELECT server_id AS id, server_ip, active_asterisk_server AS asterisk, max_vicidial_trunks AS trunks,
       vicidial_balance_rank AS balance, conf_engine AS engine, rebuild_conf_files AS rebuild
  FROM servers
 ORDER BY server_id`

	rooms = `
SELECT server_ip, COUNT(*) AS rooms, MIN(conf_exten) AS first_room, MAX(conf_exten) AS last_room
  FROM vicidial_confbridges
 GROUP BY server_ip
 ORDER BY server_ip`

	trunks = `
SELECT campaign_id, server_ip, dedicated_trunks, trunk_restriction
  FROM vicidial_server_trunks
 ORDER BY campaign_id, server_ip`

	salesTrunks = `
SELECT campaign_id, server_ip, dedicated_trunks, trunk_restriction
  FROM vicidial_server_trunks
 WHERE campaign_id = 'SALES'
 ORDER BY server_ip`

	changeLog = `
SELECT user, event_section AS section, event_type AS type, record_id AS record,
       IF(event_notes = '', CONCAT(LEFT(event_sql, 24), '…'),
          IF(CHAR_LENGTH(event_notes) > 25, CONCAT(LEFT(event_notes, 24), '…'), event_notes)) AS what
  FROM vicidial_admin_log
 ORDER BY admin_log_id`
)

const wantCampaigns = `
+-------------+---------------+--------+-------------+
| campaign_id | campaign_name | active | dial_method |
+-------------+---------------+--------+-------------+
| SALES       | Sales         | Y      | RATIO       |
| SURVEY      | Survey        | Y      | RATIO       |
| WINBACK     | Win back      | Y      | RATIO       |
+-------------+---------------+--------+-------------+`

const wantServers = `
+-------+-------------+----------+--------+---------+------------+---------+
| id    | server_ip   | asterisk | trunks | balance | engine     | rebuild |
+-------+-------------+----------+--------+---------+------------+---------+
| db1   | 10.10.20.5  | N        |      0 |       0 | MEETME     | Y       |
| dial1 | 10.10.20.11 | Y        |    250 |       3 | CONFBRIDGE | Y       |
| dial2 | 10.10.20.12 | Y        |    150 |       2 | CONFBRIDGE | Y       |
| dial3 | 10.10.20.13 | Y        |     60 |       1 | CONFBRIDGE | Y       |
+-------+-------------+----------+--------+---------+------------+---------+`

const wantRooms = `
+-------------+-------+------------+-----------+
| server_ip   | rooms | first_room | last_room |
+-------------+-------+------------+-----------+
| 10.10.20.11 |    60 |    9600000 |   9600059 |
| 10.10.20.12 |    40 |    9600000 |   9600039 |
| 10.10.20.13 |    20 |    9600000 |   9600019 |
+-------------+-------+------------+-----------+`

const wantTrunks = `
+-------------+-------------+------------------+-------------------+
| campaign_id | server_ip   | dedicated_trunks | trunk_restriction |
+-------------+-------------+------------------+-------------------+
| SALES       | 10.10.20.11 |               98 | MAXIMUM_LIMIT     |
| SALES       | 10.10.20.12 |               59 | MAXIMUM_LIMIT     |
| SALES       | 10.10.20.13 |               23 | MAXIMUM_LIMIT     |
| SURVEY      | 10.10.20.11 |               43 | MAXIMUM_LIMIT     |
| SURVEY      | 10.10.20.12 |               43 | MAXIMUM_LIMIT     |
| SURVEY      | 10.10.20.13 |               17 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.11 |               25 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.12 |               15 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.13 |                0 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.5  |                0 | MAXIMUM_LIMIT     |
+-------------+-------------+------------------+-------------------+`

const wantTrunksWithout = `
+-------------+-------------+------------------+-------------------+
| campaign_id | server_ip   | dedicated_trunks | trunk_restriction |
+-------------+-------------+------------------+-------------------+
| SALES       | 10.10.20.11 |              113 | MAXIMUM_LIMIT     |
| SALES       | 10.10.20.12 |               67 | MAXIMUM_LIMIT     |
| SURVEY      | 10.10.20.11 |               60 | MAXIMUM_LIMIT     |
| SURVEY      | 10.10.20.12 |               60 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.11 |               25 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.12 |               15 | MAXIMUM_LIMIT     |
| WINBACK     | 10.10.20.5  |                0 | MAXIMUM_LIMIT     |
+-------------+-------------+------------------+-------------------+`

// addCampaigns inserts the rows that an operator makes: campaigns and the in-group
// of a number.
func (r rows) addCampaigns(ctx context.Context) error {
	_, err := r.database.DB().ExecContext(ctx, `
INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method, auto_dial_level)
VALUES ('SALES', 'Sales', 'Y', 'RATIO', '2'),
       ('SURVEY', 'Survey', 'Y', 'RATIO', '1.5'),
       ('WINBACK', 'Win back', 'Y', 'RATIO', '2')`)
	if err != nil {
		return err
	}
	_, err = r.database.DB().ExecContext(ctx, `
INSERT INTO vicidial_inbound_groups (group_id, group_name, active)
VALUES ('SALESLINE', 'Sales line', 'Y')`)
	return err
}

func (r rows) draw(ctx context.Context, query string) string { return r.database.Table(ctx, query) }

// The user, address and value of a change by hand.
const (
	operator        = "6666"
	operatorAddress = "10.10.10.50"
	changedTrunks   = "80"
)

// changeByHand updates a row as the admin page does
// (docs/vicidial/admin-page.md#server-trunks), with an entry in the admin change
// log. It returns a description.
func (r rows) changeByHand(ctx context.Context) (string, error) {
	const update = "UPDATE vicidial_server_trunks set dedicated_trunks='" + changedTrunks + "',trunk_restriction='MAXIMUM_LIMIT' where campaign_id='SALES' and server_ip='10.10.20.12'"
	result, err := r.database.DB().ExecContext(ctx, update)
	if err != nil {
		return "", err
	}
	if changed, err := result.RowsAffected(); err != nil || changed != 1 {
		return "", errors.Join(err, unexpected("the form changed %d rows", changed))
	}
	_, err = r.database.DB().ExecContext(ctx, `
INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes, user_group)
VALUES (NOW(), ?, ?, 'SERVERTRUNKS', 'MODIFY', '10.10.20.12', 'ADMIN MODIFY SERVER TRUNK', ?, 'Campaign: SALES', '---ALL---')`,
		operator, operatorAddress, update+"|")
	return fmt.Sprintf("User %s, at %s, gives SALES %s trunks on dial2:", operator, operatorAddress, changedTrunks), err
}

// countLogEntries returns the number of change log entries that contain text.
func (r rows) countLogEntries(ctx context.Context, text string) (int, error) {
	var count int
	err := r.database.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM vicidial_admin_log WHERE LOCATE(?, event_sql) > 0 OR LOCATE(?, event_notes) > 0", text, text).Scan(&count)
	return count, err
}

// declaredTables are the tables of the objects that the demo declares.
var declaredTables = []string{
	"servers", "vicidial_confbridges", "vicidial_conferences", "vicidial_server_trunks", "server_updater",
	"vicidial_server_carriers", "vicidial_inbound_dids", "phones", "phones_alias",
}

// count returns the number of rows of each table. VICIdial installs samples.
func (r rows) count(ctx context.Context) (map[string]int, error) {
	counts := make(map[string]int, len(declaredTables))
	for _, table := range declaredTables {
		var count int
		if err := r.database.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&count); err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", table, err)
		}
		counts[table] = count
	}
	return counts, nil
}

// countReferences returns the number of rows with the address of a server.
func (r rows) countReferences(ctx context.Context, server string) (int, error) {
	total := 0
	for _, table := range declaredTables {
		if table == "phones_alias" {
			continue // it refers to phones
		}
		var count int
		if err := r.database.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table+" WHERE server_ip = ?", server).Scan(&count); err != nil {
			return 0, fmt.Errorf("count rows of %s in %s: %w", server, table, err)
		}
		total += count
	}
	return total, nil
}

// expectInstalled checks that the tables have as many rows as after the
// installation.
func (s demo) expectInstalled(ctx context.Context) error {
	counts, err := s.count(ctx)
	if err != nil {
		return err
	}
	for _, table := range declaredTables {
		if counts[table] != s.installed[table] {
			return unexpected("%s has %d rows instead of %d", table, counts[table], s.installed[table])
		}
	}
	return nil
}

// expect prints the results of queries and compares them. Its arguments are a
// title, a query and the wanted table, repeated; an empty title prints nothing, an
// empty table compares nothing.
func (s demo) expect(ctx context.Context, parts ...string) error {
	for ; len(parts) >= 3; parts = parts[3:] {
		title, found, want := parts[0], s.draw(ctx, parts[1]), parts[2]
		if title != "" {
			s.print(title)
			s.print(found)
		}
		if want != "" && sandbox.Trim(found) != sandbox.Trim(want) {
			return unexpected("the rows are\n%[2]s\ninstead of\n%[1]s", sandbox.Trim(want), sandbox.Trim(found))
		}
	}
	return nil
}

// fileContains reports whether a file, or a member of a zip file such as a saved
// plan, contains text.
func fileContains(path, text string) (bool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if bytes.Contains(content, []byte(text)) {
		return true, nil
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if errors.Is(err, zip.ErrFormat) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, file := range archive.File {
		inner, err := file.Open()
		if err != nil {
			return false, err
		}
		content, err := io.ReadAll(inner)
		if err := errors.Join(err, inner.Close()); err != nil {
			return false, err
		}
		if bytes.Contains(content, []byte(text)) {
			return true, nil
		}
	}
	return false, nil
}
