package sandbox

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// tablesText is the compact table of facts; its head explains the form.
//
//go:embed tables.txt
var tablesText string

// versions is a span of schema versions, both ends included. The zero value
// spans them all.
type versions struct{ from, to int }

func (v versions) include(schema int) bool {
	return v.from <= schema && (v.to == 0 || schema <= v.to)
}

// column is one form of a column; a column that changed has several, in spans
// that do not overlap.
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

// table is one table over all versions.
type table struct {
	name, engine string
	utf8         bool
	spans        versions
	columns      []column
	indexes      []index
}

// schemas are the versions that the facts are known of.
var schemas = []int{1302, 1606, 1720}

// Schemas lists the schema versions that a database can be made with, oldest
// first: 1302 (2013), 1606 (2020) and 1720 (2024).
func Schemas() []int { return slices.Clone(schemas) }

// Tables lists the tables of a schema version, sorted by name. They are the
// ones that the provider reads or writes, of VICIdial's more than 300.
func Tables(schema int) []string {
	tables, err := facts()
	if err != nil {
		return nil // NewDatabase says why
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

// facts reads the embedded text once.
var facts = sync.OnceValues(func() ([]table, error) { return parseTables(tablesText) })

// createTables returns the statements that make the tables of a version.
func createTables(tables []table, schema int) []string {
	var statements []string
	for _, t := range tables {
		if t.spans.include(schema) {
			statements = append(statements, t.create(schema))
		}
	}
	return statements
}

// create is the statement that makes the table in a version.
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
		// Said aloud, because a bare TIMESTAMP would become NOT NULL and
		// update itself as long as explicit_defaults_for_timestamp is off.
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

// quoteName makes an identifier safe to stand in a statement.
func quoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// quoteText makes a string literal. Backslashes are doubled too, since the
// sandbox's sql_mode lets them escape.
func quoteText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(text) + "'"
}
