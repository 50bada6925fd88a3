package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// tables has the table of a resource, of which attributes are columns if their
// descriptions begin with one.
var tables = map[string]string{
	"vicidial_agent_placement":  "phones",
	"vicidial_carrier_route":    "vicidial_server_carriers",
	"vicidial_cluster_settings": "system_settings",
	"vicidial_conf_template":    "vicidial_conf_templates",
	"vicidial_inbound_did":      "vicidial_inbound_dids",
	"vicidial_inbound_numbers":  "vicidial_inbound_dids",
	"vicidial_remote_agents":    "vicidial_remote_agents",
	"vicidial_server":           "servers",
	"vicidial_trunk_split":      "vicidial_server_trunks",
}

var (
	tableTitle   = regexp.MustCompile(`^## (\w+)$`)
	labelRow     = regexp.MustCompile("^\\| `(\\w+)` \\| ([^|]+) \\|$")
	columnInText = regexp.MustCompile("^`(\\w+)`")
	enumMember   = regexp.MustCompile(`'([^']*)'`)
	statesSchema = regexp.MustCompile(`[Nn]eeds schema \d`)
)

const notOnPage = "(not on the page)"

// readLabels reads the page of columns: labels by table and column, in lower case. A
// label is empty where the admin page does not have the column.
func readLabels(page string) (map[string]string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	found := make(map[string]string)
	table := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if title := tableTitle.FindStringSubmatch(line); title != nil {
			table = title[1]
		}
		if row := labelRow.FindStringSubmatch(line); row != nil {
			found[table+"."+strings.ToLower(row[1])] = strings.TrimSuffix(row[2], notOnPage)
		}
	}
	return found, nil
}

// withColumns is a source that completes descriptions from the page of columns.
type withColumns struct {
	source
	page string
}

// GetProviderSchema completes the descriptions of the source's attributes.
func (d withColumns) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	schemas, err := d.source.GetProviderSchema(ctx, req)
	if err != nil {
		return nil, err
	}
	labels, err := readLabels(d.page)
	if err != nil {
		return nil, fmt.Errorf("page of columns: %w", err)
	}
	if missing := describeColumns(schemas.ResourceSchemas, labels); len(missing) > 0 {
		return nil, fmt.Errorf("%s says nothing of %s", d.page, strings.Join(missing, ", "))
	}
	return schemas, nil
}

// describeColumns appends to the description of each attribute that is a column: its
// label on the admin page, its values and default in the tables, and the first schema
// that has it. It returns the columns that the page does not have.
func describeColumns(resources map[string]*tfprotov6.Schema, labels map[string]string) []string {
	var missing []string
	for _, resource := range slices.Sorted(maps.Keys(tables)) {
		schema := resources[resource]
		if schema == nil {
			missing = append(missing, resource)
			continue
		}
		table := tables[resource]
		walkAttributes(schema.Block.Attributes, func(a *tfprotov6.SchemaAttribute) {
			column := columnInText.FindStringSubmatch(a.Description)
			if column == nil || a.Computed && !a.Optional {
				return
			}
			forms := sandbox.ColumnForms(table, column[1])
			if len(forms) == 0 {
				return
			}
			label, ok := labels[table+"."+strings.ToLower(column[1])]
			if !ok {
				missing = append(missing, table+"."+column[1])
				return
			}
			a.Description = strings.TrimRight(a.Description, " \n") + " " + describeColumn(label, forms, a.Type.Is(tftypes.Bool), statesSchema.MatchString(a.Description))
		})
	}
	return missing
}

func walkAttributes(attributes []*tfprotov6.SchemaAttribute, visit func(*tfprotov6.SchemaAttribute)) {
	for _, a := range attributes {
		visit(a)
		if a.NestedType != nil {
			walkAttributes(a.NestedType.Attributes, visit)
		}
	}
}

// describeColumn returns the description of a column. A boolean has no values of the
// table. It omits the first schema that has the column if the attribute states it.
func describeColumn(label string, forms []sandbox.ColumnForm, boolean, schemaStated bool) string {
	newest := forms[len(forms)-1]
	var parts []string
	if label != "" {
		parts = append(parts, "Label on the admin page: "+label)
	}
	if values := members(newest.Type); values != "" && !boolean {
		parts = append(parts, "values "+values)
	}
	standard := "default in the database: " + defaultText(newest.Default, boolean)
	for _, form := range forms[:len(forms)-1] {
		if form.Default != newest.Default {
			standard += fmt.Sprintf(" (%s in schema %d)", defaultText(form.Default, boolean), form.From)
		}
	}
	parts = append(parts, standard)
	if oldest := sandbox.AllSchemas()[0]; forms[0].From > oldest && !schemaStated {
		parts = append(parts, fmt.Sprintf("missing in schema %d, present in %d", previousSchema(forms[0].From), forms[0].From))
	}
	return "*" + strings.Join(parts, "; ") + ".*"
}

// previousSchema returns the known schema before another one.
func previousSchema(schema int) int {
	known := sandbox.AllSchemas()
	return known[slices.Index(known, schema)-1]
}

// members returns the values of an enumeration, none of another type.
func members(kind string) string {
	if !strings.HasPrefix(strings.ToLower(kind), "enum") {
		return ""
	}
	var values []string
	for _, member := range enumMember.FindAllStringSubmatch(kind, -1) {
		values = append(values, "`"+member[1]+"`")
	}
	return strings.Join(values, ", ")
}

func defaultText(sql string, boolean bool) string {
	switch value := strings.Trim(sql, "'"); {
	case sql == "":
		return "none"
	case boolean:
		return fmt.Sprintf("`%t`", value == "Y" || value == "1")
	case value == "":
		return "empty text"
	default:
		return "`" + value + "`"
	}
}
