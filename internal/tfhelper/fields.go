package tfhelper

import (
	"context"
	"reflect"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The framework puts models in and out of requests by reflection, and compiles a
// regular expression for each field each time: a tenth of what a plan of 400
// objects takes. So a model travels as the object that it is, and the fields of
// a type are looked up once. Whatever is not a struct of attributes, or a map of
// such structs, is left to the framework, and so is saying what is wrong.

// fields are the places of a struct's fields by their tags; nil where it has
// others.
func fields(of reflect.Type) map[string]int {
	if known, found := places.Load(of); found {
		byTag, _ := known.(map[string]int)
		return byTag
	}
	byTag := make(map[string]int, of.NumField())
	for i := range of.NumField() {
		if tag, found := of.Field(i).Tag.Lookup("tfsdk"); found {
			byTag[tag] = i
		}
	}
	if len(byTag) != of.NumField() {
		byTag = nil
	}
	places.Store(of, byTag)
	return byTag
}

var places sync.Map // of map[string]int, by reflect.Type

// Take fills a variable from a value: a model from an object, a map of models
// from a map of objects.
func Take(ctx context.Context, value attr.Value, into any) diag.Diagnostics {
	return take(ctx, value, reflect.ValueOf(into).Elem())
}

func take(ctx context.Context, value attr.Value, into reflect.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	if reflect.TypeOf(value).AssignableTo(into.Type()) {
		into.Set(reflect.ValueOf(value))
		return diags
	}
	known := !value.IsNull() && !value.IsUnknown()
	if object, ok := value.(types.Object); ok && known && into.Kind() == reflect.Struct {
		values, places := object.Attributes(), fields(into.Type())
		if len(values) == len(places) {
			for tag, at := range places {
				if found, ok := values[tag]; ok {
					diags.Append(take(ctx, found, into.Field(at))...)
					delete(values, tag) // it is a copy
				}
			}
			if len(values) == 0 {
				return diags
			}
		}
	}
	if all, ok := value.(types.Map); ok && known && into.Kind() == reflect.Map && into.Type().Elem().Kind() == reflect.Struct {
		elements := all.Elements()
		taken := reflect.MakeMapWithSize(into.Type(), len(elements))
		for key, element := range elements {
			each := reflect.New(into.Type().Elem()).Elem()
			diags.Append(take(ctx, element, each)...)
			taken.SetMapIndex(reflect.ValueOf(key), each)
		}
		into.Set(taken)
		return diags
	}
	return tfsdk.ValueAs(ctx, value, into.Addr().Interface())
}

// give is the way back: a value of the type from a model.
func give(ctx context.Context, from reflect.Value, as attr.Type) (attr.Value, diag.Diagnostics) {
	if value, ok := from.Interface().(attr.Value); ok {
		return value, nil
	}
	if object, ok := as.(attr.TypeWithAttributeTypes); ok && from.Kind() == reflect.Struct {
		wanted, places := object.AttributeTypes(), fields(from.Type())
		if len(wanted) == len(places) {
			values := make(map[string]attr.Value, len(wanted))
			for tag, at := range places {
				if wanted[tag] == nil {
					break
				}
				value, diags := give(ctx, from.Field(at), wanted[tag])
				if diags.HasError() {
					return nil, diags
				}
				values[tag] = value
			}
			if len(values) == len(wanted) {
				return types.ObjectValue(wanted, values)
			}
		}
	}
	if all, ok := as.(types.MapType); ok && from.Kind() == reflect.Map && !from.IsNil() && from.Type().Elem().Kind() == reflect.Struct {
		values := make(map[string]attr.Value, from.Len())
		for entries := from.MapRange(); entries.Next(); {
			value, diags := give(ctx, entries.Value(), all.ElemType)
			if diags.HasError() {
				return nil, diags
			}
			values[entries.Key().String()] = value
		}
		return types.MapValue(all.ElemType, values)
	}
	var value attr.Value
	diags := tfsdk.ValueFrom(ctx, from.Interface(), as, &value)
	return value, diags
}
