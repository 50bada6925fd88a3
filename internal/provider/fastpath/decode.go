package fastpath

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// unmarshal decodes a value; false if it is null, unknown, malformed or JSON. JSON may
// omit null attributes, so it cannot be returned as a response.
func unmarshal(value *tfprotov6.DynamicValue, kind tftypes.Type) (tftypes.Value, bool) {
	if value == nil || len(value.JSON) > 0 {
		return tftypes.Value{}, false
	}
	decoded, err := value.Unmarshal(kind)
	return decoded, err == nil && !decoded.IsNull() && decoded.IsKnown()
}

// isObject reports whether a text is a JSON object with no attributes but those of
// the type.
func isObject(text []byte, kind tftypes.Type) bool {
	var object map[string]any
	return json.Unmarshal(text, &object) == nil && object != nil && conforms(object, kind)
}

// conforms reports whether a JSON value is one of the type.
func conforms(value any, kind tftypes.Type) bool {
	if value == nil {
		return true
	}
	switch kind := kind.(type) {
	case tftypes.Object:
		object, ok := value.(map[string]any)
		for name, part := range object {
			attribute, known := kind.AttributeTypes[name]
			ok = ok && known && conforms(part, attribute)
		}
		return ok
	case tftypes.Map:
		elements, ok := value.(map[string]any)
		for _, element := range elements {
			ok = ok && conforms(element, kind.ElementType)
		}
		return ok
	case tftypes.List:
		return conformAll(value, kind.ElementType)
	case tftypes.Set:
		return conformAll(value, kind.ElementType)
	}
	switch value.(type) {
	case string:
		return kind.Is(tftypes.String)
	case bool:
		return kind.Is(tftypes.Bool)
	case float64:
		return kind.Is(tftypes.Number)
	}
	return false
}

func conformAll(value any, kind tftypes.Type) bool {
	elements, ok := value.([]any)
	for _, element := range elements {
		ok = ok && conforms(element, kind)
	}
	return ok
}

// privateState is the framework's type of private state, which is internal and cannot be
// named here.
type privateState[Data any] interface {
	*Data
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// privateData decodes private state twice: for the resource to change, and to compare
// with. It returns false if it contains data of the framework, as after an import, or a
// value that cannot be set: SetKey removes a key with an empty value. The second
// argument is a nil of the type to return.
func privateData[Data any, Private privateState[Data]](ctx context.Context, _ Private, encoded []byte) (data, before Private, ok bool) {
	data, before = new(Data), new(Data)
	keys := map[string][]byte{}
	if len(encoded) > 0 && json.Unmarshal(encoded, &keys) != nil {
		return data, before, false
	}
	for key, value := range keys {
		if strings.HasPrefix(key, ".") || len(value) == 0 || data.SetKey(ctx, key, value).HasError() || before.SetKey(ctx, key, value).HasError() {
			return data, before, false
		}
	}
	return data, before, true
}
