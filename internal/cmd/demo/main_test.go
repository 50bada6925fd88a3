package main

import (
	"archive/zip"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

func TestRun(t *testing.T) {
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache))) // its default is in XDG_CACHE_HOME
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("XDG_CACHE_HOME", folder)
	var out strings.Builder
	err = run(t.Context(), &out, false, false)
	output := out.String()
	t.Run("ends with ok", func(t *testing.T) {
		if err != nil || !strings.HasSuffix(output, "\ndemo: ok\n") {
			t.Errorf("error %v after\n%s", err, output)
		}
	})
	t.Run("it is short", func(t *testing.T) {
		if lines := strings.Count(output, "\n"); lines > 380 {
			t.Errorf("%d lines", lines)
		}
	})
	t.Run("no colours without a terminal", func(t *testing.T) {
		if strings.Contains(output, "\x1b") {
			t.Error("an escape sequence is in the output")
		}
	})
	t.Run("pictures are kept at the printed paths", func(t *testing.T) {
		for _, name := range []string{"cluster.svg", "cluster-without-dial3.svg"} {
			path := filepath.Join(folder, "terraform-provider-vicidial", "demo", name)
			content, err := os.ReadFile(path)
			if err != nil || wellFormed(string(content)) != nil || !strings.Contains(output, "picture: "+path+"\n") {
				t.Errorf("%s: %v", path, err)
			}
			if has := strings.Contains(string(content), "dial3"); has != (name == "cluster.svg") {
				t.Errorf("%s shows dial3: %t", name, has)
			}
		}
	})
	t.Run("no temporary files are left", func(t *testing.T) {
		left, err := filepath.Glob(filepath.Join(folder, testenv.FolderPrefix+"*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	})
}

func TestPrinter(t *testing.T) {
	t.Run("error is printed", func(t *testing.T) {
		var out strings.Builder
		newPrinter(&out, false, false).fail(unexpected("the table has %d rows", 3))
		if out.String() != "\ndemo: unexpected: the table has 3 rows\n" {
			t.Errorf("printed %q", out.String())
		}
	})
	t.Run("colours in a terminal", func(t *testing.T) {
		var out strings.Builder
		newPrinter(&out, true, false).ok("well")
		if out.String() != "    \x1b[32mok\x1b[0m well\n" {
			t.Errorf("printed %q", out.String())
		}
	})
}

func TestProgress(t *testing.T) {
	var out strings.Builder
	installer := newPrinter(&out, false, false).progress("installing")
	for _, line := range []string{"Reading\n", "Unpacking\n"} {
		if _, err := installer.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("one line replaces the output", func(t *testing.T) {
		if out.String() != "    installing\n" {
			t.Errorf("printed %q", out.String())
		}
	})
	t.Run("output is kept for an error", func(t *testing.T) {
		if installer.output.String() != "Reading\nUnpacking\n" {
			t.Errorf("output %q", installer.output.String())
		}
	})
}

func TestPlanFilter(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"lines are indented", "one\n\ntwo\n", "    | one\n    |\n    | two\n"},
		{"last line without a newline", "one\ntwo", "    | one\n    | two\n"},
		{
			"second object of a block is folded",
			"  # dialer.all[\"a\"] will be created\n  + dialer {\n      + x = {\n        }\n    }\n\n  # dialer.all[\"b\"] will be created\n  + dialer {\n      + x = 1\n    }\nPlan\n",
			"    |   # dialer.all[\"a\"] will be created\n    |   + dialer {\n    |       + x = {\n    |         }\n    |     }\n    |\n    |   # dialer.all[\"b\"] will be created\n    |     # (3 lines, not shown here)\n    | Plan\n",
		},
		{
			"empty and unknown attributes of a new object are counted",
			"  # did.one will be created\n  + did \"one\" {\n      + route = \"EXTEN\"\n      + user  = (known after apply)\n      + notes = \"\"\n      + more  = {\n          + list = []\n        }\n    }\nPlan\n  + x = \"\"\n",
			"    |   # did.one will be created\n    |   + did \"one\" {\n    |       + route = \"EXTEN\"\n    |       + more  = {\n    |         }\n    |         # (3 attributes, empty or known after apply, not shown here)\n    |     }\n    | Plan\n    |   + x = \"\"\n",
		},
		{
			"deleted object is folded",
			"\x1b[1m  # dialer.one\x1b[0m will be \x1b[31mdestroyed\x1b[0m\n  - dialer {\n    }\nPlan\n",
			"    | \x1b[1m  # dialer.one\x1b[0m will be \x1b[31mdestroyed\x1b[0m\n    |     # (2 lines, not shown here)\n    | Plan\n",
		},
		{
			"long text is shortened",
			"      + a = <<-EOT\n" + strings.Repeat("            x\n", longText+2) + "        EOT\n      + b = 1\n",
			"    |       + a = <<-EOT\n" + strings.Repeat("    |             x\n", longText) + "    |             # (2 lines, not shown here)\n    |         EOT\n    |       + b = 1\n",
		},
		{
			"changed lines only of a changed text",
			"      ~ a = <<-EOT\n            x\n          - y\n          + z\n        EOT\n",
			"    |       ~ a = <<-EOT\n    |           - y\n    |           + z\n    |             # (1 lines, not shown here)\n    |         EOT\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			m := newPrinter(&out, false, true).planFilter()
			for _, b := range []byte(c.input) { // in pieces, as programs write
				if _, err := m.Write([]byte{b}); err != nil {
					t.Fatal(err)
				}
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Errorf("printed\n%s\ninstead of\n%s", out.String(), c.want)
			}
		})
	}
}

func TestPlanSummary(t *testing.T) {
	const plan = `Terraform will perform the following actions:

  # vicidial_server.all["a"] will be created
  + resource "vicidial_server" "all" {
      + active = true
    }

  # vicidial_trunk_split.sales will be created
  + resource "vicidial_trunk_split" "sales" {
      + allocations = {
          + "10.0.0.1" = 98
        }
      + campaign_id = "SALES"
      + total       = 98
    }

  # vicidial_haproxy_config.web will be updated in-place
  ~ resource "vicidial_haproxy_config" "web" {
      ~ content        = <<-EOT
          - one
        EOT
      ~ content_sha256 = "a" -> "b"
      ~ weight         = 1 -> 2
        name           = "web"
    }

Plan: 2 to add, 1 to change, 0 to destroy.

Changes to Outputs:
  + seats = 3

Warning: Seats move

  with vicidial_agent_placement.floor,
  on seats.tf line 3:
   3: resource {

20 seats on other nodes:
  2000: ca to ba

(and one more similar warning elsewhere)
`
	const want = `    | + vicidial_server.all["a"]
    | + vicidial_trunk_split.sales will be created
    |       + allocations = {
    |           + "10.0.0.1" = 98
    | ~ vicidial_haproxy_config.web will be updated in-place
    |       ~ weight         = 1 -> 2
    | Plan: 2 to add, 1 to change, 0 to destroy.
`
	const warning = `    | Warning: Seats move
    |   20 seats on other nodes:
    |     2000: ca to ba
`
	before, said, _ := strings.Cut(plan, "Warning: ")
	framed := before + "\x1b[33m╷\x1b[0m\x1b[0m\n"
	for line := range strings.Lines("\x1b[33mWarning: \x1b[0m" + said) {
		framed += strings.TrimRight("\x1b[33m│\x1b[0m \x1b[0m"+line, " \n") + "\n"
	}
	framed += "\x1b[33m╵\x1b[0m\x1b[0m\n"
	for name, plan := range map[string]string{"without colours": plan, "with colours": framed} {
		t.Run(name, func(t *testing.T) { checkSummary(t, plan, want, warning) })
	}
}

// checkSummary checks what is printed of a plan: its warning is printed once.
func checkSummary(t *testing.T, plan, want, warning string) {
	t.Helper()
	var out strings.Builder
	s := newPrinter(&out, false, false)
	for _, expected := range []string{want + warning, want} {
		out.Reset()
		filter := s.planFilter()
		if _, err := filter.Write([]byte(plan)); err != nil {
			t.Fatal(err)
		}
		if err := filter.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != expected {
			t.Errorf("printed\n%s\ninstead of\n%s", out.String(), expected)
		}
	}
}

func TestWellFormed(t *testing.T) {
	for _, c := range []struct {
		name, picture string
		want          bool
	}{
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>`, true},
		{"truncated SVG", `<svg><text>a`, false},
		{"HTML", `<html></html>`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := wellFormed(c.picture); (err == nil) != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestHasShare(t *testing.T) {
	plan := "  + allocations = {\n      + \"10.0.0.1\"  = 98\n      ~ \"10.0.0.20\" = 80 -> 59\n"
	for _, c := range []struct {
		name   string
		server string
		share  int
		want   bool
	}{
		{"share of a server", "10.0.0.1", 98, true},
		{"new share of a change", "10.0.0.20", 59, true},
		{"old share of a change", "10.0.0.20", 80, false},
		{"share of another server", "10.0.0.2", 59, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have := hasShare(plan, c.server, c.share); have != c.want {
				t.Errorf("got %t", have)
			}
		})
	}
}

func TestFileContains(t *testing.T) {
	folder := t.TempDir()
	plain := filepath.Join(folder, "terraform.tfstate")
	if err := os.WriteFile(plain, []byte(`{"secret": "xyzzy"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	archived := filepath.Join(folder, "demo.tfplan")
	file, err := os.Create(archived)
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
	for _, path := range []string{plain, archived} {
		t.Run("text in "+filepath.Base(path), func(t *testing.T) {
			if found, err := fileContains(path, "xyzzy"); err != nil || !found {
				t.Errorf("found %t, %v", found, err)
			}
		})
		t.Run("absent text in "+filepath.Base(path), func(t *testing.T) {
			if found, err := fileContains(path, "frotz"); err != nil || found {
				t.Errorf("found %t, %v", found, err)
			}
		})
	}
}
