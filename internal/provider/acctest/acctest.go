// Package acctest has the helpers of the acceptance tests: the provider in the process
// of the test, and its configuration for a sandbox database. Only tests import it.
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
// program expects. It panics if the program cannot be run.
func Providers() map[string]func() (tfprotov6.ProviderServer, error) {
	if err := tfcli.Export(); err != nil {
		panic(err)
	}
	return map[string]func() (tfprotov6.ProviderServer, error){
		"vicidial": server,
	}
}

// Provider returns the provider block for a database, with the least-privilege user, and
// the provider requirement, which the test framework does not add to an import. more has
// further lines of the block.
func Provider(d *sandbox.Database, more ...string) string {
	return ProviderAt(d, d.Port, more...)
}

// ProviderAt is Provider with another port, such as that of a proxy.
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

// Run returns a function that runs SQL as root, as a change by somebody else.
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

// Expect returns a check that compares rows with a drawn table.
func Expect(t *testing.T, d *sandbox.Database, query, drawing string) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		d.Expect(t, query, drawing)
		return nil
	}
}

// Campaigns adds campaigns.
func Campaigns(t *testing.T, d *sandbox.Database, ids ...string) {
	t.Helper()
	for _, id := range ids {
		Run(t, d, fmt.Sprintf("INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('%s', '%s', 'Y', 'RATIO')", id, id))()
	}
}
