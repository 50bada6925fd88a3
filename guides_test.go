package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// readFiles returns the texts of all files below folders whose names end so.
func readFiles(t *testing.T, suffix string, folders ...string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, suffix) {
				return err
			}
			text, err := os.ReadFile(path)
			files[path] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestPictures checks that each picture of docs/ is a small SVG document with a
// title and a description, which needs no other file, and which a page shows.
func TestPictures(t *testing.T) {
	t.Parallel()
	pictures := readFiles(t, ".svg", "docs/pictures")
	if len(pictures) == 0 {
		t.Fatal("there are no pictures")
	}
	var showing strings.Builder
	for _, text := range readFiles(t, ".md", "README.md", "docs") {
		showing.WriteString(text)
	}
	for path, text := range pictures {
		elements, depth := make(map[string]int), 0
		for decoder := xml.NewDecoder(bytes.NewReader([]byte(text))); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			switch part := token.(type) {
			case xml.StartElement:
				if depth++; depth <= 2 || part.Name.Local != "title" { // deeper ones are tooltips
					elements[part.Name.Local]++
				}
			case xml.EndElement:
				depth--
			}
		}
		if elements["title"] != 1 || elements["desc"] != 1 {
			t.Errorf("%s has no title or no description", path)
		}
		if elements["script"]+elements["image"]+elements["use"] > 0 || len(text) > 30_000 {
			t.Errorf("%s has scripts or references, or is larger than 30 kB", path)
		}
		if !strings.Contains(showing.String(), "pictures/"+filepath.Base(path)) {
			t.Errorf("no page shows %s", path)
		}
	}
	for _, shown := range regexp.MustCompile(`docs/pictures/[a-z-]+\.svg`).FindAllString(showing.String(), -1) {
		if pictures[filepath.FromSlash(shown)] == "" {
			t.Errorf("%s does not exist", shown)
		}
	}
}

// TestErrorsOfTheGuide checks that the texts which the guide on failed applies
// explains are texts of the provider.
func TestErrorsOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("docs/guides/when-an-apply-fails.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "## Errors while it writes")
	section, _, _ = strings.Cut(section, "## Errors of the connection")
	var source strings.Builder
	for path, text := range readFiles(t, ".go", "internal") {
		if !strings.HasSuffix(path, "_test.go") {
			source.WriteString(text)
		}
	}
	texts := 0
	for _, line := range strings.Split(section, "\n") {
		column := line
		if strings.HasPrefix(line, "|") {
			column, _, _ = strings.Cut(line[1:], " | ") // what to do is beside it
		}
		for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(column, -1) {
			texts++
			text := strings.TrimPrefix(quoted[1], "… ")
			if text != "step 3 of 7 (…)" && !strings.Contains(source.String(), text) {
				t.Errorf("no error of the provider says %q", text)
			}
		}
	}
	if texts < 20 {
		t.Errorf("the guide explains %d texts", texts)
	}
	// Titles of diagnostics in output that pages show. Behind one is the name of an object.
	titles := regexp.MustCompile(`(?m)Unable to [a-z ]+[a-z]|^(?:Warning|Error): [A-Z][a-z ]+`)
	for page, text := range readFiles(t, ".md", "README.md", "docs/guides", "docs/index.md") {
		for _, shown := range titles.FindAllString(text, -1) {
			title := strings.TrimPrefix(strings.TrimPrefix(shown, "Warning: "), "Error: ")
			whole := strings.Contains(source.String(), `"`+title)
			if last := strings.LastIndexByte(title, ' '); !whole && !strings.Contains(source.String(), `"`+title[:last]+`"`) {
				t.Errorf("%s: no diagnostic has the title %q", page, shown)
			}
		}
	}
}
