package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tinyAddress is where the CLI looks for the tiny provider. When it finds this
// test's own binary there, [TestMain] serves instead of testing.
const tinyAddress = "registry.terraform.io/vicidial/tiny"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "terraform-provider-tiny" {
		os.Exit(m.Run())
	}
	err := tf6server.Serve(tinyAddress, func() tfprotov6.ProviderServer {
		return tiny{ProviderServer: providerserver.NewProtocol6(provider.New("test")())()}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestWriteDocument(t *testing.T) {
	t.Run("a provider that offers one of everything is written whole", func(t *testing.T) {
		golden := filepath.Join("testdata", "tiny.json")
		have := printed(t, tinyAddress)
		if *update {
			if err := os.WriteFile(golden, have, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(have)); diff != "" {
			t.Errorf("document differs from %s (-want +have):\n%s", golden, diff)
		}
	})

	t.Run("the same schema gives the same bytes", func(t *testing.T) {
		if !bytes.Equal(printed(t, "tiny"), printed(t, "tiny")) {
			t.Error("two documents differ")
		}
	})

	t.Run("a provider that finds fault with itself is an error, not a document", func(t *testing.T) {
		var out bytes.Buffer
		faulty := tiny{diagnostics: []*tfprotov6.Diagnostic{
			{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Never mind"},
			{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Bad default", Detail: "name has one"},
		}}
		err := writeSchema(t.Context(), &out, "tiny", faulty)
		if err == nil || err.Error() != "provider schema: Bad default: name has one" {
			t.Errorf("error is %v", err)
		}
		if out.Len() > 0 {
			t.Errorf("wrote %d bytes all the same", out.Len())
		}
	})

	t.Run("the error of a writer is returned", func(t *testing.T) {
		if err := writeSchema(t.Context(), full{}, "tiny", tiny{}); !errors.Is(err, errFull) {
			t.Errorf("error is %v", err)
		}
	})
}

// The part of the document that the installed CLI prints must be equal. Older CLIs have
// no identities, list resources and actions; the golden file
// holds those.
func TestWriteDocument_equalsTerraform(t *testing.T) {
	folder := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(folder, "terraform-provider-tiny")); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("main.tf", "terraform {\n  required_providers {\n    tiny = { source = \"vicidial/tiny\" }\n  }\n}\n")
	cli := write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides { %q = %q }\n  direct { exclude = [%q] }\n}\n",
		"vicidial/tiny", folder, "registry.terraform.io/*/*"))

	terraform := exec.CommandContext(t.Context(), "terraform", "providers", "schema", "-json")
	terraform.Dir = folder
	terraform.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+cli, "CHECKPOINT_DISABLE=1")
	var complaints strings.Builder
	terraform.Stderr = &complaints
	out, err := terraform.Output()
	if err != nil {
		t.Fatalf("terraform providers schema: %v\n%s", err, complaints.String())
	}

	theirs, ours := kinds(t, out), kinds(t, printed(t, tinyAddress))
	if len(theirs) < 5 {
		t.Fatalf("terraform writes %d kinds only: %s", len(theirs), out)
	}
	for kind, said := range theirs {
		if diff := cmp.Diff(said, ours[kind]); diff != "" {
			t.Errorf("%s (-terraform +ours):\n%s", kind, diff)
		}
	}
}

// printed is the document of the tiny provider under the given name.
func printed(t *testing.T, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := writeSchema(t.Context(), &out, name, tiny{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// kinds takes a document apart into resource_schemas, functions and so on.
func kinds(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var all struct {
		Version   string                    `json:"format_version"`
		Providers map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if all.Version != formatVersion {
		t.Fatalf("format version is %q", all.Version)
	}
	found, ok := all.Providers[tinyAddress]
	if !ok {
		t.Fatalf("no %s in the document", tinyAddress)
	}
	return found
}

var errFull = errors.New("no room")

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
