package terraform_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

func textAttribute(t interface{ Fatalf(string, ...any) }, file string) string {
	parsed, diags := hclparse.NewParser().ParseHCL([]byte(file), "x.tf")
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, file)
	}
	content, diags := parsed.Body.Content(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "a", LabelNames: []string{"b"}}}})
	if diags.HasErrors() || len(content.Blocks) != 1 {
		t.Fatalf("%v\n%s", diags, file)
	}
	attributes, _ := content.Blocks[0].Body.JustAttributes()
	value, diags := attributes["text"].Expr.Value(&hcl.EvalContext{Functions: map[string]function.Function{"chomp": stdlib.ChompFunc}})
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, file)
	}
	return value.AsString()
}

func TestRender_anyTextIsReadAsItIs(t *testing.T) {
	t.Parallel()
	check := func(t interface{ Fatalf(string, ...any) }, text string) {
		file := terraform.Render(text, terraform.Block{Type: "a", Labels: []string{"b"}, Comment: text, Body: []terraform.Attribute{{Name: "text", Value: terraform.Text(text)}}})
		if read := textAttribute(t, file); read != text {
			t.Fatalf("%q is read as %q\n%s", text, read, file)
		}
		if again := string(hclwrite.Format([]byte(file))); again != file {
			t.Fatalf("formatting changes\n%s\nto\n%s", file, again)
		}
	}
	for _, text := range []string{
		"", "plain", "exten => _X.,1,Dial(${SIP}/${EXTEN:1})\n", "a\nEOT\nb\n", "  both\n  indented\n", "tab\there\n\n\n", "100%{x}\n", "$${x}\n", "ends $\n", "%\n", "ü\n", `back\slash` + "\n", "\"quoted\"\n", "cr\r\nlf\r\n", "no end\nof line",
	} {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"$", "%", "{", "}", "\n", "EOT", " ", "\t", "a", "\\", "\"", "\r", "ä", "#", "~", "${", "$${"})).Draw(t, "parts"), ""))
	})
}

func TestRender_layout(t *testing.T) {
	t.Parallel()
	got := terraform.Render("Servers.", terraform.Block{Type: "resource", Labels: []string{"vicidial_trunk_split", "sales"}, Comment: "Why.", Body: []terraform.Attribute{
		{Name: "campaign_id", Value: terraform.Text("SALES")},
		{Name: "total", Value: terraform.Number("30")},
		{Name: "servers", Value: terraform.Object{
			{Key: terraform.Reference("vicidial_server.dial1.server_ip"), Value: terraform.Object{{Key: terraform.Text("trunks"), Value: terraform.Number("10")}}},
			{Key: terraform.Text("10.0.0.2"), Value: terraform.Object{{Key: terraform.Text("trunks"), Value: terraform.Number("20")}}},
		}},
		{Name: "active", Value: terraform.Bool(true)},
	}})
	const want = `# Servers.

# Why.
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 30

  servers = {
    (vicidial_server.dial1.server_ip) = { trunks = 10 }
    "10.0.0.2"                        = { trunks = 20 }
  }

  active = true
}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
