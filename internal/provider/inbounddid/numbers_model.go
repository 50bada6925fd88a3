package inbounddid

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

// block is a plan or a state of vicidial_inbound_numbers. It has the attributes of
// vicidial_inbound_did, too, so it is a map by name.
type block map[string]attr.Value

var overridesType = types.MapType{ElemType: types.StringType}

// newBlock returns a block of numbers with nothing declared.
func newBlock(name string, dids []string) block {
	b := block{
		"name": types.StringValue(name), "dids": tfhelper.StringList(dids), "overrides": types.MapNull(overridesType),
		"released": types.ListNull(types.StringType), "take_over": types.BoolValue(false), "deviations": types.MapNull(types.StringType),
	}
	for attribute := range single {
		b[attribute] = attributeOf(attribute, cluster.Value{}, false)
	}
	return b
}

// blockTypes has the types of the attributes of a block.
var blockTypes = func() map[string]attr.Type {
	var resp resource.SchemaResponse
	(&Numbers{}).Schema(context.Background(), resource.SchemaRequest{}, &resp)
	kinds := make(map[string]attr.Type, len(resp.Schema.Attributes))
	for name, attribute := range resp.Schema.Attributes {
		kinds[name] = attribute.GetType()
	}
	return kinds
}()

func (b block) object() types.Object { return types.ObjectValueMust(blockTypes, b) }

// blockOf returns the block of a plan or a state; nil if it has none.
func blockOf(ctx context.Context, from replacement.State, diags *diag.Diagnostics) block {
	object, ok := tfhelper.Get[types.Object](ctx, from, diags)
	if !ok || object.IsNull() {
		return nil
	}
	return object.Attributes()
}

func (b block) name() string {
	name, _ := b["name"].(types.String)
	return name.ValueString()
}

func (b block) texts(attribute string) []string {
	list, _ := b[attribute].(types.List)
	return tfhelper.Strings(list.Elements())
}

func (b block) isTrue(attribute string) bool {
	flag, _ := b[attribute].(types.Bool)
	return flag.ValueBool()
}

func (b block) textMap(attribute string) map[string]string {
	elements, _ := b[attribute].(types.Map)
	return tfhelper.Texts(elements)
}

// with returns the block with another attribute.
func (b block) with(attribute string, value attr.Value) block {
	changed := maps.Clone(b)
	changed[attribute] = value
	return changed
}

// imported reports whether the block is imported: only its numbers are known.
func (b block) imported() bool { return b["deviations"].IsNull() }

type blockIdentity struct {
	Name types.String `tfsdk:"name"`
	DIDs types.String `tfsdk:"dids"`
}

func (b block) identity() blockIdentity {
	set, _ := parseDIDs(b.texts("dids"))
	return blockIdentity{types.StringValue(b.name()), types.StringValue(strings.Join(set.Ranges(), ","))}
}

// declared is a block in the types of package numbers.
type declared struct {
	numbers.Block
	wanted   numbers.Wanted
	released ranges.Set
}

// declared converts the block, and returns the errors that it finds without the
// database.
func (b block) declared() (declared, diag.Diagnostics) {
	var d declared
	var err error
	d.Numbers, err = parseDIDs(b.texts("dids"))
	diags := tfhelper.DiagnoseAt(path.Root("dids"), "Invalid numbers", err)
	d.released, err = parseDIDs(b.texts("released"))
	diags.Append(tfhelper.DiagnoseAt(path.Root("released"), "Invalid numbers", err)...)
	d.Shared = cluster.Row{}
	for name := range single {
		if value, set := tfhelper.ValueOf(b[name], cluster.YesNo); set {
			d.Shared[name] = value
		}
	}
	overrides, _ := b["overrides"].(types.Map)
	found, more := overridesOf(path.Root("overrides"), overrides)
	d.Overrides = found
	diags.Append(more...)
	if diags.HasError() {
		return d, diags
	}
	if both := d.Numbers.Common(d.released); both.Len() > 0 {
		diags.Append(tfhelper.DiagnoseAt(path.Root("released"), "Conflicting numbers",
			errors.New(both.Brief()+" is in dids, too: remove it from one of the two"))...)
	}
	d.wanted, err = d.Wanted()
	at := path.Root("overrides")
	if wrong := (*numbers.OverrideError)(nil); errors.As(err, &wrong) {
		at = at.AtMapKey(wrong.Key)
		if wrong.Column != "" {
			at = at.AtMapKey(wrong.Column)
		}
	}
	diags.Append(tfhelper.DiagnoseAt(at, "Invalid override", err)...)
	return d, diags
}

// overridesOf reads overrides, in the order of their keys.
func overridesOf(at path.Path, from types.Map) ([]numbers.Override, diag.Diagnostics) {
	var diags diag.Diagnostics
	var overrides []numbers.Override
	for _, key := range slices.Sorted(maps.Keys(from.Elements())) {
		at := at.AtMapKey(key)
		set, err := parseDIDs(strings.Split(strings.ReplaceAll(key, " ", ""), ","))
		diags.Append(tfhelper.DiagnoseAt(at, "Invalid numbers", err)...)
		override := numbers.Override{Key: key, Numbers: set, Row: cluster.Row{}}
		columns, _ := from.Elements()[key].(types.Map)
		values := tfhelper.Texts(columns)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			value, err := overridden(name, values[name])
			diags.Append(tfhelper.DiagnoseAt(at.AtMapKey(name), "Invalid override", err)...)
			override.Row[name] = value
		}
		overrides = append(overrides, override)
	}
	return overrides, diags
}

// adopted returns the block that an import finds.
func adopted(name string, found numbers.Block) block {
	b := newBlock(name, found.Numbers.Ranges())
	for column, value := range found.Shared {
		b[column] = attributeOf(column, value, true)
	}
	if len(found.Overrides) == 0 {
		return b
	}
	overrides := make(map[string]attr.Value, len(found.Overrides))
	for _, override := range found.Overrides {
		values := make(map[string]attr.Value, len(override.Row))
		for column, value := range override.Row {
			values[column] = types.StringValue(overrideText(column, value))
		}
		overrides[override.Key] = types.MapValueMust(types.StringType, values)
	}
	return b.with("overrides", types.MapValueMust(overridesType, overrides))
}

func deviationMap(deviations []numbers.Deviation) types.Map {
	elements := map[string]attr.Value{}
	for _, deviation := range deviations {
		for _, numbers := range deviation.Numbers.Ranges() {
			elements[numbers] = types.StringValue(deviation.Text)
		}
	}
	return types.MapValueMust(types.StringType, elements)
}
