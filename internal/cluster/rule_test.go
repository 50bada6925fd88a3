package cluster_test

import (
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// What stands is a warning, what is set or changed is an error, in each of the
// three situations.
func TestRules_Violations(t *testing.T) {
	t.Parallel()
	schema := cluster.Schema{Tables: map[cluster.Table]map[string]cluster.Column{cluster.TableTemplates: {
		"template_name": {Type: "varchar(50)", Length: 10},
		"user_group":    {Type: "enum('A','B')"},
	}}}
	script := schema
	script.NonLatin = true
	name := func(text string) cluster.Row { return cluster.Row{"template_name": cluster.Text(text)} }
	grouped := cluster.Schema{Tables: schema.Tables, UserGroups: []string{"SALES"}}
	group := func(name string) cluster.Row { return cluster.Row{"template_name": cluster.Text(name)} }
	groups := cluster.Rules{"template_name": cluster.UserGroup}
	rules := cluster.Rules{"template_name": cluster.PlainText}
	advice := cluster.Rules{"template_name": cluster.PlainText.Advised()}
	for about, c := range map[string]struct {
		rules      cluster.Rules
		schema     cluster.Schema
		held, want cluster.Row
		verdicts   []string
	}{
		"a new value":                                 {rules, schema, nil, name("a(b)"), []string{"error"}},
		"an imported value":                           {rules, schema, name("a(b)"), name("a(b)"), []string{"warning"}},
		"another value":                               {rules, schema, name("a(b)"), name("a(c)"), []string{"error"}},
		"a mended value":                              {rules, schema, name("a(b)"), name("ab"), nil},
		"a letter that use_non_latin keeps":           {rules, script, nil, name("Zürich"), nil},
		"a letter that the page strips":               {rules, schema, nil, name("Zürich"), []string{"error"}},
		"a letter that stands":                        {rules, schema, name("Zürich"), name("Zürich"), []string{"warning"}},
		"a mark that no page keeps":                   {rules, script, nil, name("Z&rich"), []string{"error"}},
		"advice about a new value":                    {advice, schema, nil, name("a(b)"), []string{"advice"}},
		"advice about a value that stands":            {advice, schema, name("a(b)"), name("a(b)"), []string{"warning"}},
		"two lines, where other marks are advised of": {advice, schema, nil, name("a\nb"), []string{"error"}},
		"a value that is too wide":                    {rules, schema, nil, name("12345678901"), []string{"too wide"}},
		"a member that is none, and stands": {
			rules, schema, cluster.Row{"user_group": cluster.Text("")}, cluster.Row{"user_group": cluster.Text("")}, nil,
		},
		"a member that is none":               {rules, schema, nil, cluster.Row{"user_group": cluster.Text("C")}, []string{"too wide"}},
		"a user group as its row spells it":   {groups, grouped, nil, group("SALES"), nil},
		"a user group in other letters":       {groups, grouped, nil, group("sales"), []string{"error"}},
		"a change to other letters":           {groups, grouped, group("SALES"), group("sales"), []string{"error"}},
		"other letters that stand":            {groups, grouped, group("sales"), group("sales"), []string{"warning"}},
		"all user groups in other letters":    {groups, grouped, nil, group("---All---"), []string{"error"}},
		"a user group that no row has so far": {groups, grouped, nil, group("SUPPORT"), nil},
		"NULL":                                {rules, schema, nil, cluster.Row{"template_name": cluster.Null}, nil},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			var verdicts []string
			for _, violation := range c.rules.Violations(c.schema, cluster.TableTemplates, c.held, c.want) {
				switch {
				case violation.TooWide:
					verdicts = append(verdicts, "too wide")
				case violation.Existing:
					verdicts = append(verdicts, "warning")
				case violation.Advice:
					verdicts = append(verdicts, "advice")
				default:
					verdicts = append(verdicts, "error")
				}
			}
			if !slices.Equal(verdicts, c.verdicts) {
				t.Errorf("%v, want %v", verdicts, c.verdicts)
			}
		})
	}
}
