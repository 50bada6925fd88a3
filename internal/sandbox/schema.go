package sandbox

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// tablesText describes the tables in a compact form, which its header explains.
//
//go:embed tables.txt
var tablesText string

// versions is an inclusive range of schema versions. The zero value has all
// versions.
type versions struct{ from, to int }

func (v versions) include(schema int) bool {
	return v.from <= schema && (v.to == 0 || schema <= v.to)
}

// column is one definition of a column. A column that changed has several, with
// disjoint versions.
type column struct {
	name, kind string
	required   bool
	preset     string // the default as SQL; empty for none
	auto       bool
	utf8       bool
	spans      versions
}

// index is a key of a table. The primary one has no name.
type index struct {
	name    string
	primary bool
	unique  bool
	columns []string
	spans   versions
}

// table is a table of all versions.
type table struct {
	name, engine string
	utf8         bool
	spans        versions
	columns      []column
	indexes      []index
}

// schemas are the known versions.
var schemas = []int{1302, 1562, 1606, 1669, 1690, 1720}

// AllSchemas returns the known schema versions, oldest first: 1302 (2013), 1562 (2019),
// 1606 (2020), 1669 (2022), 1690 (2023) and 1720 (2024).
func AllSchemas() []int { return slices.Clone(schemas) }

// schemasVariable is the environment variable with the schema versions that tests run
// on, separated by commas, or "all".
const schemasVariable = "TF_ACC_SCHEMAS"

// Schemas returns the versions that tests run on, oldest first: 1302, 1606 and 1720
// unless [schemasVariable] says otherwise. It panics for a version that is not known.
func Schemas() []int {
	switch names := os.Getenv(schemasVariable); names {
	case "":
		return []int{1302, 1606, 1720}
	case "all":
		return AllSchemas()
	default:
		return named(names)
	}
}

func named(names string) []int {
	var chosen []int
	for name := range strings.SplitSeq(names, ",") {
		version, err := strconv.Atoi(strings.TrimSpace(name))
		if err != nil || !slices.Contains(schemas, version) {
			panic(fmt.Sprintf("%s: %q is not one of %v, or all", schemasVariable, name, schemas))
		}
		chosen = append(chosen, version)
	}
	slices.Sort(chosen)
	return chosen
}

// Tables returns the tables of a schema version that the provider reads or writes,
// sorted by name. VICIdial has more than 300.
func Tables(schema int) []string {
	tables, err := facts()
	if err != nil {
		return nil // NewDatabase returns the error
	}
	var names []string
	for _, t := range tables {
		if t.spans.include(schema) {
			names = append(names, t.name)
		}
	}
	slices.Sort(names)
	return names
}

// facts parses the embedded text once.
var facts = sync.OnceValues(func() ([]table, error) { return parseTables(tablesText) })

// createTables returns the statements that create the tables of a version.
func createTables(tables []table, schema int) []string {
	var statements []string
	for _, t := range tables {
		if t.spans.include(schema) {
			statements = append(statements, t.create(schema))
		}
	}
	return statements
}

// create returns the statement that creates the table of a version.
func (t table) create(schema int) string {
	var parts []string
	for _, c := range t.columns {
		if c.spans.include(schema) {
			parts = append(parts, c.definition(t.utf8))
		}
	}
	for _, i := range t.indexes {
		if i.spans.include(schema) {
			parts = append(parts, i.definition())
		}
	}
	charset := "latin1 COLLATE=latin1_swedish_ci"
	if t.utf8 {
		charset = "utf8 COLLATE=utf8_unicode_ci"
	}
	return fmt.Sprintf("CREATE TABLE %s (\n  %s\n) ENGINE=%s DEFAULT CHARSET=%s",
		quoteName(t.name), strings.Join(parts, ",\n  "), t.engine, charset)
}

func (c column) definition(tableIsUTF8 bool) string {
	words := []string{quoteName(c.name), c.kind}
	if c.isText() && c.utf8 != tableIsUTF8 {
		if c.utf8 {
			words = append(words, "CHARACTER SET utf8 COLLATE utf8_unicode_ci")
		} else {
			words = append(words, "CHARACTER SET latin1 COLLATE latin1_swedish_ci")
		}
	}
	switch {
	case c.required:
		words = append(words, "NOT NULL")
	default:
		// Explicit, since a plain TIMESTAMP would be NOT NULL and updated
		// automatically while explicit_defaults_for_timestamp is off.
		words = append(words, "NULL")
	}
	if c.preset != "" {
		words = append(words, "DEFAULT", c.preset)
	}
	if c.auto {
		words = append(words, "AUTO_INCREMENT")
	}
	return strings.Join(words, " ")
}

func (c column) isText() bool {
	return strings.HasPrefix(c.kind, "varchar") || strings.HasPrefix(c.kind, "enum") || strings.HasSuffix(c.kind, "text")
}

func (i index) definition() string {
	names := make([]string, len(i.columns))
	for position, name := range i.columns {
		names[position] = quoteName(name)
	}
	list := "(" + strings.Join(names, ", ") + ")"
	switch {
	case i.primary:
		return "PRIMARY KEY " + list
	case i.unique:
		return "UNIQUE KEY " + quoteName(i.name) + " " + list
	default:
		return "KEY " + quoteName(i.name) + " " + list
	}
}

// quoteName quotes an identifier.
func quoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// quoteText quotes a string. It doubles backslashes, which are escapes in the
// sandbox's sql_mode.
func quoteText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(text) + "'"
}
