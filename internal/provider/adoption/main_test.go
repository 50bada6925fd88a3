package adoption_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/adoption"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "vicidial-adopt-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sandbox.Main(m, func() { _ = os.RemoveAll(folder) })
}

const version = "0.1.0"

// program is the provider, built once into a mirror in which Terraform finds it.
var program = sync.OnceValues(func() (string, error) {
	source, err := tfcli.Source()
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "mirror", filepath.FromSlash(source), version, runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-vicidial_v"+version)
	build := exec.CommandContext(context.Background(), "go", "build", "-ldflags", "-s -w -X main.version="+version, "-o", path, "github.com/vicidial/terraform-provider-vicidial")
	if said, err := build.CombinedOutput(); err != nil {
		return path, fmt.Errorf("build the provider: %w\n%s", err, said)
	}
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(folder, "mirror"))
	return path, os.WriteFile(filepath.Join(folder, "cli.tfrc"), []byte(text), 0o600)
})

// site is a directory of an adoption, and the database that it is of.
type site struct {
	*sandbox.Database
	dir string
	env []string
}

func aSite(t *testing.T, d *sandbox.Database) *site {
	t.Helper()
	return &site{d, filepath.Join(t.TempDir(), "adopted"), tfcli.Environment(filepath.Join(folder, "cli.tfrc"), "VICIDIAL_PASSWORD="+d.Password)}
}

// adopt runs the command, which must end with a code.
func (s *site) adopt(t *testing.T, code int, args ...string) adoption.Summary {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"adopt", "-out", s.dir, "-json", "-host", s.Host, "-port", fmt.Sprint(s.Port), "-database", s.Name, "-username", s.Username}, args...)
	command := exec.CommandContext(t.Context(), binary, args...)
	var output, errs bytes.Buffer
	command.Env, command.Stdout, command.Stderr = s.env, &output, &errs
	_ = command.Run() // the exit code says it
	if got := command.ProcessState.ExitCode(); got != code {
		t.Fatalf("adopt ends with %d, want %d\n%s", got, code, errs.String())
	}
	var summary adoption.Summary
	if code != 1 {
		if err := json.Unmarshal(output.Bytes(), &summary); err != nil {
			t.Fatalf("%v\n%s", err, output.String())
		}
	}
	return summary
}

// terraform runs Terraform in the directory, which must end with 0.
func (s *site) terraform(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), tfcli.Program(), append([]string{args[0], "-no-color"}, args[1:]...)...)
	var said bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = s.dir, s.env, &said, &said
	_ = command.Run() // the exit code says it
	if code := command.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("terraform %s ends with %d\n%s", strings.Join(args, " "), code, said.String())
	}
	return said.String()
}

// dump is every row of every table.
func (s *site) dump(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, table := range sandbox.Tables(s.Schema) {
		func() {
			rows, err := s.DB().QueryContext(t.Context(), "SELECT * FROM "+table)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = rows.Close() }()
			columns, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				values := make([]sql.NullString, len(columns))
				into := make([]any, len(values))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&text, "%s %+v\n", table, values)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		}()
	}
	return text.String()
}
