package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Each attribute that can be set has a fact of when it takes effect, which its
// description, or that of the group with the fact, says; each fact has an attribute.
func TestEveryAttributeTakesEffect(t *testing.T) {
	t.Parallel()
	all, _, _ := schemas(t)
	used := map[string]bool{}
	for name, schema := range all.ResourceSchemas {
		facts := effect.Resources[name]
		var walk func(attributes []*tfprotov6.SchemaAttribute, within string, inherits bool)
		walk = func(attributes []*tfprotov6.SchemaAttribute, within string, inherits bool) {
			for _, attribute := range attributes {
				at := within + attribute.Name
				fact, own := facts[at]
				if attribute.NestedType != nil {
					walk(attribute.NestedType.Attributes, at+".", inherits || own)
				}
				report := strings.HasSuffix(attribute.Description, tfhelper.ReportNote)
				if !attribute.Optional && !attribute.Required || report {
					continue
				}
				if !own && !inherits && attribute.NestedType == nil {
					t.Errorf("%s.%s: internal/cluster/effect does not say when it takes effect", name, at)
				}
				if own {
					used[name+" "+at] = true
					if count := strings.Count(attribute.Description, fact.Sentence()); count != 1 {
						t.Errorf("%s.%s: %q says %d times: %s", name, at, attribute.Description, count, fact.Sentence())
					}
				}
			}
		}
		walk(schema.Block.Attributes, "", false)
	}
	for name, facts := range effect.Resources {
		for path := range facts {
			proxy := used["vicidial_haproxy_config "+path] || used["vicidial_nginx_config "+path] // share their facts
			if !used[name+" "+path] && (name != "vicidial_haproxy_config" && name != "vicidial_nginx_config" || !proxy) {
				t.Errorf("%s has no attribute %s", name, path)
			}
		}
	}
}
