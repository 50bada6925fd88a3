package provider

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// steadyRoom is what is known of a room once and for all.
type steadyRoom struct {
	name      string
	construct func() resource.Resource
	schema    schema.Schema
	kind      tftypes.Type             // of the schema
	defaults  map[string]tftypes.Value // of attributes at the top
	names     identityschema.Schema
	who       tftypes.Type            // of an identity
	nobody    *tfprotov6.DynamicValue // an identity that is null
}

// describe looks a room over. A room that a short answer could be wrong for is an
// error: one with blocks, with defaults of other kinds, or with no identity.
func describe(ctx context.Context, construct func() resource.Resource) (steadyRoom, error) {
	room := construct()
	var meta resource.MetadataResponse
	room.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: typeName}, &meta)
	var about resource.SchemaResponse
	room.Schema(ctx, resource.SchemaRequest{}, &about)
	identified, ok := room.(resource.ResourceWithIdentity)
	if !ok || len(about.Schema.Blocks) > 0 {
		return steadyRoom{}, fmt.Errorf("%s has no identity, or has blocks", meta.TypeName)
	}
	var named resource.IdentitySchemaResponse
	identified.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &named)
	who := named.IdentitySchema.Type().TerraformType(ctx)
	nobody, err := tfprotov6.NewDynamicValue(who, tftypes.NewValue(who, nil))
	if err != nil {
		return steadyRoom{}, fmt.Errorf("%s: %w", meta.TypeName, err)
	}
	r := steadyRoom{
		name: meta.TypeName, construct: construct, schema: about.Schema, kind: about.Schema.Type().TerraformType(ctx),
		defaults: map[string]tftypes.Value{}, names: named.IdentitySchema, who: who, nobody: &nobody,
	}
	for name, attribute := range about.Schema.Attributes {
		if err := r.learn(ctx, name, attribute); err != nil {
			return steadyRoom{}, fmt.Errorf("%s: %s: %w", meta.TypeName, name, err)
		}
	}
	return r, nil
}

// defaulted says whether what the configuration leaves out has its default
// already.
func (r steadyRoom) defaulted(config, prior tftypes.Value) bool {
	var said, has map[string]tftypes.Value
	if config.As(&said) != nil || prior.As(&has) != nil {
		return false
	}
	for name, value := range r.defaults {
		if said[name].IsNull() && !has[name].Equal(value) {
			return false
		}
	}
	return true
}

// learn notes an attribute's default. One of another kind than these, or of a
// part of the attribute, is an error.
func (r steadyRoom) learn(ctx context.Context, name string, attribute schema.Attribute) error {
	var value attr.Value
	switch a := attribute.(type) {
	case schema.BoolAttribute:
		if a.Default != nil {
			var resp defaults.BoolResponse
			a.Default.DefaultBool(ctx, defaults.BoolRequest{Path: path.Root(name)}, &resp)
			value = resp.PlanValue
		}
	case schema.Int64Attribute:
		if a.Default != nil {
			var resp defaults.Int64Response
			a.Default.DefaultInt64(ctx, defaults.Int64Request{Path: path.Root(name)}, &resp)
			value = resp.PlanValue
		}
	case schema.StringAttribute:
		if a.Default != nil {
			var resp defaults.StringResponse
			a.Default.DefaultString(ctx, defaults.StringRequest{Path: path.Root(name)}, &resp)
			value = resp.PlanValue
		}
	default:
		if hasDefault(attribute) {
			return errors.New("there is no short answer for a default of this kind")
		}
	}
	if value == nil {
		return nil
	}
	packed, err := value.ToTerraformValue(ctx)
	r.defaults[name] = packed
	return err
}

// hasDefault says whether an attribute, or a part of it, has a default.
func hasDefault(attribute schema.Attribute) bool {
	if own := reflect.ValueOf(attribute).FieldByName("Default"); own.IsValid() && !own.IsNil() {
		return true
	}
	for _, part := range partsOf(attribute) {
		if hasDefault(part) {
			return true
		}
	}
	return false
}

func partsOf(attribute schema.Attribute) map[string]schema.Attribute {
	switch a := attribute.(type) {
	case schema.SingleNestedAttribute:
		return a.Attributes
	case schema.MapNestedAttribute:
		return a.NestedObject.Attributes
	case schema.ListNestedAttribute:
		return a.NestedObject.Attributes
	}
	return nil
}
