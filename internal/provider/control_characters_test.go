package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// No text of a file that is written whole takes a control character, which could end its
// line: it is refused at its attribute.
func TestAccControlCharacters_areRefusedAtTheirAttribute(t *testing.T) {
	t.Parallel()
	all, _, _ := schemas(t)
	session := acctest.NewSession(t, sandbox.New(t, 1720))
	tried := 0
	for _, l := range lifetimes(t) {
		if l.resource != "vicidial_node_config" && !strings.HasSuffix(l.resource, "x_config") && !strings.HasSuffix(l.resource, "y_config") {
			continue
		}
		attributes := all.ResourceSchemas[l.resource].Block.Attributes
		for _, at := range texts(attributes, nil) {
			for _, text := range []string{"/a\nb", "/a\rb", "/a\x00b", "/a\x1b[31mb", "/a\tb", "/a\u0085b", "/a\u2028b", "/a\u202eb"} {
				config := with(l.first, attributes, at, text)
				object := session.Object(t, l.resource)
				answer := object.Validate(t, config)
				if answer.Errors() == "" {
					answer = object.Plan(t, config).Answer
				}
				tried++
				if !slices.ContainsFunc(answer.Diagnostics, func(d *tfprotov6.Diagnostic) bool {
					return d.Severity == tfprotov6.DiagnosticSeverityError && strings.HasPrefix(dotted(d.Attribute), at[0])
				}) {
					t.Errorf("%s.%s takes %q: %s", l.resource, strings.Join(at, "."), text, answer.Errors())
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d texts", tried)
	}
}

// dotted are the names of a path, with dots between.
func dotted(at *tftypes.AttributePath) string {
	var names []string
	for _, step := range at.Steps() {
		if name, named := step.(tftypes.AttributeName); named {
			names = append(names, string(name))
		}
	}
	return strings.Join(names, ".")
}
