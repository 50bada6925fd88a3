package asterisk

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// CheckPhone keeps the text of a column from becoming more than one line of
// the files that are generated from it: a line end would let it write settings,
// or sections, of its own. A column that is lines is looked over as such.
func CheckPhone(column, text string) error {
	for _, one := range Columns {
		if one.Table == "phones" && one.Name == column && one.Lines {
			return Check(cluster.AsteriskText(column), text).Errors().Err()
		}
	}
	return cluster.CheckOneLine(text)
}
