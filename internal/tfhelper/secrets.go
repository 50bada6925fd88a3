package tfhelper

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// SecretsAttribute returns the attribute secrets_wo: by name, the values of the
// placeholders {secret:NAME} in the texts of a resource.
func SecretsAttribute() schema.MapAttribute {
	return schema.MapAttribute{
		Optional: true, WriteOnly: true, ElementType: types.StringType,
		MarkdownDescription: "Values of the placeholders `{secret:NAME}`, by name. Write-only: neither the state nor the plan contains them.",
		Validators:          []validator.Map{secretValues{}},
	}
}

// VersionAttribute returns the attribute that is the version of a write-only one.
func VersionAttribute(attribute string, secret path.Expression) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: "Terraform does not store the value of `" + attribute + "` and cannot see that it changed. Raise this number to write it.",
		Validators:          []validator.Int64{int64validator.AlsoRequires(secret)},
	}
}

type secretValues struct{}

func (secretValues) Description(context.Context) string {
	return "values that a line of an Asterisk configuration file can contain"
}

func (v secretValues) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (secretValues) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	values := Texts(req.ConfigValue)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		resp.Diagnostics.Append(DiagnoseAt(req.Path, "Invalid secret", cluster.CheckSecret(name, values[name]))...)
	}
}
