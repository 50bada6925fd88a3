package adoption

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// The files of an adoption.
const (
	versionsFile = "versions.tf"
	providerFile = "provider.tf"
	importsFile  = "imports.tf"
	reportFile   = "ADOPTED.md"
)

// fileOf has the file of each resource.
var fileOf = map[string]string{
	adopt.Server: "servers.tf", adopt.Template: "templates.tf", adopt.Settings: "settings.tf", adopt.Split: "trunks.tf",
	adopt.Route: "carriers.tf", adopt.Floor: "agents.tf", adopt.Remote: "agents.tf", adopt.Number: "numbers.tf", adopt.Numbers: "numbers.tf",
}

// heads has the comments at the tops of the files.
var heads = map[string]string{
	"servers.tf":   "Servers, with their conference rooms. Attributes that are not set here are not managed.",
	"templates.tf": "Templates that phones and carriers use.",
	"settings.tf":  "Settings of the whole cluster.",
	"trunks.tf":    "Trunks of campaigns on servers. Write weights for trunks, and a total, to let the provider divide them.",
	"carriers.tf":  "Carriers: one route for equal rows on several servers.",
	"agents.tf":    "Seats of agents: phones and their aliases; and remote agents.",
	"numbers.tf":   "Inbound numbers.",
	importsFile:    "Import blocks. Remove this file once terraform apply has imported them.",
}

// piece is the text of one object in one file.
type piece struct {
	file string
	text string
	rows []adopt.Row
	// address is that of the object; empty for rows that are left out.
	address string
}

// pieces returns the texts of the objects and of the rows that are left out.
func (f *result) pieces() []piece {
	refs := referencesTo(slices.DeleteFunc(slices.Clone(f.objects), func(o adoptedObject) bool { return f.undeclared[o.address()] }))
	var all []piece
	for _, o := range f.objects {
		block := refs.block(f.client, o)
		block.Comment = strings.Join(o.notes, "\n")
		all = append(all, piece{file: fileOf[o.Kind], text: terraform.Render("", block), rows: o.Rows, address: o.address()})
	}
	for _, out := range f.omitted {
		why := "Left out: " + out.title(5) + "\n" + strings.TrimSpace(out.Reason+"\n"+out.Advice)
		text := terraform.Render(why)
		if out.attempt != nil {
			text = terraform.CommentedOut(why, refs.block(f.client, *out.attempt))
		}
		all = append(all, piece{file: fileOf[out.Kind], text: text, rows: out.Rows})
	}
	for _, o := range f.objects {
		all = append(all, piece{file: importsFile, text: terraform.Render("", importBlock(o)), rows: o.Rows, address: o.address()})
	}
	return all
}

func importBlock(o adoptedObject) terraform.Block {
	return terraform.Block{Type: "import", Body: []terraform.Attribute{
		{Name: "to", Value: terraform.Reference(o.address())}, {Name: "id", Value: terraform.Text(o.ID)},
	}}
}

// title returns the title of the rows.
func (l omittedRows) title(most int) string { return cmp.Or(l.Title, rowsText(l.Rows, most)) }

// rowsText lists rows, at most most.
func rowsText(rows []adopt.Row, most int) string {
	var names []string
	table := ""
	for i, row := range rows {
		if i == most && len(rows) > most+1 {
			names = append(names, fmt.Sprintf("and %d more", len(rows)-most))
			break
		}
		name := row.Key
		if string(row.Table) != table {
			table = string(row.Table)
			name = table + " " + name
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// files joins the pieces of each file.
func files(pieces []piece) map[string]string {
	texts := map[string]string{}
	for _, p := range pieces {
		if texts[p.file] == "" {
			texts[p.file] = terraform.Render(heads[p.file])
		}
		texts[p.file] += "\n" + p.text
	}
	return texts
}

// providerFiles is the configuration of the provider and its version.
type providerFiles struct {
	Version string // empty for one that is not released
	Block   []terraform.Attribute
}

func (p providerFiles) files() map[string]string {
	requires := terraform.Object{{Key: terraform.Text("source"), Value: terraform.Text("vicidial/vicidial")}}
	if p.Version != "" {
		requires = append(requires, terraform.Entry{Key: terraform.Text("version"), Value: terraform.Text("~> " + p.Version)})
	}
	return map[string]string{
		versionsFile: terraform.Render("", terraform.Block{
			Type: "terraform", Body: []terraform.Attribute{{Name: "required_version", Value: terraform.Text(">= 1.11")}},
			Blocks: []terraform.Block{{Type: "required_providers", Body: []terraform.Attribute{{Name: "vicidial", Value: requires}}}},
		}),
		providerFile: terraform.Render("", terraform.Block{
			Type: "provider", Labels: []string{"vicidial"}, Body: p.Block,
			Comment: "What is not written here is taken from the environment: VICIDIAL_HOST, VICIDIAL_USERNAME, VICIDIAL_PASSWORD.\nread_only = true refuses every write.",
		}),
	}
}
