package tfhelper

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"
)

// testModel has a field of every kind that models of rooms have.
type testModel struct {
	Text   types.String     `tfsdk:"text"`
	Number types.Int64      `tfsdk:"number"`
	Flag   types.Bool       `tfsdk:"flag"`
	Group  types.Object     `tfsdk:"group"`
	Part   *part            `tfsdk:"part"`
	Parts  map[string]part  `tfsdk:"parts"`
	Counts map[string]int64 `tfsdk:"counts"`
	Names  []string         `tfsdk:"names"`
	Texts  types.List       `tfsdk:"texts"`
}

type part struct {
	Text  types.String     `tfsdk:"text"`
	Inner map[string]inner `tfsdk:"inner"`
}

type inner struct {
	Number types.Int64 `tfsdk:"number"`
}

var thingSchema = func() schema.Schema {
	group := map[string]schema.Attribute{
		"text":  schema.StringAttribute{Optional: true},
		"inner": schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{"number": schema.Int64Attribute{Optional: true}}}},
	}
	return schema.Schema{Attributes: map[string]schema.Attribute{
		"text":   schema.StringAttribute{Optional: true},
		"number": schema.Int64Attribute{Optional: true},
		"flag":   schema.BoolAttribute{Optional: true},
		"group":  schema.SingleNestedAttribute{Optional: true, Attributes: group},
		"part":   schema.SingleNestedAttribute{Optional: true, Attributes: group},
		"parts":  schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: group}},
		"counts": schema.MapAttribute{Optional: true, ElementType: types.Int64Type},
		"names":  schema.ListAttribute{Optional: true, ElementType: types.StringType},
		"texts":  schema.ListAttribute{Optional: true, ElementType: types.StringType},
	}}
}()

// draw makes any value of a type: null, unknown where that is wanted, or known.
func draw(t *rapid.T, of tftypes.Type, unknowns bool, label string) tftypes.Value {
	switch rapid.IntRange(0, 9).Draw(t, label+" is") {
	case 0:
		return tftypes.NewValue(of, nil)
	case 1:
		if unknowns {
			return tftypes.NewValue(of, tftypes.UnknownValue)
		}
	}
	return known(t, of, unknowns, label)
}

func known(t *rapid.T, of tftypes.Type, unknowns bool, label string) tftypes.Value {
	switch of := of.(type) {
	case tftypes.Object:
		values := map[string]tftypes.Value{}
		for name, attribute := range of.AttributeTypes {
			// Go's own maps and lists cannot be unknown.
			values[name] = draw(t, attribute, unknowns && (attribute.Is(tftypes.String) || attribute.Is(tftypes.Number) || name == "group" || name == "texts"), label+"."+name)
		}
		return tftypes.NewValue(of, values)
	case tftypes.Map:
		values := map[string]tftypes.Value{}
		for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching("[a-c]"), 0, 3, rapid.ID).Draw(t, label) {
			values[key] = known(t, of.ElementType, false, label+"."+key)
		}
		return tftypes.NewValue(of, values)
	case tftypes.List:
		var values []tftypes.Value
		for range rapid.IntRange(0, 2).Draw(t, label) {
			values = append(values, known(t, of.ElementType, false, label))
		}
		return tftypes.NewValue(of, values)
	default:
		switch {
		case of.Is(tftypes.Number):
			return tftypes.NewValue(of, rapid.Int64().Draw(t, label))
		case of.Is(tftypes.Bool):
			return tftypes.NewValue(of, rapid.Bool().Draw(t, label))
		}
		return tftypes.NewValue(of, rapid.String().Draw(t, label))
	}
}

func TestValueAs_matchesFramework(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		state := tfsdk.State{Schema: thingSchema, Raw: known(t, thingSchema.Type().TerraformType(ctx), true, "state")}
		var want testModel
		if found := state.Get(ctx, &want); found.HasError() {
			t.Fatal(found)
		}
		var diags diag.Diagnostics
		have, ok := Get[testModel](ctx, state, &diags)
		if !ok || len(diags) > 0 {
			t.Fatalf("Get says %v", diags)
		}
		if difference := cmp.Diff(want, have); difference != "" {
			t.Fatalf("Get reads another model (-framework +ours):\n%s", difference)
		}
		theirs, ours := tfsdk.State{Schema: thingSchema}, tfsdk.State{Schema: thingSchema}
		if found := theirs.Set(ctx, want); found.HasError() {
			t.Fatal(found)
		}
		if found := set(ctx, &ours, ours.Schema, have); found.HasError() {
			t.Fatal(found)
		}
		if !theirs.Raw.Equal(ours.Raw) || !ours.Raw.Equal(state.Raw) {
			t.Fatalf("set writes another state:\n%s\n%s\n%s", state.Raw, theirs.Raw, ours.Raw)
		}
	})
}

func TestGet_schemaMismatch(t *testing.T) {
	t.Parallel()
	type other struct {
		Text types.String `tfsdk:"text"`
		More types.String `tfsdk:"more"`
	}
	small := schema.Schema{Attributes: map[string]schema.Attribute{"text": schema.StringAttribute{}, "number": schema.Int64Attribute{}}}
	of := small.Type().TerraformType(t.Context())
	state := tfsdk.State{Schema: small, Raw: tftypes.NewValue(of, map[string]tftypes.Value{
		"text": tftypes.NewValue(tftypes.String, "x"), "number": tftypes.NewValue(tftypes.Number, 1),
	})}
	var diags diag.Diagnostics
	if _, ok := Get[other](t.Context(), state, &diags); ok || !diags.HasError() {
		t.Errorf("Get says %v", diags)
	}
	if found := set(t.Context(), &state, small, other{}); !found.HasError() {
		t.Error("set takes it")
	}
	type wrong struct {
		Text   types.String `tfsdk:"text"`
		Number types.String `tfsdk:"number"`
	}
	if _, ok := Get[wrong](t.Context(), state, &diags); ok {
		t.Error("Get reads a number as a text")
	}
	if found := set(t.Context(), &state, small, wrong{types.StringValue("x"), types.StringValue("y")}); !found.HasError() {
		t.Error("set writes a text as a number")
	}
}
