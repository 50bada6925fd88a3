package asterisk

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// CheckPhone keeps the text of a column from becoming more than one line of
// the files that are generated from it: a line end would let it write settings,
// or sections, of its own. A column that is lines is for [Check].
func CheckPhone(column, text string) error {
	if slices.ContainsFunc(Columns, func(one Column) bool { return one.Table == "phones" && one.Name == column && one.Lines }) {
		return nil
	}
	return cluster.CheckOneLine(text)
}
