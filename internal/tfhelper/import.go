package tfhelper

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Identity returns an identity of one natural key.
func Identity(attribute, key string) types.Object {
	return types.ObjectValueMust(map[string]attr.Type{attribute: types.StringType}, map[string]attr.Value{attribute: types.StringValue(key)})
}

// Import imports an object by an id or an identity that is one natural key, and sets
// state and identity to the key as the row spells it. To VICIdial's collations "sales",
// "SALES" and "SALES " are equal. To Terraform they are not: a state with one of them
// and a configuration with another result in a replacement. Terraform does not permit an
// identity to change during an import.
//
// spelling returns the key of the row that has a key, or the key itself when no row
// has it, which Terraform reports.
func Import(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse, attribute string, spelling func(key string) (string, error)) {
	key, at := req.ID, path.Root(attribute)
	if key == "" {
		var given types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, at, &given)...)
		key = given.ValueString()
	}
	spelled, err := spelling(strings.TrimSpace(key))
	if err == nil && req.ID == "" && spelled != key {
		err = fmt.Errorf("VICIdial writes it %s; write it so in the identity of the import block", spelled)
	}
	resp.Diagnostics.Append(Diagnose("Unable to import "+key, "", err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, at, spelled)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, Identity(attribute, spelled))...)
	}
}
