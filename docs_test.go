package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// registry is where the pages are read; its overview has no slash at the end of
// its address, so that a relative link on it leads nowhere.
const registry = "https://registry.terraform.io/providers/vicidial/vicidial/latest/"

// pictureFolder is where the registry finds the pictures of the pages.
const pictureFolder = "https://raw.githubusercontent.com/vicidial/terraform-provider-vicidial/main/docs/pictures/"

var (
	fence  = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	link   = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	title  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchor = regexp.MustCompile(`<a (?:id|name)="([^"]+)">`)
	spoken = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// pages are all texts that people read, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(path, "internal") || path == "templates" || strings.HasPrefix(path, ".git") || path == "dist") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		texts[filepath.ToSlash(path)] = fence.ReplaceAllString(string(text), "")
		return err
	})
	if err != nil || len(texts) < 30 {
		t.Fatalf("%d pages, %v", len(texts), err)
	}
	return texts
}

// Links lead somewhere, on GitHub and in the registry, which takes ".md" off.
func TestLinks_leadSomewhere(t *testing.T) {
	texts := pages(t)
	for page, text := range texts {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			target, mark, _ := strings.Cut(found[1], "#")
			inner, ours := strings.CutPrefix(target, registry)
			switch {
			case ours:
				target = inner + ".md"
			case strings.Contains(target, "://"):
				continue
			case page == "docs/index.md" && target != "":
				t.Errorf("%s: %s leads nowhere in the registry; write it out, with %s", page, found[1], registry)
				continue
			case target == "":
				target = page
			default:
				target = filepath.ToSlash(filepath.Join(filepath.Dir(page), target))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere: %v", page, found[1], err)
				continue
			}
			mark = strings.ReplaceAll(mark, `\_`, "_") // as terraform-docs writes it
			if aimed, read := texts[target]; mark != "" && read && !has(aimed, mark) {
				t.Errorf("%s: %s: there is no such place on the page", page, found[1])
			}
		}
	}
}

// has reports whether a page has an anchor or a heading of that name.
func has(text, mark string) bool {
	return slices.Contains(anchors(text), mark)
}

// anchors are the places on a page that a link can name: its anchors, and its
// headings as GitHub and the registry name them.
func anchors(text string) []string {
	var names []string
	for _, found := range anchor.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	for _, found := range title.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.ReplaceAll(strings.ToLower(spoken.ReplaceAllString(found[1], "")), " ", "-"))
	}
	return names
}

// The registry shows pages of at most 500,000 bytes. Each page that it shows has
// front matter with its title and description, one title, headings that skip no level, pictures by their whole
// address, and no links to files that the registry does not have.
func TestPages_asTheRegistryShowsThem(t *testing.T) {
	const registryPageSize = 500_000
	heading := regexp.MustCompile(`(?m)^(#+) \S`)
	picture := regexp.MustCompile(`!\[[^\]]*\]\(([^)]*)\)`)
	shown := 0
	for page, text := range pages(t) {
		rest, ok := strings.CutPrefix(page, "docs/")
		if !ok || strings.HasPrefix(rest, "design/") || strings.HasPrefix(rest, "vicidial/") {
			continue
		}
		shown++
		raw, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > registryPageSize {
			t.Errorf("%s has %d bytes; the registry shows %d", page, len(raw), registryPageSize)
		}
		for _, key := range []string{"page_title", "description"} {
			if !regexp.MustCompile(`(?m)^` + key + `: *\S`).Match(raw) {
				t.Errorf("%s: the front matter has no %s", page, key)
			}
		}
		above := 0
		for _, found := range heading.FindAllStringSubmatch(text, -1) {
			level := len(found[1])
			if level > above+1 || level == 1 && above != 0 {
				t.Errorf("%s: a heading of level %d follows one of level %d", page, level, above)
			}
			above = level
		}
		for _, found := range picture.FindAllStringSubmatch(text, -1) {
			name, ours := strings.CutPrefix(found[1], pictureFolder)
			if !ours {
				t.Errorf("%s: the picture %s is not at %s", page, found[1], pictureFolder)
			} else if _, err := os.Stat(filepath.Join("docs", "pictures", name)); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(found[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			inner, inside := strings.CutPrefix(filepath.ToSlash(filepath.Join(filepath.Dir(page), target)), "docs/")
			if !inside || strings.HasPrefix(inner, "design/") || strings.HasPrefix(inner, "vicidial/") {
				t.Errorf("%s: the registry does not have %s", page, found[1])
			}
		}
	}
	if shown < 50 {
		t.Errorf("%d pages", shown)
	}
}

// A guide that no page leads to is read by nobody.
func TestGuides_areFoundFromTheOverview(t *testing.T) {
	texts := pages(t)
	for page := range texts {
		if name, ok := strings.CutPrefix(page, "docs/guides/"); ok && !strings.Contains(texts["docs/index.md"], registry+"docs/guides/"+strings.TrimSuffix(name, ".md")+")") {
			t.Errorf("docs/index.md does not lead to %s", page)
		}
	}
}

// Names of attributes and columns in prose exist: none stays when an attribute is
// renamed. The attributes are those of the rendered schemas.
func TestProse_namesExist(t *testing.T) {
	// What Terraform, Asterisk and others name.
	others := "create_before_destroy depends_on for_each ignore_changes local_file mock_provider null_resource required_providers terraform_data " +
		"qualify_frequency known_hosts linux_amd64 secrets_version"
	nested := regexp.MustCompile("^### Nested Schema for `([\\w.]+)`")
	attribute := regexp.MustCompile("^(?:- |\\d+\\. )`(\\w+)` \\(")
	path := regexp.MustCompile("`([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)*)(?: = [^`]*)?`")
	file := regexp.MustCompile(`\.(backup|conf|go|hcl|json|lock|php|pl|render|sql|store|tf|tfstate|tfvars|txt|types|yml)$`) // or a log's subsystem

	texts, attributes := pages(t), map[string]bool{}
	var known strings.Builder
	known.WriteString(others)
	for page, text := range texts {
		within := ""
		for line := range strings.Lines(text) {
			if found := nested.FindStringSubmatch(line); found != nil {
				within = found[1] + "."
			} else if strings.HasPrefix(line, "## ") {
				within = ""
			}
			if found := attribute.FindStringSubmatch(line); found != nil {
				attributes[within+found[1]], attributes[found[1]] = true, true
			}
		}
		if strings.HasPrefix(page, "docs/vicidial/") {
			known.WriteString(text)
		}
	}
	for source, text := range readFiles(t, ".go", "internal") {
		if !strings.HasSuffix(source, "_test.go") {
			known.WriteString(text)
		}
	}
	tables, err := os.ReadFile("internal/sandbox/tables.txt")
	if err != nil || len(attributes) < 500 {
		t.Fatalf("%d attributes, %v", len(attributes), err)
	}
	known.Write(tables)
	isColumn := func(name string) bool { return regexp.MustCompile(`\b` + name + `\b`).Match(tables) }

	for page, text := range texts {
		if !strings.HasPrefix(page, "docs/") && strings.Contains(page, "/") || strings.HasPrefix(page, "docs/design/") || strings.HasPrefix(page, "docs/vicidial/") {
			continue
		}
		for _, found := range path.FindAllStringSubmatch(text, -1) {
			name := found[1]
			table, column, dotted := strings.Cut(name, ".")
			switch {
			case attributes[name], strings.HasPrefix(name, "vicidial_"), file.MatchString(name):
			case dotted && isColumn(table) && isColumn(column):
			case !dotted && (!strings.Contains(name, "_") || strings.Contains(known.String(), name)):
			default:
				t.Errorf("%s: there is no %s", page, name)
			}
		}
	}
}

// Terraform reads a data source inside a check block again in each apply, so that each
// plan is one with changes (docs/guides/drift-in-ci.md).
func TestExamples_checksHaveNoDataSource(t *testing.T) {
	inside := regexp.MustCompile(`(?m)^\s*check "[^"]+" \{\n\s*data `)
	texts := readFiles(t, ".tf", "examples")
	for page, text := range readFiles(t, ".md", "README.md", "docs", "examples") {
		texts[page] = text
	}
	for page, text := range texts {
		if inside.MatchString(text) {
			t.Errorf("%s: a data source is inside a check block", page)
		}
	}
}

// The targets of make that pages name are there.
func TestCommands_ofMake(t *testing.T) {
	makefile, err := os.ReadFile("GNUmakefile")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for page, text := range readFiles(t, ".md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs") {
		for _, found := range regexp.MustCompile("(?m)(?:`|^\\s*|[A-Z_]+=\\S+ )make ([a-z]+(?:-[a-z]+)?)").FindAllStringSubmatch(text, -1) {
			named++
			if !strings.Contains(string(makefile), "\n"+found[1]+":") {
				t.Errorf("%s: make has no target %s", page, found[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("%d targets are named", named)
	}
}
