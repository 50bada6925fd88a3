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

	t.Run("files of Terraform are not copied", func(t *testing.T) {
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

	t.Run("exit code is not an error", func(t *testing.T) {
		cli, err := w.Open("two", fstest.MapFS{"main.tf": {Data: []byte("nonsense")}})
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := cli.Run(t.Context(), io.Discard, "validate")
		if err != nil || outcome.Code != 1 || strings.Contains(outcome.Text, "\x1b") {
			t.Errorf("validate ends with %d, %v: %q", outcome.Code, err, outcome.Text)
		}
	})

	t.Run("version of the changelog", func(t *testing.T) {
		version, err := w.version()
		if err != nil || strings.Count(version, ".") != 2 {
			t.Errorf("version is %q, %v", version, err)
		}
	})

	t.Run("folder is removed", func(t *testing.T) {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(filepath.Join(folder, FolderPrefix+"*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	})
}
