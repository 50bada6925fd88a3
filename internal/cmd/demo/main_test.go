package main

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

func TestRun(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("XDG_CACHE_HOME", folder)
	var out strings.Builder
	err := run(t.Context(), &out, false)
	said := out.String()
	t.Run("the story ends well", func(t *testing.T) {
		if err != nil || !strings.HasSuffix(said, "\ndemo: ok\n") {
			t.Errorf("error %v after\n%s", err, said)
		}
	})
	t.Run("who is no terminal gets no colours", func(t *testing.T) {
		if strings.Contains(said, "\x1b") {
			t.Error("an escape sequence is in the output")
		}
	})
	t.Run("the pictures stay, where it says", func(t *testing.T) {
		for _, name := range []string{"cluster.svg", "cluster-without-dial3.svg"} {
			path := filepath.Join(folder, "terraform-provider-vicidial", "demo", name)
			content, err := os.ReadFile(path)
			if err != nil || wellFormed(string(content)) != nil || !strings.Contains(said, "picture: "+path+"\n") {
				t.Errorf("%s: %v", path, err)
			}
			if has := strings.Contains(string(content), "dial3"); has != (name == "cluster.svg") {
				t.Errorf("%s shows dial3: %t", name, has)
			}
		}
	})
	t.Run("nothing else stays behind", func(t *testing.T) {
		left, err := filepath.Glob(filepath.Join(folder, testenv.FolderPrefix+"*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	})
}

func TestScreen(t *testing.T) {
	t.Run("a surprise is the last that is said", func(t *testing.T) {
		var out strings.Builder
		newScreen(&out, false).fail(surprise("the table has %d rows", 3))
		if out.String() != "\ndemo: surprise: the table has 3 rows\n" {
			t.Errorf("said %q", out.String())
		}
	})
	t.Run("colours are for who can see them", func(t *testing.T) {
		var out strings.Builder
		newScreen(&out, true).seen("well")
		if out.String() != "    \x1b[32mok\x1b[0m well\n" {
			t.Errorf("said %q", out.String())
		}
	})
}

func TestInstead(t *testing.T) {
	var out strings.Builder
	installer := newScreen(&out, false).instead("installing")
	for _, line := range []string{"Reading\n", "Unpacking\n"} {
		if _, err := installer.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("one line stands for all", func(t *testing.T) {
		if out.String() != "    installing\n" {
			t.Errorf("said %q", out.String())
		}
	})
	t.Run("nothing is lost for when it fails", func(t *testing.T) {
		if installer.unsaid.String() != "Reading\nUnpacking\n" {
			t.Errorf("kept %q", installer.unsaid.String())
		}
	})
}

func TestMargin(t *testing.T) {
	for _, c := range []struct{ claim, said, want string }{
		{"lines are indented as they come", "one\n\ntwo\n", "    | one\n    |\n    | two\n"},
		{"a last line without an end is said as well", "one\ntwo", "    | one\n    | two\n"},
		{
			"of two objects of one block the second is counted",
			"  # dialer.all[\"a\"] will be created\n  + dialer {\n      + x = {\n        }\n    }\n\n  # dialer.all[\"b\"] will be created\n  + dialer {\n      + x = 1\n    }\nPlan\n",
			"    |   # dialer.all[\"a\"] will be created\n    |   + dialer {\n    |       + x = {\n    |         }\n    |     }\n    |\n    |   # dialer.all[\"b\"] will be created\n    |     # (3 lines, not shown here)\n    | Plan\n",
		},
		{
			"of a new object what is empty or not known yet is counted",
			"  # did.one will be created\n  + did \"one\" {\n      + route = \"EXTEN\"\n      + user  = (known after apply)\n      + notes = \"\"\n      + more  = {\n          + list = []\n        }\n    }\nPlan\n  + x = \"\"\n",
			"    |   # did.one will be created\n    |   + did \"one\" {\n    |       + route = \"EXTEN\"\n    |       + more  = {\n    |         }\n    |         # (3 attributes, empty or known after apply, not shown here)\n    |     }\n    | Plan\n    |   + x = \"\"\n",
		},
		{
			"of an object that goes it is shown that it goes",
			"\x1b[1m  # dialer.one\x1b[0m will be \x1b[31mdestroyed\x1b[0m\n  - dialer {\n    }\nPlan\n",
			"    | \x1b[1m  # dialer.one\x1b[0m will be \x1b[31mdestroyed\x1b[0m\n    |     # (2 lines, not shown here)\n    | Plan\n",
		},
		{
			"of a long text the first lines are shown",
			"      + a = <<-EOT\n" + strings.Repeat("            x\n", longText+2) + "        EOT\n      + b = 1\n",
			"    |       + a = <<-EOT\n" + strings.Repeat("    |             x\n", longText) + "    |             # (2 lines, not shown here)\n    |         EOT\n    |       + b = 1\n",
		},
		{
			"of a text that changes the lines that do",
			"      ~ a = <<-EOT\n            x\n          - y\n          + z\n        EOT\n",
			"    |       ~ a = <<-EOT\n    |           - y\n    |           + z\n    |             # (1 lines, not shown here)\n    |         EOT\n",
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var out strings.Builder
			m := newScreen(&out, false).margin()
			for _, letter := range []byte(c.said) { // programs write in pieces
				if _, err := m.Write([]byte{letter}); err != nil {
					t.Fatal(err)
				}
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Errorf("said\n%s\ninstead of\n%s", out.String(), c.want)
			}
		})
	}
}

func TestWellFormed(t *testing.T) {
	for _, c := range []struct {
		claim, picture string
		want           bool
	}{
		{"a picture is", `<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>`, true},
		{"one that breaks off is not", `<svg><text>a`, false},
		{"something else is not", `<html></html>`, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if err := wellFormed(c.picture); (err == nil) != c.want {
				t.Errorf("says %v", err)
			}
		})
	}
}

func TestHasShare(t *testing.T) {
	plan := "  + allocations = {\n      + \"10.0.0.1\"  = 98\n      ~ \"10.0.0.20\" = 80 -> 59\n"
	for _, c := range []struct {
		claim  string
		server string
		share  int
		want   bool
	}{
		{"a share that is shown is found", "10.0.0.1", 98, true},
		{"a share that changes is the new one", "10.0.0.20", 59, true},
		{"the old one is not", "10.0.0.20", 80, false},
		{"another server's is not", "10.0.0.2", 59, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if have := hasShare(plan, c.server, c.share); have != c.want {
				t.Errorf("is %t", have)
			}
		})
	}
}

func TestHolds(t *testing.T) {
	folder := t.TempDir()
	plain := filepath.Join(folder, "terraform.tfstate")
	if err := os.WriteFile(plain, []byte(`{"secret": "xyzzy"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(folder, "demo.tfplan")
	file, err := os.Create(packed)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(file)
	inner, err := archive.Create("tfstate")
	if err != nil {
		t.Fatal(err)
	}
	_, err = inner.Write([]byte(strings.Repeat("plugh ", 200) + "xyzzy"))
	if err := errors.Join(err, archive.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plain, packed} {
		t.Run("a secret is found in "+filepath.Base(path), func(t *testing.T) {
			if held, err := holds(path, "xyzzy"); err != nil || !held {
				t.Errorf("held %t, %v", held, err)
			}
		})
		t.Run("another is not found in "+filepath.Base(path), func(t *testing.T) {
			if held, err := holds(path, "frotz"); err != nil || held {
				t.Errorf("held %t, %v", held, err)
			}
		})
	}
}
