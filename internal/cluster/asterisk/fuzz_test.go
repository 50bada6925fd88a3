package asterisk

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

var checkedColumns = []cluster.AsteriskText{
	cluster.DialplanEntry, cluster.AccountEntry, cluster.RegistrationString, cluster.GlobalsString, cluster.TemplateContents,
	ConfOverride, CustomDialplan,
}

// fuzzedBytes bounds the texts of a fuzzer: a column holds no more, and a fuzzer
// that tries longer ones does not end in its time.
const fuzzedBytes = 64 << 10

// maxFuzzedBytes bounds the texts: the work grows with the secrets times
// the length.
const maxFuzzedBytes = 4 << 10

func FuzzCheck(f *testing.F) {
	for i, one := range fieldCases(f) {
		f.Add(i, one.Text)
	}
	for i, seed := range []string{stockDialplan, ";-- x", "a --;", `\;`, "exten=>_[,1,a(", "\x00", "[a](b", "[a](+", `\`, "a+=b", strings.Repeat(";--", 130)} {
		f.Add(i, seed)
	}
	f.Fuzz(func(t *testing.T, at int, text string) {
		if len(text) > fuzzedBytes {
			return
		}
		column := checkedColumns[((at%len(checkedColumns))+len(checkedColumns))%len(checkedColumns)]
		violations := Check(column, text)
		if windows := Check(column, strings.ReplaceAll(cluster.NormalText(text), "\n", "\r\n")); violations.String() != windows.String() {
			t.Errorf("CR LF changes the violations from %q to %q", violations, windows)
		}
		lines := strings.Count(cluster.NormalText(text), "\n") + 1
		for _, violation := range violations {
			if violation.Line < 1 || violation.Line > lines || violation.Text == "" || violation.Advice == "" {
				t.Errorf("violation %q of %d lines", violation, lines)
			}
		}
		if len(violations.Errors()) == 0 {
			noSmuggling(t, column, text)
		}
	})
}

// noSmuggling reads a text that was taken once more, between lines of its file.
func noSmuggling(t *testing.T, column cluster.AsteriskText, text string) {
	const below = "\nbelow=here\n"
	sections := precedingSections(column)
	config := readConfig(text+below, sections...)
	last := config.Sections[len(config.Sections)-1]
	opens := column == cluster.AccountEntry || column == ConfOverride || column == CustomDialplan
	if !opens && len(config.Sections) != len(sections) {
		t.Errorf("%s opens a section: %q", column, text)
	}
	if opens {
		last = config.current
	}
	if config.lost || last.Get("below") != "here" {
		t.Errorf("%s loses the line below it: %q", column, text)
	}
}

func FuzzSealSecrets(f *testing.F) {
	const secret = "Zq7hunterZq"
	for _, one := range fieldCases(f) {
		f.Add(one.Text)
	}
	for _, seed := range []string{
		"[a]\nsecret=@@", "register => u:@@@h", "register => tls://u@d:@@:auth@h/9~60 ; c", "auth=u:@@@realm", "auth = u#@@@r", "outbound_auth/password=@@",
		"secret=a;--x--;@@", "secret=a\\;@@", "secret+=@@", ";-- secret=@@", "A=SIP/u:@@@h", "exten => 9,1,Dial(IAX2/u:@@@h/${EXTEN})",
		"client_uri=sip:u:@@@h", "[a](nothing)\nsecret=@@", "; register => u:@@@h", "md5_cred=@@", "TPASS=@@", "9=1,Set(X=${CURL(http://h/?pass=@@)})", "9=1,DISA(@@,d)", "; Dial(SIP/u:@@@h)", "DISA(@@;0", "Dial(SIP/u:a,@@@h)", "T=u:@@/,&@h&SIP/2", "CURL(http://u:@@/a@h/)", "Dial(SIP/h:1&IAX2/u:@@|@h)", "secret=>@@", "Secret = @@", "\\secret=@@",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > maxFuzzedBytes || strings.Contains(text, "Zq") {
			return
		}
		text = strings.Replace(text, "@@", secret, 1)
		replaced := ReplaceSecrets(text, "x")
		if again := ReplaceSecrets(replaced, "x"); again != replaced {
			t.Errorf("replaced twice, %q is %q and not %q", text, again, replaced)
		}
		if !cluster.EquivalentSecretText(replaced, text) {
			t.Errorf("%q is no form of %q", replaced, text)
		}
		config := readConfig(text, &Section{})
		for _, place := range secretsOf(config) {
			if held := config.text[place.from:place.to]; strings.Contains(held, secret) && strings.Contains(replaced, secret) {
				t.Errorf("the secret is in %q", replaced)
			}
		}
	})
}
