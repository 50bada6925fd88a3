package carrierroute

import (
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// checkTexts checks the texts as Asterisk reads them in VICIdial's files. Lines that
// Asterisk ignores are an error in a new text, and a warning in a text that the row
// already has.
func (p planReview) checkTexts() diag.Diagnostics {
	var diags diag.Diagnostics
	reported, known := map[string]bool{}, map[textKey]textViolations{}
	seen := p.seen.Index()
	accounts := sync.OnceValue(func() asterisk.Accounts { return asterisk.ReadAccounts(slices.Concat(p.others, p.rows)) })
	for _, row := range p.rows {
		existingRow, found := p.haveByID[cluster.FoldKey(row.ID())]
		before, planned := seen[cluster.FoldKey(row.ID())]
		for _, column := range append(slices.Clone(textColumns), asterisk.CarrierDescription) {
			text := row.Asterisk(column)
			if text == "" {
				continue
			}
			existing := found && cluster.EquivalentSecretText(text, existingRow.Asterisk(column))
			if existing && planned && cluster.EquivalentText(before.Asterisk(column), text) {
				continue // a previous plan has warned of it
			}
			found, read := known[textKey{row.Protocol(), column, text}] // most rows have the same text
			if !read {
				found = p.violations(row.Protocol(), column, text)
				known[textKey{row.Protocol(), column, text}] = found
			}
			errs, warnings, commands := found.errs, found.warnings, found.commands
			if column == cluster.AccountEntry {
				below := asterisk.CheckBelow(column, text, accounts().Above(row, p.servers)...)
				errs, warnings = slices.Concat(below.Errors(), errs), slices.Concat(below.Warnings(), warnings)
			}
			at := p.want.at(string(column), row.ServerIP())
			key := at.String() + errs.String() + warnings.String() + commands.String()
			if reported[key] {
				continue
			}
			reported[key] = true
			refused := commands.Errors()
			if existing {
				errs, refused, warnings = nil, nil, slices.Concat(errs, refused, warnings)
			}
			diags.Append(tfhelper.DiagnoseAt(at, "Asterisk cannot read this", errs.Err())...)
			diags.Append(tfhelper.DiagnoseAt(at, "A caller could run commands on the node", refused.Err())...)
			if len(warnings) > 0 {
				diags.Append(tfhelper.WarnAt(at, "Possible mistake in the text", warnings.String())...)
			}
		}
	}
	return diags
}

// textKey is the input of [planReview.violations].
type textKey struct {
	protocol string
	column   cluster.AsteriskText
	text     string
}

// textViolations has the violations of a text by their severity.
type textViolations struct{ errs, warnings, commands asterisk.Violations }

// violations returns the violations of a text that do not depend on the lines above it.
func (p planReview) violations(protocol string, column cluster.AsteriskText, text string) textViolations {
	found := textViolations{commands: asterisk.CheckCommands(column, text)}
	if column != asterisk.CarrierDescription && column != cluster.AccountEntry {
		violations := asterisk.Check(column, text)
		found.errs, found.warnings = violations.Errors(), violations.Warnings()
	}
	bare := asterisk.CheckSecrets(text)
	if column == cluster.AccountEntry || column == cluster.RegistrationString {
		found.errs = append(found.errs, bare...)
	} else {
		found.warnings = append(found.warnings, bare...)
	}
	found.warnings = append(found.warnings, asterisk.CheckForm(column, text, p.schema.Version)...)
	if column == cluster.RegistrationString && strings.HasPrefix(protocol, "PJSIP") {
		found.warnings = append(found.warnings, asterisk.Violation{Text: "VICIdial does not use registration_string for " + protocol, Advice: "register in account_entry"})
	}
	found.warnings = append(found.warnings, found.commands.Warnings()...)
	return found
}
