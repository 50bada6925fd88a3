package tfhelper

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// hinter is an error with a hint at what to do.
type hinter interface {
	error
	Hint() string
}

// TitleMisspelled is the title of a [cluster.Misspelled].
const TitleMisspelled = "Key is spelled differently"

// TitleOf returns the title of an error at a key: refusal when existing rows prevent the
// change, and otherwise for any other error.
func TitleOf(err error, refusal, otherwise string) string {
	var conflict *cluster.Conflict
	var refused *cluster.Refused
	if errors.As(err, &conflict) || errors.As(err, &refused) {
		return refusal
	}
	return otherwise
}

// Diagnose returns an error diagnostic: what failed, on which object, the cause, and
// the hints of the errors in the chain. It returns none for a nil error.
func Diagnose(summary, key string, err error) diag.Diagnostics {
	if err == nil {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic(title(summary, key), detail(err))}
}

// DiagnoseAt returns an error diagnostic at the attribute that causes it. The title of a
// [cluster.Misspelled] is always [TitleMisspelled].
func DiagnoseAt(at path.Path, summary string, err error) diag.Diagnostics {
	if err == nil {
		return nil
	}
	if misspelled := (*cluster.Misspelled)(nil); errors.As(err, &misspelled) {
		summary = TitleMisspelled
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, summary, withPath(at, detail(err)))}
}

// DiagnoseNew returns an error at an attribute whose new value breaks a rule. It returns
// a warning for an existing value, which is never refused: neither on import nor when
// another attribute changes.
func DiagnoseNew(at path.Path, summary string, err error, existing bool) diag.Diagnostics {
	if err == nil || !existing {
		return DiagnoseAt(at, summary, err)
	}
	return WarnAt(at, summary, detail(err)+existingAccepted)
}

// WarnSecret warns that a write-only secret is going to be written, and names the rows.
func WarnSecret(version path.Path, column, rows string) diag.Diagnostics {
	return WarnAt(version, "Secret is written again", column+" of "+rows+" gets the value that is in the configuration now.")
}

// NameServers puts the server_id beside each address in the texts of warnings.
func NameServers(diags diag.Diagnostics, servers cluster.Servers) diag.Diagnostics {
	named := make(diag.Diagnostics, 0, len(diags))
	for _, d := range diags {
		at, ok := d.(diag.DiagnosticWithPath)
		switch {
		case d.Severity() != diag.SeverityWarning:
			named = append(named, d)
		case ok:
			named = append(named, diag.NewAttributeWarningDiagnostic(at.Path(), d.Summary(), servers.NameAddresses(d.Detail())))
		default:
			named = append(named, diag.NewWarningDiagnostic(d.Summary(), servers.NameAddresses(d.Detail())))
		}
	}
	return named
}

// WarnAt returns a warning at an attribute. Of several warnings with the same summary,
// Terraform shows one and counts the others.
func WarnAt(at path.Path, summary, text string) diag.Diagnostics {
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(at, summary, withPath(at, sentence(text)))}
}

// withPath puts the path of a nested attribute in front of a text: for these
// Terraform 1.11 shows only the first line of the resource.
func withPath(at path.Path, text string) string {
	if len(at.Steps()) < 2 {
		return text
	}
	return at.String() + ": " + text
}

func title(summary, key string) string {
	if key == "" {
		return summary
	}
	return summary + " " + key
}

// detail appends the hints of the errors in the chain, the outermost last.
func detail(err error) string {
	text := sentence(err.Error())
	var hints []string
	for cause := err; cause != nil; {
		var with hinter
		if !errors.As(cause, &with) {
			break
		}
		if hint := with.Hint(); hint != "" {
			hints = append(hints, hint)
		}
		cause = errors.Unwrap(with)
	}
	for i := len(hints) - 1; i >= 0; i-- {
		text += "\n\n" + hints[i]
	}
	return text
}

// sentence makes an error text a sentence, with a capital and a full stop. A first word
// that quotes the database or the configuration gets no capital: one with other
// characters than letters, such as an id or the name of a column, and a name with its
// address in parentheses.
func sentence(text string) string {
	if text == "" {
		return text
	}
	word, rest, _ := strings.Cut(text, " ")
	if isWord(strings.TrimSuffix(word, ",")) && !strings.HasPrefix(rest, "(") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if last := text[len(text)-1]; last != '.' && last != '\n' {
		text += "."
	}
	return text
}

func isWord(text string) bool {
	return !strings.ContainsFunc(text, func(letter rune) bool { return letter < 'a' || letter > 'z' })
}

// DiagnoseViolations returns an error at each new value that breaks a rule, and a warning
// for each value that the row already has. at returns the attribute that declares a
// column.
func DiagnoseViolations(row string, violations []cluster.Violation, at func(column string) path.Path) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, violation := range violations {
		attribute := at(violation.Column)
		about := fmt.Sprintf("%s of %s: %s.", violation.Column, row, violation.Err)
		switch {
		case violation.TooWide:
			diags.Append(DiagnoseAt(attribute, "Value not supported by the database", violation.Err)...)
		case violation.Existing:
			diags.Append(WarnAt(attribute, "Existing value breaks a rule", about+existingAccepted)...)
		case violation.Advice:
			diags.Append(WarnAt(attribute, "Value that VICIdial may change", about)...)
		default:
			diags.Append(DiagnoseAt(attribute, "Invalid value", violation.Err)...)
		}
	}
	return diags
}

// FirstLoginTitle and FirstLoginText warn of secrets that VICIdial's wizard overwrites.
const (
	FirstLoginTitle = "First-login wizard has not run yet"
	FirstLoginText  = "When somebody logs in to the admin pages for the first time, VICIdial's wizard overwrites the default passwords and those of all servers and phones. Let it run before you set secrets."
)

// existingAccepted ends the text of a warning of an existing value.
const existingAccepted = " The database already has this value, so it is accepted; a new value must follow the rule."
