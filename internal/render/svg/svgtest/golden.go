package svgtest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
)

var update = flag.Bool("update", false, "renew the golden files")

// Golden compares a document with a file in testdata, which -update renews.
func Golden(t T, name string, have []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, have, 0o600); err != nil {
			t.Fatalf("%v", err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s differs; look at it, then renew it with -update", name)
	}
}
