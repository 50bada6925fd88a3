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

// rows is the database as an operator sees it.
type rows struct{ database *sandbox.Database }

// What is shown and held against drawings.
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

// addCampaigns makes what must be there before: campaigns, and the in-group of
// a number, are an operator's.
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

// Who changes a row by hand, from where, and to what.
const (
	meddler        = "6666"
	meddlerAddress = "10.10.10.50"
	meddled        = "80"
)

// changeByHand does what the admin page's form does
// (docs/vicidial/admin-page.md#server-trunks): it updates the row
// and writes a line into the admin change log. It returns the words for it.
func (r rows) changeByHand(ctx context.Context) (string, error) {
	const update = "UPDATE vicidial_server_trunks set dedicated_trunks='" + meddled + "',trunk_restriction='MAXIMUM_LIMIT' where campaign_id='SALES' and server_ip='10.10.20.12'"
	result, err := r.database.DB().ExecContext(ctx, update)
	if err != nil {
		return "", err
	}
	if changed, err := result.RowsAffected(); err != nil || changed != 1 {
		return "", errors.Join(err, surprise("the form changed %d rows", changed))
	}
	_, err = r.database.DB().ExecContext(ctx, `
INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes, user_group)
VALUES (NOW(), ?, ?, 'SERVERTRUNKS', 'MODIFY', '10.10.20.12', 'ADMIN MODIFY SERVER TRUNK', ?, 'Campaign: SALES', '---ALL---')`,
		meddler, meddlerAddress, update+"|")
	return fmt.Sprintf("User %s, at %s, gives SALES %s lines on dial2:", meddler, meddlerAddress, meddled), err
}

// mentions counts the lines of the change log that hold a text.
func (r rows) mentions(ctx context.Context, text string) (int, error) {
	var count int
	err := r.database.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM vicidial_admin_log WHERE LOCATE(?, event_sql) > 0 OR LOCATE(?, event_notes) > 0", text, text).Scan(&count)
	return count, err
}

// declared are the tables in which the demo declares something.
var declared = []string{
	"servers", "vicidial_confbridges", "vicidial_conferences", "vicidial_server_trunks", "server_updater",
	"vicidial_server_carriers", "vicidial_inbound_dids", "phones", "phones_alias",
}

// count counts the rows of these tables: VICIdial is installed with samples.
func (r rows) count(ctx context.Context) (map[string]int, error) {
	counts := make(map[string]int, len(declared))
	for _, table := range declared {
		var count int
		if err := r.database.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&count); err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", table, err)
		}
		counts[table] = count
	}
	return counts, nil
}

// naming counts the rows that name a server by its address.
func (r rows) naming(ctx context.Context, server string) (int, error) {
	total := 0
	for _, table := range declared {
		if table == "phones_alias" {
			continue // names phones
		}
		var count int
		if err := r.database.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table+" WHERE server_ip = ?", server).Scan(&count); err != nil {
			return 0, fmt.Errorf("look for %s in %s: %w", server, table, err)
		}
		total += count
	}
	return total, nil
}

// expectNothing demands that none of what the demo declares is there.
func (s scene) expectNothing(ctx context.Context) error {
	counts, err := s.count(ctx)
	if err != nil {
		return err
	}
	for _, table := range declared {
		if counts[table] != s.installed[table] {
			return surprise("%s has %d rows instead of %d", table, counts[table], s.installed[table])
		}
	}
	return nil
}

// expect shows tables and holds them against drawings: title, query and drawing
// in turn. Without a title nothing is shown, without a drawing nothing compared.
func (s scene) expect(ctx context.Context, parts ...string) error {
	for ; len(parts) >= 3; parts = parts[3:] {
		title, found, want := parts[0], s.draw(ctx, parts[1]), parts[2]
		if title != "" {
			s.say(title)
			s.say(found)
		}
		if want != "" && sandbox.Trim(found) != sandbox.Trim(want) {
			return surprise("the rows should be\n%s\nbut are\n%s", sandbox.Trim(want), sandbox.Trim(found))
		}
	}
	return nil
}

// holds says whether a file, or a file inside it where it is an archive as saved
// plans are, holds a text.
func holds(path, text string) (bool, error) {
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
