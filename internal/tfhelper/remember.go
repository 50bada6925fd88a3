package tfhelper

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// What the rows said when they were last read is kept beside the state, so that
// a write can tell whether somebody moved them since. It holds no secrets.
const seenKey = "seen"

type keeper interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

type recaller interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// Remember keeps what the rows say.
func Remember(ctx context.Context, private keeper, seen any) diag.Diagnostics {
	text, err := json.Marshal(seen)
	if err != nil {
		return Diagnose("Unable to remember what the rows say", "", err)
	}
	return private.SetKey(ctx, seenKey, text)
}

// RememberRemoval keeps what the rows say when a removal is planned, which is what
// the removal goes by. Terraform refreshes a thing that has left the configuration,
// but plans its removal from before the refresh: by that memory, a row that
// somebody had changed since the last apply would be a conflict for ever.
func RememberRemoval(ctx context.Context, resp *resource.ModifyPlanResponse, seen any) {
	resp.Diagnostics.Append(Remember(ctx, resp.Private, seen)...)
}

// Recall returns what the rows said when they were last read; false when nothing
// was kept, as for the removal of what is tainted: Terraform hands it the memory of
// what is going to be made.
func Recall[Seen any](ctx context.Context, private recaller, diags *diag.Diagnostics) (Seen, bool) {
	var seen Seen
	text, found := private.GetKey(ctx, seenKey)
	diags.Append(found...)
	if text == nil {
		return seen, false
	}
	if err := json.Unmarshal(text, &seen); err != nil {
		diags.Append(Diagnose("Unable to recall what the rows said", "", err)...)
		return seen, false
	}
	return seen, true
}
