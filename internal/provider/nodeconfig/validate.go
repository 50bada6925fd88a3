package nodeconfig

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// pairs validates each key of a map together with its value.
type pairs struct {
	description string
	check       func(key, value string) error
}

func (p pairs) Description(context.Context) string         { return p.description }
func (p pairs) MarkdownDescription(context.Context) string { return p.description }

func (p pairs) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	elements := req.ConfigValue.Elements()
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		value, isText := elements[key].(types.String)
		if !isText || value.IsUnknown() {
			continue
		}
		resp.Diagnostics.Append(tfhelper.DiagnoseAt(req.Path.AtMapKey(key), "Invalid value", p.check(key, value.ValueString()))...)
	}
}

func checkSetting(key, value string) error {
	if err := astguiclient.CheckSetting(key); err != nil {
		return err
	}
	return astguiclient.CheckValue(key, value)
}

func checkExtra(key, value string) error {
	if slices.Contains(astguiclient.Keys(), key) {
		return fmt.Errorf("key %s is a key of install.pl; write it into settings", key)
	}
	if err := astguiclient.CheckKey(key); err != nil {
		return err
	}
	return astguiclient.CheckValue(key, value)
}

func checkSecret(key, value string) error {
	if !slices.Contains(astguiclient.Secrets(), key) {
		return fmt.Errorf("key %s: it is not a password; the passwords are %s", key, strings.Join(astguiclient.Secrets(), ", "))
	}
	return astguiclient.CheckValue(key, value)
}
