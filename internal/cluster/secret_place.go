package cluster

import (
	"fmt"
	"regexp"
	"strings"
)

// A carrier's password stands in the middle of its text. What Terraform keeps
// is the text with a place for each secret, {secret:NAME}; the words themselves
// are write-only.

var secretPlace = regexp.MustCompile(`\{secret:([A-Za-z0-9_]{1,32})\}`)

// SecretNames are the names of the secrets that a text has places for, sorted.
func SecretNames(texts ...string) []string {
	var names []string
	for _, text := range texts {
		for _, found := range secretPlace.FindAllStringSubmatch(text, -1) {
			names = append(names, found[1])
		}
	}
	return SortedUnique(names)
}

// lineBytes is what Asterisk reads of a line (main/config.c).
const lineBytes = 8190

// FillSecrets puts the secrets into their places, so that Asterisk reads each as
// it is given: a semicolon is escaped. A place without a secret, and a secret that
// no line of Asterisk's can hold, is an error that does not repeat the secret.
func FillSecrets(text string, secrets map[string]string) (string, error) {
	var filled strings.Builder
	at := 0
	for _, place := range secretPlace.FindAllStringSubmatchIndex(text, -1) {
		name := text[place[2]:place[3]]
		secret, given := secrets[name]
		switch {
		case !given:
			return "", fmt.Errorf("the secret %q has a place in the text and no value", name)
		case secret == "":
			return "", fmt.Errorf("the secret %q is empty", name)
		case len(SecretNames(secret)) > 0:
			return "", fmt.Errorf("the secret %q is itself a place for one", name)
		case strings.ContainsAny(secret, "\x00\n\r"):
			return "", fmt.Errorf("the secret %q has a line end or a NUL in it, which Asterisk cannot read", name)
		case strings.TrimFunc(secret, func(char rune) bool { return char < 33 }) != secret:
			return "", fmt.Errorf("the secret %q begins or ends with a blank, which Asterisk does not read", name)
		}
		filled.WriteString(text[at:place[0]])
		if strings.HasPrefix(secret, ">") && strings.HasSuffix(text[:place[0]], "=") {
			filled.WriteString(" ") // => would be the sign, and not its second half the value
		}
		filled.WriteString(strings.ReplaceAll(secret, ";", `\;`))
		if at = place[1]; strings.HasPrefix(text[at:], ";") && strings.HasSuffix(secret, `\`) || strings.HasPrefix(text[at:], ";") && strings.HasSuffix(secret, "-") {
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

// SealedBy says whether a text is what template becomes with some secrets in
// its places. A template without places is compared as it stands.
func SealedBy(template, text string) bool {
	if len(SecretNames(template)) == 0 {
		return EquivalentText(template, text)
	}
	return fits(secretPlace.Split(TrimText(template), -1), TrimText(text))
}

// fits says whether a text is the given pieces with a secret between each two.
func fits(pieces []string, text string) bool {
	rest, begins := strings.CutPrefix(text, pieces[0])
	if !begins || len(pieces) == 1 {
		return begins && rest == ""
	}
	for end := range len(rest) + 1 {
		if couldBeSecret(rest[:end]) && fits(pieces[1:], rest[end:]) {
			return true
		}
		if end < len(rest) && rest[end] == '\n' {
			break
		}
	}
	return false
}

// couldBeSecret says whether a piece of a line may stand where a secret is: a
// semicolon in it is escaped, or begins a comment that ends within.
func couldBeSecret(text string) bool {
	for {
		at := strings.IndexByte(text, ';')
		if at < 0 {
			return true
		}
		if at > 0 && text[at-1] == '\\' {
			text = text[at+1:]
			continue
		}
		comment, begins := strings.CutPrefix(text[at:], ";--")
		end := strings.Index(comment, "--;")
		if !begins || end < 0 {
			return false
		}
		text = comment[end+len("--;"):]
	}
}
