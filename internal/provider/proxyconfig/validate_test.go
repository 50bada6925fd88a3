package proxyconfig_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// Every mistake is reported at plan time, at its attribute.
func TestMistakes_areReportedAtTheirAttribute(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		mistakes := []struct{ claim, more, line, at, says string }{
			{"a newline in a host name", ``, `hostname = "vici.example.com\n  bind :1"`, "", "not a DNS name"},
			{"a port for TLS without 443", `listen = { https_port = 9000 }`, "", "listen.https_port", "9000 does not contain 443"},
			{"no active node", "", `nodes = { web1 = { address = "10.0.0.1", state = "drain" } }`, "", "no node is active"},
			{"an audio store on a node that is not there", "", `audio_store = { node = "web9", host = "10.0.0.1", directory = "abc" }`, "audio_store.node", `"web9" is not among the nodes`},
			{"a directive in an extra path", `extra_paths = ["/crm/;return 200"]`, "", "", "not a URL path"},
			{"a blank in a certificate's path", "", `tls = { certificate_file = "/a b", key_file = "/k" }`, "tls.certificate_file", `"/a b" is not an absolute path`},
			{"two nodes at one address", "", `nodes = { a = { address = "10.0.0.1" }, b = { address = "10.0.0.1" } }`, `nodes["b"].address`, `10.0.0.1:80 is node "a" already`},
			{"a source that is none", `api_sources = ["everyone"]`, "", "", "want an IP address or a CIDR"},
			{"a time that is none", `timeouts = { agent = "soon" }`, "", "timeouts.agent", `"soon" is not a length of time`},
			{"figures for everyone", `stats = { bind = "0.0.0.0:8404" }`, "", "stats.bind", "0.0.0.0:8404 can be reached from other machines"},
			{"a version that lacks directives", `target_version = "1.0"`, "", "", "the oldest that has them"},
			{"a version that is none", `target_version = "new"`, "", "", "two or three numbers"},
		}
		if k.name == "vicidial_nginx_config" {
			mistakes = mistakes[:4] // one schema and one check serve both
		}
		for _, mistake := range mistakes {
			t.Run(mistake.claim, func(t *testing.T) {
				// Terraform shows the line of an attribute; one inside another is named.
				counted := words(mistake.at + ": " + mistake.says)
				if mistake.at == "" {
					attribute := regexp.MustCompile(`\w+`).FindString(mistake.line + mistake.more)
					counted = `\d+: +` + attribute + ` .*` + words(mistake.says)
				}
				acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
					Config: k.wrong(mistake.line, mistake.more), PlanOnly: true,
					ExpectError: regexp.MustCompile(`(?is)` + counted),
				}}})
			})
		}
	})
}

// Unknown values fail nothing at plan time, whatever they stand in, and are
// checked before anything is written.
func TestUnknownValues_failNothing(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		unknown := `
resource "terraform_data" "later" { input = "10.9.8.7" }
resource "terraform_data" "number" { input = 8443 }
resource "terraform_data" "many" { input = { web1 = { address = "10.9.8.7" } } }
`
		for claim, change := range map[string][2]string{
			"a node's address": {`nodes = { web1 = { address = terraform_data.later.output } }`, ""},
			"all nodes":        {`nodes = terraform_data.many.output`, ""},
			"a source":         {"", `api_sources = [terraform_data.later.output]`},
			"a port":           {"", `listen = { https_port = terraform_data.number.output, http_port = 8080 }`},
			"an audio host":    {`audio_store = { node = "web1", host = terraform_data.later.output, directory = "abc" }`, ""},
		} {
			if k.name == "vicidial_nginx_config" && claim != "all nodes" {
				continue // one reader serves both
			}
			t.Run(claim, func(t *testing.T) {
				acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
					Config: unknown + k.wrong(change[0], change[1]),
				}}})
			})
		}
		t.Run("what is known and wrong is reported all the same", func(t *testing.T) {
			acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config:   unknown + k.wrong(`nodes = terraform_data.many.output`, `max_body_size_mb = 0`),
				PlanOnly: true, ExpectError: regexp.MustCompile(words("is not between 1 and 4096")),
			}}})
		})
		t.Run("what turns out wrong at apply is refused there", func(t *testing.T) {
			acctest.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: `resource "terraform_data" "later" { input = "no name" }
` +
					k.wrong(`nodes = { web1 = { address = terraform_data.later.output } }`, ""),
				ExpectError: regexp.MustCompile(`(?i)` + words(`neither an IP address nor a host name`)),
			}}})
		})
	})
}

// wrong is a resource with one line in the place of the one that sets the same.
func (k kind) wrong(line, more string) string {
	lines := []string{
		`hostname = "vici.example.com"`,
		`nodes = { web1 = { address = "10.10.20.11" }, web2 = { address = "10.10.20.12" } }`,
		`audio_store = { node = "web1", host = "10.10.20.11", directory = "nq5ktwzqvz1fdp4v2tytdcd46q1rcx" }`,
		k.tls,
	}
	attribute := regexp.MustCompile(`^\w+`)
	text := "  name = \"floor1\"\n"
	for _, usual := range lines {
		if attribute.FindString(usual) == attribute.FindString(line) {
			usual = line
			if k.name == "vicidial_haproxy_config" {
				usual = regexp.MustCompile(`, key_file = "[^"]*"`).ReplaceAllString(usual, "")
			}
		}
		text += "  " + usual + "\n"
	}
	return fmt.Sprintf("resource %q \"web\" {\n%s  %s\n}\n", k.name, text, more)
}

// words matches a text that Terraform has wrapped.
func words(text string) string {
	return regexp.MustCompile(` `).ReplaceAllString(regexp.QuoteMeta(text), `[\s│]+`)
}
