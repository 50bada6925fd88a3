package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/clustertest"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// A rule in the table: what breaks it, as SQL writes it and as HCL declares it.
type ruleCase struct {
	column string // where the row holds it; empty for what is no column of the row
	bad    string // the value that breaks the rule
	at     string // the attribute, where it has not the column's name
	quoted bool   // whether HCL writes it with quotes
	says   string // what the diagnostic says
	// advice is a rule whose violation is a warning for a new value as well.
	advice bool
}

func broken(column, bad, says string) ruleCase {
	return ruleCase{column: column, bad: bad, quoted: true, says: says}
}

func number(column, bad, says string) ruleCase { return ruleCase{column: column, bad: bad, says: says} }

func (c ruleCase) in(at string) ruleCase { c.at = at; return c }

func (c ruleCase) advised() ruleCase { c.advice = true; return c }

func (c ruleCase) attribute() string {
	if c.at != "" {
		return c.at
	}
	return c.column
}

func (c ruleCase) hcl() string {
	if c.quoted {
		return strings.ReplaceAll(fmt.Sprintf("%q", c.bad), `\x`, `\u00`)
	}
	return c.bad
}

// A ruled object breaks all its rules at once. good is the row without bad values.
type ruledObject struct {
	kind, label, id string
	table           string
	row             map[string]string // the sound row
	hcl             string            // the configuration, without the attributes of rules
	rules           []ruleCase
	after           []string // further SQL where the row breaks the rules
}

// insert is the row in the table, with the values that break rules or without.
func (o ruledObject) insert(breaks bool) []string {
	row := maps.Clone(o.row)
	for _, rule := range o.rules {
		if breaks && rule.column != "" {
			row[rule.column] = rule.bad
		}
	}
	columns := slices.Sorted(maps.Keys(row))
	values := make([]string, 0, len(columns))
	for _, column := range columns {
		values = append(values, "'"+strings.NewReplacer("'", "''", `\`, `\\`).Replace(row[column])+"'")
	}
	statements := []string{fmt.Sprintf("REPLACE INTO %s (%s) VALUES (%s)", o.table, strings.Join(columns, ", "), strings.Join(values, ", "))}
	if o.table == "system_settings" {
		sets := make([]string, 0, len(columns))
		for i, column := range columns {
			sets = append(sets, column+" = "+values[i])
		}
		statements = []string{"UPDATE system_settings SET " + strings.Join(sets, ", ")}
	}
	if breaks {
		statements = append(statements, o.after...)
	}
	return statements
}

// config declares the object with all values that break rules.
func (o ruledObject) config(imported bool) string {
	text := ""
	if imported {
		text = fmt.Sprintf("import {\n  to = %s.%s\n  id = %q\n}\n", o.kind, o.label, o.id)
	}
	text += fmt.Sprintf("resource %q %q {\n%s\n", o.kind, o.label, o.hcl)
	groups := map[string][]string{}
	for _, rule := range o.rules {
		at := rule.attribute()
		if strings.HasPrefix(at, "-") { // hcl has it
			continue
		}
		group, name, nested := strings.Cut(at, ".")
		if !nested {
			group, name = "", at
		}
		groups[group] = append(groups[group], name+" = "+rule.hcl())
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		lines := "  " + strings.Join(groups[group], "\n  ") + "\n"
		if group != "" {
			lines = "  " + group + " = {\n" + lines + "  }\n"
		}
		text += lines
	}
	return text + "}\n"
}

// Every rule in three situations: the row holds what breaks it (import, and no
// change), a new object would get it, and a sound row would be changed to it. One
// Terraform plan holds all objects, so that no bad row stops another.
func TestAccRules_everyRuleInThreeSituations(t *testing.T) {
	t.Parallel()
	objects := ruledObjects()
	var tried []string
	for _, object := range objects {
		tried = append(tried, object.kind)
	}
	acctest.EveryResource(t, "ruledObjects", tried, // the others have tests of their own rules
		"vicidial_trunk_split", "vicidial_inbound_numbers", "vicidial_agent_placement", "vicidial_haproxy_config", "vicidial_nginx_config", "vicidial_node_config")
	cluster := []string{
		"INSERT INTO servers (server_id, server_ip, active, active_asterisk_server, max_vicidial_trunks) VALUES ('live', '10.0.0.1', 'Y', 'Y', 100)",
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active) VALUES ('SALES', 'SALES', 'Y')",
		"INSERT INTO vicidial_users (user, pass, full_name) VALUES ('5000', 'x', 'x')",
	}
	count := 0
	pattern := func(rule ruleCase) string {
		steps := strings.Split(strings.TrimPrefix(rule.attribute(), "-"), ".")
		return `AttributeName\("` + strings.Join(steps, `"\)\.AttributeName\("`) + `"\).*: .*` + rule.says
	}
	each := func(matches func(ruleCase) bool) []string {
		var patterns []string
		for _, object := range objects {
			for _, rule := range object.rules {
				if matches(rule) {
					patterns = append(patterns, pattern(rule))
				}
			}
		}
		count += len(patterns)
		return patterns
	}
	configs := func(d *sandbox.Database, imported bool) string {
		text := acctest.Provider(d)
		for _, object := range objects {
			text += object.config(imported && object.id != "")
		}
		return text
	}
	rows := func(breaks bool) []string {
		statements := slices.Clone(cluster)
		for _, object := range objects {
			statements = append(statements, object.insert(breaks)...)
		}
		return statements
	}
	plan := func(name string, setup []string, imported, refused bool, check func(*acctest.Warnings)) {
		d := sandbox.New(t, 1720)
		acctest.Run(t, d, setup...)()
		var said acctest.Warnings
		step := resource.TestStep{Config: configs(d, imported), PlanOnly: true, ExpectNonEmptyPlan: true}
		if refused {
			step.ExpectError = regexp.MustCompile("admin page strips")
		}
		t.Log(name)
		acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: said.Providers(), Steps: []resource.TestStep{step}})
		check(&said)
	}
	plan("import", rows(true), true, false, func(said *acctest.Warnings) {
		said.MatchWarnings(t, each(func(ruleCase) bool { return true })...)
		said.MatchErrors(t)
	})
	plan("create", cluster, false, true, func(said *acctest.Warnings) {
		said.MatchErrors(t, each(func(rule ruleCase) bool { return !rule.advice })...)
		said.MatchWarnings(t, each(func(rule ruleCase) bool { return rule.advice })...)
	})
	plan("change", rows(false), true, true, func(said *acctest.Warnings) {
		said.MatchErrors(t, each(func(rule ruleCase) bool { return !rule.advice })...)
		said.MatchWarnings(t, each(func(rule ruleCase) bool { return rule.advice })...)
	})
	rules := 0
	for _, object := range objects {
		rules += len(object.rules)
	}
	t.Logf("%d rules in 3 situations: %d expectations", rules, count)
}

// The admin page is simulated for each schema.
func TestRules_pageOfEverySchema(t *testing.T) {
	if !slices.Equal(clustertest.Schemas, sandbox.AllSchemas()) {
		t.Errorf("pages of %v, tables of %v", clustertest.Schemas, sandbox.AllSchemas())
	}
}
