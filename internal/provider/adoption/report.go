package adoption

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
)

// report returns the text of ADOPTED.md.
func (f *result) report() string {
	var text strings.Builder
	text.WriteString("# What was adopted\n\n")
	text.WriteString("Written by `terraform-provider-vicidial adopt`. Next: `terraform init`, `terraform apply` (it imports, and changes no row), `terraform plan` (it is empty). Then remove `imports.tf`.\n\n")
	text.WriteString("| table | rows | adopted | left out | not asked for |\n|---|---:|---:|---:|---:|\n")
	for _, sum := range f.tally.Sums() {
		fmt.Fprintf(&text, "| `%s` | %d | %d | %d | %d |\n", sum.Table, sum.Read, sum.Adopted, sum.Omitted, sum.NotAsked)
	}
	counts := map[string]int{}
	for _, o := range f.objects {
		counts[o.Kind]++
	}
	text.WriteString("\n| resource | objects | file |\n|---|---:|---|\n")
	for _, kind := range adopt.Kinds {
		if counts[kind] > 0 {
			fmt.Fprintf(&text, "| `%s` | %d | `%s` |\n", kind, counts[kind], fileOf[kind])
		}
	}
	if len(f.omitted) > 0 {
		text.WriteString("\n## Left out\n\nThese rows are in no resource, and the provider does not change them. Each is also a comment in its file.\n\n")
		for _, out := range f.omitted {
			text.WriteString(item(out.title(20), strings.TrimSpace(out.Reason+" "+out.Advice)))
		}
	}
	f.remarks(&text, "Not declared", "These attributes are not managed, because their values must not be in a configuration.", func(o adoptedObject) []string { return o.notes })
	f.remarks(&text, "Warnings", "The provider warns of these values. They are adopted, and need no change before the first plan.", func(o adoptedObject) []string { return o.warnings })
	return text.String()
}

func (f *result) remarks(text *strings.Builder, title, about string, list func(adoptedObject) []string) {
	first := true
	for _, o := range f.objects {
		for _, remark := range list(o) {
			if first {
				text.WriteString("\n## " + title + "\n\n" + about + "\n\n")
				first = false
			}
			text.WriteString(item("`"+o.address()+"`", remark))
		}
	}
}

// item returns one line of a list.
func item(subject, remark string) string {
	return "- " + oneLine(subject) + ": " + oneLine(remark) + "\n"
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
