package cluster

import (
	"errors"
	"strings"
	"unicode"
)

// AsteriskText names a column that holds Asterisk configuration. VICIdial
// copies it verbatim into the files of a node, so one bad line breaks the reload of every node that includes it (docs/vicidial/generator.md#broken-carrier).
type AsteriskText string

// The columns that hold Asterisk configuration.
const (
	DialplanEntry      AsteriskText = "dialplan_entry"
	AccountEntry       AsteriskText = "account_entry"
	RegistrationString AsteriskText = "registration_string"
	GlobalsString      AsteriskText = "globals_string"
	TemplateContents   AsteriskText = "template_contents"
)

// NormalText is the form in which text is stored: lines end in LF alone. The
// admin form sends CR LF, which some columns keep (docs/vicidial/measured.md#rewritten-text).
func NormalText(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// EquivalentText reports whether two texts are the same to Asterisk: line ends, a
// blank line at the start (a browser drops it) and blanks at the end of a line or
// of the text do not count.
func EquivalentText(one, other string) bool { return one == other || TrimText(one) == TrimText(other) }

// TrimText returns the text without what [EquivalentText] does not compare.
func TrimText(text string) string {
	lines := strings.Split(strings.TrimLeft(NormalText(text), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// CheckOneLine refuses line ends, other control characters and changes of the writing
// direction in a text that files or commands hold as one line.
func CheckOneLine(text string) error {
	if strings.ContainsFunc(text, func(letter rune) bool { return !unicode.IsGraphic(letter) }) {
		return errors.New("holds a line end or another control character; write it in one line without them")
	}
	return nil
}

// CheckPath refuses the text of a file where its path is meant. The text may be a key,
// and the error does not repeat it.
func CheckPath(path string) error {
	if strings.ContainsAny(path, "\n\r\x00") {
		return errors.New("it has several lines: give the path of the file, and not its text")
	}
	return CheckOneLine(path)
}
