package adoption

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// Changes lists the changes of a run in a directory.
type Changes struct {
	Files []string `json:"files"` // written or appended to
	New   []string `json:"new"`   // new addresses, and new rows that are left out
	Grown []string `json:"grown"` // values to add by hand to existing objects
	Gone  []string `json:"gone"`  // adopted rows that do not exist any more
}

// write writes an adoption into a directory. If the directory already has an adoption,
// it appends new objects to the files, and changes nothing else.
func (f *result) write(dir string, before manifest, provider providerFiles) (Changes, error) {
	pieces := f.pieces()
	changes := Changes{Files: []string{}, New: []string{}, Grown: []string{}, Gone: []string{}}
	if len(before.Objects) > 0 {
		changes.Gone = append(changes.Gone, before.missingRows(f)...)
	}
	var fresh []piece
	for _, p := range pieces {
		known := 0
		for _, row := range p.rows {
			if before.knows(row) {
				known++
			}
		}
		switch {
		case known == 0:
			fresh = append(fresh, p)
			if p.file != importsFile {
				name := p.address
				if name == "" {
					name = rowsText(p.rows, 5)
				}
				changes.New = append(changes.New, name)
			}
		case known < len(p.rows) && p.address != "" && p.file != importsFile:
			changes.Grown = append(changes.Grown, before.grown(p))
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return changes, err
	}
	save := func(name, text string, flags int) error {
		changes.Files = append(changes.Files, name)
		return appendTo(filepath.Join(dir, name), text, flags)
	}
	for _, name := range slices.Sorted(maps.Keys(provider.files())) {
		err := save(name, provider.files()[name], os.O_CREATE|os.O_EXCL)
		if errors.Is(err, fs.ErrExist) {
			changes.Files = changes.Files[:len(changes.Files)-1]
		} else if err != nil {
			return changes, err
		}
	}
	texts := files(fresh)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text := texts[name]
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			text = strings.TrimPrefix(text, terraform.Render(heads[name]))
		}
		if err := save(name, text, os.O_CREATE|os.O_APPEND); err != nil {
			return changes, err
		}
	}
	return changes, f.conclude(dir, before, before.with(fresh), save)
}

// conclude writes the manifest, and the report unless somebody has changed it.
func (f *result) conclude(dir string, before, after manifest, save func(name, text string, flags int) error) error {
	report := f.report()
	after.Report = before.Report
	existing, err := os.ReadFile(filepath.Join(dir, reportFile))
	if untouched := err != nil || digest(string(existing)) == before.Report; untouched && string(existing) != report {
		if err := save(reportFile, report, os.O_CREATE|os.O_TRUNC); err != nil {
			return err
		}
		after.Report = digest(report)
	}
	text, err := after.text()
	if err != nil {
		return err
	}
	if existing, err := os.ReadFile(filepath.Join(dir, manifestFile)); err == nil && string(existing) == text {
		return nil
	}
	return save(manifestFile, text, os.O_CREATE|os.O_TRUNC)
}

// grown returns the rows that an object of the directory lacks.
func (m manifest) grown(p piece) string {
	lacks := p.rows[:0:0]
	for _, row := range p.rows {
		if !m.knows(row) {
			lacks = append(lacks, row)
		}
	}
	return fmt.Sprintf("%s was written without %s: add it there, unless you have", p.address, rowsText(lacks, 20))
}

func appendTo(path, text string, flags int) error {
	file, err := os.OpenFile(path, flags|os.O_WRONLY, 0o640) //nolint:gosec // the directory is an argument of the command
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
