package asterisk

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// fieldCase is a text that a real Asterisk read where VICIdial puts it, and what
// became of it.
type fieldCase struct {
	Kind, What, Text string
	Asterisk         string // clean, warned, line_dropped or rest_of_file_lost
	Lines            []int  // the lines concerned
	Priorities       *int   // how many were registered
}

var columnOfKind = map[string]cluster.AsteriskText{
	"dialplan": cluster.DialplanEntry, "account": cluster.AccountEntry, "template": cluster.TemplateContents,
	"registration": cluster.RegistrationString, "globals": cluster.GlobalsString,
}

// fieldCases are those of the files in testdata: field.jsonl is from public
// dialplans, differential.jsonl holds what the reader here and Asterisk's own
// once disagreed on.
func fieldCases(t testing.TB) []fieldCase {
	t.Helper()
	var cases []fieldCase
	for _, name := range []string{"field.jsonl", "differential.jsonl"} {
		file, err := os.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			var one fieldCase
			if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
				t.Fatalf("%s: %v in %s", name, err, lines.Text())
			}
			cases = append(cases, one)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return cases
}

func TestFieldCases(t *testing.T) {
	cases := fieldCases(t)
	if len(cases) < 94 {
		t.Errorf("%d cases", len(cases))
	}
	for _, one := range cases {
		t.Run(one.Kind+": "+one.What, func(t *testing.T) {
			violations := Check(columnOfKind[one.Kind], one.Text)
			switch errs := violations.Errors(); one.Asterisk {
			case "clean", "warned":
				if len(errs) > 0 {
					t.Errorf("Asterisk takes it, and it is refused: %s", errs)
				}
				if one.Asterisk == "warned" && len(violations) == 0 {
					t.Error("Asterisk warns, and nothing is said")
				}
			case "line_dropped", "rest_of_file_lost":
				if len(errs) == 0 {
					t.Error("it is taken")
				}
			default:
				t.Errorf("%q is no verdict", one.Asterisk)
			}
			for _, line := range one.Lines {
				if !slices.ContainsFunc(violations, func(violation Violation) bool { return violation.Line == line }) {
					t.Errorf("nothing is said of line %d: %s", line, violations)
				}
			}
			if one.Priorities == nil {
				return
			}
			registered := 0
			for _, statement := range dialplanStatements(one.Text) {
				if statement.Priority > 0 {
					registered++
				}
			}
			if registered != *one.Priorities {
				t.Errorf("%d priorities, and Asterisk registers %d", registered, *one.Priorities)
			}
		})
	}
}
