package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	const output = "before\n\x1b[1mPlan\x1b[0m\n  \x1b[33m~\x1b[0m x = 80 \x1b[33m->\x1b[0m 59 <&>\nafter\n"
	draws := func(from, to string) (string, error) {
		var b strings.Builder
		err := draw(strings.NewReader(output), &b, "A <plan>", from, to)
		return b.String(), err
	}
	t.Run("the chosen lines are drawn in their colors", func(t *testing.T) {
		picture, err := draws("^Plan", "59")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`font-weight="bold">Plan</text>`, `class="yellow"`, `59 &lt;&amp;&gt;</text>`, `<title id="title">A &lt;plan&gt;</title>`, "<desc id=\"text\">Plan\n~ x = 80 -&gt; 59 &lt;&amp;&gt;</desc>"} {
			if !strings.Contains(picture, want) {
				t.Errorf("%s is not in\n%s", want, picture)
			}
		}
		for _, omitted := range []string{"before", "after", "\x1b"} {
			if strings.Contains(picture, omitted) {
				t.Errorf("%q is in\n%s", omitted, picture)
			}
		}
		for decoder := xml.NewDecoder(strings.NewReader(picture)); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("no line matches", func(t *testing.T) {
		if _, err := draws("nothing", ""); err == nil {
			t.Error("no error")
		}
	})
}
