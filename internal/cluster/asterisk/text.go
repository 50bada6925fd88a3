// Package asterisk reads and checks the Asterisk configuration that VICIdial
// keeps in text columns: dialplan, account sections, registrations, globals
// and templates. It judges a text as main/config.c and pbx_config.c of
// Asterisk would, writes the dialplan of a route and reads it back.
package asterisk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Flaw is something wrong with a piece of Asterisk text.
type Flaw struct {
	Line    int    // counted from 1; 0 where the whole text is meant
	What    string // what is wrong
	Do      string // what to do about it
	Warning bool   // it works, but hardly as meant: a warning, not an error
}

func (f Flaw) String() string {
	told := f.What + ": " + f.Do
	if f.Line == 0 {
		return told
	}
	return fmt.Sprintf("line %d: %s", f.Line, told)
}

// Flaws are the flaws of one text, by line.
type Flaws []Flaw

// Errors are the flaws that Asterisk would stumble over.
func (f Flaws) Errors() Flaws { return f.with(false) }

// Warnings are the flaws that a warning does for.
func (f Flaws) Warnings() Flaws { return f.with(true) }

func (f Flaws) with(doubt bool) Flaws {
	var found Flaws
	for _, flaw := range f {
		if flaw.Warning == doubt {
			found = append(found, flaw)
		}
	}
	return found
}

func (f Flaws) String() string {
	told := make([]string, len(f))
	for at, flaw := range f {
		told[at] = flaw.String()
	}
	return strings.Join(told, "\n")
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

// Check looks the text of a column over, the way Asterisk's own reader
// (main/config.c) and pbx_config.c would. Text that is empty has no flaws.
func Check(column cluster.AsteriskText, text string) Flaws {
	if flaws := checkCharacters(text); len(flaws) > 0 {
		return flaws // no reader sees such a text as it was meant
	}
	lines, flaws := readLines(cluster.NormalText(text))
	for _, line := range lines {
		if strings.HasPrefix(line.text, "#") {
			flaws = append(flaws, Flaw{
				Line: line.number, What: "a # directive reads another file or runs a command on the node",
				Do: "write the lines themselves, or start the line with ; to make it a comment",
			})
		}
	}
	switch column {
	case cluster.DialplanEntry:
		flaws = append(flaws, checkDialplan(lines)...)
	case cluster.AccountEntry:
		flaws = append(flaws, checkAccount(lines)...)
	case cluster.TemplateContents:
		flaws = append(flaws, checkTemplate(lines)...)
	case cluster.RegistrationString:
		flaws = append(flaws, checkRegistration(lines)...)
	case cluster.GlobalsString:
		flaws = append(flaws, checkGlobals(lines)...)
	case CarrierDescription: // free text, which Asterisk never reads
	}
	return flaws.sorted()
}

func checkCharacters(text string) Flaws {
	var flaws Flaws
	for at, line := range strings.Split(cluster.NormalText(text), "\n") {
		if !utf8.ValidString(line) {
			flaws = append(flaws, Flaw{Line: at + 1, What: "this is not UTF-8 text", Do: "save the file as UTF-8"})
			continue
		}
		for _, char := range line {
			if char == 0 {
				flaws = append(flaws, Flaw{Line: at + 1, What: "there is a NUL character", Do: "remove it: Asterisk stops reading there"})
				break
			}
			// C1 controls and the Unicode line separators look like blanks or
			// line ends to some readers and like nothing to others.
			if char != '\t' && (char < ' ' || char >= 0x7f && char <= 0x9f || char == 0x2028 || char == 0x2029) {
				flaws = append(flaws, Flaw{Line: at + 1, What: fmt.Sprintf("there is a control character (U+%04X)", char), Do: "remove it"})
				break
			}
		}
		if len(line) > lineBytes {
			flaws = append(flaws, Flaw{
				Line: at + 1, What: fmt.Sprintf("the line has %d bytes and Asterisk reads %d at a time", len(line), lineBytes),
				Do: "split it",
			})
		}
	}
	return flaws
}

// lineBytes is what fits into the line buffer of main/config.c, with
// the line end and the NUL.
const lineBytes = 8190

// line is what is left of a line without comment and outer blanks.
type line struct {
	number int
	text   string
}

// readLines takes the comments out, as main/config.c does: ; to the end of
// the line, ;-- to --; over lines and nested, \; is no comment. Lines with
// nothing left are left out.
func readLines(text string) ([]line, Flaws) {
	var (
		lines []line
		flaws Flaws
		open  []int // the lines in which the blocks that are still open began
	)
	for at, raw := range strings.Split(text, "\n") {
		var kept strings.Builder
		for rest := raw; rest != ""; {
			mark := strings.IndexByte(rest, ';')
			switch {
			case mark < 0:
				if len(open) == 0 {
					kept.WriteString(rest)
				}
				rest = ""
			case mark > 0 && rest[mark-1] == '\\':
				if len(open) == 0 {
					kept.WriteString(rest[:mark-1] + string(escapedSemicolon))
				}
				rest = rest[mark+1:]
			case strings.HasPrefix(rest[mark:], ";--") && !strings.HasPrefix(rest[mark:], ";---"):
				if len(open) == 0 {
					kept.WriteString(rest[:mark])
				}
				open = append(open, at+1)
				rest = rest[mark+len(";--"):]
			case strings.HasSuffix(rest[:mark], "--"):
				if len(open) == 0 {
					flaws = append(flaws, Flaw{Line: at + 1, What: "--; ends a comment that no ;-- began", Do: "remove one of its hyphens, or begin the comment"})
					rest = ""
					continue
				}
				open = open[:len(open)-1]
				rest = rest[mark+1:]
			default:
				if len(open) == 0 {
					kept.WriteString(rest[:mark])
					rest = ""
					continue
				}
				rest = rest[mark+1:]
			}
		}
		if left := strings.TrimSpace(kept.String()); left != "" {
			lines = append(lines, line{number: at + 1, text: left})
		}
	}
	for _, began := range open {
		flaws = append(flaws, Flaw{
			Line: began, What: ";-- begins a comment that no --; ends",
			Do: "end it, or write a plain ; : everything that VICIdial puts after it would be lost",
		})
	}
	return lines, flaws
}

// escapedSemicolon stands for \; in a line, where a plain ; would read as the
// start of a comment to the checks that follow. It can be no part of a text.
const escapedSemicolon = '\x00'
