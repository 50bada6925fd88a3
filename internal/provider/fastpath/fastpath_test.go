package fastpath_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
)

// What the framework does with such attributes is nothing that the fast path does.
func TestNew_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	nested := func(part schema.Attribute) schema.Attribute {
		return schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{"part": part}}}
	}
	for claim, of := range map[string]struct {
		attribute schema.Attribute
		names     string // what the error names
	}{
		"a plan modifier":                        {schema.StringAttribute{Optional: true, PlanModifiers: []planmodifier.String{modifier{}}}, "more: its PlanModifiers"},
		"a plan modifier beside a known one":     {schema.StringAttribute{Optional: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace(), modifier{}}}, "more: its PlanModifiers"},
		"a plan modifier within":                 {nested(schema.StringAttribute{Optional: true, PlanModifiers: []planmodifier.String{modifier{}}}), "more.*.part: its PlanModifiers"},
		"a plan modifier of the object in a map": {schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{PlanModifiers: []planmodifier.Object{modifier{}}}}, "more.*: its PlanModifiers"},
		"a custom type":                          {schema.StringAttribute{Optional: true, CustomType: custom{}}, "more: its CustomType"},
		"a custom type within":                   {nested(schema.StringAttribute{Optional: true, CustomType: custom{}}), "more.*.part: its CustomType"},
		"a custom type of elements":              {schema.ListAttribute{Optional: true, ElementType: types.MapType{ElemType: custom{}}}, "more: its ElementType"},
		"an attribute of a type of its own":      {attribute{schema.StringAttribute{Optional: true}}, "more: fastpath_test.attribute"},
		"a number of any size":                   {schema.NumberAttribute{Optional: true}, "more: schema.NumberAttribute"},
		"a custom type of a set's elements":      {schema.SetAttribute{Optional: true, ElementType: custom{}}, "more: its ElementType"},
		"a dynamic attribute":                    {schema.DynamicAttribute{Optional: true}, "more: schema.DynamicAttribute"},
		"a default that is not static":           {schema.BoolAttribute{Optional: true, Computed: true, Default: fickle{booldefault.StaticBool(true)}}, "more: its Default"},
		"a default of another kind":              {schema.Float64Attribute{Optional: true, Computed: true, Default: float64default.StaticFloat64(1)}, "more: schema.Float64Attribute"},
		"a default of a map":                     {schema.MapAttribute{Optional: true, Computed: true, ElementType: types.StringType, Default: mapdefault.StaticValue(types.MapNull(types.StringType))}, "more: its Default"},
		"a default within":                       {nested(schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(1)}), "more.*.part: its Default"},
		"a write-only attribute within":          {schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{"part": schema.StringAttribute{Optional: true, WriteOnly: true}}}, "more.part: its WriteOnly"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			_, err := fastpath.New(t.Context(), framework{}, "test", nil, func() resource.Resource { return noun{more: of.attribute} })
			if err == nil || !strings.Contains(err.Error(), "test_noun: "+of.names) {
				t.Errorf("got %v, want an error that names %s", err, of.names)
			}
		})
	}
	for claim, construct := range map[string]func() resource.Resource{
		"blocks": func() resource.Resource {
			return noun{blocks: map[string]schema.Block{"block": schema.ListNestedBlock{}}}
		},
		"a resource behavior": func() resource.Resource {
			return noun{behavior: resource.ResourceBehavior{ProviderDeferred: resource.ProviderDeferredBehavior{EnablePlanModification: true}}}
		},
		"no plan of its own": func() resource.Resource { return struct{ unplanned }{noun{}} },
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			if _, err := fastpath.New(t.Context(), framework{}, "test", nil, construct); err == nil || !strings.Contains(err.Error(), "test_noun") {
				t.Errorf("got %v, want an error that names test_noun", err)
			}
		})
	}
	t.Run("a framework that lacks a part of the protocol", func(t *testing.T) {
		t.Parallel()
		if _, err := fastpath.New(t.Context(), struct{ tfprotov6.ProviderServer }{}, "test", nil); err == nil {
			t.Error("got no error")
		}
	})
	t.Run("but not what it knows", func(t *testing.T) {
		t.Parallel()
		if _, err := fastpath.New(t.Context(), framework{}, "test", nil, func() resource.Resource { return noun{} }); err != nil {
			t.Error(err)
		}
	})
}

// A state in JSON has no MessagePack, so that two states were equal by it.
func TestServer_doesNotTakeTwoStatesInJSONForEqual(t *testing.T) {
	t.Parallel()
	s, err := fastpath.New(t.Context(), framework{}, "test", func() any { return true }, func() resource.Resource { return noun{} })
	if err != nil {
		t.Fatal(err)
	}
	value := func(text string) *tfprotov6.DynamicValue { return &tfprotov6.DynamicValue{JSON: []byte(text)} }
	for claim, proposed := range map[string]string{"other": `{"name":"b","more":null}`, "the same": `{"name":"a","more":null}`} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			_, err := s.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: "test_noun", PriorState: value(`{"name":"a","more":null}`), ProposedNewState: value(proposed), Config: value(proposed),
			})
			if !errors.Is(err, errFramework) {
				t.Errorf("got %v, want the framework's answer", err)
			}
		})
	}
	_, err = s.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "test_noun", CurrentState: value(`{"name":"a","more":null}`)})
	if !errors.Is(err, errFramework) {
		t.Errorf("got %v, want the framework's answer", err)
	}
}

// framework answers every request that reaches it with an error.
type framework struct{ fastpath.Framework }

var errFramework = errors.New("the framework was asked")

func (framework) ReadResource(context.Context, *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return nil, errFramework
}

func (framework) PlanResourceChange(context.Context, *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return nil, errFramework
}

// noun is a resource that leaves everything as it is.
type noun struct {
	more     schema.Attribute
	blocks   map[string]schema.Block
	behavior resource.ResourceBehavior
}

func (n noun) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName, resp.ResourceBehavior = req.ProviderTypeName+"_noun", n.behavior
}

func (n noun) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Blocks: n.blocks, Attributes: map[string]schema.Attribute{
		"name": schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
		"more": schema.StringAttribute{Optional: true},
	}}
	if n.more != nil {
		resp.Schema.Attributes["more"] = n.more
	}
}

func (noun) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{"name": identityschema.StringAttribute{RequiredForImport: true}}}
}

func (noun) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {}

func (noun) ModifyPlan(context.Context, resource.ModifyPlanRequest, *resource.ModifyPlanResponse) {}

func (noun) Create(context.Context, resource.CreateRequest, *resource.CreateResponse) {}

func (noun) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (noun) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (noun) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// unplanned is a resource without ModifyPlan.
type unplanned interface {
	resource.ResourceWithIdentity
	resource.ResourceWithConfigure
}

// modifier changes what it is asked about.
type modifier struct{}

func (modifier) Description(context.Context) string         { return "" }
func (modifier) MarkdownDescription(context.Context) string { return "" }
func (modifier) PlanModifyString(_ context.Context, _ planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	resp.PlanValue = types.StringValue("changed")
}

func (modifier) PlanModifyObject(context.Context, planmodifier.ObjectRequest, *planmodifier.ObjectResponse) {
}

// custom is a type with rules of its own.
type custom struct{ basetypes.StringType }

func (custom) Equal(other attr.Type) bool { _, ok := other.(custom); return ok }

// attribute is an attribute with methods of its own.
type attribute struct{ schema.StringAttribute }

// fickle is a default that could be another one the next time.
type fickle struct{ defaults.Bool }
