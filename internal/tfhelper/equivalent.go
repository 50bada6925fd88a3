package tfhelper

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// KeepEquivalentText returns a plan modifier that keeps the prior text where the
// configured one is the same to Asterisk; see [cluster.EquivalentText]. The database may
// have blanks at the ends of lines, which editors remove; the plan of an import must not
// change them.
func KeepEquivalentText() planmodifier.String { return keepEquivalentText{} }

type keepEquivalentText struct{}

func (keepEquivalentText) Description(context.Context) string {
	return "Blanks at the end of lines and the kind of line ends are no change."
}

func (k keepEquivalentText) MarkdownDescription(ctx context.Context) string {
	return k.Description(ctx)
}

// KeepsUnchanged marks the modifier for the fast path: a plan that equals the state is
// not changed.
func (keepEquivalentText) KeepsUnchanged() {}

func (keepEquivalentText) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if cluster.EquivalentText(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
