package asterisk

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// secretNames are the settings whose whole value is a secret to chan_sip,
// chan_iax2, res_pjsip and users.conf, behind the last / of a wizard's name.
var secretNames = map[string]bool{
	"secret": true, "md5secret": true, "remotesecret": true, "dbsecret": true, "vmsecret": true, "password": true, "md5_cred": true,
	"password_digest": true, "oauth_secret": true, "refresh_token": true, "outboundproxy_password": true,
}

// schemes are words before a colon that are not user names.
var schemes = map[string]bool{"sip": true, "sips": true, "tel": true, "pjsip": true, "iax2": true, "im": true, "pres": true, "mailto": true}

// secretParts returns the parts of a value that Asterisk uses as a secret.
func secretParts(name, value string) []span {
	name = strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	i := strings.LastIndexByte(value, '@')
	switch {
	case secretNames[name] || passwordName().MatchString(name) && !noSecret().MatchString(strings.TrimSpace(value)):
		return within(value, 0, len(value))
	case name == "auth" && i >= 0: // USER:SECRET@REALM or USER#MD5@REALM of sip.conf; methods have no @
		if from := strings.IndexAny(value[:i], ":#"); from >= 0 {
			return within(value, from+1, i)
		}
		return nil
	case name == "register":
		from := 0
		if scheme := strings.Index(value, "://"); scheme >= 0 {
			from = scheme + len("://")
		}
		if i < from { // no host: the rest is the user's and the secret
			i = len(value)
		}
		if colon := strings.IndexByte(value[from:i], ':'); colon >= 0 {
			return within(value, from+colon+1, i)
		}
		return nil
	}
	return textSecrets(value)
}

// secretArguments match the passwords in arguments of applications, functions and
// programs of a dialplan: the first group of each. A text without the word has none.
var secretArguments = []struct {
	word   string
	reader func() *regexp.Regexp
}{
	{"authenticate(", cluster.LazyRegexp(`(?i)\bauthenticate\(\s*([^\s,|)/][^,|)]*)`)},
	{"disa(", cluster.LazyRegexp(`(?i)\bdisa\(\s*([^\s,|)/][^,|)]*)`)},
	{"mysql(", cluster.LazyRegexp(`(?i)\bmysql\(connect\s+\S+\s+\S+\s+\S+\s+([^\s)]+)`)},
	// A variable, or a URL such as those of VICIdial's own interfaces.
	{"pass", cluster.LazyRegexp(`(?i)pass(?:word|wd|phrase)?\)?=([^&\s,|)"']+)`)},
	{"pwd", cluster.LazyRegexp(`(?i)pwd\)?=([^&\s,|)"']+)`)},
	{"secret", cluster.LazyRegexp(`(?i)secret\)?=([^&\s,|)"']+)`)},
	{"token", cluster.LazyRegexp(`(?i)token\)?=([^&\s,|)"']+)`)},
	{"key", cluster.LazyRegexp(`(?i)api[_-]?key\)?\s*[=:]\s*([^&\s,|)"']+)`)},
	{"authorization", cluster.LazyRegexp(`(?i)authorization\)?\s*[=:]\s*(?:(?:basic|bearer|digest|token)\s+)?([^\s,|)"']+)`)},
	{"sshpass ", cluster.LazyRegexp(`(?i)\bsshpass\s+-p\s*([^\s"')]+)`)},
	{"password ", cluster.LazyRegexp(`(?i)--(?:\w+-)?password\s+([^\s"')]+)`)},
	{"curl ", cluster.LazyRegexp(`(?i)\bcurl\s[^)]*?(?:-u|--user)[\s=]*[^\s:]+:([^\s"')]+)`)},
	{"mysql ", cluster.LazyRegexp(`(?i)\bmysql\s[^)]*?(?:\s-p|--password=)([^\s"')]+)`)},
}

// passwordName matches the name of a variable that holds a password.
var passwordName = cluster.LazyRegexp(`(?i)(?:pass|password|passwd|passphrase|pwd|secret|token|api_?key)$`)

// noSecret matches values that are not passwords: variables alone, VICIdial's own
// --A--name--B--, a switch, and the argument with which DISA asks for none.
var noSecret = cluster.LazyRegexp(`(?i)^(?:(?:\$\{[^{}]*\}|--A--\w+--B--|:)+|no-password|yes|no|true|false|on|off)$`)

// textSecrets finds the passwords in a text: USER:PASSWORD@HOST of what is dialed, of a
// URL and of a variable, and [secretArguments].
func textSecrets(value string) []span {
	var found []span
	lower := lowerASCII(value)
	for from := range len(value) {
		if !opensUserinfo(lower, from) {
			continue
		}
		colon, end, ok := userinfo(value, from)
		if !ok {
			colon, end, ok = oddUserinfo(value, from)
		}
		if ok && !schemes[lower[from:colon]] && value[from] != '"' {
			found = append(found, within(value, colon+1, end)...)
		}
	}
	for _, argument := range secretArguments {
		if !strings.Contains(lower, argument.word) {
			continue
		}
		for _, at := range argument.reader().FindAllStringSubmatchIndex(value, -1) {
			if !noSecret().MatchString(value[at[2]:at[3]]) {
				found = append(found, within(value, at[2], at[3])...)
			}
		}
	}
	return found
}

// opensUserinfo reports whether USER:PASSWORD@HOST may begin at a place of a text.
func opensUserinfo(lower string, at int) bool {
	return at == 0 || strings.IndexByte(`/="`, lower[at-1]) >= 0 || strings.HasSuffix(lower[:at], "sip:") || strings.HasSuffix(lower[:at], "sips:")
}

// userinfo finds the colon and the @ of USER:PASSWORD@ at a position of a value. A
// password of ${} variables alone does not count.
func userinfo(value string, from int) (colon, at int, found bool) {
	depth, own := 0, false
	ends := ",&(|/) \t<>" // of what is dialed; a URL goes on to its path
	if strings.HasSuffix(value[:from], "://") {
		ends = ends[3:]
	}
	for end := from; end < len(value); end++ {
		switch char := value[end]; {
		case char == '$' && end+1 < len(value) && (value[end+1] == '{' || value[end+1] == '['):
			depth++
			end++
		case depth > 0:
			switch char {
			case '}', ']':
				depth--
			case '{', '[':
				depth++
			}
		case char == '@' && found:
			host := end + 1 + strings.IndexAny(value[end+1:]+" ", ends)
			return colon, end + strings.LastIndexByte(value[end:min(host, len(value))], '@'), own && end > colon+1
		case char == '@' || strings.IndexByte(ends, char) >= 0 || !found && strings.IndexByte("{}=", char) >= 0:
			return 0, 0, false
		case char == ':' && !found:
			colon, found = end, end > from
			if !found {
				return 0, 0, false
			}
		case found:
			own = true
		}
	}
	return 0, 0, false
}

// technology matches what is before the user of a dialed address, at the end of a text,
// destination what begins another one, as the SIP/ of SIP/1&SIP/2, user a user and the
// colon behind it, and port what is no password.
var (
	technology  = cluster.LazyRegexp(`(?i)(?:(?:(?:^|[^\w/])(?:(?:pj)?sip|iax2?|(?:oo)?h323|sccp|motif)|(?:^|[(&=])\$\{\w+\})/|://|sips?:)$`)
	destination = cluster.LazyRegexp(`(?i)^&(?:(?:pj)?sip|iax2?|dahdi|zap|local|agent|(?:oo)?h323|sccp|motif|\$\{[^{}]*\})/`)
	user        = cluster.LazyRegexp(`^(?:[^,&(|/) \t<>=@;:"{}]|\$\{[^{}]*\})+:`)
	port        = cluster.LazyRegexp(`^(?:\d|\$\{[^{}]*\})*(?:[,&(|/)@]|$)`)
)

// oddUserinfo is [userinfo] for a password with letters in it that end what is dialed, such
// as SIP/u:a,b@host and http://u:a/b@host.
func oddUserinfo(value string, from int) (colon, at int, found bool) {
	if from > 0 && !technology().MatchString(value[:from]) {
		return 0, 0, false
	}
	name := user().FindString(value[from:])
	colon = from + len(name) - 1
	if name == "" || port().MatchString(value[colon+1:]) {
		return 0, 0, false
	}
	for at = colon + 1; at < len(value); at++ {
		switch char := value[at]; {
		case char == '@':
			return colon, at, at > colon+1
		case strings.IndexByte(" \t<>;\"", char) >= 0, char == '&' && destination().MatchString(value[at:]):
			return 0, 0, false
		}
	}
	return 0, 0, false
}

// lowerASCII keeps the position of every byte, which strings.ToLower does not.
func lowerASCII(text string) string {
	lower := []byte(text)
	for i, char := range lower {
		if char >= 'A' && char <= 'Z' {
			lower[i] = char + 'a' - 'A'
		}
	}
	return string(lower)
}

// within returns a part of a value without outer blanks, or nil if it is empty or
// contains the placeholder of a secret.
func within(value string, from, to int) []span {
	for from < to && blank(value[from]) {
		from++
	}
	for to > from && blank(value[to-1]) {
		to--
	}
	if from >= to || len(cluster.SecretNames(value[from:to])) > 0 {
		return nil
	}
	return []span{{from, to}}
}

// secretsOf returns the positions and lines of the plain-text secrets of a text.
func secretsOf(config parsedConfig) []secretSpan {
	var spans []secretSpan
	for _, written := range config.written {
		for _, part := range secretParts(written.name, string(written.value.text)) {
			spans = append(spans, secretSpan{line: written.value.number, span: written.value.part(part.from, part.to).in(config.text)})
		}
	}
	return spans
}

type secretSpan struct {
	line int
	span
}

// readAll parses the settings of a text in all sections, and continues where Asterisk
// stops.
func readAll(text string) parsedConfig {
	config := parsedConfig{text: cluster.NormalText(text), current: &Section{}}
	lines := reader{}
	for _, line := range lines.lines(config.text) {
		if line.text[0] != '[' && line.text[0] != '#' {
			config.set(line)
		}
	}
	return config
}

// ReplaceSecrets replaces each secret of a text by a placeholder: {secret:account},
// {secret:account2} and so on in their order. Existing placeholders stay. Secrets in comments
// are replaced too.
func ReplaceSecrets(text, name string) string {
	return replacedTexts.Get([2]string{text, name}, func([2]string) string { return replaceSecrets(cluster.NormalText(text), name) })
}

var replacedTexts cluster.Memo[[2]string, string]

func replaceSecrets(text, name string) string {
	spans := secretsOf(readAll(text))
	start := 0
	for line := range strings.SplitSeq(text, "\n") {
		rest := strings.TrimLeft(line, ";-# \t")
		ahead := start + len(line) - len(rest)
		config := readAll(rest)
		for _, secret := range secretsOf(config) {
			spans = append(spans, secretSpan{span: span{ahead + secret.from, ahead + secret.to}})
		}
		if len(config.written) == 0 { // no setting, such as a remark
			for piece := range strings.SplitSeq(rest, ";") {
				for _, part := range textSecrets(piece) {
					spans = append(spans, secretSpan{span: span{ahead + part.from, ahead + part.to}})
				}
				ahead += len(piece) + 1
			}
		}
		start += len(line) + 1
	}
	return replaceSpans(text, spans, name)
}

// ReplaceDialedSecrets replaces the secrets of a dial string or URL, which is not a line of a
// file.
func ReplaceDialedSecrets(text, name string) string {
	var spans []secretSpan
	for _, part := range secretParts("", text) {
		spans = append(spans, secretSpan{span: part})
	}
	return replaceSpans(text, spans, name)
}

// HasSecret reports whether [ReplaceSecrets] or [ReplaceDialedSecrets] finds a secret in a text.
func HasSecret(text string) bool {
	return ReplaceSecrets(text, "x") != cluster.NormalText(text) || ReplaceDialedSecrets(text, "x") != text
}

// HasPassword reports whether the text of a column has a password in it.
func HasPassword(column string, value cluster.Value) bool {
	return cluster.MayHoldPassword(column) && HasSecret(value.Text)
}

func replaceSpans(text string, spans []secretSpan, name string) string {
	slices.SortFunc(spans, func(a, b secretSpan) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var replaced strings.Builder
	done, number := 0, 0
	for _, secret := range spans {
		if secret.from < done {
			if secret.to > done { // the two readings overlap: what either takes for a secret is replaced
				done = secret.to
			}
			continue
		}
		number++
		replaced.WriteString(text[done:secret.from])
		replaced.WriteString(placeholderOf(name, number))
		done = secret.to
	}
	return replaced.String() + text[done:]
}

func placeholderOf(name string, number int) string {
	if number == 1 {
		return "{secret:" + name + "}"
	}
	return fmt.Sprintf("{secret:%s%d}", name, number)
}

// CheckSecrets returns an error for each line with a plain-text secret.
func CheckSecrets(text string) Violations {
	var violations Violations
	for _, secret := range secretsOf(readAll(text)) {
		violations = append(violations, Violation{
			Line: secret.line, Text: "the text holds a password, which is then in the state and in every plan",
			Advice: "write {secret:NAME} in its place and its value into secrets_wo",
		})
	}
	return violations
}
