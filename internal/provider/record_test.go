package provider_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// recordVariable names a folder into which the states of objects are written: those of
// a version that is going to be released.
const recordVariable = "VICIDIAL_RECORD_STATES"

// recordedState is the state of an object as a version of the provider wrote it.
type recordedState struct {
	Resource      string          `json:"resource"`
	SchemaVersion int64           `json:"schema_version"`
	Attributes    json.RawMessage `json:"attributes"`
}

// record writes the state of an object where states are recorded.
func record(t *testing.T, object *acctest.Object) {
	t.Helper()
	folder := os.Getenv(recordVariable)
	if folder == "" {
		return
	}
	resource, version, state := object.State(t)
	attributes, err := json.Marshal(plainJSON(t, state))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(recordedState{resource, version, attributes}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, resource+".json"), append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// plainJSON is a value as JSON has it in a state.
func plainJSON(t *testing.T, value tftypes.Value) any {
	t.Helper()
	if value.IsNull() {
		return nil
	}
	as := func(target any) {
		if err := value.As(target); err != nil {
			t.Fatal(err)
		}
	}
	switch kind := value.Type(); {
	case kind.Is(tftypes.String):
		var text string
		as(&text)
		return text
	case kind.Is(tftypes.Bool):
		var is bool
		as(&is)
		return is
	case kind.Is(tftypes.Number):
		number := new(big.Float)
		as(&number)
		return json.Number(number.Text('f', -1))
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var parts map[string]tftypes.Value
		as(&parts)
		object := make(map[string]any, len(parts))
		for name, part := range parts {
			object[name] = plainJSON(t, part)
		}
		return object
	default:
		var parts []tftypes.Value
		as(&parts)
		list := make([]any, 0, len(parts))
		for _, part := range parts {
			list = append(list, plainJSON(t, part))
		}
		return list
	}
}
