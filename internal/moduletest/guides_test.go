package moduletest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// check is a query and the table that it returns.
type check struct{ query, want string }

const (
	queryTrunks   = "SELECT server_ip, campaign_id, dedicated_trunks AS trunks FROM vicidial_server_trunks ORDER BY server_ip, campaign_id"
	queryPhones   = "SELECT server_ip, COUNT(*) AS phones FROM phones GROUP BY server_ip ORDER BY server_ip"
	queryNumbers  = "SELECT group_id, did_active, COUNT(*) AS numbers FROM vicidial_inbound_dids WHERE did_pattern LIKE '800555%' GROUP BY group_id, did_active ORDER BY did_active"
	queryReplica  = "SELECT slave_db_server FROM system_settings"
	queryPassword = "SELECT (SELECT COUNT(*) FROM phones WHERE pass = 'violet3Train') AS phones, (SELECT COUNT(*) FROM vicidial_server_carriers WHERE account_entry LIKE '%secret=harbor8Stone%') AS carriers"
	queryServers  = "SELECT server_id, server_ip FROM servers ORDER BY server_id"
)

// guides has the rows after each step of each guide.
var guides = map[string][]check{
	"add-a-node": {
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |    113 |
			| 10.10.10.12 | SALES       |     67 |`},
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |     98 |
			| 10.10.10.12 | SALES       |     59 |
			| 10.10.10.13 | SALES       |     23 |`},
	},
	"move-seats": {
		{queryPhones, `
			| server_ip   | phones |
			| 10.10.10.11 |     40 |
			| 10.10.10.12 |     40 |
			| 10.10.10.13 |     40 |`},
		{queryPhones, `
			| server_ip   | phones |
			| 10.10.10.11 |     60 |
			| 10.10.10.12 |     40 |
			| 10.10.10.13 |     20 |`},
	},
	"node-is-lost": {
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |     50 |
			| 10.10.10.12 | SALES       |     50 |
			| 10.10.10.13 | SALES       |     50 |`},
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |     75 |
			| 10.10.10.12 | SALES       |      0 |
			| 10.10.10.13 | SALES       |     75 |`},
	},
	"numbers-in-bulk": {
		{queryNumbers, `
			| group_id  | did_active | numbers |
			| SALESLINE | Y          |       2 |`},
		{queryNumbers, `
			| group_id  | did_active | numbers |
			| SALESLINE | Y          |      99 |
			| SALESLINE | N          |       1 |`},
	},
	"remove-a-node": {
		{queryPhones, `
			| server_ip   | phones |
			| 10.10.10.11 |     48 |
			| 10.10.10.12 |     48 |
			| 10.10.10.13 |     24 |`},
		{queryPhones, `
			| server_ip   | phones |
			| 10.10.10.11 |     60 |
			| 10.10.10.12 |     60 |`},
	},
	"replace-a-node": {
		{queryServers, `
			| server_id | server_ip   |
			| dial1     | 10.10.10.11 |
			| dial2     | 10.10.10.12 |`},
		{queryServers, `
			| server_id | server_ip   |
			| dial1     | 10.10.10.11 |
			| dial2     | 10.10.10.22 |`},
	},
	"reporting-replica": {
		{queryReplica, `
			| slave_db_server |
			| 10.10.10.6      |`},
	},
	"rotate-passwords": {
		{queryPassword, `
			| phones | carriers |
			|      0 |        0 |`},
		{queryPassword, `
			| phones | carriers |
			|    120 |        2 |`},
	},
	"single-box": {
		{queryServers, `
			| server_id | server_ip   |
			| dial1     | 10.10.10.11 |
			| dial2     | 10.10.10.12 |
			| dial3     | 10.10.10.13 |`},
	},
	"split-trunks": {
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |     50 |
			| 10.10.10.12 | SALES       |     50 |
			| 10.10.10.13 | SALES       |     50 |`},
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |     50 |
			| 10.10.10.11 | SURVEY      |     50 |
			| 10.10.10.12 | SALES       |     50 |
			| 10.10.10.12 | SURVEY      |     50 |
			| 10.10.10.13 | SALES       |     50 |
			| 10.10.10.13 | SURVEY      |     50 |`},
	},
	"survive-a-node": {
		{queryTrunks, `
			| server_ip   | campaign_id | trunks |
			| 10.10.10.11 | SALES       |     60 |
			| 10.10.10.12 | SALES       |     60 |
			| 10.10.10.13 | SALES       |     60 |`},
	},
}

// TestGuides applies the steps of each guide on a new system and from an empty
// folder: 1.tf beside the cluster of the guides, then 2.tf in its place, and so on.
// The cluster is nodes.tf for guides that declare its nodes, and servers.tf for others. After each step the rows are as expected and the plan is empty. In the end
// destroy succeeds.
func TestGuides(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob(filepath.Join("..", "..", "examples", "guides", "*", "1.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(guides) {
		t.Errorf("%d guides have examples, %d have expectations", len(folders), len(guides))
	}
	for _, first := range folders {
		folder := filepath.Dir(first)
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmptySystem(t)
			g := newGuide(t, folder, d)
			for i, expected := range guides[name] {
				if !g.step(i + 1) {
					t.Fatalf("step %d has no file", i+1)
				}
				g.run(0, "apply", "-auto-approve")
				d.Expect(t, expected.query, expected.want)
				g.run(0, "plan", "-detailed-exitcode")
			}
			if g.step(len(guides[name]) + 1) {
				t.Errorf("step %d has no expectation", len(guides[name])+1)
			}
			g.run(0, "destroy", "-auto-approve")
		})
	}
}

// guide runs Terraform in a folder with one step of a guide.
type guide struct {
	*cli
	source string
}

// newGuide makes a folder with the files that all steps of a guide share, and
// initialises it.
func newGuide(t *testing.T, source string, d *sandbox.Database) *guide {
	t.Helper()
	const versions = `terraform {
  required_providers {
    vicidial = { source = "vicidial/vicidial" }
  }
}
`
	folder := t.TempDir()
	write(t, filepath.Join(folder, "versions.tf"), versions)
	shared := []string{"../servers.tf", "variables.tf"}
	if first, err := os.ReadFile(filepath.Join(source, "1.tf")); err == nil && strings.Contains(string(first), "nodes = {") {
		shared[0] = "../nodes.tf"
	}
	for _, name := range shared {
		text, err := os.ReadFile(filepath.Join(source, name))
		switch {
		case err == nil:
			write(t, filepath.Join(folder, filepath.Base(name)), string(text))
		case !errors.Is(err, fs.ErrNotExist):
			t.Fatal(err)
		}
	}
	environment := append(connection(d), "TF_VAR_phone_password=lounge7Piano", "TF_VAR_carrier_password=kettle4Garden")
	return &guide{newCLIIn(t, folder, environment...), source}
}

// step puts a step in the place of the one before. It returns false where there is
// no such step.
func (g *guide) step(number int) bool {
	g.t.Helper()
	text, err := os.ReadFile(filepath.Join(g.source, strconv.Itoa(number)+".tf"))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		g.t.Fatal(err)
	}
	write(g.t, filepath.Join(g.folder, "step.tf"), string(text))
	if number > 1 {
		// A variable that is set twice has its last value.
		g.env = append(g.env, "TF_VAR_phone_password=violet3Train", "TF_VAR_carrier_password=harbor8Stone")
	}
	return true
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
