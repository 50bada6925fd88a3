package bridge

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
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

// Recall returns what the rows said when they were last read; false when
// nothing was kept, as after an import.
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
