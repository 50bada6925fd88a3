package conftemplate_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestMain(m *testing.M) { sandbox.Main(m) }

// schemas are VICIdial's versions that everything must work on.
var schemas = []int{1302, 1606, 1720}

// play runs a configuration after another with the real Terraform against the
// database.
func play(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"vicidial": providerserver.NewProtocol6WithError(provider.New("test")()),
		},
		Steps: steps,
	})
}

// provided puts the provider block before a configuration.
func provided(d *sandbox.Database, host string, port int, config string) string {
	return fmt.Sprintf(`
provider "vicidial" {
  host     = %q
  port     = %d
  database = %q
  username = %q
  password = %q
  tls      = { mode = "disabled" }
}
%s`, host, port, d.Name, d.Username, d.Password, config)
}

// on is a configuration for the database itself, without a proxy before it.
func on(d *sandbox.Database, config string) string { return provided(d, d.Host, d.Port, config) }

// run changes rows behind Terraform's back.
func run(t *testing.T, d *sandbox.Database, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// addServer puts a telephony node into the table, its files up to date.
func addServer(t *testing.T, d *sandbox.Database, id, ip string) {
	t.Helper()
	_, err := d.DB().ExecContext(t.Context(), `
INSERT INTO servers (server_id, server_description, server_ip, active, asterisk_version, active_asterisk_server, generate_vicidial_conf, rebuild_conf_files)
VALUES (?, ?, ?, 'Y', '18.21.1-vici', 'Y', 'Y', 'N')`, id, id, ip)
	if err != nil {
		t.Fatal(err)
	}
}

// look compares what the database holds with a drawing of it.
func look(t *testing.T, d *sandbox.Database, query, want string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if have := d.Table(t.Context(), query); sandbox.Trim(have) != sandbox.Trim(want) {
			return fmt.Errorf("%s\nfound\n%s\ninstead of\n%s", query, sandbox.Trim(have), sandbox.Trim(want))
		}
		return nil
	}
}
