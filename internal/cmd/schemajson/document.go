package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// formatVersion is the version of the document that the CLI states since 1.0.
const formatVersion = "1.0"

// The document's types follow the CLI's output, key by key. Maps are printed in
// the order of their keys, so the same schema gives the same bytes.
type (
	document struct {
		FormatVersion string                      `json:"format_version"`
		Providers     map[string]providerDocument `json:"provider_schemas"`
	}
	providerDocument struct {
		Provider   *schema             `json:"provider,omitempty"`
		Resources  map[string]schema   `json:"resource_schemas,omitempty"`
		Data       map[string]schema   `json:"data_source_schemas,omitempty"`
		Ephemeral  map[string]schema   `json:"ephemeral_resource_schemas,omitempty"`
		Actions    map[string]schema   `json:"action_schemas,omitempty"`
		Lists      map[string]schema   `json:"list_resource_schemas,omitempty"`
		Functions  map[string]function `json:"functions,omitempty"`
		Identities map[string]identity `json:"resource_identity_schemas,omitempty"`
	}
	schema struct {
		Version *int64 `json:"version,omitempty"` // actions have none
		Block   block  `json:"block"`
	}
	block struct {
		Attributes map[string]attribute   `json:"attributes,omitempty"`
		Blocks     map[string]nestedBlock `json:"block_types,omitempty"`
		description
		Deprecated bool `json:"deprecated,omitempty"`
	}
	nestedBlock struct {
		Nesting  string `json:"nesting_mode,omitempty"`
		Block    block  `json:"block"`
		MinItems int64  `json:"min_items,omitempty"`
		MaxItems int64  `json:"max_items,omitempty"`
	}
	attribute struct {
		Type   tftypes.Type `json:"type,omitempty"`
		Nested *nested      `json:"nested_type,omitempty"`
		description
		Deprecated bool `json:"deprecated,omitempty"`
		Required   bool `json:"required,omitempty"`
		Optional   bool `json:"optional,omitempty"`
		Computed   bool `json:"computed,omitempty"`
		Sensitive  bool `json:"sensitive,omitempty"`
		WriteOnly  bool `json:"write_only,omitempty"`
	}
	nested struct {
		Attributes map[string]attribute `json:"attributes,omitempty"`
		Nesting    string               `json:"nesting_mode,omitempty"`
	}
	description struct {
		Text string `json:"description,omitempty"`
		Kind string `json:"description_kind,omitempty"`
	}
	function struct {
		Description string       `json:"description,omitempty"`
		Summary     string       `json:"summary,omitempty"`
		Deprecation string       `json:"deprecation_message,omitempty"`
		Return      tftypes.Type `json:"return_type"`
		Parameters  []parameter  `json:"parameters,omitempty"`
		Variadic    *parameter   `json:"variadic_parameter,omitempty"`
	}
	parameter struct {
		Name        string       `json:"name,omitempty"`
		Description string       `json:"description,omitempty"`
		Nullable    bool         `json:"is_nullable,omitempty"`
		Type        tftypes.Type `json:"type"`
	}
	identity struct {
		Version    int64                        `json:"version"`
		Attributes map[string]identityAttribute `json:"attributes,omitempty"`
	}
	identityAttribute struct {
		Type        tftypes.Type `json:"type,omitempty"`
		Description string       `json:"description,omitempty"`
		Required    bool         `json:"required_for_import,omitempty"`
		Optional    bool         `json:"optional_for_import,omitempty"`
	}
)

// write prints the document with the provider under the given name.
func write(out io.Writer, name string, schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) error {
	provider := schemaOf(schemas.Provider)
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(document{
		FormatVersion: formatVersion,
		Providers: map[string]providerDocument{name: {
			Provider:   &provider,
			Resources:  mapValues(schemas.ResourceSchemas, schemaOf),
			Data:       mapValues(schemas.DataSourceSchemas, schemaOf),
			Ephemeral:  mapValues(schemas.EphemeralResourceSchemas, schemaOf),
			Lists:      mapValues(schemas.ListResourceSchemas, schemaOf),
			Actions:    mapValues(schemas.ActionSchemas, actionOf),
			Functions:  mapValues(schemas.Functions, functionOf),
			Identities: mapValues(identities.IdentitySchemas, identityOf),
		}},
	})
	if err != nil {
		return fmt.Errorf("schema document: %w", err)
	}
	return nil
}

// mapValues converts every value of a map.
func mapValues[From, To any](from map[string]From, turn func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, value := range from {
		to[name] = turn(value)
	}
	return to
}

func schemaOf(from *tfprotov6.Schema) schema {
	if from == nil {
		from = &tfprotov6.Schema{}
	}
	return schema{Version: &from.Version, Block: blockOf(from.Block)}
}

func actionOf(from *tfprotov6.ActionSchema) schema {
	if from == nil || from.Schema == nil {
		return schema{}
	}
	return schema{Block: blockOf(from.Schema.Block)}
}

func blockOf(from *tfprotov6.SchemaBlock) block {
	if from == nil {
		return block{}
	}
	to := block{
		Attributes:  attributesOf(from.Attributes),
		description: described(from.Description, from.DescriptionKind),
		Deprecated:  from.Deprecated,
	}
	if len(from.BlockTypes) > 0 {
		to.Blocks = make(map[string]nestedBlock, len(from.BlockTypes))
	}
	for _, inner := range from.BlockTypes {
		to.Blocks[inner.TypeName] = nestedBlock{
			Nesting:  strings.ToLower(inner.Nesting.String()),
			Block:    blockOf(inner.Block),
			MinItems: inner.MinItems,
			MaxItems: inner.MaxItems,
		}
	}
	return to
}

func attributesOf(from []*tfprotov6.SchemaAttribute) map[string]attribute {
	to := make(map[string]attribute, len(from))
	for _, one := range from {
		to[one.Name] = attributeOf(one)
	}
	return to
}

func attributeOf(from *tfprotov6.SchemaAttribute) attribute {
	to := attribute{
		Type:        from.Type,
		description: described(from.Description, from.DescriptionKind),
		Deprecated:  from.Deprecated,
		Required:    from.Required,
		Optional:    from.Optional,
		Computed:    from.Computed,
		Sensitive:   from.Sensitive,
		WriteOnly:   from.WriteOnly,
	}
	if from.NestedType != nil {
		to.Type = nil
		to.Nested = &nested{
			Attributes: attributesOf(from.NestedType.Attributes),
			Nesting:    strings.ToLower(from.NestedType.Nesting.String()),
		}
	}
	return to
}

func functionOf(from *tfprotov6.Function) function {
	to := function{
		Description: from.Description,
		Summary:     from.Summary,
		Deprecation: from.DeprecationMessage,
		Parameters:  make([]parameter, 0, len(from.Parameters)),
	}
	if from.Return != nil {
		to.Return = from.Return.Type
	}
	for _, one := range from.Parameters {
		to.Parameters = append(to.Parameters, parameterOf(one))
	}
	if from.VariadicParameter != nil {
		last := parameterOf(from.VariadicParameter)
		to.Variadic = &last
	}
	return to
}

func parameterOf(from *tfprotov6.FunctionParameter) parameter {
	return parameter{Name: from.Name, Description: from.Description, Nullable: from.AllowNullValue, Type: from.Type}
}

func identityOf(from *tfprotov6.ResourceIdentitySchema) identity {
	to := identity{Version: from.Version, Attributes: make(map[string]identityAttribute, len(from.IdentityAttributes))}
	for _, one := range from.IdentityAttributes {
		to.Attributes[one.Name] = identityAttribute{
			Type:        one.Type,
			Description: one.Description,
			Required:    one.RequiredForImport,
			Optional:    one.OptionalForImport,
		}
	}
	return to
}

// described returns the text with its kind; the CLI states the kind even where
// there is no text.
func described(text string, kind tfprotov6.StringKind) description {
	return description{Text: text, Kind: strings.ToLower(kind.String())}
}
