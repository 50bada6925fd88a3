package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var (
	createFile   = flag.String("create-file", "", "write the lines of testdata/schema.golden anew from this extras/MySQL_AST_CREATE_tables.sql of VICIdial, for -create-schema")
	createSchema = flag.Int("create-schema", 0, "the schema version of -create-file, whose tables are in tables.txt")
)

// schema.golden is made from VICIdial's create files, not from tables.txt: for each
// table its engine, the number of columns and a hash of their lines in
// information_schema, and the same for its indexes.
func TestDatabase_schema(t *testing.T) {
	if *createFile != "" {
		writeGolden(t, *createFile, *createSchema)
	}
	golden, err := os.ReadFile("testdata/schema.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range AllSchemas() {
		t.Run(fmt.Sprintf("information_schema of a fresh database of schema %d", schema), func(t *testing.T) {
			t.Parallel()
			var want []string
			for line := range strings.Lines(string(golden)) {
				if strings.HasPrefix(line, fmt.Sprint(schema)) {
					want = append(want, strings.TrimSpace(line))
				}
			}
			d := New(t, schema)
			have := summarize(t, d)
			for _, line := range have {
				if !slices.Contains(want, line) {
					t.Errorf("the database has\n%s\nwhich is not in testdata/schema.golden; see CONTRIBUTING.md#set-up", line)
				}
			}
			for _, line := range want {
				if !slices.Contains(have, line) {
					t.Errorf("testdata/schema.golden has\n%s\nwhich is not in the database", line)
				}
			}
			if names := Tables(schema); len(names) != len(want) || !slices.IsSorted(names) {
				t.Errorf("Tables(%d) lists %d tables: %v", schema, len(names), names)
			}
		})
	}
}

// writeGolden replaces the lines of a schema in schema.golden by those of VICIdial's
// create file. That of 1302 names no engine: tables then had the default one, MyISAM.
// As in tables.txt, a TIMESTAMP may hold NULL and is not updated automatically.
func writeGolden(t *testing.T, file string, schema int) {
	t.Helper()
	statements, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := New(t, schema)
	run := func(statement string) {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range Tables(schema) {
		run("DROP TABLE " + name)
	}
	run("SET SESSION sql_mode = '', default_storage_engine = MyISAM, explicit_defaults_for_timestamp = 1;\n" + string(statements))
	lines := slices.DeleteFunc(summarize(t, d), func(line string) bool {
		return !slices.Contains(Tables(schema), strings.Split(line, "\t")[1])
	})
	golden, err := os.ReadFile("testdata/schema.golden")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(golden)) {
		if !strings.HasPrefix(line, fmt.Sprint(schema)) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	slices.Sort(lines)
	if err := os.WriteFile("testdata/schema.golden", []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// summarize describes a database in the form of schema.golden.
func summarize(t *testing.T, d *Database) []string {
	t.Helper()
	columns := gather(t, d, `
		SELECT TABLE_NAME, CONCAT_WS('\t', ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE,
			IFNULL(COLUMN_DEFAULT, '\\N'), EXTRA, IFNULL(REPLACE(COLLATION_NAME, 'utf8_', 'utf8mb3_'), ''))
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
		ORDER BY TABLE_NAME, ORDINAL_POSITION`)
	indexes := gather(t, d, `
		SELECT TABLE_NAME, CONCAT_WS('\t', INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME)
		FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()`)
	engines := gather(t, d, `SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`)
	var lines []string
	for name, engine := range engines {
		slices.Sort(indexes[name])
		lines = append(lines, strings.Join([]string{
			fmt.Sprint(d.Schema), name, engine[0],
			fmt.Sprint(len(columns[name])), hash(columns[name]),
			fmt.Sprint(len(indexes[name])), hash(indexes[name]),
		}, "\t"))
	}
	slices.Sort(lines)
	return lines
}

func gather(t *testing.T, d *Database, query string) map[string][]string {
	t.Helper()
	rows, err := d.DB().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string][]string{}
	for rows.Next() {
		var name, line string
		if err := rows.Scan(&name, &line); err != nil {
			t.Fatal(err)
		}
		found[name] = append(found[name], line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func hash(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])[:16]
}
