package asterisk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// CarrierDescription is not Asterisk text: the generator writes it as a comment.
const CarrierDescription cluster.AsteriskText = "carrier_description"

// formLoss is a change that the admin page makes to a value when its form is saved
// (docs/vicidial/admin-page.md#character-filter, measured in docs/vicidial/measured.md#rewritten-text).
type formLoss struct {
	piece   string
	told    string
	columns []cluster.AsteriskText
	harm    func(text string) bool
}

// commentsKept is the schema version from which the form leaves the comments of a
// dialplan_entry (admin.php of 18 May 2020; docs/vicidial/page-filters.md#fields).
const commentsKept = 1598

// KeepsComments reports whether the admin page of a schema version leaves comments in a
// dialplan_entry. Where it does not, what follows the semicolon stays as a line.
func KeepsComments(schema int) bool { return schema >= commentsKept }

var formLosses = []formLoss{
	{piece: ";", told: "; (semicolon)", columns: []cluster.AsteriskText{cluster.AccountEntry, cluster.RegistrationString, cluster.GlobalsString, cluster.TemplateContents, CarrierDescription}},
	{piece: `\`, told: `\ (backslash)`, columns: []cluster.AsteriskText{cluster.DialplanEntry, CarrierDescription}},
	{piece: "'", told: "' (single quote)", columns: []cluster.AsteriskText{cluster.DialplanEntry}},
	{piece: `"`, told: `" (double quote; the value ends there)`, columns: []cluster.AsteriskText{cluster.RegistrationString, cluster.GlobalsString, CarrierDescription}},
	{
		piece: "\n", told: "line breaks", columns: []cluster.AsteriskText{cluster.RegistrationString, cluster.GlobalsString, CarrierDescription},
		harm: func(text string) bool { return strings.Contains(cluster.TrimText(text), "\n") }, // not the one at the end of a heredoc
	},
	{
		piece: "\n", told: "the blank line at the start", columns: []cluster.AsteriskText{cluster.AccountEntry},
		harm: func(text string) bool { return strings.HasPrefix(text, "\n") },
	},
}

// CheckForm returns a warning for each character that the admin page strips from a value
// when somebody saves its form, even unchanged. schema is the version of the database.
func CheckForm(column cluster.AsteriskText, text string, schema int) Flaws {
	text = cluster.NormalText(text)
	var flaws Flaws
	losses := formLosses
	if !KeepsComments(schema) {
		losses = append(slices.Clone(losses), formLoss{piece: ";", told: "; (semicolon)", columns: []cluster.AsteriskText{cluster.DialplanEntry}})
	}
	for _, loss := range losses {
		if !slices.Contains(loss.columns, column) {
			continue
		}
		at := strings.Index(text, loss.piece)
		if at < 0 || loss.harm != nil && !loss.harm(text) {
			continue
		}
		flaws = append(flaws, Flaw{
			Line: 1 + strings.Count(text[:at], "\n"), What: fmt.Sprintf("the admin form strips %s from %s", loss.told, column), Warning: true,
			Do: "do without where you can; the next plan puts back what the form took",
		})
	}
	return flaws.sorted()
}
