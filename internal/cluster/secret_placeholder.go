package cluster

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// The text of a carrier or of a template contains its passwords. Terraform's state has the
// text with a placeholder {secret:NAME} for each of them; the values are write-only.

var secretPlaceholder = LazyRegexp(`\{secret:([A-Za-z0-9_]{1,32})\}`)

// SecretNames are the names of the secrets that a text has placeholders for, sorted.
func SecretNames(texts ...string) []string {
	var names []string
	for _, text := range texts {
		for _, found := range secretPlaceholder().FindAllStringSubmatch(text, -1) {
			names = append(names, found[1])
		}
	}
	return SortedUnique(names)
}

// HideSecrets replaces each placeholder of a secret by a word.
func HideSecrets(text, word string) string {
	return secretPlaceholder().ReplaceAllLiteralString(text, word)
}

// lineBytes is the length of a line that Asterisk reads (main/config.c).
const lineBytes = 8190

// CheckSecret returns an error, without the value, if no line of Asterisk's can hold it.
func CheckSecret(name, secret string) error {
	switch {
	case secret == "":
		return fmt.Errorf("the secret %q is empty", name)
	case len(SecretNames(secret)) > 0:
		return fmt.Errorf("the secret %q contains the placeholder of one", name)
	case strings.ContainsAny(secret, "\x00\n\r"):
		return fmt.Errorf("the secret %q has a line end or a NUL in it, which Asterisk cannot read", name)
	case strings.TrimFunc(secret, func(char rune) bool { return char < 33 }) != secret:
		return fmt.Errorf("the secret %q begins or ends with a blank, which Asterisk does not read", name)
	case len(secret) > lineBytes:
		return fmt.Errorf("the secret %q has %d bytes, and Asterisk reads lines of %d", name, len(secret), lineBytes)
	}
	return nil
}

// FillSecrets replaces placeholders by the secrets, so that Asterisk reads each as
// it is given: a semicolon is escaped. A placeholder without a secret, and a secret that
// no line of Asterisk's can hold, is an error that does not repeat the secret.
func FillSecrets(text string, secrets map[string]string) (string, error) {
	var filled strings.Builder
	at := 0
	for _, found := range secretPlaceholder().FindAllStringSubmatchIndex(text, -1) {
		name := text[found[2]:found[3]]
		secret, given := secrets[name]
		if !given {
			return "", fmt.Errorf("the text has the placeholder {secret:%s}, which has no value", name)
		}
		if err := CheckSecret(name, secret); err != nil {
			return "", err
		}
		filled.WriteString(text[at:found[0]])
		if strings.HasPrefix(secret, ">") && strings.HasSuffix(text[:found[0]], "=") {
			filled.WriteString(" ") // => would be the sign, and not its second half the value
		}
		filled.WriteString(strings.ReplaceAll(secret, ";", `\;`))
		if at = found[1]; strings.HasPrefix(text[at:], ";") && strings.HasSuffix(secret, `\`) || strings.HasPrefix(text[at:], ";") && strings.HasSuffix(secret, "-") {
			filled.WriteString(" ") // the comment behind it stays one
		}
	}
	filled.WriteString(text[at:])
	for line := range strings.SplitSeq(filled.String(), "\n") {
		if len(line) > lineBytes && at > 0 {
			return "", fmt.Errorf("with its secrets a line is longer than the %d bytes that Asterisk reads", lineBytes)
		}
	}
	return filled.String(), nil
}

// fillSecrets returns a row with the secrets in its texts, and what may be
// shown of each such text.
func fillSecrets(subject string, row Row, secrets map[string]string) (full Row, shown map[string]string, err error) {
	full, shown = maps.Clone(row), map[string]string{}
	for column, value := range row {
		if len(SecretNames(value.Text)) == 0 {
			continue
		}
		text, err := FillSecrets(value.Text, secrets)
		if err != nil {
			return nil, nil, &Refused{Subject: subject, Reasons: []string{column + ": " + err.Error()}, Advice: "Give the value in secrets_wo."}
		}
		full[column] = Text(text)
		shown[text] = value.Text
	}
	return full, shown, nil
}

// changedSecretColumns is [changedColumns] for a row whose texts have placeholders for secrets.
// With renew, each such text is written again.
func changedSecretColumns(subject string, have, seen, want Row, same Equivalence, secrets map[string]string, renew bool) (from, to Row, shown map[string]string, err error) {
	from, to, err = changedColumns(subject, have, seen, want, same)
	if err != nil {
		return nil, nil, nil, err
	}
	for column, value := range want {
		if current, ok := have[column]; renew && ok && len(SecretNames(value.Text)) > 0 {
			from[column], to[column] = current, value
		}
	}
	to, shown, err = fillSecrets(subject, to, secrets)
	if err != nil {
		return nil, nil, nil, err
	}
	for column := range to {
		if old, ok := have[column]; ok && to[column] == old { // a secret that the text already has
			delete(from, column)
			delete(to, column)
		}
	}
	for column, current := range from {
		if template := seen[column].Text; len(SecretNames(template)) > 0 && EquivalentSecretText(template, current.Text) {
			shown[current.Text] = template
		}
	}
	return from, to, shown, nil
}

// EquivalentSecretText reports whether a text is the template with some secrets in place
// of its placeholders. A template without placeholders is compared by [EquivalentText].
func EquivalentSecretText(template, text string) bool {
	if !secretPlaceholder().MatchString(template) {
		return EquivalentText(template, text)
	}
	fits := filledPatterns.Get(template, filledPattern)
	return fits != nil && fits.MatchString(latin1(TrimText(text)))
}

var filledPatterns Memo[string, *regexp.Regexp]

// filledPattern returns a pattern of the texts that are a template with some secrets, or
// nil if the template is too long for one.
func filledPattern(template string) *regexp.Regexp {
	var pattern strings.Builder
	pieces := secretPlaceholder().Split(TrimText(template), -1)
	for i, piece := range pieces {
		if i == 1 || i > 1 && pieces[i-1] != "" { // two placeholders side by side are one
			pattern.WriteString(couldBeSecret)
		}
		pattern.WriteString(regexp.QuoteMeta(latin1(piece)))
	}
	fits, _ := regexp.Compile(`^(?:` + pattern.String() + `)$`) // the error is that it is too long
	return fits
}

// couldBeSecret matches a piece of a line that may be a secret: a semicolon in it is
// escaped, or begins or ends a comment within.
const couldBeSecret = `(?:[^;\n]|\\;|--;|;--[^\n]*--;)*`

// latin1 returns a text with one character for each byte, so that regular expressions
// match bytes that are not UTF-8.
func latin1(text string) string {
	chars := make([]rune, len(text))
	for i := range len(text) {
		chars[i] = rune(text[i])
	}
	return string(chars)
}
