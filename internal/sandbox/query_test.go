package sandbox

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	d := New(t, 1720)
	t.Run("numbers, NULL and line breaks", func(t *testing.T) {
		t.Parallel()
		have := d.Table(t.Context(), "SELECT 1 AS number, 'a' AS letters, NULL AS nothing, 'two\nlines' AS text UNION SELECT -22, ?, NULL, ''", "äöü")
		want := `
+--------+---------+---------+------------+
| number | letters | nothing | text       |
+--------+---------+---------+------------+
|      1 | a       | NULL    | two\nlines |
|    -22 | äöü     | NULL    |            |
+--------+---------+---------+------------+
`
		if have != want[1:] {
			t.Errorf("have\n%s", have)
		}
	})
	t.Run("no rows", func(t *testing.T) {
		t.Parallel()
		d.Expect(t, "SELECT server_id FROM servers", `
			+-----------+
			| server_id |
			+-----------+`)
	})
	t.Run("failing query", func(t *testing.T) {
		t.Parallel()
		if have := d.Table(t.Context(), "SELECT nothing FROM nowhere"); !strings.HasPrefix(have, "error: ") || !strings.Contains(have, "nowhere") {
			t.Errorf("have %s", have)
		}
	})
}
