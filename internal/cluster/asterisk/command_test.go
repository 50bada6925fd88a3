package asterisk

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestCheckCommands(t *testing.T) {
	for text, want := range map[string]string{
		"exten => 9,1,NoOp(${CALLERID(name)})":                                                      "",
		"exten => 9,1,System(/usr/bin/beep)":                                                        "warning",
		"exten => 9,1,TrySystem(/usr/bin/beep ${EXTEN})":                                            "warning",
		"exten => 9,1,Set(X=${SHELL(date)})":                                                        "warning",
		"exten => 9,1,System(echo ${CALLERID(name)} >> /tmp/x)":                                     "error",
		"exten => 9,1,system(echo ${ CallerID(num)})":                                               "error",
		"exten => 9,1,Answer()\n same => n,TrySystem(log ${SIP_HEADER(From)})":                      "error",
		"exten => 9,1,Set(X=${SHELL(echo ${PJSIP_HEADER(read,From)})})":                             "error",
		"exten => 9,1,System(echo ${CALLERID(name)}) ; allow: caller_in_shell":                      "warning",
		"; allow: caller_in_shell, since it is a test\nexten => 9,1,System(echo ${CALLERID(name)})": "warning",
		"exten => 9,1,System(echo ${CALLERID(name)}) ; allow: something_else":                       "error",
		"exten => 9,1,System(echo 'allow: caller_in_shell' ${CALLERID(name)})":                      "error",
	} {
		for _, column := range []cluster.AsteriskText{cluster.DialplanEntry, CustomDialplan} {
			violations := CheckCommands(column, text)
			got := ""
			switch {
			case len(violations.Errors()) > 0:
				got = "error"
			case len(violations) > 0:
				got = "warning"
			}
			if got != want {
				t.Errorf("%q in %s is %q and not %q: %s", text, column, got, want, violations)
			}
			if got == "error" && !strings.Contains(violations.String(), callerInShell) {
				t.Errorf("the error does not name what allows the line: %s", violations)
			}
		}
	}
	if violations := CheckCommands(cluster.AccountEntry, "[a]\nsetvar=X=System(${CALLERID(name)})"); len(violations) > 0 {
		t.Errorf("an account runs nothing: %s", violations)
	}
}

// A text of each column of phones either stays in its place of the generated line, or is
// refused.
func TestCheckPhone(t *testing.T) {
	lines := map[string]string{ // as ADMIN_keepalive_ALL.pl writes them
		"fullname":                     `callerid="@" <100>`,
		"outbound_cid":                 `callerid="x" <@>`,
		"phone_context":                "context=@",
		"mohsuggest":                   "mohsuggest=@",
		"unavail_dialplan_fwd_exten":   "exten => 1,2,Goto(default,@,1)",
		"unavail_dialplan_fwd_context": "exten => 1,2,Goto(@,8500,1)",
	}
	for column, line := range lines {
		for _, text := range []string{"x\nsecret=y", "x\r[general]", "x;y", "x\x00y", "x\u2028y"[:1] + "\x1b"} {
			if err := CheckPhone(column, text); err == nil {
				t.Errorf("%s takes %q", column, text)
			} else if strings.Contains(err.Error(), text) {
				t.Errorf("the error of %s repeats the text: %v", column, err)
			}
		}
		for _, text := range []string{"", "100", "default"} {
			if err := CheckPhone(column, text); err != nil {
				t.Errorf("%s refuses %q: %v", column, text, err)
			}
			if read := readConfig(strings.Replace(line, "@", text, 1), &Section{}); len(read.Sections[0].Settings) != 1 {
				t.Errorf("%s becomes %d settings", column, len(read.Sections[0].Settings))
			}
		}
	}
	for column, texts := range map[string][]string{
		"fullname": {`a" <999>`, `a"`}, "outbound_cid": {`1> <2`, `"x" <1>`, "<1>"}, "unavail_dialplan_fwd_exten": {"8500,1) & System(x", "1,2", "a b", "a&b"},
		"unavail_dialplan_fwd_context": {"a,b", "a)"}, "codecs_list": {"ulaw;x", "ulaw[", "ulaw=1"}, "email": {"a@b,c", "a;b"}, "voicemail_timezone": {"eastern|x", "a,b", "a=b"},
		"voicemail_options": {"attach=yes,x"}, "template_id": {"x;y"},
	} {
		for _, text := range texts {
			if err := CheckPhone(column, text); err == nil {
				t.Errorf("%s takes %q", column, text)
			}
		}
	}
	for column, text := range map[string]string{
		"fullname": "O'Brien, Zoë (sales)", "outbound_cid": "3125550100", "codecs_list": "ulaw,g.729,opus", "voicemail_options": "attach=yes|tz=x",
		"unavail_dialplan_fwd_exten": "${EXTEN}", "email": "a@b.example", "conf_override": "type=friend\nhost=dynamic\n", "status": "ACTIVE",
	} {
		if err := CheckPhone(column, text); err != nil {
			t.Errorf("%s refuses %q: %v", column, text, err)
		}
	}
}

// VICIdial 2.4 has one context, which a section in the middle of it would end.
func TestCheckCustomDialplan(t *testing.T) {
	const text = "exten => 9,1,Goto(mine,s,1)\n[mine]\nexten => s,1,Answer()\n"
	for version, refused := range map[int]bool{1302: true, 1317: true, 1318: false, 1720: false} {
		violations := CheckCustomDialplan(text, version)
		if len(violations) != 1 || violations[0].Line != 2 || violations[0].Warning == refused {
			t.Errorf("schema %d: %q", version, violations)
		}
	}
	for _, version := range []int{1302, 1720} {
		if violations := CheckCustomDialplan("exten => h,1,NoOp()\n", version); len(violations.Errors()) != 1 {
			t.Errorf("schema %d takes a second h: %q", version, violations)
		}
	}
}
