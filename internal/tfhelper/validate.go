package tfhelper

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Check makes a validator of a pure check of one text. says is its description.
func Check(says string, check func(string) error) validator.String {
	return textCheck{says, check}
}

// Looks makes a validator of a regular expression. says completes "it must be".
func Looks(expression, says string) validator.String {
	wanted := regexp.MustCompile(expression)
	return Check(says, func(text string) error {
		if !wanted.MatchString(text) {
			return fmt.Errorf("%q must be %s", text, says)
		}
		return nil
	})
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
