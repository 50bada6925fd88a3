package fastpath

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// validates reports whether a configuration has nothing to report.
func (t *resourceType) validates(ctx context.Context, data any, req *tfprotov6.ValidateResourceConfigRequest) bool {
	config, ok := unmarshal(req.Config, t.object)
	r, configured := t.configured(ctx, data)
	if _, more := r.(resource.ResourceWithConfigValidators); !ok || !configured || more {
		return false
	}
	ask := resource.ValidateConfigRequest{Config: tfsdk.Config{Raw: config, Schema: t.schema}}
	if req.ClientCapabilities != nil {
		ask.ClientCapabilities.WriteOnlyAttributesAllowed = req.ClientCapabilities.WriteOnlyAttributesAllowed
	}
	if validates, ok := r.(resource.ResourceWithValidateConfig); ok {
		var answer resource.ValidateConfigResponse
		validates.ValidateConfig(ctx, ask, &answer)
		if len(answer.Diagnostics) > 0 {
			return false
		}
	}
	v := validation{
		config:       ask.Config,
		capabilities: validator.ValidateSchemaClientCapabilities{WriteOnlyAttributesAllowed: ask.ClientCapabilities.WriteOnlyAttributesAllowed},
	}
	return v.parts(ctx, t.parts, config)
}

// validation is the validation of a value in a configuration.
type validation struct {
	config       tfsdk.Config
	path         path.Path
	expression   path.Expression
	capabilities validator.ValidateSchemaClientCapabilities
}

// parts reports whether the attributes of an object are valid; false if there is no object.
func (v validation) parts(ctx context.Context, parts map[string]*part, object tftypes.Value) bool {
	var values map[string]tftypes.Value
	if !object.IsKnown() || object.IsNull() || object.As(&values) != nil {
		return false
	}
	for name, part := range parts {
		of := v
		if of.path, of.expression = v.path.AtName(name), v.expression.AtName(name); len(v.path.Steps()) == 0 {
			of.expression = path.MatchRoot(name)
		}
		if !of.attribute(ctx, part, values[name]) {
			return false
		}
	}
	return true
}

// attribute reports whether an attribute and those in it are valid.
func (v validation) attribute(ctx context.Context, p *part, value tftypes.Value) bool {
	a, null := p.attribute, value.IsNull()
	if null && a.IsRequired() ||
		!null && (a.IsComputed() && !a.IsOptional() || a.GetDeprecationMessage() != "" || a.IsWriteOnly() && !v.capabilities.WriteOnlyAttributesAllowed) {
		return false
	}
	kind := a.GetType()
	converted, err := kind.ValueFromTerraform(ctx, value)
	if err != nil {
		return false
	}
	// The framework's own types implement this interface of it, which is deprecated.
	if limited, ok := kind.(interface {
		Validate(context.Context, tftypes.Value, path.Path) diag.Diagnostics
	}); ok && len(limited.Validate(ctx, value, v.path)) > 0 {
		return false
	}
	if !v.validators(ctx, a, converted) {
		return false
	}
	if len(p.parts) == 0 || null || !value.IsKnown() {
		return true
	}
	switch converted := converted.(type) {
	case types.Object:
		return v.object(ctx, p, value, converted)
	case types.Map:
		var elements map[string]tftypes.Value
		valid := value.As(&elements) == nil
		for key, object := range converted.Elements() {
			of := v
			of.path, of.expression = v.path.AtMapKey(key), v.expression.AtMapKey(key)
			valid = valid && of.object(ctx, p, elements[key], object)
		}
		return valid
	case types.List:
		var elements []tftypes.Value
		valid := value.As(&elements) == nil
		for i, object := range converted.Elements() {
			of := v
			of.path, of.expression = v.path.AtListIndex(i), v.expression.AtListIndex(i)
			valid = valid && of.object(ctx, p, elements[i], object)
		}
		return valid
	}
	return false
}

// object reports whether a nested object is valid.
func (v validation) object(ctx context.Context, p *part, value tftypes.Value, converted attr.Value) bool {
	return v.objects(ctx, p.elements, converted) && v.parts(ctx, p.parts, value)
}

func (v validation) objects(ctx context.Context, validators []validator.Object, value attr.Value) bool {
	return accept(validators, value, func(one validator.Object, value types.Object) diag.Diagnostics {
		var resp validator.ObjectResponse
		one.ValidateObject(ctx, validator.ObjectRequest{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
		return resp.Diagnostics
	})
}

// validators reports whether the validators of an attribute accept a value.
func (v validation) validators(ctx context.Context, a schema.Attribute, value attr.Value) bool {
	lists := func(one validator.List, value types.List) diag.Diagnostics {
		var resp validator.ListResponse
		one.ValidateList(ctx, validator.ListRequest{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
		return resp.Diagnostics
	}
	maps := func(one validator.Map, value types.Map) diag.Diagnostics {
		var resp validator.MapResponse
		one.ValidateMap(ctx, validator.MapRequest{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
		return resp.Diagnostics
	}
	switch a := a.(type) {
	case schema.StringAttribute:
		return accept(a.Validators, value, func(one validator.String, value types.String) diag.Diagnostics {
			var resp validator.StringResponse
			one.ValidateString(ctx, validator.StringRequest{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
			return resp.Diagnostics
		})
	case schema.Int64Attribute:
		return accept(a.Validators, value, func(one validator.Int64, value types.Int64) diag.Diagnostics {
			var resp validator.Int64Response
			one.ValidateInt64(ctx, validator.Int64Request{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
			return resp.Diagnostics
		})
	case schema.BoolAttribute:
		return accept(a.Validators, value, func(one validator.Bool, value types.Bool) diag.Diagnostics {
			var resp validator.BoolResponse
			one.ValidateBool(ctx, validator.BoolRequest{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
			return resp.Diagnostics
		})
	case schema.SetAttribute:
		return accept(a.Validators, value, func(one validator.Set, value types.Set) diag.Diagnostics {
			var resp validator.SetResponse
			one.ValidateSet(ctx, validator.SetRequest{Path: v.path, PathExpression: v.expression, Config: v.config, ConfigValue: value, ClientCapabilities: v.capabilities}, &resp)
			return resp.Diagnostics
		})
	case schema.SingleNestedAttribute:
		return v.objects(ctx, a.Validators, value)
	case schema.ListAttribute:
		return accept(a.Validators, value, lists)
	case schema.ListNestedAttribute:
		return accept(a.Validators, value, lists)
	case schema.MapAttribute:
		return accept(a.Validators, value, maps)
	case schema.MapNestedAttribute:
		return accept(a.Validators, value, maps)
	}
	return false
}

// accept reports whether no validator reports anything about a value of the type V.
func accept[Validator any, V attr.Value](validators []Validator, value attr.Value, validate func(Validator, V) diag.Diagnostics) bool {
	typed, ok := value.(V)
	return ok && !slices.ContainsFunc(validators, func(one Validator) bool { return len(validate(one, typed)) > 0 })
}
