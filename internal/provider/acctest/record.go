package acctest

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// recordVariable names a folder into which the states of objects are written: those of
// a version that is going to be released.
const recordVariable = "VICIDIAL_RECORD_STATES"

// Recorded is the state of an object as a version of the provider wrote it.
type Recorded struct {
	Resource      string          `json:"resource"`
	SchemaVersion int64           `json:"schema_version"`
	Attributes    json.RawMessage `json:"attributes"`
}

// Record writes the state of the object where states are recorded.
func (o *Object) Record(t *testing.T) {
	t.Helper()
	folder := os.Getenv(recordVariable)
	if folder == "" {
		return
	}
	state, err := o.state.Unmarshal(o.schema.ValueType())
	if err != nil {
		t.Fatal(err)
	}
	attributes, err := json.Marshal(plain(t, state))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(Recorded{o.name, o.schema.Version, attributes}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, o.name+".json"), append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// plain is a value as JSON has it in a state.
func plain(t *testing.T, value tftypes.Value) any {
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
			object[name] = plain(t, part)
		}
		return object
	default:
		var parts []tftypes.Value
		as(&parts)
		list := make([]any, 0, len(parts))
		for _, part := range parts {
			list = append(list, plain(t, part))
		}
		return list
	}
}
