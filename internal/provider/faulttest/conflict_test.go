package faulttest_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Somebody at the admin page is faster than an apply that was planned before:
// the apply says so, and overwrites nothing.
func TestAccFaults_somebodyAtTheAdminPage(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	d := aFloor(t, s)
	w := open(t, d, d.Port)
	w.declare(t, small)
	w.apply(t)
	state := w.read(t, "terraform.tfstate")
	acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")()
	for _, c := range []struct {
		claim, config, meanwhile, says string
		look, rows                     string
	}{
		{
			"a share that was changed is left",
			strings.Replace(small, "total       = 90", "total       = 60", 1),
			"UPDATE vicidial_server_trunks SET dedicated_trunks = 31 WHERE server_ip = '10.0.0.2'",
			"trunk row of campaign SALES on server 10.0.0.2 was changed by somebody else to 31 MAXIMUM_LIMIT",
			trunkRows, `
				| server_ip | campaign_id | lines_ | trunk_restriction |
				| 10.0.0.1  | SALES       |     60 | MAXIMUM_LIMIT     |
				| 10.0.0.2  | SALES       |     31 | MAXIMUM_LIMIT     |`,
		},
		{
			"a share that was removed stays away",
			strings.Replace(small, "total       = 90", "total       = 60", 1),
			"DELETE FROM vicidial_server_trunks WHERE server_ip = '10.0.0.2'",
			"on server 10.0.0.2 was deleted by somebody else",
			trunkRows, `
				| server_ip | campaign_id | lines_ | trunk_restriction |
				| 10.0.0.1  | SALES       |     60 | MAXIMUM_LIMIT     |`,
		},
		{
			"a column of a server that was changed is left",
			strings.Replace(small, "max_vicidial_trunks = 100\n  conference", "max_vicidial_trunks = 110\n  conference", 1),
			"UPDATE servers SET max_vicidial_trunks = 105 WHERE server_id = 'dial1'",
			"dial1 was changed by somebody else: max_vicidial_trunks is now 105",
			serverRows, `
				| server_id | server_ip | lines_ | rebuild |
				| dial1     | 10.0.0.1  |    105 | N       |
				| dial2     | 10.0.0.2  |    100 | N       |`,
		},
		{
			"a server that was given another address keeps it",
			strings.Replace(small, `"10.0.0.1"`, `"10.0.0.11"`, 1),
			"UPDATE servers SET server_ip = '10.0.0.21' WHERE server_id = 'dial1'",
			"dial1 was changed by somebody else to 10.0.0.21",
			serverRows, `
				| server_id | server_ip | lines_ | rebuild |
				| dial1     | 10.0.0.21 |    100 | N       |
				| dial2     | 10.0.0.2  |    100 | N       |`,
		},
		{
			"a row that was put where a new one was to go is left",
			small + "\nresource \"vicidial_trunk_split\" \"survey\" {\n  campaign_id = \"SURVEY\"\n  total = 5\n  servers = { (vicidial_server.dial1.server_ip) = {} }\n}\n",
			"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SURVEY', 7, 'MAXIMUM_LIMIT')",
			"campaign SURVEY on server 10.0.0.1 already exists with 7 MAXIMUM_LIMIT",
			trunkRows, `
				| server_ip | campaign_id | lines_ | trunk_restriction |
				| 10.0.0.1  | SALES       |     60 | MAXIMUM_LIMIT     |
				| 10.0.0.1  | SURVEY      |      7 | MAXIMUM_LIMIT     |
				| 10.0.0.2  | SALES       |     30 | MAXIMUM_LIMIT     |`,
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			mine, own := start{d, state}.again(t, direct)
			own.declare(t, c.config)
			own.must(t, "plan", "-out=planned")
			acctest.Run(t, mine, c.meanwhile)()
			code, said := own.terraform("apply", "planned")
			if code == 0 || !holds(said, c.says) {
				t.Errorf("the apply ends with %d\n%s", code, said)
			}
			mine.Expect(t, c.look, c.rows)
		})
	}
}

// Two have planned from the same state, and both apply: one is first, and the
// other is reported.
func TestAccFaults_twoAtOnce(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	d := aFloor(t, s)
	first := open(t, d, d.Port)
	first.declare(t, small)
	first.apply(t)
	state := first.read(t, "terraform.tfstate")
	for _, c := range []struct {
		claim      string
		from       string
		a, b, says string
		look       string
		rows       [2]string
	}{
		{
			"of a split", "total       = 90", "total       = 60", "total       = 30", "was changed by somebody else",
			"SELECT dedicated_trunks AS lines_ FROM vicidial_server_trunks ORDER BY server_ip",
			[2]string{"| lines_ |\n|     40 |\n|     20 |", "| lines_ |\n|     20 |\n|     10 |"},
		},
		{
			"of a server", "max_vicidial_trunks = 100\n  conference", "max_vicidial_trunks = 110\n  conference", "max_vicidial_trunks = 120\n  conference", "was changed by somebody else",
			"SELECT max_vicidial_trunks AS lines_ FROM servers ORDER BY server_id",
			[2]string{"| lines_ |\n|    110 |\n|    100 |", "| lines_ |\n|    120 |\n|    100 |"},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			mine, one := start{d, state}.again(t, direct)
			two := open(t, mine, mine.Port)
			two.write(t, "terraform.tfstate", state)
			one.declare(t, strings.Replace(small, c.from, c.a, 1))
			two.declare(t, strings.Replace(small, c.from, c.b, 1))
			one.must(t, "plan", "-out=planned")
			two.must(t, "plan", "-out=planned")
			var codes [2]int
			var said [2]string
			var both sync.WaitGroup
			for i, w := range []*workspace{one, two} {
				both.Go(func() { codes[i], said[i] = w.terraform("apply", "planned") })
			}
			both.Wait()
			if (codes[0] == 0) == (codes[1] == 0) {
				t.Fatalf("they end with %v\n%s\n%s", codes, said[0], said[1])
			}
			winner := 0
			if codes[0] != 0 {
				winner = 1
			}
			if loser := 1 - winner; !holds(said[loser], c.says) {
				t.Errorf("the other is told\n%s", said[loser])
			}
			mine.Expect(t, c.look, c.rows[winner])
		})
	}
}
