package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGrants_matchGuide runs the statement of the guide that generates the grants,
// and compares them with those of the tests, for every version of the schema.
func TestGrants_matchGuide(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "templates", "guides", "least-privilege.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```sql\nSELECT")
	statement, _, found := strings.Cut("SELECT"+rest, ";\n```")
	if !found {
		t.Fatal("the guide holds no SELECT")
	}
	for _, schema := range AllSchemas() {
		t.Run(fmt.Sprint("schema ", schema), func(t *testing.T) {
			t.Parallel()
			d := New(t, schema)
			rows, err := d.DB().QueryContext(t.Context(), strings.ReplaceAll(statement, "'asterisk'", "'"+d.Name+"'"))
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var have []string
			for rows.Next() {
				var grant string
				if err := rows.Scan(&grant); err != nil {
					t.Fatal(err)
				}
				have = append(have, grant)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			want := Grants(d.Name, "terraform", "10.10.10.%", Tables(schema))
			slices.Sort(want) // MariaDB sorts underscores differently
			slices.Sort(have)
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("grants (-tests +guide):\n%s", diff)
			}
		})
	}
}
