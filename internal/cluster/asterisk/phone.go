package asterisk

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// CheckPhone keeps the text of a column from becoming more than one line of
// the files that are generated from it: a line end would let it write settings,
// or sections, of its own. A column that is lines is for [Check].
func CheckPhone(column, text string) error {
	if IsText("phones", column) {
		return nil
	}
	return cluster.CheckOneLine(text)
}
