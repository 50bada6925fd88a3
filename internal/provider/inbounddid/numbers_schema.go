package inbounddid

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

//go:embed numbers_description.md
var numbersDescription string

// single has the attributes of vicidial_inbound_did that numbers can share.
var single = func() map[string]schema.Attribute {
	var resp resource.SchemaResponse
	(&Resource{}).Schema(context.Background(), resource.SchemaRequest{}, &resp)
	shared := maps.Clone(resp.Schema.Attributes)
	for _, name := range []string{"did_pattern", "reserved", "did_id"} {
		delete(shared, name)
	}
	return shared
}()

// Schema returns the attributes of vicidial_inbound_did, which are not computed here,
// and those of a block of numbers.
func (r *Numbers) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "The name of the block in messages. No table contains it, so another name changes nothing in the database. Each block must have a different name.",
			Validators:          []validator.String{stringvalidator.LengthBetween(1, 100)},
		},
		"dids": schema.ListAttribute{
			Required: true, ElementType: types.StringType,
			MarkdownDescription: "The numbers as the carrier sends them: ranges like `8005550100-8005550199` and single numbers like `+18005550300`. Leading zeros and a plus sign are significant; both ends of a range have the same number of digits. Other patterns, such as `*97`, are single. At most 100,000.",
			Validators:          []validator.List{listvalidator.SizeAtLeast(1), didRanges},
		},
		"overrides": schema.MapAttribute{
			Optional: true, ElementType: types.MapType{ElemType: types.StringType},
			MarkdownDescription: "Values of numbers that differ: numbers or ranges, with commas between them → attributes → values as text, e.g. `{ \"8005550100-8005550109\" = { group_id = \"VIP\", did_active = \"true\" } }`. `--BLANK--` is an empty text. A plan shows them, so a password in one is an error. An attribute that only `overrides` sets is not managed for the other numbers. By default no number differs.",
			Validators:          []validator.Map{overridesValidator{}},
		},
		"released": optional.Texts("Numbers that you have removed from `dids` and whose rows stay, for another resource or unmanaged. Without it, the rows of removed numbers are deleted, and their next call uses the row `default`. Remove the numbers from here after the apply.", didRanges),
		"take_over": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether the block takes numbers whose rows exist and differ from the declaration, and changes these rows. The default is false: such a row is an error, and the block takes only rows that are as declared.",
		},
		"deviations": schema.MapAttribute{
			Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.Map{tfhelper.ReportValidator{}},
			MarkdownDescription: "Numbers whose rows are not as declared, and their values. Empty after an apply. Changes that somebody makes by hand are shown here, and the next apply reverts them." + tfhelper.ReportNote,
		},
	}
	tfhelper.DescribeEffects(attributes, effect.InboundNumbers)
	for name, attribute := range single {
		switch a := attribute.(type) {
		case schema.StringAttribute:
			attributes[name] = schema.StringAttribute{Optional: true, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription}
		case schema.Int64Attribute:
			attributes[name] = optional.Int(a.MarkdownDescription)
		case schema.BoolAttribute:
			attributes[name] = optional.Bool(a.MarkdownDescription)
		}
	}
	resp.Schema = schema.Schema{MarkdownDescription: numbersDescription, Attributes: attributes}
}

func (r *Numbers) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name": identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the block in Terraform."},
		"dids": identityschema.StringAttribute{RequiredForImport: true, Description: "The numbers, as ranges with commas between them: 8005550100-8005550199,8005550300."},
	}}
}

// attributeOf returns the attribute of a column value; null if the row does not have the
// column.
func attributeOf(name string, value cluster.Value, has bool) attr.Value {
	number, isNumber := value.Int()
	switch single[name].(type) {
	case schema.Int64Attribute:
		if !has || !isNumber {
			return types.Int64Null()
		}
		return types.Int64Value(number)
	case schema.BoolAttribute:
		if !has {
			return types.BoolNull()
		}
		return types.BoolValue(value.Yes())
	}
	if !has {
		return types.StringNull()
	}
	return types.StringValue(tfhelper.ToBlank(value.Text))
}

// overridden returns the column value of the text of an override.
func overridden(name, text string) (cluster.Value, error) {
	switch single[name].(type) {
	case schema.BoolAttribute:
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return cluster.Value{}, fmt.Errorf(`%s must be "true" or "false", not %q`, name, text)
		}
		return cluster.YesNo(yes), nil
	case schema.Int64Attribute:
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return cluster.Value{}, fmt.Errorf("%s must be a whole number, not %q", name, text)
		}
		return cluster.Number(number), nil
	case nil:
		return cluster.Value{}, fmt.Errorf("%q is not an attribute that numbers can share; use one of %s", name, strings.Join(slices.Sorted(maps.Keys(single)), ", "))
	}
	return tfhelper.FromBlank(text), nil
}

// overrideText is the reverse of overridden.
func overrideText(name string, value cluster.Value) string {
	if _, isBool := single[name].(schema.BoolAttribute); isBool {
		return strconv.FormatBool(value.Yes())
	}
	return tfhelper.ToBlank(value.Text)
}

// didRanges validates numbers and ranges, with the error at the invalid one.
var didRanges = tfhelper.RangesValidator("numbers, and ranges that do not overlap", "Invalid numbers", func(texts []string) error {
	_, err := parseDIDs(texts)
	return err
})

// parseDIDs parses numbers, and refuses VICIdial's own rows.
func parseDIDs(texts []string) (ranges.Set, error) {
	set, err := ranges.Parse(texts)
	for index, text := range texts {
		if err == nil && cluster.ReservedDID(text) {
			err = &ranges.Error{Index: index, Range: text, Reason: "is VICIdial's own row, which all other numbers depend on; manage it with a vicidial_inbound_did that has reserved = true"}
		}
	}
	return set, err
}

// overridesValidator validates the known keys, names and values of overrides.
type overridesValidator struct{}

func (overridesValidator) Description(context.Context) string {
	return "numbers, and attributes with values as text"
}

func (o overridesValidator) MarkdownDescription(ctx context.Context) string {
	return o.Description(ctx)
}

func (overridesValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	overrides, diags := overridesOf(req.Path, req.ConfigValue)
	resp.Diagnostics.Append(diags...)
	for _, override := range overrides {
		for _, column := range slices.Sorted(maps.Keys(override.Row)) {
			if asterisk.HasPassword(column, override.Row[column]) {
				resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(override.Key).AtMapKey(column), "Password in overrides",
					"Plans and the state show overrides. Declare the numbers with this "+column+" in a vicidial_inbound_numbers of their own, whose "+column+" is marked as sensitive.")
			}
		}
	}
}
