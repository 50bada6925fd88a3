package effect_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
)

var update = flag.Bool("update", false, "write the page of effects anew")

var page = filepath.Join("..", "..", "..", "docs", "vicidial", "effect.md")

// The page has the table that the facts make.
func TestDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), "| resource |")
	if !found {
		t.Fatal("the page has no table")
	}
	want := head + table()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the page differs; write it with -update:\n%s", diff)
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	for resource, facts := range effect.Resources {
		for path, fact := range facts {
			said := fact.When.String()
			if said == "" {
				t.Errorf("%s %s: no moment", resource, path)
			}
			if (fact.Reader == "") != (fact.When == effect.Terraform) {
				t.Errorf("%s %s: %q reads it, %q", resource, path, fact.Reader, said)
			}
			if (fact.Source == "") != (fact.When >= effect.File) {
				t.Errorf("%s %s: found in %q, %q", resource, path, fact.Source, said)
			}
			if fact.More != "" && !strings.HasSuffix(fact.More, ".") {
				t.Errorf("%s %s: no sentence: %q", resource, path, fact.More)
			}
		}
	}
}

// table returns the table of docs/vicidial/effect.md#attributes: a row for the attributes of a
// resource that have one fact.
func table() string {
	var text strings.Builder
	text.WriteString("| resource | attributes | takes effect | read by | source |\n|---|---|---|---|---|\n")
	for _, resource := range slices.Sorted(maps.Keys(effect.Resources)) {
		byFact := map[effect.Fact][]string{}
		for path, fact := range effect.Resources[resource] {
			byFact[fact] = append(byFact[fact], path)
		}
		facts := slices.SortedFunc(maps.Keys(byFact), func(a, b effect.Fact) int {
			if a.When != b.When {
				return int(a.When - b.When)
			}
			return strings.Compare(a.Reader+a.Source+a.More, b.Reader+b.Source+b.More)
		})
		for _, fact := range facts {
			paths := byFact[fact]
			slices.Sort(paths)
			text.WriteString("| " + strings.Join([]string{resource, "`" + strings.Join(paths, "`, `") + "`", fact.Sentence(), fact.Reader, fact.Source}, " | ") + " |\n")
		}
	}
	return text.String()
}
