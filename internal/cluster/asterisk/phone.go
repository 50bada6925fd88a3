package asterisk

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// CheckPhone keeps the text of a column from becoming more than one line of
// the files that are generated from it: a line end would let it write settings,
// or sections, of its own. conf_override is lines, and is looked over as such.
func CheckPhone(column, text string) error {
	if column == "conf_override" {
		// What stands in the section of the phone may open further ones, as PJSIP needs.
		return Check(cluster.AccountEntry, "[phone]\n"+text).Errors().Err()
	}
	return cluster.CheckOneLine(text)
}
