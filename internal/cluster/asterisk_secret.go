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
	return sortedUnique(names)
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
	whole := essence(template)
	for _, place := range secretPlace.FindAllStringIndex(whole, -1) {
		pattern.WriteString(regexp.QuoteMeta(whole[at:place[0]]))
		pattern.WriteString(`[^\s;]*?`)
		at = place[1]
	}
	pattern.WriteString(regexp.QuoteMeta(whole[at:]) + `\z`)
	form, err := regexp.Compile(pattern.String())
	return err == nil && form.MatchString(essence(text))
}

var (
	secretSetting = regexp.MustCompile(`(?im)^([ \t]*(?:secret|md5secret|remotesecret|password|outbound_auth/password|inbound_auth/password|outboundproxy_password)[ \t]*=>?[ \t]*)([^\s;]+)`)
	registration  = regexp.MustCompile(`(?im)^([ \t]*register[ \t]*=>?[ \t]*(?:[a-z]+://)?[^\s:]+:)(\{secret:\w+\}|\S+)(@[^@\s]*)[ \t]*$`)
)

// SealSecrets gives each password that it finds in an account entry, a template
// or a registration a place instead: {secret:account}, {secret:account2} and so
// on in the order in which they stand. Places that are there stay.
func SealSecrets(text, name string) string {
	number := 0
	place := func(found string) string {
		if secretPlace.MatchString(found) {
			return found
		}
		number++
		if number == 1 {
			return "{secret:" + name + "}"
		}
		return fmt.Sprintf("{secret:%s%d}", name, number)
	}
	text = secretSetting.ReplaceAllStringFunc(text, func(line string) string {
		part := secretSetting.FindStringSubmatch(line)
		return part[1] + place(part[2])
	})
	return registration.ReplaceAllStringFunc(text, func(line string) string {
		part := registration.FindStringSubmatch(line)
		return part[1] + place(part[2]) + part[3]
	})
}

// BareSecrets are the lines of a text in which a password stands written out.
func BareSecrets(text string) Flaws {
	text = NormalText(text)
	var flaws Flaws
	for at, line := range strings.Split(text, "\n") {
		if SealSecrets(line, "x") != line {
			flaws = append(flaws, Flaw{
				Line: at + 1, What: "a password stands in the text, and so in the state and in every plan",
				Do: "write {secret:NAME} in its place and its value into secrets_wo",
			})
		}
	}
	return flaws
}
