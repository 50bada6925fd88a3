package conftemplate

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// withoutSecrets returns a row without its secrets: with the contents of the model where
// the row holds those with values in place of the placeholders, else with placeholders of its own.
func (m model) withoutSecrets(row cluster.Row) cluster.Row {
	existing, found := row[contents]
	if !found || existing.Null {
		return row
	}
	safeText := m.Contents.ValueString()
	if !cluster.EquivalentSecretText(safeText, existing.Text) {
		safeText = asterisk.ReplaceSecrets(existing.Text, "template")
	}
	safe := maps.Clone(row)
	safe[contents] = cluster.Text(safeText)
	return safe
}

// checkSecrets returns an error for a placeholder in the contents that is to be written
// and has no value.
func (r *Resource) checkSecrets(ctx context.Context, m model, secrets map[string]string, renew bool) diag.Diagnostics {
	existing, found, err := r.row(ctx, m)
	if err != nil || found && !renew && cluster.EquivalentSecretText(m.Contents.ValueString(), existing[contents].Text) {
		return nil
	}
	_, err = cluster.FillSecrets(m.Contents.ValueString(), secrets)
	return tfhelper.DiagnoseAt(path.Root("secrets_wo"), "Missing secret", err)
}
