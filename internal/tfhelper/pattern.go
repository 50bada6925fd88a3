package tfhelper

import (
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Pattern checks that a text is a regular expression.
func Pattern() validator.String {
	return Check("a regular expression", func(text string) error {
		if _, err := regexp.Compile(text); err != nil {
			return fmt.Errorf("%q is no regular expression (RE2): %w", text, err)
		}
		return nil
	})
}

// Matches says whether a text matches a pattern that [Pattern] has checked,
// without regard to case, as VICIdial's collation compares. No pattern matches
// everything.
func Matches(pattern types.String, text string) bool {
	if pattern.IsNull() {
		return true
	}
	compiled, err := regexp.Compile("(?i:" + pattern.ValueString() + ")")
	return err == nil && compiled.MatchString(text)
}
