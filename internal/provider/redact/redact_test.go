package redact

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, secret, want string }{
		{`"Top$ecret" must be letters`, "Top$ecret", "\"" + Hidden + "\" must be letters"},
		{`'hunter2' and hunter2.`, "hunter2", "'" + Hidden + "' and " + Hidden + "."},
		{`value "a\nb\"c" is refused`, "a\nb\"c", `value "` + Hidden + `" is refused`},
		{`"ab" is too short for a table`, "ab", Hidden + " is too short for a table"},
		{`line 2: "secret hunter2 and…" has no =`, "[a]\n secret hunter2 and more", "line 2: " + Hidden + " has no ="},
		{`"context" is missing`, "[a]\ncontext=x", Hidden + " is missing"},
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
