package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestDescribeColumn(t *testing.T) {
	for _, c := range []struct {
		name   string
		label  string
		stated bool
		isBool bool
		forms  []sandbox.ColumnForm
		want   string
	}{
		{
			"a number with another default once",
			"Max Trunks", false, false,
			[]sandbox.ColumnForm{{Type: "smallint(4)", Default: "'96'", From: 1302}, {Type: "smallint(4)", Default: "'23'", From: 1562}},
			"*Label on the admin page: Max Trunks; default in the database: `23` (`96` in schema 1302).*",
		},
		{
			"values of a newer column",
			"Route", false, false,
			[]sandbox.ColumnForm{{Type: "enum('EXTEN','AGENT')", Default: "'EXTEN'", From: 1562}},
			"*Label on the admin page: Route; values `EXTEN`, `AGENT`; default in the database: `EXTEN`; missing in schema 1302, present in 1562.*",
		},
		{
			"a boolean",
			"Active", false, true,
			[]sandbox.ColumnForm{{Type: "enum('Y','N')", Default: "'N'", From: 1302}, {Type: "enum('Y','N')", Default: "'Y'", From: 1562}},
			"*Label on the admin page: Active; default in the database: `true` (`false` in schema 1302).*",
		},
		{
			"no label, an empty default",
			"", false, false,
			[]sandbox.ColumnForm{{Type: "varchar(10)", Default: "''", From: 1302}},
			"*default in the database: empty text.*",
		},
		{
			"the attribute states the schema itself",
			"Route", true, false,
			[]sandbox.ColumnForm{{Type: "varchar(10)", From: 1562}},
			"*Label on the admin page: Route; default in the database: none.*",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have := describeColumn(c.label, c.forms, c.isBool, c.stated); have != c.want {
				t.Errorf("have\n%s\nwant\n%s", have, c.want)
			}
		})
	}
}

// describedSchemas returns the schemas with what the descriptions say of columns.
func describedSchemas(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := withColumns{server, filepath.Join("..", "..", "..", "docs", "vicidial", "columns.md")}.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schemas
}

// TestDescriptions checks that the description of each attribute that is a column has its
// default.
func TestDescriptions(t *testing.T) {
	schemas := describedSchemas(t)
	for name := range schemas.ResourceSchemas {
		if tables[name] == "" && !strings.HasSuffix(name, "_config") { // which are files
			t.Errorf("%s is not in tables of columns.go", name)
		}
	}
	columns := 0
	facts := regexp.MustCompile(`default .+\.\*$`)
	for name, table := range tables {
		walkAttributes(schemas.ResourceSchemas[name].Block.Attributes, func(a *tfprotov6.SchemaAttribute) {
			column := columnInText.FindStringSubmatch(a.Description)
			if column == nil || a.Computed && !a.Optional || len(sandbox.ColumnForms(table, column[1])) == 0 {
				return
			}
			columns++
			if !facts.MatchString(a.Description) {
				t.Errorf("%s.%s: %s", name, a.Name, a.Description)
			}
		})
	}
	if columns < 300 {
		t.Errorf("%d attributes are columns", columns)
	}
}

func TestReadEffects_missing(t *testing.T) {
	schemas := map[string]*tfprotov6.Schema{}
	for name := range tables {
		schemas[name] = &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}
	}
	schemas["vicidial_server"].Block.Attributes = []*tfprotov6.SchemaAttribute{{Name: "active", Optional: true, Description: "`active`: whether."}}
	if missing := describeColumns(schemas, nil); strings.Join(missing, " ") != "servers.active" {
		t.Errorf("missing: %v", missing)
	}
}
