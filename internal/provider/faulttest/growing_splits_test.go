package faulttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// growing is thirteen splits of a server that is full: one of them has what the others
// have not.
func growing(each, one int) string {
	var text strings.Builder
	for i := range 13 {
		total := each
		if i == 12 {
			total = one
		}
		fmt.Fprintf(&text, "resource \"vicidial_trunk_split\" \"c%d\" {\n  campaign_id = \"C%d\"\n  total = %d\n  servers = { \"10.0.0.1\" = {} }\n}\n", i, i, total)
	}
	return text.String()
}

// More splits grow than Terraform has places for, and wait for the one that shrinks.
func TestAccFaults_growingSplits(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	d := sandbox.Shared(t).Database(t, 1720)
	for i := range 13 {
		acctest.Campaigns(t, d, fmt.Sprintf("C%d", i))
	}
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial1', '10.0.0.1', 100)")()
	w := open(t, d, d.Port)
	w.stay(t, attached(t), d)
	w.declare(t, growing(1, 88))
	w.apply(t)
	for _, places := range []string{"-parallelism=10", "-parallelism=2"} {
		w.declare(t, growing(5, 40))
		w.must(t, "apply", "-auto-approve", places)
		d.Expect(t, "SELECT COUNT(*) AS splits, SUM(dedicated_trunks) AS lines_ FROM vicidial_server_trunks", "| splits | lines_ |\n|     13 |    100 |")
		w.settled(t)
		w.declare(t, growing(1, 88))
		w.must(t, "apply", "-auto-approve", places)
		w.settled(t)
	}
	// At one place the order is that of depends_on.
	first := func(text string) string {
		return strings.ReplaceAll(text, "servers = { \"10.0.0.1\" = {} }\n}\nresource \"vicidial_trunk_split\"", "servers = { \"10.0.0.1\" = {} }\n  depends_on = [vicidial_trunk_split.c12]\n}\nresource \"vicidial_trunk_split\"")
	}
	w.declare(t, first(growing(5, 40)))
	w.must(t, "apply", "-auto-approve", "-parallelism=1")
	w.settled(t)
	w.declare(t, growing(1, 88))
	w.apply(t)
	// Nobody gives trunks back: one split reports all that wait.
	w.declare(t, growing(5, 88))
	code, said := w.terraform("apply", "-auto-approve")
	if code == 0 || !holds(said, "server 10.0.0.1 has max_vicidial_trunks = 100") || !holds(said, "which waited for trunks as well") {
		t.Errorf("the apply ends with %d\n%s", code, said)
	}
	if code, said := w.terraform("plan", "-detailed-exitcode"); code != 2 {
		t.Errorf("the plan afterwards ends with %d and does not show what is left\n%s", code, said)
	}
}
