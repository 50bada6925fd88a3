package carrierroute

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// checkTexts looks the texts over as Asterisk reads them where VICIdial puts them.
// What Asterisk drops is an error in a text that is new or changed, and a warning
// in one that the row holds already.
func (v view) checkTexts() diag.Diagnostics {
	var diags diag.Diagnostics
	said := map[string]bool{}
	accounts := asterisk.ReadAccounts(append(slices.Clone(v.others), v.rows...))
	for _, row := range v.rows {
		for _, column := range append(slices.Clone(textColumns), asterisk.CarrierDescription) {
			text := row.Asterisk(column)
			if text == "" {
				continue
			}
			held, there := v.have.ByID(row.ID())
			stands := there && cluster.SealedBy(text, held.Asterisk(column))
			if before, was := v.seen.ByID(row.ID()); stands && was && cluster.EquivalentText(before.Asterisk(column), text) {
				continue // it was warned of when it came
			}
			errs, warnings := v.flaws(row, column, text, accounts)
			commands := asterisk.CheckCommands(column, text)
			warnings = append(warnings, commands.Warnings()...)
			at := v.want.at(string(column), row.ServerIP())
			key := at.String() + errs.String() + warnings.String() + commands.String()
			if said[key] {
				continue
			}
			said[key] = true
			refused := commands.Errors()
			if stands {
				errs, refused, warnings = nil, nil, slices.Concat(errs, refused, warnings)
			}
			diags.Append(tfhelper.DiagnoseAt(at, "Asterisk would not read this", errs.Err())...)
			diags.Append(tfhelper.DiagnoseAt(at, "A caller could run commands on the node", refused.Err())...)
			if len(warnings) > 0 {
				diags.Append(tfhelper.WarnAt(at, "Text to look at", warnings.String())...)
			}
		}
	}
	return diags
}

// flaws are what is wrong with a text of a row, by what it costs.
func (v view) flaws(row cluster.Carrier, column cluster.AsteriskText, text string, accounts asterisk.Accounts) (errs, warnings asterisk.Flaws) {
	var above []*asterisk.Section
	if column == cluster.AccountEntry {
		above = accounts.Above(row, v.servers)
	}
	if column != asterisk.CarrierDescription {
		found := asterisk.CheckBelow(column, text, above...)
		errs, warnings = found.Errors(), found.Warnings()
	}
	bare := asterisk.BareSecrets(text)
	if column == cluster.AccountEntry || column == cluster.RegistrationString {
		errs = append(errs, bare...)
	} else {
		warnings = append(warnings, bare...)
	}
	warnings = append(warnings, asterisk.CheckForm(column, text, v.schema.Version)...)
	if column == cluster.RegistrationString && strings.HasPrefix(row.Protocol(), "PJSIP") {
		warnings = append(warnings, asterisk.Flaw{What: "VICIdial does not use registration_string for " + row.Protocol(), Do: "register in account_entry"})
	}
	return errs, warnings
}
