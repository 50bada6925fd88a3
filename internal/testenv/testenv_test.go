package testenv

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEnvironment(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TF_CLI_ARGS_validate", "-json")
	t.Setenv("VICIDIAL_HOST", "somewhere.else")
	w, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	t.Run("a configuration is opened without what Terraform left in it", func(t *testing.T) {
		cli, err := w.Open("one", fstest.MapFS{
			"main.tf":                 {Data: []byte("terraform {\n  required_version = \">= 1.11\"\n}\n")},
			"terraform.tfstate":       {Data: []byte("{}")},
			".terraform/modules/a.tf": {Data: []byte("nonsense")},
		}, "VICIDIAL_DATABASE=one")
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{"terraform.tfstate", ".terraform"} {
			if _, err := os.Stat(filepath.Join(cli.Folder, gone)); !os.IsNotExist(err) {
				t.Errorf("%s is there (%v)", gone, err)
			}
		}
		outcome, err := cli.Run(t.Context(), io.Discard, "validate", "-no-color")
		if err != nil || outcome.Code != 0 || !strings.Contains(outcome.Text, "Success!") {
			t.Errorf("validate ends with %d, %v: %s", outcome.Code, err, outcome.Text)
		}
		for _, setting := range cli.environment {
			if strings.HasPrefix(setting, "VICIDIAL_HOST=") || strings.HasPrefix(setting, "TF_CLI_ARGS") {
				t.Errorf("%s reaches Terraform", setting)
			}
		}
	})

	t.Run("an exit code is for the caller to judge", func(t *testing.T) {
		cli, err := w.Open("two", fstest.MapFS{"main.tf": {Data: []byte("nonsense")}})
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := cli.Run(t.Context(), io.Discard, "validate")
		if err != nil || outcome.Code != 1 || strings.Contains(outcome.Text, "\x1b") {
			t.Errorf("validate ends with %d, %v: %q", outcome.Code, err, outcome.Text)
		}
	})

	t.Run("the version is the one under way", func(t *testing.T) {
		version, err := w.version()
		if err != nil || strings.Count(version, ".") != 2 {
			t.Errorf("version is %q, %v", version, err)
		}
	})

	t.Run("nothing stays behind", func(t *testing.T) {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(filepath.Join(folder, FolderPrefix+"*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	})
}
