package tfhelper

import (
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

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
