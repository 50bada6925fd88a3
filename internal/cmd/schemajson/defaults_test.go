package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// leftOut is how a description says what holds without an optional attribute. A filter
// that is left out excludes nothing, and a secret is not written.
var leftOut = regexp.MustCompile(`[Dd]efault|[Ww]ithout (it|one|any)\b|[Ll]eft out|leave it out|is required|excludes|[Ee]ither this|Write-only|Raise this number|^(List only: |Only )`)

// TestDescriptions_leftOut checks that each optional attribute says what holds without
// it, be it of a resource, a data source, a list, an action or the provider.
func TestDescriptions_leftOut(t *testing.T) {
	schemas := describedSchemas(t)
	checked := 0
	check := func(name string, schema *tfprotov6.Schema) {
		var walk func(within string, attributes []*tfprotov6.SchemaAttribute)
		walk = func(within string, attributes []*tfprotov6.SchemaAttribute) {
			for _, a := range attributes {
				path := within + "." + a.Name
				if a.Optional && !strings.HasSuffix(a.Description, tfhelper.ReportNote) {
					checked++
					if !leftOut.MatchString(a.Description) {
						t.Errorf("%s does not say what holds without it; add its table to tables of columns.go, or say the default: %s", path, a.Description)
					}
				}
				if a.NestedType != nil {
					walk(path, a.NestedType.Attributes)
				}
			}
		}
		walk(name, schema.Block.Attributes)
	}
	check("provider", schemas.Provider)
	for name, schema := range schemas.ResourceSchemas {
		check(name, schema)
	}
	for name, schema := range schemas.DataSourceSchemas {
		check("data."+name, schema)
	}
	for name, schema := range schemas.ListResourceSchemas {
		check("list."+name, schema)
	}
	for name, schema := range schemas.ActionSchemas {
		check("action."+name, schema.Schema)
	}
	if checked < 400 {
		t.Errorf("%d attributes are optional", checked)
	}
}
