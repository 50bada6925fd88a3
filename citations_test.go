package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// citation is how code, tests and pages cite a fact about VICIdial.
	citation   = regexp.MustCompile(`docs/vicidial/([a-z-]+\.md)(?:#([\w-]+))?`)
	designNote = regexp.MustCompile(`docs/design/[\w-]+\.md`)
	// goFile is how a page names a file of Go, with or without its folder.
	goFile = regexp.MustCompile("`([\\w./-]+\\.go)`")
	// goName is how a page names a declaration of a package.
	goName = regexp.MustCompile("`([a-z]+)\\.([A-Z]\\w+)(?:\\.([A-Z]\\w+))?`")
	// word is how a page names anything else by one word.
	word = regexp.MustCompile("`(\\w{4,})`")
	// oldCitation are the forms that named a document outside the repository, or a line
	// of a file of VICIdial by a letter. It is spelled so that this file does not match.
	oldCitation = regexp.MustCompile(`F\x{a7}|\b[A-Z]\x{3a}\d{4,}\b`)
)

// Each citation of a fact about VICIdial names a page and an anchor that exist.
func TestCitations_resolve(t *testing.T) {
	texts := pages(t)
	found := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path == ".git" || path == "bin" || path == "dist" {
				return filepath.SkipDir
			}
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || bytes.IndexByte(text, 0) >= 0 { // a binary file
			return err
		}
		if oldCitation.Match(text) {
			t.Errorf("%s cites by section number; cite a page and an anchor of docs/vicidial", path)
		}
		for _, cited := range designNote.FindAllString(string(text), -1) {
			if _, err := os.Stat(cited); err != nil {
				t.Errorf("%s: %s: no such note", path, cited)
			}
		}
		for _, cited := range citation.FindAllStringSubmatch(string(text), -1) {
			found++
			page, read := texts["docs/vicidial/"+cited[1]]
			switch {
			case !read:
				t.Errorf("%s: %s: no such page", path, cited[0])
			case cited[2] != "" && !has(page, cited[2]):
				t.Errorf("%s: %s: no such anchor", path, cited[0])
			case cited[2] == "" && filepath.Ext(path) == ".go":
				t.Errorf("%s: %s: a citation in code names an anchor", path, cited[0])
			}
		}
		return nil
	})
	if err != nil || found < 100 {
		t.Fatalf("%d citations, %v", found, err)
	}
}

// Files that notes on the design and CONTRIBUTING.md name are there. NOUN stands for a
// new resource.
func TestCitations_goFilesExist(t *testing.T) {
	var files []string
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		files = append(files, "/"+filepath.ToSlash(path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range namesInNotes(t, goFile) {
		is := func(path string) bool { return strings.HasSuffix(path, "/"+name.match[1]) }
		if !strings.Contains(name.match[1], "NOUN") && !slices.ContainsFunc(files, is) {
			t.Errorf("%s names %s, which does not exist", name.note, name.match[1])
		}
	}
}

// An anchor that occurs twice on a page leads to the first place only.
func TestCitations_anchorsAreUnique(t *testing.T) {
	for page, text := range pages(t) {
		if !strings.HasPrefix(page, "docs/vicidial/") {
			continue
		}
		seen := map[string]bool{}
		for _, name := range anchors(text) {
			if seen[name] {
				t.Errorf("%s: the anchor %s occurs twice", page, name)
			}
			seen[name] = true
		}
	}
}

// Each page about VICIdial is found from the index.
func TestCitations_pagesAreInTheIndex(t *testing.T) {
	texts := pages(t)
	for page := range texts {
		name, ok := strings.CutPrefix(page, "docs/vicidial/")
		if ok && name != "README.md" && !strings.Contains(texts["docs/vicidial/README.md"], "]("+name+")") {
			t.Errorf("docs/vicidial/README.md does not lead to %s", page)
		}
	}
}

// Packages declare what notes on the design and CONTRIBUTING.md name of them.
func TestCitations_goNamesExist(t *testing.T) {
	sources := map[string]string{} // by package
	err := filepath.WalkDir("internal", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		sources[filepath.Base(filepath.Dir(path))] += string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range namesInNotes(t, goName) {
		for _, part := range name.match[2:] {
			declared := regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type |const |var |\t)` + part + `\b`)
			if part != "" && !declared.MatchString(sources[name.match[1]]) {
				t.Errorf("%s names %s, which does not exist", name.note, name.match[0])
			}
		}
	}
}

// What notes name by one word is somewhere in the code, a file's name, a fact about
// VICIdial, or one of the words of other programs.
func TestCitations_wordsExist(t *testing.T) {
	var known strings.Builder
	known.WriteString("COMMIT GOMEMLIMIT schemaAttributes multiStatements strlen fwrr_get_next_server http_first_req " +
		"EquivalentNOUN NOUNChange null_resource abort_keep_alive vicidial_pause_codes " +
		"mysql_database mysql_default_roles mysql_global_variable mysql_grant mysql_procedure mysql_role mysql_ti_config mysql_ti_placement_policy mysql_user ")
	for path, text := range readFiles(t, "", "internal", "main.go", "GNUmakefile", ".ci", ".golangci.yml", "docs/vicidial") {
		known.WriteString(filepath.Base(path) + " " + text)
	}
	for _, name := range namesInNotes(t, word) {
		if !strings.Contains(known.String(), name.match[1]) {
			t.Errorf("%s names %s, which does not exist", name.note, name.match[1])
		}
	}
}

// nameInNote is a name in a note on the design or in CONTRIBUTING.md.
type nameInNote struct {
	note  string
	match []string
}

func namesInNotes(t *testing.T, form *regexp.Regexp) []nameInNote {
	t.Helper()
	var found []nameInNote
	notes, _ := filepath.Glob("docs/design/*.md")
	for _, note := range append(notes, "CONTRIBUTING.md") {
		text, err := os.ReadFile(note)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range form.FindAllStringSubmatch(string(text), -1) {
			found = append(found, nameInNote{note, match})
		}
	}
	if len(found) < 20 {
		t.Errorf("%d names are found", len(found))
	}
	return found
}
