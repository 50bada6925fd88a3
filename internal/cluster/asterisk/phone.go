package asterisk

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// CheckPhone keeps the text of a column from becoming more than one line of
// the files that are generated from it: a line end would let it write settings,
// or sections, of its own. conf_override is lines, and is looked over as such.
func CheckPhone(column, text string) error {
	if column == string(ConfOverride) {
		return Check(ConfOverride, text).Errors().Err()
	}
	return cluster.CheckOneLine(text)
}
