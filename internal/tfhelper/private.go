package tfhelper

import (
	"bytes"
	"compress/flate"
	"context"
	_ "embed" // for the dictionary
	"encoding/json"
	"io"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// rowsKey is the key of private state for the rows that were read last. A write compares
// them with the current rows to detect a change. They contain no secrets.
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
	if err == nil && len(text) > compressAbove {
		text, err = json.Marshal(compressed{deflate(text)})
	}
	if err != nil {
		return Diagnose("Unable to encode private state", "", err)
	}
	return private.SetKey(ctx, key, text)
}

// compressAbove is the length of a value in bytes above which it is compressed.
// Terraform encodes the private state of every object in base64, twice, each time that
// it saves its state, which it does after every object that an apply writes.
const compressAbove = 64

// dictionary has texts that the saved rows of resources resemble, the most frequent ones
// last. States in use are decompressed with it: it must not change.
//
//go:embed private_dictionary.txt
var dictionary []byte

// compressed is the form in which a long value is saved.
type compressed struct {
	Deflate []byte `json:"deflate"`
}

const compressedPrefix = `{"deflate":`

var compressors = sync.Pool{New: func() any {
	w, _ := flate.NewWriterDict(nil, flate.DefaultCompression, dictionary) // fails for a level that does not exist
	return w
}}

func deflate(text []byte) []byte {
	w := compressors.Get().(*flate.Writer) //nolint:forcetypeassert // New makes no other
	defer compressors.Put(w)
	var to bytes.Buffer // neither a write nor a close fails
	w.Reset(&to)
	_, _ = w.Write(text)
	_ = w.Close()
	return to.Bytes()
}

// inflate decompresses a value that is compressed.
func inflate(text []byte) ([]byte, error) {
	if !bytes.HasPrefix(text, []byte(compressedPrefix)) {
		return text, nil
	}
	var saved compressed
	if err := json.Unmarshal(text, &saved); err != nil {
		return nil, err
	}
	return io.ReadAll(flate.NewReaderDict(bytes.NewReader(saved.Deflate), dictionary))
}

// LoadPrivate returns the value that [SavePrivate] saved; false where there is none, or
// it cannot be decoded.
func LoadPrivate[T any](ctx context.Context, private PrivateGetter, key string) (T, bool, diag.Diagnostics) {
	var value T
	text, diags := private.GetKey(ctx, key)
	if text == nil || diags.HasError() {
		return value, false, diags
	}
	text, err := inflate(text)
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		return *new(T), false, Diagnose("Unable to decode private state", "", err)
	}
	return value, true, diags
}

// SaveRows saves rows in private state.
//
// ModifyPlan calls it for a removal, too. Terraform refreshes an object that is no
// longer in the configuration, but plans its removal with the private state from before
// the refresh: a row that was changed by hand since the last apply would be a conflict
// in every run.
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

// LoadPlannedRows is [LoadRows] in the plan of an existing object. It returns false for
// a new object: Terraform passes its plan the private state of the instance that it
// replaces, or of the object whose rows are all deleted.
func LoadPlannedRows[Rows any](ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) (rows Rows, found bool) {
	if req.State.Raw.IsNull() {
		return rows, false
	}
	return LoadRows[Rows](ctx, req.Private, diags)
}
