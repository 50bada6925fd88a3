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

// reviewContents checks the lines as Asterisk reads them. What Asterisk drops is
// an error in lines that are new, and a warning in those that the row holds.
func (r *Resource) reviewContents(ctx context.Context, m model) diag.Diagnostics {
	at, text := path.Root(contents), m.Contents.ValueString()
	flaws := asterisk.Check(cluster.TemplateContents, text)
	errs, warnings := flaws.Errors(), flaws.Warnings()
	if held, there, err := r.row(ctx, m); err == nil && there && cluster.EquivalentSecretText(text, held[contents].Text) {
		errs, warnings = nil, flaws
	}
	diags := tfhelper.DiagnoseAt(at, "Asterisk would not read this", errs.Err())
	for _, flaws := range []asterisk.Flaws{warnings, asterisk.CheckForm(cluster.TemplateContents, text, 0), asterisk.BareSecrets(text)} {
		if len(flaws) > 0 {
			diags.Append(tfhelper.WarnAt(at, "Template text to look at", flaws.String())...)
		}
	}
	return diags
}

// reviewRemoval warns who uses a template that is to go. They may go or change
// in the same run, so this is no error yet.
func (r *Resource) reviewRemoval(ctx context.Context, m model) diag.Diagnostics {
	use, err := r.store.TemplateUse(ctx, m.Key())
	if err != nil {
		return tfhelper.Diagnose("Unable to plan template", m.Key(), err)
	}
	names := use.Names()
	if len(names) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Template "+m.Key()+" is in use",
		"The apply refuses to delete it while these use it: "+strings.Join(names, ", ")+". Where they take another template in this run, that one must be there before this one goes: a new template_id needs lifecycle { create_before_destroy = true }.")}
}
