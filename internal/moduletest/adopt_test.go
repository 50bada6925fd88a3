package moduletest

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// adopt runs the command adopt for the module, into a folder beside the example.
func (c *cli) adopt(d *sandbox.Database) string {
	c.t.Helper()
	program := ""
	err := filepath.WalkDir(c.mirror, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			program = path
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.folder = filepath.Join(filepath.Dir(c.folder), "adopted")
	command := exec.CommandContext(c.t.Context(), program, "adopt", "-quiet", "-module", "../modules/site", "-site", "anchor", "-out", c.folder)
	command.Env = append(os.Environ(), connection(d)...)
	said, err := command.CombinedOutput()
	if err != nil {
		c.t.Fatalf("adopt: %v\n%s", err, said)
	}
	c.env = append(c.env, connection(d)...)
	return string(said)
}

// A cluster that fits is taken over by the module: objects are imported, and no row
// changes.
func TestSite_adopt(t *testing.T) {
	t.Parallel()
	d := newEmptySystem(t)
	anchor := sitesOf(t, map[string]*sandbox.Database{"anchor": d})["anchor"]
	anchor.do("apply", "-auto-approve")
	before := checksums(t, d)

	adopted := *anchor.cli
	said := adopted.adopt(d)
	if !strings.Contains(said, "that the module does not support") {
		t.Errorf("adopt says\n%s", said)
	}
	adopted.env = append(adopted.env, "TF_WORKSPACE=adopted")
	adopted.run(0, "init")
	adopted.run(0, "fmt", "-check", "-diff")
	applied := adopted.run(0, "apply", "-auto-approve")
	// The files of the nodes are no rows, and are added.
	if !regexp.MustCompile(`Resources: [1-9][0-9]* imported, 1 added, 0 changed, 0 destroyed`).MatchString(applied) {
		t.Errorf("%s\nthe apply says\n%s\n%s", said, applied, adopted.read("site.auto.tfvars"))
	}
	adopted.run(0, "plan", "-detailed-exitcode")
	if after := checksums(t, d); !maps.Equal(before, after) {
		t.Errorf("tables changed from\n%v\nto\n%v", before, after)
	}
}

// checksums are those of all tables.
func checksums(t *testing.T, d *sandbox.Database) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, table := range sandbox.Tables(d.Schema) {
		var name, sum string
		if err := d.DB().QueryRowContext(t.Context(), "CHECKSUM TABLE "+table).Scan(&name, &sum); err != nil {
			t.Fatal(err)
		}
		found[table] = sum
	}
	return found
}
