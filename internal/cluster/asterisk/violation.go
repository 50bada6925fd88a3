package asterisk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Violation is an error or a warning about Asterisk text.
type Violation struct {
	Line    int    // from 1; 0 for the whole text
	Text    string // what is wrong
	Advice  string // what to do about it
	Warning bool   // Asterisk accepts the line
}

func (v Violation) String() string {
	text := v.Text + ": " + v.Advice
	if v.Line == 0 {
		return text
	}
	return fmt.Sprintf("line %d: %s", v.Line, text)
}

// Violations are the violations of one text, by line.
type Violations []Violation

// Errors are the violations for which Asterisk drops lines.
func (v Violations) Errors() Violations { return v.with(false) }

// Warnings are the violations that Asterisk accepts.
func (v Violations) Warnings() Violations { return v.with(true) }

func (v Violations) with(warning bool) Violations {
	var found Violations
	for _, violation := range v {
		if violation.Warning == warning {
			found = append(found, violation)
		}
	}
	return found
}

func (v Violations) String() string {
	texts := make([]string, len(v))
	for i, violation := range v {
		texts[i] = violation.String()
	}
	return strings.Join(texts, "\n")
}

// Err is the violations as one error; nil when there are none.
func (v Violations) Err() error {
	if len(v) == 0 {
		return nil
	}
	return errors.New(v.String())
}

func (v Violations) sorted() Violations {
	slices.SortStableFunc(v, func(a, b Violation) int { return cmp.Compare(a.Line, b.Line) })
	return v
}

// shortened truncates a long text that a message quotes.
func shortened(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
