package tfhelper

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// StringValidator returns a validator that calls a function.
func StringValidator(description string, check func(string) error) validator.String {
	return stringValidator{description, check}
}

// RegexMatches returns a validator for a regular expression. The description
// completes "it must be".
func RegexMatches(expression, description string) validator.String {
	rule := cluster.Matches(expression, description)
	return StringValidator(description, func(text string) error { return rule.Check(cluster.Schema{}, cluster.Text(text)) })
}

// IsRegexp returns a validator for regular expressions.
func IsRegexp() validator.String {
	return StringValidator("a regular expression", func(text string) error {
		if _, err := regexp.Compile(text); err != nil {
			return fmt.Errorf("%q is not a regular expression (RE2): %w", text, err)
		}
		return nil
	})
}

// MatchesRegexp reports whether a text matches a pattern that [IsRegexp] has
// validated. It ignores case, as VICIdial's collation does. A null pattern matches
// every text.
func MatchesRegexp(pattern types.String, text string) bool {
	if pattern.IsNull() {
		return true
	}
	compiled, err := regexp.Compile("(?i:" + pattern.ValueString() + ")")
	return err == nil && compiled.MatchString(text)
}

// RangesValidator returns a validator for a list of ranges. parse returns a
// [*ranges.Error] for an invalid one; title is the title of its diagnostic.
func RangesValidator(description, title string, parse func([]string) error) validator.List {
	return rangesValidator{stringValidator{description: description}, title, parse}
}

type rangesValidator struct {
	stringValidator
	title string
	parse func([]string) error
}

func (v rangesValidator) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	var texts []string
	for _, element := range req.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsUnknown() || text.IsNull() {
			return
		}
		texts = append(texts, text.ValueString())
	}
	err := v.parse(texts)
	at := req.Path
	if wrong := (*ranges.Error)(nil); errors.As(err, &wrong) {
		at = at.AtListIndex(wrong.Index)
	}
	resp.Diagnostics.Append(DiagnoseAt(at, v.title, err)...)
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
