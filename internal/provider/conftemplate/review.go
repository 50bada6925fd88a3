package conftemplate

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reviewContents checks the lines as Asterisk reads them. Lines that Asterisk ignores
// are an error in a new text, and a warning in the text of the row.
func (r *Resource) reviewContents(ctx context.Context, m model, _ cluster.Row) diag.Diagnostics {
	at, text := path.Root(contents), m.Contents.ValueString()
	violations := asterisk.Check(cluster.TemplateContents, text)
	errs, warnings := violations.Errors(), violations.Warnings()
	if existing, found, err := r.row(ctx, m); err == nil && found && cluster.EquivalentSecretText(text, existing[contents].Text) {
		errs, warnings = nil, violations
	}
	diags := tfhelper.DiagnoseAt(at, "Asterisk cannot read this", errs.Err())
	for _, violations := range []asterisk.Violations{warnings, asterisk.CheckForm(cluster.TemplateContents, text, 0), asterisk.CheckSecrets(text)} {
		if len(violations) > 0 {
			diags.Append(tfhelper.WarnAt(at, "Possible mistake in the text", violations.String())...)
		}
	}
	return diags
}

// warnOfRemoval warns of the users of a template that is to be removed. It is not an
// error, since the same run may change or remove them first.
func (r *Resource) warnOfRemoval(ctx context.Context, m model) diag.Diagnostics {
	use, err := r.store.TemplateUse(ctx, m.Key())
	if err != nil {
		return tfhelper.Diagnose("Unable to plan template", m.Key(), err)
	}
	names := use.Names()
	if len(names) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Template "+m.Key()+" is in use",
		"The apply refuses to delete it while these use it: "+strings.Join(names, ", ")+". If they get another template in this run, it must exist before this one is deleted: to change template_id, set lifecycle { create_before_destroy = true }.")}
}
