package provider_test

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// says matches a message without regard to where its lines are broken.
func says(message string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)` + strings.ReplaceAll(message, " ", `[\s│]+`))
}

// refused applies two servers with rooms and a split, which must be refused with
// a message, and looks that nothing at all has been written.
func refused(t *testing.T, d *sandbox.Database, provider, message string) {
	t.Helper()
	const counts = "SELECT (SELECT COUNT(*) FROM servers) + (SELECT COUNT(*) FROM vicidial_conferences) + (SELECT COUNT(*) FROM vicidial_admin_log) AS written"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: provider + `
resource "vicidial_server" "dial" {
  count      = 2
  server_id  = "dial${count.index}"
  server_ip  = "10.0.0.${count.index + 1}"
  conference = { rooms = 3 }
}
`,
			ExpectError: says(message),
		}},
	})
	d.Expect(t, counts, "| written |\n|       0 |")
}

func TestAccProvider_databasesThatAreNotForWriting(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct {
		options sandbox.Options
		message string
	}{
		"a replica":               {sandbox.Options{Replica: true}, "Unable to write server dial[01].*this database is a replica.*Point the provider at the primary.*read_only = true"},
		"a read-only server":      {sandbox.Options{ReadOnly: true}, "Unable to write server dial[01].*set read_only.*Point the provider at the primary"},
		"a replica that is both,": {sandbox.Options{Replica: true, ReadOnly: true}, "this database is a replica"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			d := sandbox.Own(t, c.options).Database(t, 1720)
			refused(t, d, acctest.Provider(d), c.message)
			// Looking is allowed all the same.
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{{
					PreConfig: acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')"),
					Config:    acctest.Provider(d, "read_only = true") + "data \"vicidial_servers\" \"all\" {}\n",
				}},
			})
		})
	}
}

func TestAccProvider_databasesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct {
		spoil   []string // as root, %s being the provider's user
		message string
	}{
		"one that is not VICIdial's": {
			[]string{"RENAME TABLE vicidial_server_trunks TO something_else"},
			"is not a VICIdial database: the table vicidial_server_trunks does not exist.*VARDB_database",
		},
		"one that was installed twice": {
			[]string{"INSERT INTO system_settings (version) VALUES ('2.14')"},
			"is not a VICIdial database: system_settings has several rows",
		},
		"a user who may not write servers": {
			[]string{"REVOKE INSERT ON servers FROM %s"},
			`Unable to write server dial[01].*lacks privileges on .*servers: INSERT \(.*GRANT INSERT \(.*max_vicidial_trunks.*\) ON .*servers. TO`,
		},
		"a user who may not write rooms": {
			[]string{"REVOKE INSERT, DELETE ON vicidial_conferences FROM %s"},
			`lacks privileges on .*vicidial_conferences.*GRANT INSERT \(conf_exten, extension, server_ip\), DELETE ON .*vicidial_conferences. TO`,
		},
		"a user who may not write the change log": {
			[]string{"REVOKE INSERT ON vicidial_admin_log FROM %s"},
			`lacks privileges on .*vicidial_admin_log.*GRANT INSERT \(.*event_sql.*\) ON`,
		},
		"a user who may not read servers": {
			[]string{"REVOKE SELECT, INSERT, UPDATE, DELETE ON servers FROM %s"},
			`the table servers does not exist, or the database user may not see it.*grant the database user SELECT`,
		},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			for _, statement := range c.spoil {
				acctest.Run(t, d, strings.ReplaceAll(statement, "%s", fmt.Sprintf("'%s'@'%%'", d.Username)))()
			}
			refused(t, d, acctest.Provider(d), c.message)
		})
	}
	t.Run("one that is not there", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address, ok := listener.Addr().(*net.TCPAddr)
		if err := listener.Close(); err != nil || !ok {
			t.Fatal(err)
		}
		refused(t, d, acctest.ProviderAt(d, address.Port), "Unable to plan server dial[01].*connection refused")
	})
}

// declaredKinds declare n objects of each kind. drift changes a column of all of them by hand.
var declaredKinds = map[string]struct{ config, drift string }{
	"servers and splits": {`
resource "vicidial_server" "dial" {
  count               = %[1]d
  server_id           = "dial${count.index}"
  server_ip           = "10.0.${floor(count.index / 100)}.${count.index %% 100 + 1}"
  max_vicidial_trunks = 100
  conference          = { rooms = 2 }
}
resource "vicidial_trunk_split" "campaign" {
  count       = %[1]d
  campaign_id = "C${count.index}"
  total       = 20
  servers     = { for i in range(3) : vicidial_server.dial[(count.index + i) %% %[1]d].server_ip => {} }
}
`, "UPDATE servers JOIN vicidial_server_trunks SET server_description = 'by hand', dedicated_trunks = dedicated_trunks + 1"},
	"templates": {`
resource "vicidial_conf_template" "template" {
  count             = %[1]d
  template_id       = "t${count.index}"
  template_name     = "template"
  template_contents = "type=friend\n"
}
`, "UPDATE vicidial_conf_templates SET template_contents = 'type=peer'"},
	"routes": {`
resource "vicidial_carrier_route" "route" {
  count         = %[1]d
  name          = "R${count.index}"
  all_servers   = true
  protocol      = "SIP"
  carrier_name  = "carrier"
  account_entry = "[r${count.index}]\ntype=peer\nhost=sip.example.com\n"
  dial          = { prefix = format("9%%03d", count.index) }
}
`, "UPDATE vicidial_server_carriers SET carrier_name = 'by hand'"},
	"DIDs and numbers": {`
resource "vicidial_inbound_did" "did" {
  count         = %[1]d
  did_pattern   = "${5550000 + count.index}"
  did_route     = "EXTEN"
  extension     = "8304"
  exten_context = "default"
}
resource "vicidial_inbound_numbers" "block" {
  count         = %[1]d
  name          = "block${count.index}"
  dids          = ["${5560000 + 10 * count.index}-${5560009 + 10 * count.index}"]
  did_route     = "EXTEN"
  extension     = "8304"
  exten_context = "default"
}
`, "UPDATE vicidial_inbound_dids SET extension = '8305'"},
}

// What a plan asks of the database does not depend on how much it declares, nor on how much
// somebody has changed by hand.
func TestAccProvider_statementsOfAPlanAreConstant(t *testing.T) {
	t.Parallel()
	for name, kind := range declaredKinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unchanged, drifted := map[int]int{}, map[int]int{}
			for _, n := range []int{3, 40} {
				d := sandbox.New(t, 1720)
				proxy := sandbox.NewProxy(t, d.Server())
				for i := range n {
					acctest.Campaigns(t, d, fmt.Sprint("C", i))
				}
				config := acctest.ProviderAt(d, proxy.Port()) + fmt.Sprintf(kind.config, n)
				counted := func(counts map[int]int) func() {
					return func() {
						counts[n] = len(slices.DeleteFunc(proxy.Statements(), func(statement string) bool {
							return strings.HasPrefix(statement, "DO RELEASE_LOCK") // of the apply
						}))
						proxy.Reset()
					}
				}
				acctest.Test(t, resource.TestCase{
					ProtoV6ProviderFactories: acctest.Providers(),
					Steps: []resource.TestStep{
						{Config: config},
						{PreConfig: proxy.Reset, Config: config, PlanOnly: true},
						{PreConfig: func() { counted(unchanged)(); acctest.Run(t, d, kind.drift)() }, Config: config, PlanOnly: true, ExpectNonEmptyPlan: true},
						{PreConfig: counted(drifted), Config: config},
					},
				})
			}
			if unchanged[3] == 0 || unchanged[3] != unchanged[40] {
				t.Errorf("a plan without a change takes %d statements for 3 objects, and %d for 40", unchanged[3], unchanged[40])
			}
			if drifted[3] == 0 || drifted[3] != drifted[40] {
				t.Errorf("a plan after a change by hand takes %d statements for 3 objects, and %d for 40", drifted[3], drifted[40])
			}
		})
	}
}

func TestAccFunctions(t *testing.T) {
	t.Parallel()
	value := func(expression string) string { return "output \"value\" {\n  value = " + expression + "\n}\n" }
	gives := func(expression, want string) resource.TestStep {
		return resource.TestStep{Config: value("jsonencode(" + expression + ")"), Check: resource.TestCheckOutput("value", want)}
	}
	fails := func(expression, message string) resource.TestStep {
		return resource.TestStep{Config: value(expression), ExpectError: says(message)}
	}
	const apportion, padded = "provider::vicidial::apportion", "provider::vicidial::padded_ip"
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			gives(apportion+`(300, { a = 2, b = 1 })`, `{"a":200,"b":100}`),
			gives(apportion+`(1, { b = 1, a = 1 })`, `{"a":1,"b":0}`),
			gives(apportion+`(0, { a = 5 })`, `{"a":0}`),
			fails(apportion+`(-1, { a = 1 })`, "the total must lie between 0 and 1000000"),
			fails(apportion+`(1000001, { a = 1 })`, "the total must lie between 0 and 1000000"),
			fails(apportion+`(10, { a = 0 })`, `Invalid value for "weights" parameter.*a.*weight`),
			fails(apportion+`(10, {})`, `Invalid value for "weights" parameter`),
			fails(apportion+`(10, null)`, `argument must not be null`),
			gives(padded+`("10.10.10.15")`, `"010*010*010*015"`),
			gives(padded+`("255.1.0.99")`, `"255*001*000*099"`),
			fails(padded+`("10.10.10.015")`, `Invalid value for "server_ip" parameter.*without leading zeros`),
			fails(padded+`("fd00::1")`, `Invalid value for "server_ip" parameter`),
			fails(padded+`("")`, `Invalid value for "server_ip" parameter`),
			gives(padded+`("10.0.0.1")`, `"010*000*000*001"`),
		},
	})
}
