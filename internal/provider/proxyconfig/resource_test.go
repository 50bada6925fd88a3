package proxyconfig_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// kind is one of the two resources, in words.
type kind struct{ name, tls, edit, edited, drift string }

var kinds = []kind{
	{
		"vicidial_haproxy_config", `tls = { certificate_file = "/etc/haproxy/certs/vici.pem" }`,
		"timeout queue 5s", "timeout queue 50s", "defaults: ~ timeout queue 5s -> timeout queue 50s",
	},
	{
		"vicidial_nginx_config", `tls = { certificate_file = "/etc/nginx/vici.pem", key_file = "/etc/nginx/vici.key" }`,
		"client_max_body_size 64m", "client_max_body_size 1m", "http: ~ client_max_body_size 64m -> client_max_body_size 1m",
	},
}

// aTier is a resource that is right, with more at its end.
func (k kind) aTier(more string) string {
	return fmt.Sprintf(`
resource %q "web" {
  name     = "floor1"
  hostname = "vici.example.com"
  nodes = {
    web1 = { address = "10.10.20.11" }
    web2 = { address = "10.10.20.12", weight = 50 }
  }
  admin_sources = ["10.0.0.0/8"]
  audio_store   = { node = "web1", host = "10.10.20.11", directory = "nq5ktwzqvz1fdp4v2tytdcd46q1rcx" }
  %s
  %s
}
`, k.name, k.tls, more)
}

func each(t *testing.T, test func(t *testing.T, k kind)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) { test(t, k) })
	}
}

func TestContent_isKnownAtPlanAndMadeWithoutACluster(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
			Config: k.aTier(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(k.name+".web", tfjsonpath.New("content"), knownvalue.StringRegexp(regexp.MustCompile(`VICIdial web tier \\?"floor1`))),
				plancheck.ExpectKnownValue(k.name+".web", tfjsonpath.New("drift"), knownvalue.ListSizeExact(0)),
			}},
		}}})
	})
}

func TestIdentity_followsNameAndPath(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		file := filepath.Join(t.TempDir(), "proxy.conf")
		identity := func(path knownvalue.Check) []statecheck.StateCheck {
			return []statecheck.StateCheck{
				statecheck.ExpectIdentity(k.name+".web", map[string]knownvalue.Check{"name": knownvalue.StringExact("floor1"), "path": path}),
			}
		}
		acctest.UnitTest(t, resource.TestCase{
			ProtoV6ProviderFactories: factories,
			TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
			Steps: []resource.TestStep{
				{Config: k.aTier(""), ConfigStateChecks: identity(knownvalue.Null())},
				{Config: k.aTier(fmt.Sprintf(`file = { path = %q }`, file)), ConfigStateChecks: identity(knownvalue.StringExact(file))},
			},
		})
	})
}

func TestFile_isNotWrittenWhenTheProxyRefuses(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		file := filepath.Join(t.TempDir(), "proxy.conf")
		nothing := func(*terraform.State) error {
			if _, err := os.Stat(file); !os.IsNotExist(err) {
				return fmt.Errorf("the file is there: %w", err)
			}
			return nil
		}
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, CheckDestroy: nothing, Steps: []resource.TestStep{
			{
				Config:      k.aTier(fmt.Sprintf(`file = { path = %q, binary = "false" }`, file)),
				ExpectError: regexp.MustCompile(`refuses the configuration`),
			},
			{
				Config:      k.aTier(fmt.Sprintf(`file = { path = %q, binary = "/nowhere/proxy" }`, file)),
				ExpectError: regexp.MustCompile(words(`binary is not installed`)),
			},
		}})
	})
}

func TestFile_isWrittenRepairedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		folder := t.TempDir()
		file, log := filepath.Join(folder, "proxy.conf"), filepath.Join(folder, "reloads")
		config := k.aTier(fmt.Sprintf(`file = { path = %q, reload_command = ["sh", "-c", "echo reload >> %s"] }`, file, log))
		ignoring := strings.TrimSuffix(strings.TrimSpace(config), "}") + "  lifecycle {\n    ignore_changes = all\n  }\n}\n"
		var written string
		acctest.UnitTest(t, resource.TestCase{
			ProtoV6ProviderFactories: factories,
			CheckDestroy: func(*terraform.State) error {
				if _, err := os.Stat(file); !os.IsNotExist(err) {
					return fmt.Errorf("the file is still there: %w", err)
				}
				if got := read(t, file+".bak"); got != written {
					return fmt.Errorf("the last text was not kept")
				}
				return nil
			},
			Steps: []resource.TestStep{
				{Config: config, Check: func(*terraform.State) error {
					written = read(t, file)
					return reloads(t, log, 1)
				}},
				{ // layout is no drift
					PreConfig: func() {
						edit(t, file, func(text string) string {
							return "# a remark\n" + strings.ReplaceAll(text, "    ", "\t ")
						})
					},
					Config: config, PlanOnly: true,
				},
				{ // one changed word is one line, and apply mends it
					PreConfig: func() {
						edit(t, file, func(text string) string { return strings.Replace(text, k.edit, k.edited, 1) })
					},
					RefreshState: true, ExpectNonEmptyPlan: true,
					Check: func(state *terraform.State) error {
						attributes := state.RootModule().Resources[k.name+".web"].Primary.Attributes
						if attributes["drift.#"] != "1" || attributes["drift.0"] != k.drift {
							return fmt.Errorf("drift is %v", attributes["drift.0"])
						}
						return nil
					},
				},
				{Config: ignoring, Check: func(*terraform.State) error {
					if read(t, file) == written {
						return fmt.Errorf("the file was mended, and the block ignores all changes")
					}
					return reloads(t, log, 1)
				}},
				{Config: config, Check: func(*terraform.State) error {
					if read(t, file) != written {
						return fmt.Errorf("the file was not mended")
					}
					return reloads(t, log, 2)
				}},
				{ // a mode that somebody changed is drift as well
					PreConfig: func() {
						if err := os.Chmod(file, 0o666); err != nil {
							t.Fatal(err)
						}
					},
					Config: config,
					Check:  func(*terraform.State) error { return reloads(t, log, 3) },
				},
				{ // and so is a file that is gone
					PreConfig: func() {
						if err := os.Remove(file); err != nil {
							t.Fatal(err)
						}
					},
					Config: config,
					Check: func(*terraform.State) error {
						if read(t, file) != written {
							return fmt.Errorf("the file was not written again")
						}
						return nil
					},
				},
			},
		})
	})
}

func TestFile_movesWithItsPath(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		folder := t.TempDir()
		one, two := filepath.Join(folder, "one"), filepath.Join(folder, "two")
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
			{Config: k.aTier(fmt.Sprintf(`file = { path = %q }`, one))},
			{Config: k.aTier(fmt.Sprintf(`file = { path = %q, backup = false }`, two)), Check: func(*terraform.State) error {
				if _, err := os.Stat(one); !os.IsNotExist(err) {
					return fmt.Errorf("the file at the old path is still there: %w", err)
				}
				_, err := os.Stat(two)
				return err
			}},
			{Config: k.aTier(""), Check: func(*terraform.State) error {
				if _, err := os.Stat(two); !os.IsNotExist(err) {
					return fmt.Errorf("the file is still there: %w", err)
				}
				return nil
			}},
		}})
	})
}

func TestReload_thatFailsIsDoneAgain(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		folder := t.TempDir()
		file, fine := filepath.Join(folder, "proxy.conf"), filepath.Join(folder, "fine")
		config := func(more string) string {
			return k.aTier(fmt.Sprintf(`file = { path = %q, reload_command = ["test", "-e", %q] }
  %s`, file, fine, more))
		}
		mend := func() {
			if err := os.WriteFile(fine, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
			{Config: config(""), ExpectError: regexp.MustCompile(`(?s)The file was written, but test failed.*apply again`)},
			{PreConfig: mend, Config: config("")},
			{
				PreConfig: func() {
					if err := os.Remove(fine); err != nil {
						t.Fatal(err)
					}
				},
				Config: config("max_body_size_mb = 50"), ExpectError: regexp.MustCompile(`The file was written, but test failed`),
			},
			{PreConfig: mend, Config: config("max_body_size_mb = 50"), ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(k.name+".web", plancheck.ResourceActionUpdate)},
			}},
		}})
	})
}

func TestReload_thatTakesTooLong(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		file := filepath.Join(t.TempDir(), "proxy.conf")
		config := func(limit string) string {
			return k.aTier(fmt.Sprintf(`file = { path = %q, reload_command = ["sleep", "60"], reload_timeout = %q }`, file, limit))
		}
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
			{Config: config("soon"), PlanOnly: true, ExpectError: regexp.MustCompile(words("a length of time"))},
			{Config: config("0s"), PlanOnly: true, ExpectError: regexp.MustCompile(words("not positive"))},
			{Config: config("200ms"), ExpectError: regexp.MustCompile(words("longer than reload_timeout = 200ms"))},
		}})
	})
}

// What was not reloaded is shown by every plan, even when the file itself was put
// right by hand in between.
func TestReload_thatFailedIsNotForgotten(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		folder := t.TempDir()
		file, fine := filepath.Join(folder, "proxy.conf"), filepath.Join(folder, "fine")
		config := k.aTier(fmt.Sprintf(`file = { path = %q, reload_command = ["test", "-e", %q] }`, file, fine))
		mend := func() {
			if err := os.WriteFile(fine, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		mend()
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					edit(t, file, func(text string) string { return strings.Replace(text, k.edit, k.edited, 1) })
					if err := os.Remove(fine); err != nil {
						t.Fatal(err)
					}
				},
				Config: config, ExpectError: regexp.MustCompile(`(?s)The file was written, but test failed.*` + words("proxy.conf.bak")),
			},
			{RefreshState: true, ExpectNonEmptyPlan: true, Check: func(state *terraform.State) error {
				attributes := state.RootModule().Resources[k.name+".web"].Primary.Attributes
				if attributes["drift.#"] != "1" || !strings.HasPrefix(attributes["drift.0"], "proxy: it has not read the file") {
					return fmt.Errorf("drift is %q", attributes["drift.0"])
				}
				return nil
			}},
			{PreConfig: mend, Config: config},
			{Config: config, PlanOnly: true},
		}})
	})
}

// The real check reads a copy; what the text names of this machine is checked beside it.
func TestHost_isCheckedAtPlan(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		file := filepath.Join(t.TempDir(), "proxy.conf")
		for wrong, says := range map[string]string{
			`process = { user = "nosuchuser" }`:                        `process.user: this machine has no user "nosuchuser"`,
			`process = { group = "nosuchgroup" }`:                      `process.group: this machine has no group "nosuchgroup"`,
			`process = { control_socket = "/nowhere/admin.sock" }`:     `process.control_socket: /nowhere/ is not on this machine`,
			`process = { error_log = "/nowhere/error.log" }`:           `process.error_log: /nowhere/ is not on this machine`,
			`routes = { "/RECORDINGS/" = { nodes = ["no.invalid"] } }`: `"no.invalid" does not resolve on this machine`,
		} {
			haproxy := k.name == "vicidial_haproxy_config"
			if strings.Contains(wrong, "error_log") && haproxy || strings.Contains(wrong, "no.invalid") && haproxy || strings.Contains(wrong, "control_socket") && !haproxy {
				continue // the other proxy's
			}
			t.Run(wrong, func(t *testing.T) {
				acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
					Config: k.aTier(fmt.Sprintf("file = { path = %q }\n  %s", file, wrong)), PlanOnly: true,
					ExpectError: regexp.MustCompile(`(?is)` + words(says)),
				}}})
			})
		}
	})
}

func TestImport_adoptsAFile(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		file := filepath.Join(t.TempDir(), "proxy.conf")
		config := k.aTier(fmt.Sprintf(`file = { path = %q }`, file))
		acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
			{Config: config},
			{
				Config: config, ResourceName: k.name + ".web", ImportState: true, ImportStateId: "floor1:" + file,
				ImportStateCheck: func(states []*terraform.InstanceState) error {
					if got := states[0].Attributes["content"]; got != read(t, file) {
						return fmt.Errorf("content is %q", got)
					}
					return nil
				},
			},
			{Config: config, ResourceName: k.name + ".web", ImportState: true, ImportStateId: "floor1:relative", ExpectError: regexp.MustCompile(`not an absolute path`)},
		}})
	})
}

func reloads(t *testing.T, log string, want int) error {
	if got := strings.Count(read(t, log), "reload"); got != want {
		return fmt.Errorf("reloaded %d times, not %d", got, want)
	}
	return nil
}

func edit(t *testing.T, file string, change func(string) string) {
	t.Helper()
	old := read(t, file)
	changed := change(old)
	if changed == old {
		t.Fatal("the edit changes nothing")
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
