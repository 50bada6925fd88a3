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
	text    string // what the page strips
	name    string // of it, in a message
	columns []cluster.AsteriskText
	strips  func(text string) bool // nil strips it from every text
}

// commentsKept is the schema version from which the form leaves the comments of a
// dialplan_entry (admin.php of 18 May 2020; docs/vicidial/page-filters.md#fields).
const commentsKept = 1598

// KeepsComments reports whether the admin page of a schema version leaves comments in a
// dialplan_entry. Where it does not, what follows the semicolon stays as a line.
func KeepsComments(schema int) bool { return schema >= commentsKept }

var formLosses = []formLoss{
	{text: ";", name: "; (semicolon)", columns: []cluster.AsteriskText{cluster.AccountEntry, cluster.RegistrationString, cluster.GlobalsString, cluster.TemplateContents, CarrierDescription}},
	{text: `\`, name: `\ (backslash)`, columns: []cluster.AsteriskText{cluster.DialplanEntry, CarrierDescription}},
	{text: "'", name: "' (single quote)", columns: []cluster.AsteriskText{cluster.DialplanEntry}},
	{text: `"`, name: `" (double quote; the value ends there)`, columns: []cluster.AsteriskText{cluster.RegistrationString, cluster.GlobalsString, CarrierDescription}},
	{
		text: "\n", name: "line breaks", columns: []cluster.AsteriskText{cluster.RegistrationString, cluster.GlobalsString, CarrierDescription},
		strips: func(text string) bool { return strings.Contains(cluster.TrimText(text), "\n") }, // not the one at the end of a heredoc
	},
	{
		text: "\n", name: "the blank line at the start", columns: []cluster.AsteriskText{cluster.AccountEntry},
		strips: func(text string) bool { return strings.HasPrefix(text, "\n") },
	},
}

// CheckForm returns a warning for each character that the admin page strips from a value
// when somebody saves its form, even unchanged. schema is the version of the database.
func CheckForm(column cluster.AsteriskText, text string, schema int) Violations {
	text = cluster.NormalText(text)
	var violations Violations
	losses := formLosses
	if !KeepsComments(schema) {
		losses = append(slices.Clone(losses), formLoss{text: ";", name: "; (semicolon)", columns: []cluster.AsteriskText{cluster.DialplanEntry}})
	}
	for _, loss := range losses {
		if !slices.Contains(loss.columns, column) {
			continue
		}
		i := strings.Index(text, loss.text)
		if i < 0 || loss.strips != nil && !loss.strips(text) {
			continue
		}
		violations = append(violations, Violation{
			Line: 1 + strings.Count(text[:i], "\n"), Text: fmt.Sprintf("the admin form strips %s from %s", loss.name, column), Warning: true,
			Advice: "do without where you can; the next plan puts back what the form took",
		})
	}
	return violations.sorted()
}
