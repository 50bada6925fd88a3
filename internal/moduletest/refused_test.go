package moduletest

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

const openTofu = "registry.opentofu.org" // the host of OpenTofu

// A site that is wrong in many ways is refused before the database is asked: each rule
// says what is wrong, and of which site.
func TestSite_refused(t *testing.T) {
	t.Parallel()
	c := newCLI(t, "modules/site/examples/small", variableSetting(t, "secrets", secrets))
	c.write("main.tf", `module "site" {
  source  = "../.."
  secrets = var.secrets
  site = {
    name        = "corner"
    database    = "10.1.1.5"
    database_id = "database-of-the-site"
    telephony = {
      dial1 = { address = "dial1.example.com", weight = -5, engine = "ASTERISK", trunks = 20000, asterisk_version = "latest" }
      DIAL1 = { address = "10.1.1.12", calls_per_second = -1, rooms = 99999 }
    }
    campaigns = { SALES = { lines = 10, spare = 5, nodes = ["dial1"], trunks = { DIAL1 = 5 }, restriction = "NONE" } }
    floors    = { a = { seats = ["2010-2000", "abc"], protocol = "TLS", alias_order = "random" } }
    carriers = {
      "MAIN-1" = { host = "1.2.3.4 secret=x", prefix = "9x", codecs = ["nope"], caller_id = "abc", failover = ["WEST", "WEST"] }
      WEST     = { account = "[x]", port = 5060, prefix = "9" }
    }
    remote_agents    = { "9000" = { node = "dial1", campaign = "SALES", extension = "8300", lines = 0 } }
    calls_per_second = -3
    layout           = "debian"
    hostname         = "agents.example.com"
    web              = { web1 = "10.1.1.31" }
    proxies          = { p1 = "10.1.1.41", p2 = "10.1.1.42" }
    shared_address   = { address = "10.1.1.41", interface = "eth0", router_id = 51 }
    admin_sources    = ["anyone"]
  }
}
`)
	said := strings.Join(strings.Fields(strings.ReplaceAll(c.run(1, "plan"), "│", "")), " ")
	host, err := tfcli.DefaultHost()
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, want := range []string{
		"database_id is up to 10 letters", "by their IPv4 addresses", "differ in capital letters only", "engine of a telephony node", "up to 9999 trunks",
		"trunks of a campaign names", "spare is less than", "restriction of a campaign", "1 to 255 lines", "the lower number first", "protocol of a floor",
		"a carrier is named with", "prefix of a carrier", "host of a carrier", "port of a carrier", "caller_id of a carrier", "no codec nope", "names each carrier once",
		"calls_per_second is 1 to 1000", "asterisk_version is a version", "layout is vicibox", "a shared address is", "admin_sources and trusted_sources",
	} {
		i := strings.Index(said, want)
		switch {
		case i >= 0 && strings.Contains(said[max(0, i-100):i], "Site corner: "):
			counted++
		case host != openTofu: // which ends at the first rule that is broken
			t.Errorf("no message of site corner says %q", want)
		}
	}
	if counted == 0 || t.Failed() {
		t.Errorf("the plan says\n%s", said)
	}
}
