package adoption

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
)

// manifestFile lists the rows that the command has written. Another run does not write
// them again, even if the files were changed.
const manifestFile = "adopted.json"

type manifest struct {
	Objects map[string][]string `json:"objects"`  // rows by address
	Omitted []string            `json:"left_out"` // rows
	Report  string              `json:"report"`   // digest of ADOPTED.md as it was written

	byRow      map[string]string // addresses
	declared   []string          // addresses that the files have now, or had
	undeclared map[string]bool   // addresses that were removed from the files
}

func rowName(row adopt.Row) string { return string(row.Table) + " " + row.Key }

// readManifest reads the manifest that an earlier run has written into a directory.
func readManifest(dir string) (manifest, error) {
	m := manifest{Objects: map[string][]string{}, byRow: map[string]string{}}
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return m, m.foreign(dir)
	case err != nil:
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(dir, manifestFile), err)
	}
	for address, rows := range m.Objects { // into a map: the order does not show
		for _, row := range rows {
			m.byRow[row] = address
		}
	}
	m.declared, err = resourceAddresses(dir)
	m.undeclared = map[string]bool{}
	for address := range m.Objects { // into sets: the order does not show
		m.undeclared[address] = !slices.Contains(m.declared, address)
	}
	m.declared = slices.AppendSeq(m.declared, maps.Keys(m.Objects))
	return m, err
}

// foreign returns an error if a directory has files with the names of an adoption but no
// manifest.
func (m manifest) foreign(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(heads)) {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s exists, and %s, which lists what the command has written, does not: set another directory with -out", filepath.Join(dir, name), manifestFile)
		}
	}
	return nil
}

// resourceAddresses lists the resources of a directory.
func resourceAddresses(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		return nil, err
	}
	var found []string
	for _, path := range paths {
		file, diags := hclparse.NewParser().ParseHCLFile(path)
		if diags.HasErrors() {
			return nil, diags
		}
		body, _ := file.Body.(*hclsyntax.Body)
		for _, block := range body.Blocks {
			if block.Type == "resource" && len(block.Labels) == 2 {
				found = append(found, strings.Join(block.Labels, "."))
			}
		}
	}
	return found, nil
}

// knows reports whether an earlier run has written a row.
func (m manifest) knows(row adopt.Row) bool {
	return m.byRow[rowName(row)] != "" || slices.Contains(m.Omitted, rowName(row))
}

// addressOf returns the address under which an object was written before; empty if it is
// new.
func (m manifest) addressOf(kind string, rows []adopt.Row) string {
	for _, row := range rows {
		if address := m.byRow[rowName(row)]; strings.HasPrefix(address, kind+".") {
			return address
		}
	}
	return ""
}

// with adds the pieces that a run has written.
func (m manifest) with(pieces []piece) manifest {
	next := manifest{Objects: maps.Clone(m.Objects), Omitted: slices.Clone(m.Omitted)}
	for _, p := range pieces {
		for _, row := range p.rows {
			switch {
			case p.address != "":
				next.Objects[p.address] = append(next.Objects[p.address], rowName(row))
			default:
				next.Omitted = append(next.Omitted, rowName(row))
			}
		}
	}
	for address, rows := range next.Objects { // in any order
		slices.Sort(rows)
		next.Objects[address] = slices.Compact(rows)
	}
	slices.Sort(next.Omitted)
	next.Omitted = slices.Compact(next.Omitted)
	return next
}

// missingRows returns the adopted rows that do not exist any more.
func (m manifest) missingRows(f *result) []string {
	existing := map[string]bool{}
	for _, o := range f.objects {
		for _, row := range o.Rows {
			existing[rowName(row)] = true
		}
	}
	for _, out := range f.omitted {
		for _, row := range out.Rows {
			existing[rowName(row)] = true
		}
	}
	var deleted []string
	for row, address := range m.byRow { // sorted below
		if !existing[row] {
			deleted = append(deleted, fmt.Sprintf("%s, of %s", row, address))
		}
	}
	slices.Sort(deleted)
	return deleted
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func (m manifest) text() (string, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return string(text) + "\n", err
}
