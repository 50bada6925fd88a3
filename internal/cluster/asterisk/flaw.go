package asterisk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Flaw is an error or a warning about Asterisk text.
type Flaw struct {
	Line    int    // from 1; 0 for the whole text
	Text    string // what is wrong
	Advice  string // what to do about it
	Warning bool   // Asterisk accepts the line
}

func (f Flaw) String() string {
	text := f.Text + ": " + f.Advice
	if f.Line == 0 {
		return text
	}
	return fmt.Sprintf("line %d: %s", f.Line, text)
}

// Flaws are the flaws of one text, by line.
type Flaws []Flaw

// Errors are the flaws for which Asterisk drops lines.
func (f Flaws) Errors() Flaws { return f.with(false) }

// Warnings are the flaws that Asterisk accepts.
func (f Flaws) Warnings() Flaws { return f.with(true) }

func (f Flaws) with(warning bool) Flaws {
	var found Flaws
	for _, flaw := range f {
		if flaw.Warning == warning {
			found = append(found, flaw)
		}
	}
	return found
}

func (f Flaws) String() string {
	texts := make([]string, len(f))
	for at, flaw := range f {
		texts[at] = flaw.String()
	}
	return strings.Join(texts, "\n")
}

// Err is the flaws as one error; nil when there are none.
func (f Flaws) Err() error {
	if len(f) == 0 {
		return nil
	}
	return errors.New(f.String())
}

func (f Flaws) sorted() Flaws {
	slices.SortStableFunc(f, func(a, b Flaw) int { return cmp.Compare(a.Line, b.Line) })
	return f
}

// shortened truncates a long text that a message quotes.
func shortened(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
