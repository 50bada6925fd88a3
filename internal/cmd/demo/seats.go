package main

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const (
	seats = `
SELECT server_ip, COUNT(DISTINCT extension) AS seats, MIN(login) AS first_login, MAX(login) AS last_login
  FROM phones
 GROUP BY server_ip
 ORDER BY server_ip`

	// brokenAliases selects aliases without phones on two servers or with different
	// passwords.
	brokenAliases = `
SELECT alias_id
  FROM phones_alias
  LEFT JOIN phones ON FIND_IN_SET(login, logins_list)
 GROUP BY alias_id
HAVING COUNT(DISTINCT server_ip) <> 2 OR COUNT(DISTINCT pass) <> 1
 ORDER BY alias_id`

	aliases = `
SELECT COUNT(*) AS aliases, MIN(alias_id) AS first, MAX(alias_id) AS last
  FROM phones_alias`

	sampleAliases = `
SELECT alias_id, logins_list
  FROM phones_alias
 WHERE alias_id IN (2000, 2039, 2040, 2059)
 ORDER BY alias_id`
)

const wantSeats = `
+-------------+-------+-------------+------------+
| server_ip   | seats | first_login | last_login |
+-------------+-------+-------------+------------+
| 10.10.20.11 |    60 | 2000a       | 2059a      |
| 10.10.20.12 |    40 | 2000b       | 2039b      |
| 10.10.20.13 |    20 | 2040c       | 2059c      |
+-------------+-------+-------------+------------+`

const wantSeatsWithout = `
+-------------+-------+-------------+------------+
| server_ip   | seats | first_login | last_login |
+-------------+-------+-------------+------------+
| 10.10.20.11 |    60 | 2000a       | 2059a      |
| 10.10.20.12 |    60 | 2000b       | 2059b      |
+-------------+-------+-------------+------------+`

const wantAliases = `
+---------+-------+------+
| aliases | first | last |
+---------+-------+------+
|      60 | 2000  | 2059 |
+---------+-------+------+`

// expectSeats shows the seats of each node and checks the aliases.
func (s demo) expectSeats(ctx context.Context, want string) error {
	if err := s.expect(ctx,
		"seats", seats, want,
		"aliases, and the phone logins behind them", sampleAliases, "",
		"", aliases, wantAliases,
	); err != nil {
		return err
	}
	if found := sandbox.Trim(s.draw(ctx, brokenAliases)); found != "| alias_id |" {
		return unexpected("aliases without phones on two nodes:\n%s", found)
	}
	s.ok("each of the 60 seats has a phone on two nodes, with one password")
	return nil
}

func (s demo) showSeats(ctx context.Context) error { return s.expectSeats(ctx, wantSeats) }
