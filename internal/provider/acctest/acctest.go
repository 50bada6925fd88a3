// Package acctest is what the acceptance tests share: the provider
// in the test's own process, and the configuration that leads it to a sandbox
// database. Nothing that is shipped imports it.
package acctest

import (
	"context"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

// Providers serves the provider to a test case, under the address that the chosen
// program expects. It panics where that program cannot be run.
func Providers() map[string]func() (tfprotov6.ProviderServer, error) {
	if err := tfcli.Export(); err != nil {
		panic(err)
	}
	return map[string]func() (tfprotov6.ProviderServer, error){
		"vicidial": server,
	}
}

// Provider is the provider block for a database, as the least-privilege user, and
// the requirement of the provider, which the test framework does not add to an
// import. more is put inside the block.
func Provider(d *sandbox.Database, more ...string) string {
	return ProviderAt(d, d.Port, more...)
}

// ProviderAt leads over another port, such as that of a proxy.
func ProviderAt(d *sandbox.Database, port int, more ...string) string {
	required, err := tfcli.RequiredProviders()
	if err != nil {
		panic(err)
	}
	text := required + fmt.Sprintf("provider \"vicidial\" {\n  host = %q\n  port = %d\n  database = %q\n  username = %q\n  password = %q\n", d.Host, port, d.Name, d.Username, d.Password)
	for _, line := range more {
		text += "  " + line + "\n"
	}
	return text + "}\n"
}

// Run makes a function that runs SQL as root, for what others do meanwhile.
func Run(t *testing.T, d *sandbox.Database, statements ...string) func() {
	t.Helper()
	return func() {
		t.Helper()
		for _, statement := range statements {
			if _, err := d.DB().ExecContext(context.Background(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
}

// Expect makes a check that compares rows with a drawing of them.
func Expect(t *testing.T, d *sandbox.Database, query, drawing string) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		d.Expect(t, query, drawing)
		return nil
	}
}

// Campaigns adds campaigns as an operator would have them.
func Campaigns(t *testing.T, d *sandbox.Database, ids ...string) {
	t.Helper()
	for _, id := range ids {
		Run(t, d, fmt.Sprintf("INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('%s', '%s', 'Y', 'RATIO')", id, id))()
	}
}
