// Package clustertest simulates the filters of VICIdial's admin page for tests, from
// docs/vicidial/page-filters.md#fields.
package clustertest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// kinds are values with every kind of character, one kind each.
var kinds = []string{
	"plain9Text", "two words", "a-b", "a.b", "a,b", "a_b", "a:b", "a/b", "a@b", "a*b", "a#b", "a+b", "a=b", "a|b", "a&b", "a<b", "a>b", "a%b", "a$b", "a!b", "a?b",
	"a(b)", "a[b]", "a{b}", "a~b", "a^b", "a`b", "a;b", `a"b`, "a'b", `a\b`, "a\nb", "a\tb", "Zürich", "--all--", "12345", "",
}

// Schemas are the schema versions whose pages are simulated.
var Schemas = []int{1302, 1562, 1606, 1669, 1690, 1720}

// field is a line of the table (docs/vicidial/page-filters.md#fields).
type field struct {
	form, keeps, loses string
	from, to           int
}

var lost = map[string]string{"semicolon": ";", "backslash": `\`, "quote": "'", "doublequote": `"`, "CR": "\r", "LF": "\n"}

// Page is the admin page of VICIdial as in docs/vicidial/page-filters.md#fields.
type Page map[string][]field

// ReadPage reads the table of the document.
func ReadPage(t *testing.T) Page {
	t.Helper()
	folder, err := os.Getwd()
	for err == nil {
		if _, err = os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatal("the document is not found: no go.mod above the test")
		}
		folder, err = parent, nil
	}
	text, err := os.ReadFile(filepath.Join(folder, "docs", "vicidial", "page-filters.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := Page{}
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if len(cells) != 8 || strings.HasPrefix(cells[1], " table") || strings.HasPrefix(cells[1], "---") {
			continue
		}
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "\x00", "|")
		}
		one := field{form: strings.TrimSpace(cells[3]), keeps: strings.Trim(strings.TrimSpace(cells[4]), "`"), loses: strings.TrimSpace(cells[5])}
		if schemas := strings.TrimSpace(cells[6]); schemas != "all" {
			from, to, ranged := strings.Cut(schemas, "-")
			if !ranged {
				to = from
			}
			one.from, _ = strconv.Atoi(from)
			one.to, _ = strconv.Atoi(to)
		}
		for _, column := range strings.Fields(cells[2]) {
			at := strings.TrimSpace(cells[1]) + "." + column
			page[at] = append(page[at], one)
		}
	}
	return page
}

// of returns the field of a column: of several the one with the narrower range.
func (p Page) of(table cluster.Table, column string, schema int) (field, bool) {
	var found field
	ok := false
	for _, one := range p[string(table)+"."+column] {
		if schema < one.from || one.to != 0 && schema > one.to {
			continue
		}
		width := func(f field) int {
			if f.to == 0 {
				return 1 << 20
			}
			return f.to - f.from
		}
		if !ok || width(one) < width(found) {
			found, ok = one, true
		}
	}
	return found, ok
}

// Columns are the columns of a table in the document.
func (p Page) Columns(table cluster.Table) []string {
	var columns []string
	for at := range p {
		if column, ok := strings.CutPrefix(at, string(table)+"."); ok {
			columns = append(columns, column)
		}
	}
	slices.Sort(columns)
	return columns
}

// Save returns what a save of the form makes of a text; false where the document has no
// field of the column.
func (p Page) Save(table cluster.Table, column string, schema int, text string) (string, bool) {
	f, ok := p.of(table, column, schema)
	if !ok {
		return text, false
	}
	text = cluster.NormalText(text)
	switch f.form {
	case "empty":
		return "", true
	case "text":
		text, _, _ = strings.Cut(text, `"`)
		text = strings.ReplaceAll(text, "\n", "")
	case "area":
		text = strings.ReplaceAll(strings.TrimPrefix(text, "\n"), "\n", "\r\n")
	}
	if f.keeps != "all" {
		text = regexp.MustCompile("[^"+strings.ReplaceAll(f.keeps, "[", `\[`)+"]").ReplaceAllString(text, "")
	}
	for _, name := range strings.Fields(f.loses) {
		text = strings.ReplaceAll(text, lost[name], "")
	}
	return text, true
}

// CheckSaved saves a value of every kind in every column of a table, in the form of every
// schema. If the saved value differs, counted must have reported it.
func (p Page) CheckSaved(t *testing.T, table cluster.Table, columns []string, counted func(s cluster.Schema, column, text string) bool, same func(column string, meant, held cluster.Value) bool) {
	t.Helper()
	counts := map[string]int{}
	for _, column := range columns {
		for _, version := range Schemas {
			s := cluster.Schema{Version: version, Tables: map[cluster.Table]map[string]cluster.Column{table: {column: {Type: "text"}}}}
			for _, text := range kinds {
				saved, known := p.Save(table, column, version, text)
				if !known {
					t.Fatalf("page-filters.md has no line for %s.%s", table, column)
				}
				switch {
				case counted(s, column, text):
					counts["refused or warned of"]++
				case same(column, cluster.Text(text), cluster.Text(saved)):
					counts["no drift"]++
				default:
					t.Errorf("schema %d: a save makes %q of %q in %s.%s, and nothing says so", version, saved, text, table, column)
				}
			}
		}
	}
	t.Log(fmt.Sprint(table, ": ", len(columns), " columns, ", len(Schemas), " schemas, ", len(kinds), " kinds of characters: ", counts))
}
