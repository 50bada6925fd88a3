package agentplacement

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reviewOverrides checks conf_override as Asterisk reads it, for all phones and for
// single seats. Lines that Asterisk ignores are an error in a new text, and a warning in
// an existing one.
func reviewOverrides(want, before declaration) diag.Diagnostics {
	const column = string(asterisk.ConfOverride)
	diags := reviewOverride(path.Root("phone").AtName(column), want.style.Phone[column], before.style.Phone[column])
	reported := map[string]bool{}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		if text := want.style.Seats[seat][column]; !reported[text.Text] {
			reported[text.Text] = true
			diags.Append(reviewOverride(path.Root("seat_overrides"), text, before.style.Seats[seat][column])...)
		}
		for _, name := range slices.Sorted(maps.Keys(want.style.Seats[seat])) {
			text := want.style.Seats[seat][name]
			if at := name + " " + text.Text; text != before.style.Seats[seat][name] && !reported[at] && asterisk.HasPassword(name, text) {
				reported[at] = true
				diags.AddAttributeError(path.Root("seat_overrides"), "Password in overrides",
					"Plans and the state show seat_overrides, and "+name+" of seat "+seat+" contains a password. Declare the seats in a placement of their own, whose phone."+strings.ToLower(name)+" is marked as sensitive.")
			}
		}
	}
	return diags
}

func reviewOverride(at path.Path, text, before cluster.Value) diag.Diagnostics {
	if text.Text == "" {
		return nil
	}
	violations := asterisk.Check(asterisk.ConfOverride, text.Text)
	errs, warnings := violations.Errors(), violations.Warnings()
	if cluster.EquivalentText(text.Text, before.Text) {
		errs, warnings = nil, violations
	}
	for _, bare := range asterisk.CheckSecrets(text.Text) {
		bare.Warning, bare.Advice = true, "use conf_secret_wo, which VICIdial writes unless conf_override replaces it"
		warnings = append(warnings, bare)
	}
	diags := tfhelper.DiagnoseAt(at, "Asterisk cannot read this", errs.Err())
	if len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(at, "Possible mistake in the text", warnings.String())...)
	}
	return diags
}

// reviewUserGroups checks that user groups are spelled as in their rows. For existing
// values it returns warnings.
func reviewUserGroups(schema cluster.Schema, want, before declaration) diag.Diagnostics {
	const column = "user_group"
	check := func(at path.Path, group, former string) diag.Diagnostics {
		return tfhelper.DiagnoseNew(at, tfhelper.TitleMisspelled, schema.CheckUserGroup(group), group == former)
	}
	diags := check(path.Root("alias_user_group"), want.style.AliasGroup, before.style.AliasGroup)
	diags.Append(check(path.Root("phone").AtName(column), want.style.Phone[column].Text, before.style.Phone[column].Text)...)
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		diags.Append(check(path.Root("seat_overrides"), want.style.Seats[seat][column].Text, before.style.Seats[seat][column].Text)...)
	}
	return diags
}

// reviewTemplates checks that the templates of the phones exist or are planned:
// otherwise VICIdial generates the peers without their lines. For existing values it
// returns warnings.
func (r *Resource) reviewTemplates(ctx context.Context, want, before declaration) diag.Diagnostics {
	const column = "template_id"
	type use struct {
		at         path.Path
		id, former string
	}
	uses := []use{{path.Root("phone").AtName(column), want.style.Phone[column].Text, before.style.Phone[column].Text}}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		uses = append(uses, use{path.Root("seat_overrides"), want.style.Seats[seat][column].Text, before.style.Seats[seat][column].Text})
	}
	var diags diag.Diagnostics
	checked := map[string]bool{}
	for _, use := range uses {
		id := cluster.TemplateOf(use.id)
		if id == "" || checked[id] {
			continue
		}
		checked[id] = true
		templates, err := r.store.ExpectedTemplates(ctx)
		if err != nil {
			return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
		}
		if template, found := templates.ByID(id); found {
			if use.id != use.former {
				diags.Append(tfhelper.DiagnoseAt(use.at, tfhelper.TitleMisspelled, cluster.CheckSpelling("template", id, template.ID()))...)
			}
			continue
		}
		err = fmt.Errorf("%w; VICIdial generates the peers without its lines", cluster.UnknownTemplate(id))
		if strings.EqualFold(cluster.TemplateOf(use.former), id) {
			diags.Append(tfhelper.WarnAt(use.at, "Unknown template", err.Error())...)
			continue
		}
		diags.Append(tfhelper.DiagnoseAt(use.at, "Unknown template", err)...)
	}
	return diags
}
