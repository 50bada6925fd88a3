package tfhelper

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// The rows that were read last are kept in Terraform's private state, so that a
// write can tell whether anything changed them since. They hold no secrets.
const rowsKey = "seen"

// PrivateSetter is private state that can be written.
type PrivateSetter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// PrivateGetter is private state that can be read.
type PrivateGetter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// SavePrivate saves a value in private state.
func SavePrivate(ctx context.Context, private PrivateSetter, key string, value any) diag.Diagnostics {
	text, err := json.Marshal(value)
	if err != nil {
		return Diagnose("Unable to encode private state", "", err)
	}
	return private.SetKey(ctx, key, text)
}

// LoadPrivate returns the value that [SavePrivate] saved; false where there is none, or
// it cannot be decoded.
func LoadPrivate[T any](ctx context.Context, private PrivateGetter, key string) (T, bool, diag.Diagnostics) {
	var value T
	text, diags := private.GetKey(ctx, key)
	if text == nil || diags.HasError() {
		return value, false, diags
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return *new(T), false, Diagnose("Unable to decode private state", "", err)
	}
	return value, true, diags
}

// SaveRows saves rows in private state.
//
// ModifyPlan calls it for a removal, too. Terraform refreshes an object that is no
// longer in the configuration, but plans its removal with the private state from
// before the refresh: a row that was changed by hand since the last apply would
// then be a conflict in every run.
func SaveRows(ctx context.Context, private PrivateSetter, rows any) diag.Diagnostics {
	return SavePrivate(ctx, private, rowsKey, rows)
}

// LoadRows returns the rows that [SaveRows] saved. It returns false when there are
// none, as in the removal of a tainted object: Terraform passes it the private
// state of the object that replaces it.
func LoadRows[Rows any](ctx context.Context, private PrivateGetter, diags *diag.Diagnostics) (Rows, bool) {
	rows, found, failed := LoadPrivate[Rows](ctx, private, rowsKey)
	diags.Append(failed...)
	return rows, found
}
