package asterisk

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// stockDialplan is the shape of every carrier's dialplan in VICIdial's manual.
const stockDialplan = `; calls to the north
exten => _91NXXNXXXXXX,1,AGI(agi://127.0.0.1:4577/call_log)
exten => _91NXXNXXXXXX,2,Dial(${TESTSIPTRUNK}/${EXTEN:2},,tTor)
exten => _91NXXNXXXXXX,3,Hangup
`

func TestDialplanText(t *testing.T) {
	right := map[string]string{
		"nothing":                         "",
		"the stock form":                  stockDialplan,
		"lines that end in CR LF":         strings.ReplaceAll(stockDialplan, "\n", "\r\n"),
		"n and same":                      "exten => _9X.,1,NoOp()\n same => n(go),Dial(SIP/a/${EXTEN:1},60,tTo)\n same = n,Hangup()\n",
		"quotes around brackets":          `exten => _8.,1,GotoIf($["${DIALSTATUS}" = "CONGESTION"]?2)` + "\nexten => _8.,2,Set(A=\"(\")\n",
		"a character class":               "exten => _9[2-9]XX!,1,Hangup()",
		"an include":                      "include => trunkinbound\nignorepat => 9\n",
		"a hint":                          "exten => 101,hint,SIP/101\nexten => 101,1,Dial(SIP/101)",
		"a block comment":                 "exten => 1,1,NoOp()\n;-- was\n[old]\nexten => 2,1\n--;\nexten => 1,2,Hangup()",
		"an escaped semicolon":            `exten => 1,1,Set(A=b\;c)`,
		"a callerid after the extension":  "exten => _9X./5551212,1,Hangup()",
		"an arithmetical jump":            "exten => 9,1,Dial(SIP/9)\nexten => 9,n+101,Busy()",
		"next":                            "exten => 9,1,NoOp()\nexten => 9,next,Hangup()",
		"a jump to a label as a priority": "exten => 9,1,NoOp()\nexten => 9,2(a),Goto(a)",
		"brackets inside the arguments":   "exten => 9,1,GotoIf($[1]]?2)\nexten => 9,2,Hangup()",
		"VICIdial's own h":                "exten => 9,1,NoOp(${HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)}))",
		"a second priority of h":          "exten => 9,1,Hangup()\nexten => h,2,NoOp(after the log)",
		"a comment that is too long":      "; " + strings.Repeat("x", 9000),
	}
	for name, text := range right {
		t.Run("takes "+name, func(t *testing.T) {
			if violations := Check(cluster.DialplanEntry, text).Errors(); len(violations) > 0 {
				t.Errorf("told of %s", violations)
			}
		})
	}
	wrong := map[string]struct {
		text, tells string
		line        int
	}{
		"a section":                        {"exten => 9,1,NoOp()\n[evil]\n", "opens a section", 2},
		"a section behind blanks":          {"\t [evil]", "opens a section", 1},
		"a section behind CR":              {"exten => 9,1,NoOp()\r[evil]", "opens a section", 2},
		"a section that is left open":      {"exten => 9,1,NoOp()\n[evil", "opens no section", 2},
		"a NUL":                            {"exten => 9,1,NoOp()\x00", "NUL", 1},
		"a command":                        {"#exec rm -rf /", "directive", 1},
		"another file":                     {"#include other.conf", "directive", 1},
		"a parenthesis left open":          {"exten => 9,1,Dial(SIP/${EXTEN:1}", "'(' is not closed", 1},
		"no priority":                      {"exten => 9,Hangup()", "neither a number nor n", 1},
		"a priority that is none":          {"exten => 9,x,Hangup()", "neither a number nor n", 1},
		"N, which is no n":                 {"exten => 9,1,NoOp()\nexten => 9,N,Hangup()", "neither a number nor n", 2},
		"HINT, which is no hint":           {"exten => 9,HINT,SIP/9", "neither a number nor n", 1},
		"priority 0":                       {"exten => 9,0,Hangup()", "out of range", 1},
		"a label that is left open":        {"exten => 9,1(a,Hangup()", "closes the label", 1},
		"a label twice":                    {"exten => 9,1(a),NoOp()\nexten => 9,n(a),Hangup()", "priority 1 already", 2},
		"a blank extension":                {"exten => ,1,Hangup()", "no extension", 1},
		"a pattern with an open class":     {"exten => _9[2-9,1,Hangup()", "no priority", 1},
		"a class without a pattern":        {"exten => 9[2-9,1,Hangup()", "no priority", 1},
		"a priority twice":                 {"exten => 9,1,NoOp()\nexten => 9,1,Hangup()", "already", 2},
		"one pattern in two spellings":     {"exten => _9[0-9]X.,1,NoOp()\nexten => _9xx.,1,Hangup()", "the same as _9[0-9]X.", 2},
		"one number in two spellings":      {"exten => 555-0100,1,NoOp()\nexten => 555 0100,1,Hangup()", "the same as 555-0100", 2},
		"an h of its own":                  {"exten => 9,1,NoOp()\nexten => h,1,Hangup()", "VICIdial writes h,1", 2},
		"a comment that never ends":        {";-- begin\nexten => 9,1,NoOp()", "no --; ends", 1},
		"the end of no comment":            {"exten => 9,1,NoOp(--;)", "no ;-- began", 1},
		"the end of no comment, and begun": {"exten => 9,1,NoOp(--;)\n;--", "no ;-- began", 1},
		"a line that is too long":          {"exten => 9,1,NoOp(" + strings.Repeat("x", 9000), "9018 bytes", 1},
	}
	for name, test := range wrong {
		t.Run("tells of "+name, func(t *testing.T) {
			violations := Check(cluster.DialplanEntry, test.text).Errors()
			if len(violations) == 0 {
				t.Fatalf("took %q", test.text)
			}
			if !strings.Contains(violations.String(), test.tells) || violations[0].Line != test.line {
				t.Errorf("line %d, %s: wanted line %d, %q", violations[0].Line, violations, test.line, test.tells)
			}
			for _, violation := range violations {
				if violation.Advice == "" {
					t.Errorf("%s does not say what to do", violation.Text)
				}
			}
		})
	}
	doubtful := map[string]struct{ text, tells string }{
		"no priority 1":                    {"exten => 9,2,Hangup()", "no priority 1"},
		"a gap":                            {"exten => 9,1,NoOp()\nexten => 9,3,Hangup()", "there is no 2"},
		"n on the first line":              {"exten => 9,n,Hangup()", "not in this text"},
		"same on the first line":           {"same => n,Hangup()", "not in this text"},
		"n behind a hint":                  {"exten => 9,1,NoOp()\nexten => 9,hint,SIP/9\nexten => 9,n,Hangup()", "follows a hint"},
		"a parenthesis inside left open":   {"exten => 9,1,ExecIf($[1]?NoOp(a)", "more parentheses"},
		"a brace left open":                {"exten => 9,1,Dial(SIP/${EXTEN:1)", "braces"},
		"a quote left open":                {`exten => 9,1,Set(A="b)`, "double quote"},
		"text behind the arguments":        {"exten => 9,1,Hangup() now", `"now" after`},
		"no application":                   {"exten => 9,1,", "no application"},
		"an application that is none":      {"exten => 9,1,(x)", "no application"},
		"the application of old, by comma": {"exten => 9,1,Dial,SIP/9", "name of an application"},
		"a pattern that goes on":           {"exten => _9.X,1,Hangup()", "continues after"},
		"an extension with a backslash":    {`exten => 9\,1,1,Hangup()`, "backslash"},
		"an extension that is too long":    {"exten => " + strings.Repeat("9", 80) + ",1,Hangup()", "80 characters"},
		"a pattern for every call":         {"exten => _.,1,Hangup()", "every call"},
		"a line of another file":           {"type=friend", "not a keyword of a dialplan"},
		"a blank that is none":             {"exten => 9,1,NoOp()\n\u00a0same => n,Hangup()", "look like blanks"},
		"a line that is nothing":           {"hello", "has no ="},
		"a comment of another language":    {"// hello", "has no ="},
		"a directive that is none":         {"# hello", "not a directive"},
		"a file that may be there":         {"#tryinclude other.conf", "directive"},
		"a vertical tab":                   {"exten => 9,1,NoOp()\n\v", "U+000B"},
		"a line separator":                 {"exten => 9,1,NoOp()\u2028[x]", "U+2028"},
		"bytes that are no text":           {"exten => 9,1,NoOp(\xff)", "U+FFFD"},
	}
	for name, test := range doubtful {
		t.Run("doubts "+name, func(t *testing.T) {
			violations := Check(cluster.DialplanEntry, test.text)
			if !strings.Contains(violations.Warnings().String(), test.tells) || len(violations.Errors()) != 0 {
				t.Errorf("told %q, wanted a warning with %q", violations, test.tells)
			}
		})
	}
	t.Run("does not doubt a gap that something jumps over", func(t *testing.T) {
		text := "exten => 9,1,GotoIf(${X}?102)\nexten => 9,2,Hangup()\nexten => 9,102,Hangup()"
		if violations := Check(cluster.DialplanEntry, text); len(violations) != 0 {
			t.Errorf("told %q", violations)
		}
	})
}

func TestAccountText(t *testing.T) {
	tests := map[string]struct {
		column   cluster.AsteriskText
		text     string
		errs     string // part of the error; empty for none
		warnings string // part of a warning; empty for none
	}{
		"an account":                         {cluster.AccountEntry, "[carrier]\ntype=peer\nhost=sip.example.com ; the east\ncontext => trunkinbound\n", "", ""},
		"an account of PJSIP":                {cluster.AccountEntry, "[a]\ntype=endpoint\naors=a\n[a]\ntype=aor\ncontact=sip:x@y\n", "", ""},
		"a section with a template":          {cluster.AccountEntry, "[a](!)\ntype=peer\n[b](a)\nhost=1.2.3.4", "", ""},
		"a section with a template below it": {cluster.AccountEntry, "[b](a)\nhost=1.2.3.4\n[a](!)\ntype=peer", `inherits from "a"`, ""},
		"a section without its template":     {cluster.AccountEntry, "[b](a)\nhost=1.2.3.4", "write [a](!) with its lines above it", ""},
		"a blank behind a comma":             {cluster.AccountEntry, "[a](!)\n[c](!)\n[b](a, c)\nhost=1.2.3.4", "write c without blanks", ""},
		"an addition to nothing":             {cluster.AccountEntry, "[b](+)\nhost=1.2.3.4", "not above it", ""},
		"an addition to a template":          {cluster.AccountEntry, "[b](!)\na=b\n[b](+)\nhost=1.2.3.4", "it is a template", ""},
		"an addition":                        {cluster.AccountEntry, "[b]\na=b\n[b](+)\nhost=1.2.3.4", "", ""},
		"an addition by type":                {cluster.AccountEntry, "[b]\ntype=endpoint\n[b](+type=endpoint)\nallow=ulaw", "", ""},
		"an addition by another type":        {cluster.AccountEntry, "[b]\ntype=endpoint\n[b](+type=aor)\nallow=ulaw", "not above it", ""},
		"parentheses that are left open":     {cluster.AccountEntry, "[b](a\nhost=1.2.3.4", "nothing closes the (", ""},
		"a blank before the parentheses":     {cluster.AccountEntry, "[a](!)\na=b\n[b] (a)\nhost=1.2.3.4", "", "does not read the text after"},
		"parentheses with nothing in them":   {cluster.AccountEntry, "[b]()\nhost=1.2.3.4", "", "inherits the first section of the file"},
		"a setting before the first section": {cluster.AccountEntry, "type=peer\n[a]\nhost=x", "", "before the first [section]"},
		"the node's general section":         {cluster.AccountEntry, "[general]\nbindaddr=0.0.0.0", "", "belongs to the whole node"},
		"a section that is not closed":       {cluster.AccountEntry, "[a\ntype=peer", "opens no section", ""},
		"a section without a name":           {cluster.AccountEntry, "[ ]\ntype=peer", "", "has no name"},
		"a line that sets nothing":           {cluster.AccountEntry, "[a]\nhello", "", "has no ="},
		"a backslash before nothing":         {cluster.AccountEntry, "[a]\n\\\nhost=x", "a backslash", ""},
		"a command in an account":            {cluster.AccountEntry, "[a]\n#exec id", "directive", ""},
		"a comment that is left open":        {cluster.AccountEntry, "[a]\n;-- b", "no --; ends", ""},

		"a template":                      {cluster.TemplateContents, "type=friend\nhost=dynamic\ncontext=default\n", "", ""},
		"a template that opens a section": {cluster.TemplateContents, "type=friend\n[x]\n", "opens a section", ""},

		"a registration":                      {cluster.RegistrationString, "register => user:pass@sip.example.com:5060", "", ""},
		"a registration with a comment":       {cluster.RegistrationString, "register => user:pass@sip.example.com ; east", "", ""},
		"a registration of a user of another": {cluster.RegistrationString, "register => u@dom:pass@h", "", ""},
		"a registration without host":         {cluster.RegistrationString, "register => user:pass@", "", "no user or no host"},
		"a registration that is a setting":    {cluster.RegistrationString, "host=x@y", "", "registers nothing"},
		"a registration that opens a section": {cluster.RegistrationString, "register => a@b\n[x]", "opens a section", ""},

		"a variable":                          {cluster.GlobalsString, "TESTTRUNK = SIP/test", "", ""},
		"a variable that begins with a digit": {cluster.GlobalsString, "3EAST-1.b c => SIP/test", "", ""},
		"a variable without a value":          {cluster.GlobalsString, "TESTTRUNK", "", "has no ="},
		"a variable with nothing":             {cluster.GlobalsString, "TESTTRUNK =", "", "set to nothing"},
		"a variable with a brace left open":   {cluster.GlobalsString, "A=${B", "", "braces"},
		"a function as a variable":            {cluster.GlobalsString, "GLOBAL(A)=b", "", "calls a function"},
		"variables that open a section":       {cluster.GlobalsString, "A=b\n[default]", "opens a section", ""},

		"a phone's own text":                   {ConfOverride, "type=friend\n[other]\ntype=friend", "", ""},
		"a phone's text with a file":           {ConfOverride, "type=friend\n#include x", "directive", ""},
		"a phone's text that adds to nothing":  {ConfOverride, "type=friend\n[other](+)", "not above it", ""},
		"a phone's comment that is left open":  {ConfOverride, "type=friend ;-- x", "no --; ends", ""},
		"a phone's text for the whole node":    {ConfOverride, "[general]\nallow=all", "", "belongs to the whole node"},
		"a dialplan of a server":               {CustomDialplan, "exten => 9,1,Hangup()\n[mine]\nexten => 8,1,Hangup()", "", "opens a section"},
		"a dialplan of a server with an h":     {CustomDialplan, "exten => h,1,Hangup()", "VICIdial writes h,1", ""},
		"a dialplan of a server that is wrong": {CustomDialplan, "[mine]\nexten => 8,1,NoOp()\nexten => 8,1,Hangup()", "priority 1 already", ""},
		"a dialplan of a server, not closed":   {CustomDialplan, "exten => 9,1,Hangup();--", "no --; ends", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			errs, warnings := Check(test.column, test.text).Errors(), Check(test.column, test.text).Warnings()
			if (test.errs == "") != (len(errs) == 0) || !strings.Contains(errs.String(), test.errs) {
				t.Errorf("errors %q, wanted %q", errs, test.errs)
			}
			if (test.warnings == "") != (len(warnings) == 0) && test.errs == "" || !strings.Contains(warnings.String(), test.warnings) {
				t.Errorf("warnings %q, wanted %q", warnings, test.warnings)
			}
		})
	}
	t.Run("two variables in one string are doubted, since the admin form joins them", func(t *testing.T) {
		if doubts := Check(cluster.GlobalsString, "A=1\nB=2").Warnings(); len(doubts) != 1 || doubts[0].Line != 2 {
			t.Errorf("doubted %q", doubts)
		}
	})
	t.Run("calls go to the endpoint of PJSIP and to the first section of SIP", func(t *testing.T) {
		account := "[auth1]\ntype=auth\n[out]\ntype=endpoint\n"
		if name, found := EndpointOf("PJSIP", account); !found || name != "out" {
			t.Errorf("PJSIP: %q", name)
		}
		if name, found := EndpointOf("SIP", account); !found || name != "auth1" {
			t.Errorf("SIP: %q", name)
		}
		if name, found := EndpointOf("SIP", "; nothing"); found {
			t.Errorf("an empty account has the endpoint %q", name)
		}
	})
	t.Run("a carrier is watched where a node asks for it", func(t *testing.T) {
		for _, test := range []struct {
			protocol, account, template string
			watched                     bool
		}{
			{"SIP", "[a]\nhost=x\nqualify=yes\n", "", true},
			{"SIP", "[a]\nhost=x\nqualify=2000\n", "", true},
			{"IAX2", "[a]\nhost=x\nqualify=no\n", "", false},
			{"SIP", "[a]\nhost=x\n", "", false},
			{"SIP", "[a]\nhost=x", "qualify=yes", true},
			{"SIP", "[t](!)\nqualify=yes\n[a](t)\nhost=x\n", "", true},
			{"PJSIP", "[a]\ntype=aor\nqualify_frequency=60\n", "", true},
			{"PJSIP", "[a]\ntype=aor\nqualify_frequency=0\n[b]\nqualify=yes\n", "", false},
			{"PJSIP_WIZ", "[a]\ntype=wizard\naor/qualify_frequency = 30\n", "", true},
		} {
			if Qualified(test.protocol, test.account, test.template) != test.watched {
				t.Errorf("%s %q with %q: watched is not %v", test.protocol, test.account, test.template, test.watched)
			}
		}
	})
	t.Run("calls go to no template, and to what inherits one", func(t *testing.T) {
		if name, found := EndpointOf("SIP", "[common](!)\ntype=peer\n[east](common)\nhost=x\n"); !found || name != "east" {
			t.Errorf("SIP: %q", name)
		}
		if name, found := EndpointOf("PJSIP", "[common](!)\ntype=endpoint\n[east-auth]\ntype=auth\n[east](common)\naors=east\n"); !found || name != "east" {
			t.Errorf("PJSIP: %q", name)
		}
		if name, found := EndpointOf("IAX2", "[common](!)\ntype=peer\n"); found {
			t.Errorf("a template alone has the endpoint %q", name)
		}
	})
	t.Run("an account takes calls only in VICIdial's context", func(t *testing.T) {
		for account, takes := range map[string]bool{
			"[a]\ncontext=trunkinbound":                             true,
			"[a]\ncontext=default":                                  false,
			"[a]\ncontext=trunkinbound\ncontext=default":            false,
			"[a]\n;context=trunkinbound":                            false,
			"[a]\nendpoint/context = trunkinbound":                  true,
			"[t](!)\ncontext=trunkinbound\n[a](t)\nhost=x":          true,
			"[t](!)\ncontext=trunkinbound\n[a](t)\ncontext=default": false,
			"[t](!)\ncontext=trunkinbound":                          false,
		} {
			if TakesInbound(account, "") != takes {
				t.Errorf("%q: takes inbound is not %v", account, takes)
			}
		}
		if !TakesInbound("[a]\nhost=x", "context=trunkinbound") {
			t.Error("the context of the template was not seen")
		}
	})
	t.Run("the line that sends calls elsewhere is named", func(t *testing.T) {
		for _, c := range []struct{ account, template, want string }{
			{"[a]\nhost=x", "", ""},
			{"[a]\nhost=x", "qualify=yes", ""},
			{"[a]\ncontext=trunkinbound\nhost=x", "qualify=yes\ncontext=default", "line 2 of the template, which is below the account, sets context=default"},
			{"[a]\nhost=x", "context=default", "line 1 of the template, which is below the account, sets context=default"},
			{"[a]\ncontext=trunkinbound\nCONTEXT = other", "", "line 3 of the account sets CONTEXT=other"},
			{"[t](!)\ncontext=trunkinbound\n[a](t)\ncontext=default", "", "line 4 of the account sets context=default"},
			{"[a]\nendpoint/context = default", "", "line 2 of the account sets endpoint/context=default"},
		} {
			if got := OtherContext(c.account, c.template); got != c.want {
				t.Errorf("%q over %q: %q, want %q", c.account, c.template, got, c.want)
			}
		}
	})
}

// afterForm is the value that the admin page would store when its form is
// saved unchanged.
func afterForm(column cluster.AsteriskText, text string) string {
	text = cluster.NormalText(text)
	switch column {
	case cluster.RegistrationString, cluster.GlobalsString, CarrierDescription:
		text, _, _ = strings.Cut(text, `"`)
		text = strings.ReplaceAll(text, "\n", "")
	default: // a text area: the browser drops a line break at its very start
		text = strings.TrimPrefix(text, "\n")
	}
	for _, loss := range formLosses {
		if slices.Contains(loss.columns, column) && loss.text != "\n" && loss.text != `"` {
			text = strings.ReplaceAll(text, loss.text, "")
		}
	}
	if column == cluster.TemplateContents { // the carrier's texts come back with LF
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func TestTextOfTheForm(t *testing.T) {
	t.Run("CR LF from the form is no drift", func(t *testing.T) {
		if !cluster.EquivalentText(stockDialplan, strings.ReplaceAll(stockDialplan, "\n", "\r\n")) {
			t.Error("it is")
		}
	})
	t.Run("a changed word is drift", func(t *testing.T) {
		if cluster.EquivalentText(stockDialplan, strings.Replace(stockDialplan, "tTor", "tTo", 1)) {
			t.Error("it is not")
		}
	})
	for column, text := range map[cluster.AsteriskText]string{
		cluster.AccountEntry: "[a]\n; a comment\nhost=x", cluster.TemplateContents: "a=b ; c", cluster.DialplanEntry: `exten => 9,1,Set(A='b\,c')`,
		cluster.RegistrationString: `register => a:b@c ; "x"`, cluster.GlobalsString: "A=1\nB=2", CarrierDescription: `a;b`,
	} {
		t.Run("a warning names what the form takes from "+string(column), func(t *testing.T) {
			violations := CheckForm(column, text, 1720)
			if len(violations) == 0 || len(violations.Errors()) > 0 {
				t.Fatalf("told %q", violations)
			}
			if cluster.EquivalentText(afterForm(column, text), text) {
				t.Errorf("the form took nothing from %q", text)
			}
		})
	}
	t.Run("a warning is given for what the form takes, and for nothing else", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			column := rapid.SampledFrom([]cluster.AsteriskText{cluster.AccountEntry, cluster.TemplateContents, cluster.DialplanEntry, cluster.RegistrationString, cluster.GlobalsString, CarrierDescription}).Draw(t, "column")
			text := rapid.StringMatching(`[a-z\[\]= ]{1,10}[;'"\\\n]?[a-z\[\]=]{0,10}\n{0,2}`).Draw(t, "text")
			if warned, lost := len(CheckForm(column, text, 1720)) > 0, !cluster.EquivalentText(afterForm(column, text), text); warned != lost {
				t.Errorf("%q becomes %q, warned is %v", text, afterForm(column, text), warned)
			}
		})
	})
	t.Run("text without a warning comes back from the form equivalent", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			column := rapid.SampledFrom([]cluster.AsteriskText{cluster.AccountEntry, cluster.TemplateContents, cluster.DialplanEntry, cluster.RegistrationString, cluster.GlobalsString, CarrierDescription}).Draw(t, "column")
			text := rapid.StringMatching(`[a-z;'"\\\n\[\]= ]{0,30}`).Draw(t, "text")
			if len(CheckForm(column, text, 1720)) == 0 && !cluster.EquivalentText(afterForm(column, text), text) {
				t.Errorf("%q became %q", text, afterForm(column, text))
			}
		})
	})
}

func TestSecretsInText(t *testing.T) {
	t.Run("a template fits what it becomes, whatever the secret", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			secret := rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`).Draw(t, "secret")
			template := "[a]\nsecret={secret:main}\nhost=carrier.example.invalid\n"
			text, err := cluster.FillSecrets(template, map[string]string{"main": secret})
			if err != nil {
				t.Fatal(err)
			}
			if !cluster.EquivalentSecretText(template, text) || !cluster.EquivalentSecretText(template, strings.ReplaceAll(text, "\n", "\r\n")) {
				t.Errorf("%q does not fit", text)
			}
			if cluster.EquivalentSecretText(template, strings.Replace(text, "host=carrier", "host=other", 1)) {
				t.Error("another host fits")
			}
			if replaced := ReplaceSecrets(text, "main"); replaced != template && replaced != strings.Replace(template, "=", "= ", 1) {
				t.Errorf("the secret is left in %q", replaced)
			}
			if read := accountSections(text); len(read) != 1 || read[0].Get("secret") != secret {
				t.Errorf("Asterisk reads %+v", read)
			}
		})
	})
	t.Run("every value that a line can hold is taken, read back and replaced", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			shape := rapid.SampledFrom([]string{
				"[a]\nsecret={secret:n}\nhost=x", "[a]\nsecret = {secret:n} ; why", "[a]\nsecret => {secret:n}", "[a]\nremotesecret={secret:n};why", "[a]\nmd5secret={secret:n}",
				"[a]\nPASSWORD={secret:n}\n", "[a]\nmd5_cred= {secret:n}", "[a]\noutbound_auth/password={secret:n}", "[a](!)\nsecret={secret:n}\n[b](a)\n", "[a]\nvmsecret={secret:n};--x--;",
			}).Draw(t, "shape")
			secret := rapid.StringMatching(`[^\x00-\x20]([^\x00\n\r]{0,40}[^\x00-\x20])?`).Filter(func(text string) bool { return len(cluster.SecretNames(text)) == 0 }).Draw(t, "secret")
			text, err := cluster.FillSecrets(shape, map[string]string{"n": secret})
			if err != nil {
				t.Fatal(err)
			}
			plain, err := cluster.FillSecrets(shape, map[string]string{"n": "plain"})
			if err != nil {
				t.Fatal(err)
			}
			if !cluster.EquivalentSecretText(shape, text) {
				t.Errorf("%q does not fit %q", text, shape)
			}
			blanks := strings.NewReplacer("= ", "=", "> ", ">", " ;", ";")
			if replaced, other := blanks.Replace(ReplaceSecrets(text, "n")), blanks.Replace(ReplaceSecrets(plain, "n")); replaced != other {
				t.Errorf("%q becomes %q, and %q as %q", text, replaced, plain, other)
			}
			settings := accountSections(text)[0].Settings
			if read := settings[slices.IndexFunc(settings, func(one Setting) bool { return one.Name != "host" })].Value; read != secret {
				t.Errorf("Asterisk reads %q", read)
			}
		})
	})
	t.Run("a dialed password is replaced, and a variable is none", func(t *testing.T) {
		for text, replaced := range map[string]string{
			"exten => _9X.,1,Dial(SIP/me:PASS@host/${EXTEN:1},,tTor)":               "exten => _9X.,1,Dial(SIP/me:{secret:n}@host/${EXTEN:1},,tTor)",
			"exten => _9X.,1,Dial(IAX2/${USER}:PASS@host/${EXTEN})":                 "exten => _9X.,1,Dial(IAX2/${USER}:{secret:n}@host/${EXTEN})",
			"exten => _9X.,1,Dial(SIP/${A}:${B}@host&SIP/u:PASS@h2)":                "exten => _9X.,1,Dial(SIP/${A}:${B}@host&SIP/u:{secret:n}@h2)",
			"exten => _9X.,1,Dial(SIP/${EXTEN:1}@host:5060)":                        "exten => _9X.,1,Dial(SIP/${EXTEN:1}@host:5060)",
			"exten => 9,1,Set(X=${CURL(https://u:PASS@h/q?n=${EXTEN})})":            "exten => 9,1,Set(X=${CURL(https://u:{secret:n}@h/q?n=${EXTEN})})",
			"TRUNK = SIP/u:PASS@host":                                               "TRUNK = SIP/u:{secret:n}@host",
			"TRUNK = u:PASS@host":                                                   "TRUNK = u:{secret:n}@host",
			"TRUNK = u:PASS;why@host":                                               "TRUNK = u:PASS;why@host",
			"contact = sip:1000@host:5060":                                          "contact = sip:1000@host:5060",
			"client_uri = sip:u:PASS@host":                                          "client_uri = sip:u:{secret:n}@host",
			"auth=md5,plaintext,rsa":                                                "auth=md5,plaintext,rsa",
			"auth=u:PASS@realm":                                                     "auth=u:{secret:n}@realm",
			"exten => 9,1,Set(CALLERID(all)=Me <1@h>)":                              "exten => 9,1,Set(CALLERID(all)=Me <1@h>)",
			"exten => 9,1,AGI(agi://127.0.0.1:4577/call_log--HVcauses--x)":          "exten => 9,1,AGI(agi://127.0.0.1:4577/call_log--HVcauses--x)",
			"exten => 9,1,AGI(agi://127.0.0.1:4577/a,x@y)":                          "exten => 9,1,AGI(agi://127.0.0.1:4577/a,x@y)",
			"exten => 9,1,Goto(default,8309@x,1)":                                   "exten => 9,1,Goto(default,8309@x,1)",
			"exten => 9,1,Dial(${TECH}/u:PASS@host)":                                "exten => 9,1,Dial(${TECH}/u:{secret:n}@host)",
			"exten => 9,1,Dial(OOH323/u:PASS@host)":                                 "exten => 9,1,Dial(OOH323/u:{secret:n}@host)",
			"exten => 9,1,Dial(SIP/1@[2001:db8::1]:5060)":                           "exten => 9,1,Dial(SIP/1@[2001:db8::1]:5060)",
			"exten => 9,1,Set(GLOBAL(T)=u:PASS@host)":                               "exten => 9,1,Set(GLOBAL(T)=u:{secret:n}@host)",
			"exten => 9,1,Set(__T=\"u:PASS@host\")":                                 "exten => 9,1,Set(__T=\"u:{secret:n}@host\")",
			"exten => 9,1,Set(GLOBAL(TRUNKPASS)=PASS)":                              "exten => 9,1,Set(GLOBAL(TRUNKPASS)={secret:n})",
			"exten => 9,1,Set(CURLOPT(userpwd)=u:PASS)":                             "exten => 9,1,Set(CURLOPT(userpwd)={secret:n})",
			"exten => 9,1,Set(CURLOPT(userpwd)=${U}:${P})":                          "exten => 9,1,Set(CURLOPT(userpwd)=${U}:${P})",
			"exten => 9,1,Set(X=${CURL(http://h/?user=6&pass=PASS&q=1)})":           "exten => 9,1,Set(X=${CURL(http://h/?user=6&pass={secret:n}&q=1)})",
			"exten => 9,1,Set(X=${CURL(http://h/?api_key=PASS)})":                   "exten => 9,1,Set(X=${CURL(http://h/?api_key={secret:n})})",
			"exten => 9,1,Set(X=${CURL(http://h/?pass=${PASS})})":                   "exten => 9,1,Set(X=${CURL(http://h/?pass=${PASS})})",
			"exten => 9,1,System(curl -u u:PASS http://h/)":                         "exten => 9,1,System(curl -u u:{secret:n} http://h/)",
			"exten => 9,1,System(mysql -uroot -pPASS -e x)":                         "exten => 9,1,System(mysql -uroot -p{secret:n} -e x)",
			"exten => 9,1,MYSQL(Connect id localhost u PASS db)":                    "exten => 9,1,MYSQL(Connect id localhost u {secret:n} db)",
			"exten => 9,1,Authenticate(PASS,a)":                                     "exten => 9,1,Authenticate({secret:n},a)",
			"exten => 9,1,DISA(PASS,default)":                                       "exten => 9,1,DISA({secret:n},default)",
			"exten => 9,1,DISA(no-password,default)":                                "exten => 9,1,DISA(no-password,default)",
			"TRUNKPASS = PASS":                                                      "TRUNKPASS = {secret:n}",
			"TRUNKPASS = ${OTHER}":                                                  "TRUNKPASS = ${OTHER}",
			"bypass = yes":                                                          "bypass = yes",
			"; once Dial(SIP/u:PASS@host)":                                          "; once Dial(SIP/u:{secret:n}@host)",
			"#exec curl http://u:PASS@host/":                                        "#exec curl http://u:{secret:n}@host/",
			"exten => 9,1,SIPAddHeader(Authorization: Basic PASS)":                  "exten => 9,1,SIPAddHeader(Authorization: Basic {secret:n})",
			"exten => 9,1,Set(PJSIP_HEADER(add,Authorization)=Bearer PASS)":         "exten => 9,1,Set(PJSIP_HEADER(add,Authorization)=Bearer {secret:n})",
			"exten => 9,1,Set(CURLOPT(httpheader)=X-Api-Key: PASS)":                 "exten => 9,1,Set(CURLOPT(httpheader)=X-Api-Key: {secret:n})",
			"exten => 9,1,System(curl -H \"Authorization: PASS\" http://h/)":        "exten => 9,1,System(curl -H \"Authorization: {secret:n}\" http://h/)",
			"exten => 9,1,Set(X=${CURL(http://h/?a=1&access_token=PASS)})":          "exten => 9,1,Set(X=${CURL(http://h/?a=1&access_token={secret:n})})",
			"exten => 9,1,Set(SMS_TOKEN=PASS)":                                      "exten => 9,1,Set(SMS_TOKEN={secret:n})",
			"exten => 9,1,System(sshpass -p PASS ssh h)":                            "exten => 9,1,System(sshpass -p {secret:n} ssh h)",
			"exten => 9,1,System(wget --http-user=u --http-password PASS http://h)": "exten => 9,1,System(wget --http-user=u --http-password {secret:n} http://h)",
			"exten => 9,1,Set(X=${CURL(http://h/?passphrase=PASS)})":                "exten => 9,1,Set(X=${CURL(http://h/?passphrase={secret:n})})",
			"APIKEY = PASS":    "APIKEY = {secret:n}",
			"SMS_TOKEN = PASS": "SMS_TOKEN = {secret:n}",
			"exten => 9,1,NoOp(authorization is required)":                "exten => 9,1,NoOp(authorization is required)",
			"exten => 9,1,Set(TOKENS=3)":                                  "exten => 9,1,Set(TOKENS=3)",
			"exten => 9,1,Set(X-Token=${T})":                              "exten => 9,1,Set(X-Token=${T})",
			"exten => 9,1,Dial(SIP/u:P,ASS@host)":                         "exten => 9,1,Dial(SIP/u:{secret:n}@host)",
			"exten => 9,1,Dial(SIP/1@h&IAX2/u:P&A/SS@host/9,30,tT)":       "exten => 9,1,Dial(SIP/1@h&IAX2/u:{secret:n}@host/9,30,tT)",
			"exten => 9,1,Dial(PJSIP/u:P/A(S)S@host&SIP/2)":               "exten => 9,1,Dial(PJSIP/u:{secret:n}@host&SIP/2)",
			"exten => 9,1,Dial(${TECH}/u:P|ASS@host)":                     "exten => 9,1,Dial(${TECH}/u:{secret:n}@host)",
			"exten => 9,1,Dial(SIP/u:P@ASS@host,60)":                      "exten => 9,1,Dial(SIP/u:{secret:n}@host,60)",
			"TRUNK = SIP/u:PA,S/S@host":                                   "TRUNK = SIP/u:{secret:n}@host",
			"TRUNK = u:PA,SS@host":                                        "TRUNK = u:{secret:n}@host",
			"client_uri = sip:u:PA,S/S@host":                              "client_uri = sip:u:{secret:n}@host",
			"register => u:PA/S,S&@host/9":                                "register => u:{secret:n}@host/9",
			"exten => 9,1,Set(X=${CURL(https://u:P/ASS@h/q?n=${EXTEN})})": "exten => 9,1,Set(X=${CURL(https://u:{secret:n}@h/q?n=${EXTEN})})",
			"exten => 9,1,Dial(SIP/h:5060&SIP/u@h2,30,U(x^y@z))":          "exten => 9,1,Dial(SIP/h:5060&SIP/u@h2,30,U(x^y@z))",
			"exten => 9,1,Dial(SIP/h:${PORT}/9,30,M(x@y))":                "exten => 9,1,Dial(SIP/h:${PORT}/9,30,M(x@y))",
			"exten => 9,1,Set(X=${CURL(http://h:8080/?mail=a@b)})":        "exten => 9,1,Set(X=${CURL(http://h:8080/?mail=a@b)})",
			"exten => 9,1,Set(A=x:y,B=c@d)":                               "exten => 9,1,Set(A=x:y,B=c@d)",
			"exten => 9,1,GotoIf($[${A}/2:b,1]?c@d)":                      "exten => 9,1,GotoIf($[${A}/2:b,1]?c@d)",
			"exten => 9,1,Dial(PJSIP/9@t/sip:1@h:5060,30,b(p^s^1(a@b)))":  "exten => 9,1,Dial(PJSIP/9@t/sip:1@h:5060,30,b(p^s^1(a@b)))",
			"exten => 9,1,Dial(Local/1@a:b/n,30,G(x^y@z))":                "exten => 9,1,Dial(Local/1@a:b/n,30,G(x^y@z))",
			"exten => 9,1,GotoIf($[\"${A}\"=\"1\"]?a:b)":                  "exten => 9,1,GotoIf($[\"${A}\"=\"1\"]?a:b)",
		} {
			if got := ReplaceSecrets(text, "n"); got != replaced {
				t.Errorf("%q became %q, wanted %q", text, got, replaced)
			}
		}
	})
	t.Run("a secret cannot smuggle a line", func(t *testing.T) {
		for _, secret := range []string{"a\n[general]", "a\rb", " ab", "ab\t", "a\x00", "", "{secret:x}"} {
			if text, err := cluster.FillSecrets("secret={secret:a}", map[string]string{"a": secret}); err == nil {
				t.Errorf("%q became %q", secret, text)
			} else if secret != "" && strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells the secret: %v", err)
			}
		}
	})
	t.Run("a placeholder without a secret is an error that names it", func(t *testing.T) {
		if _, err := cluster.FillSecrets("secret={secret:east}", nil); err == nil || !strings.Contains(err.Error(), "{secret:east}") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("passwords are found where Asterisk reads them", func(t *testing.T) {
		for text, replaced := range map[string]string{
			"[a]\nsecret=abc\nusername=x":                      "[a]\nsecret={secret:n}\nusername=x",
			"outbound_auth/password = abc ; why":               "outbound_auth/password = {secret:n} ; why",
			"register => u:abc@h:5060/9":                       "register => u:{secret:n}@h:5060/9",
			"register => u:a@b:c@h":                            "register => u:{secret:n}@h",
			"register => tls://u:abc@h":                        "register => tls://u:{secret:n}@h",
			"register => u@h:5060":                             "register => u@h:5060",
			"register => u:{secret:mine}@h":                    "register => u:{secret:mine}@h",
			"secret={secret:mine}\npassword=two\nsecret=three": "secret={secret:mine}\npassword={secret:n}\nsecret={secret:n2}",
			"host=1.2.3.4":                                     "host=1.2.3.4",
		} {
			if got := ReplaceSecrets(text, "n"); got != replaced {
				t.Errorf("%q became %q, wanted %q", text, got, replaced)
			}
			if strings.Contains(ReplaceSecrets(text, "n"), "abc") {
				t.Errorf("the state would show %q", ReplaceSecrets(text, "n"))
			}
		}
	})
	t.Run("a password that is written out is reported with its line", func(t *testing.T) {
		if violations := CheckSecrets("[a]\nsecret=abc"); len(violations) != 1 || violations[0].Line != 2 || strings.Contains(violations.String(), "abc") {
			t.Errorf("told %q", violations)
		}
		if violations := CheckSecrets("[a]\nsecret={secret:b}"); len(violations) != 0 {
			t.Errorf("told %q", violations)
		}
	})
}
