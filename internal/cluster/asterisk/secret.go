package asterisk

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

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
		if len(cluster.SecretNames(found)) > 0 {
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
	text = cluster.NormalText(text)
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
