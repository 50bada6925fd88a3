package redact

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, secret, want string }{
		{`"Top$ecret" must be letters`, "Top$ecret", "\"" + replacement + "\" must be letters"},
		{`'hunter2' and hunter2.`, "hunter2", "'" + replacement + "' and " + replacement + "."},
		{`value "a\nb\"c" is refused`, "a\nb\"c", `value "` + replacement + `" is refused`},
		{`"ab" is too short for a table`, "ab", replacement + " is too short for a table"},
		{`line 2: "secret hunter2 and…" has no =`, "[a]\n secret hunter2 and more", "line 2: " + replacement + " has no ="},
		{`"context" is missing`, "[a]\ncontext=x", replacement + " is missing"},
		{`xabcdx "wxyz"`, "abcd", "x" + replacement + `x "wxyz"`},
		{"xabcx", "abc", "xabcx"},
		{`"a\"b" and 'a"b' are refused`, `a"b`, replacement + " and " + replacement + " are refused"},
		{`"abcd" is a beginning, "abc" is too short`, "abcdefgh", replacement + ` is a beginning, "abc" is too short`},
		{`"other" is refused`, "hunter2", `"other" is refused`},
	} {
		if got := Text(c.text, []string{c.secret}); got != c.want {
			t.Errorf("%q without %q is %q, not %q", c.text, c.secret, got, c.want)
		}
	}
	if got := Text("hunter2x and hunter2", []string{"hunter2x", "hunter2"}); strings.Contains(got, "hunter") {
		t.Errorf("left: %q", got)
	}
}

func TestClean_whatATerminalObeys(t *testing.T) {
	t.Parallel()
	found := []*tfprotov6.Diagnostic{{Summary: "Row\x1b[2J", Detail: "hunter2 is written\rover"}}
	New(nil).clean(found, nil)
	some := []*tfprotov6.Diagnostic{{Summary: "hunter2x", Detail: ""}}
	(&Server{own: func() []string { return []string{"hunter2", "hunter2x"} }}).clean(some, nil)
	if some[0].Summary != replacement {
		t.Errorf("of the longer secret %q is left", some[0].Summary)
	}
	(&Server{own: func() []string { return []string{"hunter2"} }}).clean(found, nil)
	if found[0].Summary != "Row\uFFFD[2J" || found[0].Detail != replacement+" is written\uFFFDover" {
		t.Errorf("%+v", found[0])
	}
}
