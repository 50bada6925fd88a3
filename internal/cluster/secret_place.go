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

var secretWord = regexp.MustCompile(`^[^\s;\[\]{}"\\\x00-\x1f]{1,128}$`)

// FillSecrets puts the secrets into their places. A place without a secret, and
// a secret that Asterisk would read as more than one word, is an error that
// does not tell the secret.
func FillSecrets(text string, secrets map[string]string) (string, error) {
	for _, name := range SecretNames(text) {
		secret, given := secrets[name]
		if !given {
			return "", fmt.Errorf("the secret %q has a place in the text and no value", name)
		}
		if !secretWord.MatchString(secret) {
			return "", fmt.Errorf("the secret %q must be 1 to 128 characters without blanks, quotes, brackets, backslash or semicolon", name)
		}
	}
	return secretPlace.ReplaceAllStringFunc(text, func(place string) string {
		return secrets[secretPlace.FindStringSubmatch(place)[1]]
	}), nil
}

// SealedBy says whether a text is what template becomes with some secrets in
// its places. A template without places is compared as it stands.
func SealedBy(template, text string) bool {
	if len(SecretNames(template)) == 0 {
		return EquivalentText(template, text)
	}
	pattern, at := strings.Builder{}, 0
	pattern.WriteString(`\A`)
	whole := TrimText(template)
	for _, place := range secretPlace.FindAllStringIndex(whole, -1) {
		pattern.WriteString(regexp.QuoteMeta(whole[at:place[0]]))
		pattern.WriteString(`[^\s;]*?`)
		at = place[1]
	}
	pattern.WriteString(regexp.QuoteMeta(whole[at:]) + `\z`)
	form, err := regexp.Compile(pattern.String())
	return err == nil && form.MatchString(TrimText(text))
}
