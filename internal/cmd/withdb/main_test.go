package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestMain(m *testing.M) { sandbox.Main(m) }

const child = "SANDBOX_TEST_CHILD" // set in the command that TestRun runs

// TestSharedServer runs in the command of TestRun, as a test package with a shared
// server.
func TestSharedServer(t *testing.T) {
	d := sandbox.New(t, 1302)
	d.Expect(t, "SELECT db_schema_version FROM system_settings", `
		+-------------------+
		| db_schema_version |
		+-------------------+
		|              1302 |
		+-------------------+`)
	if os.Getenv(child) != "" && sandbox.Shared(t).Kill() == nil {
		t.Error("the command has a server of its own")
	}
}

func TestRun(t *testing.T) {
	t.Run("server for the command is removed afterwards", func(t *testing.T) {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(child, "yes")
		var out bytes.Buffer
		code, err := run([]string{"--", self, "-test.run=^TestSharedServer$", "-test.v"}, nil, &out, &out)
		if code != 0 || err != nil || !strings.Contains(out.String(), "--- PASS: TestSharedServer") {
			t.Errorf("code %d, %v:\n%s", code, err, out.String())
		}
		out.Reset()
		if code, err = run([]string{"sh", "-c", "echo $" + sandbox.Environment}, nil, &out, &out); code != 0 || err != nil {
			t.Errorf("code %d, %v", code, err)
		}
		_, folder, _ := strings.Cut(out.String(), `"folder":"`)
		folder, _, _ = strings.Cut(folder, `"`)
		if folder == "" {
			t.Fatalf("no folder in %s", out.String())
		}
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("%s is still there", folder)
		}
	})
	t.Run("exit code of the command", func(t *testing.T) {
		if code, err := run([]string{"--", "sh", "-c", "exit 7"}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 7 || err != nil {
			t.Errorf("code %d, %v", code, err)
		}
	})
	t.Run("command killed by a signal", func(t *testing.T) {
		if code, err := run([]string{"--", "sh", "-c", "kill -9 $$"}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 1 || err == nil {
			t.Errorf("code %d, %v", code, err)
		}
	})
	t.Run("unknown command", func(t *testing.T) {
		if code, err := run([]string{"--", "no-such-command"}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 1 || err == nil {
			t.Errorf("code %d, %v", code, err)
		}
	})
	t.Run("no command", func(t *testing.T) {
		if code, err := run(nil, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 2 || err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("code %d, %v", code, err)
		}
	})
}
