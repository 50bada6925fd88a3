package faulttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// before and after are the two states between which the floor is killed. On the
// way dial1 changes its address and gets a room more, dial2 a room less, dial3
// more lines. SALES leans on dial1 less and on dial2 more, where SURVEY has to
// leave before there is room.
var (
	before = floor("10.0.0.1", 3, 3, 100, `{
    (vicidial_server.dial1.server_ip) = { trunks = 60 }
    (vicidial_server.dial2.server_ip) = { trunks = 30 }
  }`, 90, `{
    (vicidial_server.dial2.server_ip) = { trunks = 20 }
    (vicidial_server.dial3.server_ip) = { trunks = 40 }
  }`, 60)
	after = floor("10.0.0.11", 4, 2, 120, `{
    (vicidial_server.dial1.server_ip) = { trunks = 20 }
    (vicidial_server.dial2.server_ip) = { trunks = 90 }
  }`, 110, `{
    (vicidial_server.dial1.server_ip) = { trunks = 5 }
    (vicidial_server.dial3.server_ip) = { trunks = 110 }
  }`, 115)
)

func floor(ip string, rooms1, rooms2, lines3 int, sales string, salesTotal int, survey string, surveyTotal int) string {
	return fmt.Sprintf(`
resource "vicidial_server" "dial1" {
  server_id           = "dial1"
  server_ip           = %q
  max_vicidial_trunks = 100
  conference          = { rooms = %d }
}

resource "vicidial_server" "dial2" {
  server_id           = "dial2"
  server_ip           = "10.0.0.2"
  max_vicidial_trunks = 100
  conference          = { rooms = %d }
}

resource "vicidial_server" "dial3" {
  server_id           = "dial3"
  server_ip           = "10.0.0.3"
  max_vicidial_trunks = %d
}

resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  servers     = %s
  total       = %d
}

resource "vicidial_trunk_split" "survey" {
  campaign_id = "SURVEY"
  servers     = %s
  total       = %d
}
`, ip, rooms1, rooms2, lines3, sales, salesTotal, survey, surveyTotal)
}

const (
	serverRows = "SELECT server_id, server_ip, max_vicidial_trunks AS lines_, rebuild_conf_files AS rebuild FROM servers ORDER BY server_id"
	trunkRows  = "SELECT server_ip, campaign_id, dedicated_trunks AS lines_, trunk_restriction FROM vicidial_server_trunks ORDER BY server_ip, campaign_id"
	roomRows   = "SELECT server_ip, conf_exten FROM vicidial_conferences ORDER BY server_ip, conf_exten"
)

// expectAfter holds the rows against what the second configuration wants, flags
// included: all were N before.
func expectAfter(t *testing.T, d *sandbox.Database) {
	t.Helper()
	d.Expect(t, serverRows, `
		| server_id | server_ip | lines_ | rebuild |
		| dial1     | 10.0.0.11 |    100 | Y       |
		| dial2     | 10.0.0.2  |    100 | Y       |
		| dial3     | 10.0.0.3  |    120 | Y       |`)
	d.Expect(t, trunkRows, `
		| server_ip | campaign_id | lines_ | trunk_restriction |
		| 10.0.0.11 | SALES       |     20 | MAXIMUM_LIMIT     |
		| 10.0.0.11 | SURVEY      |      5 | MAXIMUM_LIMIT     |
		| 10.0.0.2  | SALES       |     90 | MAXIMUM_LIMIT     |
		| 10.0.0.3  | SURVEY      |    110 | MAXIMUM_LIMIT     |`)
	d.Expect(t, roomRows, `
		| server_ip | conf_exten |
		| 10.0.0.11 |    8600051 |
		| 10.0.0.11 |    8600052 |
		| 10.0.0.11 |    8600053 |
		| 10.0.0.11 |    8600054 |
		| 10.0.0.2  |    8600051 |
		| 10.0.0.2  |    8600052 |`)
}

// nobodyIsPromisedTooMuch finds servers of which more is reserved than they
// have. The first state promises none too much, so none ever may be.
func nobodyIsPromisedTooMuch(t *testing.T, d *sandbox.Database, when string) {
	t.Helper()
	const query = `SELECT server_id FROM servers JOIN vicidial_server_trunks USING (server_ip)
		GROUP BY server_id, max_vicidial_trunks HAVING SUM(dedicated_trunks) > max_vicidial_trunks`
	if found := sandbox.Trim(d.Table(t.Context(), query)); found != "| server_id |" {
		t.Errorf("%s, too much is promised of\n%s\n%s", when, found, d.Table(t.Context(), trunkRows))
	}
}

// aFloor is a database with the two campaigns.
func aFloor(t *testing.T, on *sandbox.Server) *sandbox.Database {
	t.Helper()
	d := on.Database(t, 1720)
	acctest.Campaigns(t, d, "SALES", "SURVEY")
	return d
}

// start is the first state: what the rows and what Terraform's state say.
type start struct {
	rows  *sandbox.Database
	state []byte
}

// reach applies the first configuration, from which any number of floors start.
func reach(t *testing.T, s *sandbox.Server) start {
	t.Helper()
	d := aFloor(t, s)
	w := open(t, d, d.Port)
	w.declare(t, before)
	w.apply(t)
	w.settled(t)
	acctest.Run(t, d, "INSERT INTO server_updater (server_ip) VALUES ('10.0.0.1')", "UPDATE servers SET rebuild_conf_files = 'N'", "DELETE FROM vicidial_admin_log")()
	return start{d, w.read(t, "terraform.tfstate")}
}

// again makes a floor in the first state, and a workspace that knows it.
func (s start) again(t *testing.T, port func(*sandbox.Database) int) (*sandbox.Database, *workspace) {
	t.Helper()
	d := aFloor(t, s.rows.Server())
	for _, table := range []string{"servers", "vicidial_server_trunks", "vicidial_conferences", "server_updater"} {
		acctest.Run(t, d, fmt.Sprintf("INSERT INTO %s SELECT * FROM %s.%s", table, s.rows.Name, table))()
	}
	w := open(t, d, port(d))
	w.write(t, "terraform.tfstate", s.state)
	w.declare(t, after)
	return d, w
}

func direct(d *sandbox.Database) int { return d.Port }

// holds says whether a text, its line breaks and frames aside, says something.
func holds(text, wanted string) bool {
	plain := strings.Join(strings.Fields(strings.ReplaceAll(text, "│", " ")), " ")
	return strings.Contains(plain, wanted)
}
