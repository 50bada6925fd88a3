package conftemplate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// stale returns the servers whose rebuild flag an earlier apply has not set.
func (m model) stale() cluster.Rebuild {
	return cluster.RebuildOf(tfhelper.Strings(m.Stale.Elements()))
}

// setStale sets stale_servers: the servers that were stale before, and those that use
// the template when its lines are others than the ones in seen. An apply that was
// killed between the row and the rebuild flags leaves nothing else to tell by. If those
// who use it cannot be read, seen is saved again for the next refresh.
func (r *Resource) setStale(ctx context.Context, before tfsdk.State, seen cluster.Row, state *tfsdk.State, private tfhelper.PrivateSetter, diags *diag.Diagnostics) {
	if seen == nil || state.Raw.IsNull() {
		return
	}
	prior, ok := tfhelper.Get[model](ctx, before, diags)
	if !ok {
		return
	}
	row, _, err := r.find(ctx, prior)
	stale := prior.stale()
	if change := (cluster.TemplateChange{Have: row, Seen: seen}); err == nil && len(cluster.Drift(row, seen, cluster.EquivalentTemplate)) > 0 {
		change.Use, err = r.store.TemplateUse(ctx, prior.Key())
		stale = stale.And(change.Stale())
	}
	if err != nil {
		diags.Append(tfhelper.Diagnose("Unable to read template", prior.Key(), err)...)
		diags.Append(tfhelper.SaveRows(ctx, private, seen)...)
	}
	diags.Append(state.SetAttribute(ctx, path.Root("stale_servers"), tfhelper.StringList(stale.Addresses()))...)
}
