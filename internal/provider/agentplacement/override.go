package agentplacement

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reviewOverrides checks conf_override as Asterisk reads it, for all phones and for
// single seats. What Asterisk drops is an error in a text that is new, and a warning
// in one that was there before.
func reviewOverrides(want, before declared) diag.Diagnostics {
	const column = string(asterisk.ConfOverride)
	diags := reviewOverride(path.Root("phone").AtName(column), want.style.Phone[column], before.style.Phone[column])
	said := map[string]bool{}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		if text := want.style.Seats[seat][column]; !said[text.Text] {
			said[text.Text] = true
			diags.Append(reviewOverride(path.Root("seat_overrides"), text, before.style.Seats[seat][column])...)
		}
	}
	return diags
}

func reviewOverride(at path.Path, text, before cluster.Value) diag.Diagnostics {
	if text.Text == "" {
		return nil
	}
	flaws := asterisk.Check(asterisk.ConfOverride, text.Text)
	errs, warnings := flaws.Errors(), flaws.Warnings()
	if cluster.EquivalentText(text.Text, before.Text) {
		errs, warnings = nil, flaws
	}
	for _, bare := range asterisk.BareSecrets(text.Text) {
		bare.Warning, bare.Do = true, "leave it to conf_secret_wo, which VICIdial writes where conf_override does not stand in its place"
		warnings = append(warnings, bare)
	}
	diags := tfhelper.DiagnoseAt(at, "Asterisk would not read this", errs.Err())
	if len(warnings) > 0 {
		diags.Append(tfhelper.WarnAt(at, "Text to look at", warnings.String())...)
	}
	return diags
}
