package tfhelper

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// StringValidator returns a validator that calls a function.
func StringValidator(description string, check func(string) error) validator.String {
	return stringValidator{description, check}
}

// RegexMatches returns a validator for a regular expression. The description
// completes "it must be".
func RegexMatches(expression, description string) validator.String {
	compiled := cluster.LazyRegexp(expression)
	return StringValidator(description, func(text string) error {
		if !compiled().MatchString(text) {
			return fmt.Errorf("%q must be %s", text, description)
		}
		return nil
	})
}

type stringValidator struct {
	description string
	check       func(string) error
}

func (v stringValidator) Description(context.Context) string         { return v.description }
func (v stringValidator) MarkdownDescription(context.Context) string { return v.description }

func (v stringValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(DiagnoseAt(req.Path, "Invalid value", v.check(req.ConfigValue.ValueString()))...)
}
