package tfhelper

import (
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// hinted is an error that says what to do about it.
type hinted interface {
	error
	Hint() string
}

// Diagnose makes a diagnostic of an error: what could not be done, to what, the
// cause, and as the last lines what to do now. No error gives no diagnostic.
func Diagnose(summary, key string, err error) diag.Diagnostics {
	if err == nil {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic(title(summary, key), detail(err))}
}

// DiagnoseAt points at the attribute whose value is to blame.
func DiagnoseAt(at path.Path, summary string, err error) diag.Diagnostics {
	if err == nil {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, summary, named(at, detail(err)))}
}

// WarnAt warns of what an attribute leads to. Terraform shows one of several
// warnings with one summary and counts the others.
func WarnAt(at path.Path, summary, text string) diag.Diagnostics {
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(at, summary, named(at, sentence(text)))}
}

// named says which attribute a text is about, where Terraform may not: for one
// inside another, 1.11 shows the resource's first line.
func named(at path.Path, text string) string {
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

// detail ends with the hint of every error in the chain that has one, the
// outermost last: it knows best how to go on.
func detail(err error) string {
	text := sentence(err.Error())
	var hints []string
	for cause := err; cause != nil; {
		var with hinted
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

// sentence makes an error, which begins small, a sentence.
func sentence(text string) string {
	if text == "" {
		return text
	}
	word, _, _ := strings.Cut(text, " ")
	if first := text[0]; first >= 'a' && first <= 'z' && !strings.Contains(word, "_") { // the name of a column stays one
		text = string(first-'a'+'A') + text[1:]
	}
	if last := text[len(text)-1]; last != '.' && last != '\n' {
		text += "."
	}
	return text
}
