package fastpath

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// resourceType describes a resource type by its schemas.
type resourceType struct {
	name           string
	construct      func() resource.Resource
	schema         schema.Schema
	object         tftypes.Type // of the schema
	parts          map[string]*part
	identitySchema identityschema.Schema
	identityType   tftypes.Type
	nullIdentity   *tfprotov6.DynamicValue
}

// part describes an attribute.
type part struct {
	attribute           schema.Attribute
	elements            []validator.Object // of each nested object
	computed, writeOnly bool
	def                 *tftypes.Value   // its default, nil if it has none
	parts               map[string]*part // the attributes in it, or in each of its elements
}

// inspect returns a resource type, or an error if the framework could change an
// unchanged object in a way that the fast path does not.
func inspect(ctx context.Context, provider string, construct func() resource.Resource) (*resourceType, error) {
	r := construct()
	var meta resource.MetadataResponse
	r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: provider}, &meta)
	identified, ok := r.(resource.ResourceWithIdentity)
	_, configures := r.(resource.ResourceWithConfigure)
	_, plans := r.(resource.ResourceWithModifyPlan)
	if !ok || !configures || !plans {
		return nil, fmt.Errorf("%s lacks one of IdentitySchema, Configure and ModifyPlan", meta.TypeName)
	}
	var about resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &about)
	var identity resource.IdentitySchemaResponse
	identified.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
	// An identity that may change makes no difference: the answers have the identity of the request.
	if len(about.Schema.Blocks) > 0 || meta.ResourceBehavior != (resource.ResourceBehavior{MutableIdentity: meta.ResourceBehavior.MutableIdentity}) {
		return nil, fmt.Errorf("%s has blocks or an unknown resource behavior", meta.TypeName)
	}
	kind := identity.IdentitySchema.Type().TerraformType(ctx)
	nullIdentity, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
	t := &resourceType{
		name: meta.TypeName, construct: construct, schema: about.Schema, object: about.Schema.Type().TerraformType(ctx),
		parts: map[string]*part{}, identitySchema: identity.IdentitySchema, identityType: kind, nullIdentity: &nullIdentity,
	}
	for name, attribute := range about.Schema.Attributes {
		t.parts[name] = &part{}
		err = errors.Join(err, t.parts[name].inspect(ctx, path.Root(name), attribute))
	}
	for name, attribute := range identity.IdentitySchema.Attributes {
		err = errors.Join(err, new(part).inspect(ctx, path.Root(name), attribute))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", meta.TypeName, err)
	}
	return t, nil
}

// supported has the types of attributes, plan modifiers and defaults that the fast path
// supports: the plan modifiers do nothing if the plan equals the state or there is no
// state, and the defaults are constant.
var supported = map[reflect.Type]bool{
	reflect.TypeFor[schema.BoolAttribute]():           true,
	reflect.TypeFor[schema.Int64Attribute]():          true,
	reflect.TypeFor[schema.ListAttribute]():           true,
	reflect.TypeFor[schema.ListNestedAttribute]():     true,
	reflect.TypeFor[schema.MapAttribute]():            true,
	reflect.TypeFor[schema.MapNestedAttribute]():      true,
	reflect.TypeFor[schema.NestedAttributeObject]():   true,
	reflect.TypeFor[schema.SetAttribute]():            true,
	reflect.TypeFor[schema.SingleNestedAttribute]():   true,
	reflect.TypeFor[schema.StringAttribute]():         true,
	reflect.TypeFor[identityschema.StringAttribute](): true,

	reflect.TypeOf(boolplanmodifier.UseStateForUnknown()):   true,
	reflect.TypeOf(int64planmodifier.UseStateForUnknown()):  true,
	reflect.TypeOf(objectplanmodifier.UseStateForUnknown()): true,
	reflect.TypeOf(stringplanmodifier.RequiresReplace()):    true,
	reflect.TypeOf(stringplanmodifier.UseStateForUnknown()): true,

	reflect.TypeOf(booldefault.StaticBool(false)):  true,
	reflect.TypeOf(int64default.StaticInt64(0)):    true,
	reflect.TypeOf(stringdefault.StaticString("")): true,
}

// KeepsUnchanged is implemented by the provider's own plan modifiers that do nothing if
// the plan equals the state or there is no state.
type KeepsUnchanged interface{ KeepsUnchanged() }

// ignored has the fields of an attribute that do not affect a read or a plan.
var ignored = []string{
	"Required", "Optional", "Sensitive", "Description", "MarkdownDescription", "DeprecationMessage", "Validators",
	"RequiredForImport", "OptionalForImport",
}

// inspect sets the description of an attribute. It returns an error for every field that
// is set and not supported.
func (p *part) inspect(ctx context.Context, at path.Path, attribute any) error {
	fields := reflect.ValueOf(attribute)
	if !supported[fields.Type()] {
		return fmt.Errorf("%s: %T is not supported", at, attribute)
	}
	switch a := attribute.(type) {
	case schema.Attribute:
		p.attribute = a
	case schema.NestedAttributeObject:
		p.elements = a.Validators
	}
	top := len(at.Steps()) == 1
	var errs []error
	for i := range fields.NumField() {
		field, title := fields.Field(i), fields.Type().Field(i).Name
		if field.IsZero() || slices.Contains(ignored, title) {
			continue
		}
		ok, value := true, attr.Value(nil)
		switch f := field.Interface().(type) {
		case map[string]schema.Attribute:
			p.parts = map[string]*part{}
			for name, attribute := range f {
				p.parts[name] = &part{}
				errs = append(errs, p.parts[name].inspect(ctx, at.AtName(name), attribute))
			}
		case schema.NestedAttributeObject:
			errs = append(errs, p.inspect(ctx, at.AtName("*"), f))
		case attr.Type:
			ok = plain(f)
		case bool:
			p.computed = p.computed || title == "Computed"
			p.writeOnly = p.writeOnly || title == "WriteOnly"
			ok = title == "Computed" || title == "WriteOnly" && top
		case defaults.Bool:
			var resp defaults.BoolResponse
			f.DefaultBool(ctx, defaults.BoolRequest{Path: at}, &resp)
			value = resp.PlanValue
		case defaults.Int64:
			var resp defaults.Int64Response
			f.DefaultInt64(ctx, defaults.Int64Request{Path: at}, &resp)
			value = resp.PlanValue
		case defaults.String:
			var resp defaults.StringResponse
			f.DefaultString(ctx, defaults.StringRequest{Path: at}, &resp)
			value = resp.PlanValue
		default:
			ok = field.Kind() == reflect.Slice
			for j := 0; ok && j < field.Len(); j++ { // plan modifiers
				_, ours := field.Index(j).Interface().(KeepsUnchanged)
				ok = ours || supported[reflect.TypeOf(field.Index(j).Interface())]
			}
		}
		if value != nil {
			ok = top && supported[reflect.TypeOf(field.Interface())]
			def, err := value.ToTerraformValue(ctx)
			p.def = &def
			errs = append(errs, err)
		}
		if !ok {
			errs = append(errs, fmt.Errorf("%s: its %s (%#v) is not supported", at, title, field.Interface()))
		}
	}
	return errors.Join(errs...)
}

// plain reports whether a type is one of the framework, without special rules for
// equality or validity.
func plain(kind attr.Type) bool {
	switch kind := kind.(type) {
	case basetypes.BoolType, basetypes.Int64Type, basetypes.StringType:
		return true
	case basetypes.ListType:
		return plain(kind.ElemType)
	case basetypes.MapType:
		return plain(kind.ElemType)
	case basetypes.SetType:
		return plain(kind.ElemType)
	}
	return false
}
