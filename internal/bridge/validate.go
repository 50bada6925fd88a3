package bridge

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Check makes a validator of a pure check of one text. says is its description.
func Check(says string, check func(string) error) validator.String {
	return textCheck{says, check}
}

type textCheck struct {
	says  string
	check func(string) error
}

func (c textCheck) Description(context.Context) string         { return c.says }
func (c textCheck) MarkdownDescription(context.Context) string { return c.says }

func (c textCheck) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(DiagnoseAt(req.Path, "Invalid value", c.check(req.ConfigValue.ValueString()))...)
}
