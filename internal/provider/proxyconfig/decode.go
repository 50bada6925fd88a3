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

// decoder collects what it cannot read: values that are not known yet, and text
// that is not what it should be.
type decoder struct {
	unknown  []webtier.Place
	problems []webtier.Problem
}

// decode fills a model from an object, field by field by its tfsdk tag. A field
// without an attribute of its name is null, since each proxy's schema lacks what
// only the other one can do. An unknown value is noted and is null too, so that
// its default stands in for it.
func decode[Model any](d *decoder, at webtier.Place, object types.Object) Model {
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

// decodeEach fills a model from each object of a map. An object that is not known
// yet is noted and is a model of nulls.
func decodeEach[Model any](d *decoder, at webtier.Place, objects types.Map) map[string]Model {
	models := map[string]Model{}
	all := objects.Elements()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		object, is := all[key].(types.Object)
		if !is || object.IsUnknown() {
			d.unknown = append(d.unknown, at.Key(key))
		}
		models[key] = decode[Model](d, at.Key(key), object)
	}
	return models
}

// isUnknown reports whether the value at a place, or one that holds it, is not
// known yet.
func (d *decoder) isUnknown(place webtier.Place) bool {
	return slices.ContainsFunc(d.unknown, func(at webtier.Place) bool {
		short := min(len(at), len(place))
		return slices.Equal(at[:short], place[:short])
	})
}

// duration parses a length of time as Go writes it: "250ms", "1m".
func (d *decoder) duration(at webtier.Place, value types.String, usual time.Duration) time.Duration {
	if value.IsNull() {
		return usual
	}
	length, err := time.ParseDuration(value.ValueString())
	if err != nil {
		d.problems = append(d.problems, webtier.Problem{
			Place: at, Text: `"` + value.ValueString() + `" is not a length of time such as 250ms, 5s or 6m`,
		})
		return usual
	}
	return length
}

// text is a value, or its default where it is null.
func text(value types.String, usual string) string {
	if value.IsNull() {
		return usual
	}
	return value.ValueString()
}

func number(value types.Int64, usual int) int {
	if value.IsNull() {
		return usual
	}
	return int(value.ValueInt64())
}

func flag(value types.Bool, usual bool) bool {
	if value.IsNull() {
		return usual
	}
	return value.ValueBool()
}

// texts are the known elements of a list in its order, or of a set in ascending order.
func texts(value attr.Value) []string {
	var list []string
	for _, element := range elements(value) {
		if text, is := element.(types.String); is && !text.IsUnknown() {
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
