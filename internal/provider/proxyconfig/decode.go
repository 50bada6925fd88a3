package proxyconfig

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// decoder records the places of unknown values, and problems of values.
type decoder struct {
	unknown  []webtier.Path
	problems []webtier.Problem
}

// decode converts an object to a model by the tfsdk tags of its fields. A field without
// an attribute is null: each proxy's schema lacks what only the other one supports. An
// unknown value is recorded, and is null, so that its default is used.
func decode[Model any](d *decoder, at webtier.Path, object types.Object) Model {
	var model Model
	into := reflect.ValueOf(&model).Elem()
	attributes := object.Attributes()
	for i := range into.NumField() {
		name, tagged := into.Type().Field(i).Tag.Lookup("tfsdk")
		if !tagged {
			continue
		}
		value, found := attributes[name]
		if !found || value.IsNull() {
			continue
		}
		if value.IsUnknown() {
			d.unknown = append(d.unknown, at.Attribute(name))
			continue
		}
		if slices.ContainsFunc(elements(value), attr.Value.IsUnknown) {
			d.unknown = append(d.unknown, at.Attribute(name))
		}
		into.Field(i).Set(reflect.ValueOf(value))
	}
	return model
}

// decodeEach converts a map of objects. An unknown object is recorded, and becomes a
// model of nulls.
func decodeEach[Model any](d *decoder, at webtier.Path, objects types.Map) map[string]Model {
	models := map[string]Model{}
	all := objects.Elements()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		object, ok := all[key].(types.Object)
		if !ok || object.IsUnknown() {
			d.unknown = append(d.unknown, at.Key(key))
		}
		models[key] = decode[Model](d, at.Key(key), object)
	}
	return models
}

// isUnknown reports whether the value at a path, or one that contains it, is unknown.
func (d *decoder) isUnknown(path webtier.Path) bool {
	return slices.ContainsFunc(d.unknown, func(at webtier.Path) bool {
		short := min(len(at), len(path))
		return slices.Equal(at[:short], path[:short])
	})
}

// duration parses a duration, such as "250ms".
func (d *decoder) duration(at webtier.Path, value types.String, fallback time.Duration) time.Duration {
	if value.IsNull() {
		return fallback
	}
	length, err := time.ParseDuration(value.ValueString())
	if err != nil {
		d.problems = append(d.problems, webtier.Problem{
			Path: at, Text: `"` + value.ValueString() + `" is not a length of time such as 250ms, 5s or 6m`,
		})
		return fallback
	}
	return length
}

// text returns a value, or the fallback for null.
func text(value types.String, fallback string) string {
	if value.IsNull() {
		return fallback
	}
	return value.ValueString()
}

func number(value types.Int64, fallback int) int {
	if value.IsNull() {
		return fallback
	}
	return int(value.ValueInt64())
}

func flag(value types.Bool, fallback bool) bool {
	if value.IsNull() {
		return fallback
	}
	return value.ValueBool()
}

// texts returns the known elements of a list in its order, or of a set in ascending order.
func texts(value attr.Value) []string {
	var list []string
	for _, element := range elements(value) {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			list = append(list, text.ValueString())
		}
	}
	if _, isSet := value.(types.Set); isSet {
		slices.Sort(list)
	}
	return list
}

func elements(value attr.Value) []attr.Value {
	switch value := value.(type) {
	case types.Set:
		return value.Elements()
	case types.List:
		return value.Elements()
	}
	return nil
}
