package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// tiny is a provider that offers one of everything that a document can hold.
// What it is not asked here, the embedded server would answer.
type tiny struct {
	tfprotov6.ProviderServer
	diagnostics []*tfprotov6.Diagnostic
}

func (t tiny) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{
		Diagnostics: t.diagnostics,
		Provider:    aSchema(0, anAttribute("host", tftypes.String)),
		ResourceSchemas: map[string]*tfprotov6.Schema{
			"tiny_dialer": aSchema(3,
				required(anAttribute("name", tftypes.String)),
				computed(anAttribute("free", tftypes.Number)),
				computed(required(anAttribute("active", tftypes.Bool))),
				secret(anAttribute("password_wo", tftypes.String)),
				deprecated(anAttribute("old", tftypes.List{ElementType: tftypes.String})),
				anAttribute("weights", tftypes.Map{ElementType: tftypes.Number}),
				anAttribute("letters", tftypes.Set{ElementType: tftypes.String}),
				anAttribute("seat", tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "row": tftypes.Number}}),
				anAttribute("anything", tftypes.DynamicPseudoType),
				nesting("one", tfprotov6.SchemaObjectNestingModeSingle),
				nesting("some", tfprotov6.SchemaObjectNestingModeList),
				nesting("named", tfprotov6.SchemaObjectNestingModeMap),
			),
			"tiny_bare": {Block: &tfprotov6.SchemaBlock{}},
		},
		DataSourceSchemas: map[string]*tfprotov6.Schema{"tiny_dialers": withBlock(aSchema(0), "where")},
		EphemeralResourceSchemas: map[string]*tfprotov6.Schema{
			"tiny_secret": aSchema(0, required(anAttribute("name", tftypes.String))),
		},
		ListResourceSchemas: map[string]*tfprotov6.Schema{"tiny_dialer": aSchema(0, anAttribute("active", tftypes.Bool))},
		ActionSchemas: map[string]*tfprotov6.ActionSchema{
			"tiny_drain": {Schema: aSchema(0, required(anAttribute("name", tftypes.String)))},
		},
		Functions: map[string]*tfprotov6.Function{"shares": {
			Summary:            "Shares a number out.",
			Description:        "Shares a `number` out by weight.",
			DescriptionKind:    tfprotov6.StringKindMarkdown,
			DeprecationMessage: "Count yourself.",
			Parameters: []*tfprotov6.FunctionParameter{
				{Name: "total", Description: "What there is.", Type: tftypes.Number},
				{Name: "limit", Type: tftypes.Number, AllowNullValue: true},
			},
			VariadicParameter: &tfprotov6.FunctionParameter{Name: "weights", Type: tftypes.Number},
			Return:            &tfprotov6.FunctionReturn{Type: tftypes.List{ElementType: tftypes.Number}},
		}},
	}, nil
}

func (t tiny) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{
		IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"tiny_dialer": {
			Version: 1,
			IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
				{Name: "name", Type: tftypes.String, Description: "Its name.", RequiredForImport: true},
				{Name: "site", Type: tftypes.String, OptionalForImport: true},
			},
		}},
	}, nil
}

func aSchema(version int64, attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
	return &tfprotov6.Schema{Version: version, Block: &tfprotov6.SchemaBlock{
		Attributes:      attributes,
		Description:     "A *thing* of <this> world.",
		DescriptionKind: tfprotov6.StringKindMarkdown,
	}}
}

func withBlock(schema *tfprotov6.Schema, name string) *tfprotov6.Schema {
	schema.Block.BlockTypes = []*tfprotov6.SchemaNestedBlock{{
		TypeName: name,
		Nesting:  tfprotov6.SchemaNestedBlockNestingModeList,
		MinItems: 1,
		MaxItems: 4,
		Block:    aSchema(0, required(anAttribute("column", tftypes.String))).Block,
	}}
	return schema
}

func anAttribute(name string, kind tftypes.Type) *tfprotov6.SchemaAttribute {
	return &tfprotov6.SchemaAttribute{Name: name, Type: kind, Optional: true, Description: "The " + name + "."}
}

func nesting(name string, mode tfprotov6.SchemaObjectNestingMode) *tfprotov6.SchemaAttribute {
	return &tfprotov6.SchemaAttribute{Name: name, Optional: true, NestedType: &tfprotov6.SchemaObject{
		Nesting:    mode,
		Attributes: []*tfprotov6.SchemaAttribute{required(anAttribute("inner", tftypes.String))},
	}}
}

func required(attribute *tfprotov6.SchemaAttribute) *tfprotov6.SchemaAttribute {
	attribute.Required, attribute.Optional = true, false
	return attribute
}

func computed(attribute *tfprotov6.SchemaAttribute) *tfprotov6.SchemaAttribute {
	attribute.Computed, attribute.Optional, attribute.Required = true, attribute.Required, false
	return attribute
}

func secret(attribute *tfprotov6.SchemaAttribute) *tfprotov6.SchemaAttribute {
	attribute.Sensitive, attribute.WriteOnly = true, true
	return attribute
}

func deprecated(attribute *tfprotov6.SchemaAttribute) *tfprotov6.SchemaAttribute {
	attribute.Deprecated = true
	return attribute
}
