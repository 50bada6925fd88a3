package tfhelper

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// The rows that were read last are kept in Terraform's private state, so that a
// write can tell whether anything changed them since. They hold no secrets.
const rowsKey = "seen"

type privateSetter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

type privateGetter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// SaveRows saves rows in private state.
//
// ModifyPlan calls it for a removal, too. Terraform refreshes an object that is no
// longer in the configuration, but plans its removal with the private state from
// before the refresh: a row that was changed by hand since the last apply would
// then be a conflict in every run.
func SaveRows(ctx context.Context, private privateSetter, rows any) diag.Diagnostics {
	text, err := json.Marshal(rows)
	if err != nil {
		return Diagnose("Unable to encode private state", "", err)
	}
	return private.SetKey(ctx, rowsKey, text)
}

// LoadRows returns the rows that [SaveRows] saved. It returns false when there are
// none, as in the removal of a tainted object: Terraform passes it the private
// state of the object that replaces it.
func LoadRows[Rows any](ctx context.Context, private privateGetter, diags *diag.Diagnostics) (Rows, bool) {
	var rows Rows
	text, found := private.GetKey(ctx, rowsKey)
	diags.Append(found...)
	if text == nil {
		return rows, false
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		diags.Append(Diagnose("Unable to decode private state", "", err)...)
		return rows, false
	}
	return rows, true
}
