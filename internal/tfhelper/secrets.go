package tfhelper

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
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

// WriteOnlySecret is a column whose secret is a write-only attribute with a version.
type WriteOnlySecret struct {
	Column, Attribute string
	Value             types.String
	Version           types.Int64
}

// NewSecrets returns the secrets to write: those that the configuration sets and whose
// planned version is not the prior one. prior is empty for a new object. The version in
// the configuration does not count, since with ignore_changes the plan has another one.
func NewSecrets(config, planned, prior []WriteOnlySecret) []WriteOnlySecret {
	var secrets []WriteOnlySecret
	for i, secret := range config {
		if !secret.Value.IsNull() && (len(prior) == 0 || !prior[i].Version.Equal(planned[i].Version)) {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

// SecretRow returns the columns of secrets.
func SecretRow(secrets []WriteOnlySecret) cluster.Row {
	row := make(cluster.Row, len(secrets))
	for _, secret := range secrets {
		row[secret.Column] = cluster.Text(secret.Value.ValueString())
	}
	return row
}

// WarnSecrets is [WarnSecret] for each of several secrets.
func WarnSecrets(secrets []WriteOnlySecret, rows string) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, secret := range secrets {
		diags.Append(WarnSecret(path.Root(secret.Attribute+"_version"), secret.Column, rows)...)
	}
	return diags
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
