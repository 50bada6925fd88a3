package tfhelper

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Import takes a key by id or by identity into the attribute of that name, as
// VICIdial spells it: to its collations "sales" and "SALES" are one, to Terraform
// they are two, and a state with the one plans a replacement for a configuration
// with the other. An identity cannot be corrected on the way.
func Import(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse, attribute string, spell func(string) (string, error)) {
	key, at := req.ID, path.Root(attribute)
	if key == "" {
		var given types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, at, &given)...)
		key = given.ValueString()
	}
	spelled, err := spell(key)
	if err == nil && req.ID == "" && spelled != key {
		err = fmt.Errorf("VICIdial writes it %s; write it so in the identity of the import block", spelled)
	}
	resp.Diagnostics.Append(Diagnose("Unable to import "+key, "", err)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, at, spelled)...)
	}
}
