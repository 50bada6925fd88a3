package asterisk_test

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
)

// What is a secret and what only looks like one, at the edges of the grammar.
func TestSeal_edges(t *testing.T) {
	t.Parallel()
	const place = "{secret:s}"
	for text, want := range map[string]string{
		"auth=me#0123abcd@realm\n":  "auth=me#" + place + "@realm\n",
		"auth=:s3cret@realm\n":      "auth=:" + place + "@realm\n",
		"auth=me@realm\n":           "auth=me@realm\n",
		"auth=md5\n":                "auth=md5\n",
		";secret=s3cret\n":          ";secret=" + place + "\n",
		";-- secret=s3cret\n":       ";-- secret=" + place + "\n",
		"register=me:s3cret@host\n": "register=me:" + place + "@host\n",
	} {
		if have := asterisk.ReplaceSecrets(text, "s"); have != want {
			t.Errorf("%q becomes %q, want %q", text, have, want)
		}
	}
	for text, want := range map[string]string{
		"SIP/me:s3cret@host":      "SIP/me:" + place + "@host",
		"SIP/100@host:5060@other": "SIP/100@host:5060@other",
		"SIP/100&me:x@host":       "SIP/100&me:x@host",
		"SIP/me:1,2@host":         "SIP/me:1,2@host",
		"SIP/me$":                 "SIP/me$",
		"SIP/me:${PASS}@host":     "SIP/me:${PASS}@host",
		"SIP/:x@host":             "SIP/:x@host",
		"http://me:1,2&(3@host/":  "http://me:" + place + "@host/",
		"http://host:80/1,2@x":    "http://host:80/1,2@x",
	} {
		if have := asterisk.ReplaceDialedSecrets(text, "s"); have != want {
			t.Errorf("%q becomes %q, want %q", text, have, want)
		}
	}
}

// Only dialplans run commands, and only a comment allows what a caller sends.
func TestCheckCommands_edges(t *testing.T) {
	t.Parallel()
	const runs = "exten => _X.,2,System(echo ${CALLERID(name)})\n"
	for claim, c := range map[string]struct {
		column     cluster.AsteriskText
		text       string
		violations int
		errors     int
	}{
		"a dialplan":                       {cluster.DialplanEntry, runs, 1, 1},
		"what servers have of their own":   {asterisk.CustomDialplan, "[own]\n" + runs, 1, 1},
		"a registration":                   {cluster.RegistrationString, runs, 0, 0},
		"a comment above allows":           {cluster.DialplanEntry, "; allow: caller_in_shell\n" + runs, 1, 0},
		"a comment behind a line does not": {cluster.DialplanEntry, "exten => _X.,1,NoOp() ; allow: caller_in_shell\n" + runs, 1, 1},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			violations := asterisk.CheckCommands(c.column, c.text)
			errors := 0
			for _, violation := range violations {
				if !violation.Warning {
					errors++
				}
				if !violation.Warning && !strings.Contains(violation.Text, "CALLERID") {
					t.Errorf("the error does not name what the caller sends: %q", violation.Text)
				}
			}
			if len(violations) != c.violations || errors != c.errors {
				t.Errorf("%d violations, %d errors: %+v", len(violations), errors, violations)
			}
		})
	}
}

func TestHasSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"md5_cred=1234":                  true, // a line
		"http://me:there@host/?from=web": true, // no line
		"http://host/?from=web":          false,
		"type=friend\nhost=dynamic":      false,
		"":                               false,
	} {
		if asterisk.HasSecret(text) != want {
			t.Errorf("%q has a secret: %t", text, !want)
		}
	}
}
