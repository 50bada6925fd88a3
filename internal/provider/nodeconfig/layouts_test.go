package nodeconfig

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestLayouts imports the nodes of public layouts, rewritten with other hosts
// and passwords, and plans what was imported: astguiclient.conf stays as it is,
// and each line of a crontab that changes is named in the notes of the import,
// which are in the golden files.
func TestLayouts(t *testing.T) {
	folders, err := filepath.Glob("testdata/layouts/*")
	if err != nil || len(folders) < 6 {
		t.Fatalf("got %d layouts and error %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			paths, err := filepath.Glob(folder + "/*/astguiclient.conf")
			if err != nil {
				t.Fatal(err)
			}
			for i, path := range paths {
				paths[i] = filepath.Dir(path)
			}
			m, notes, err := adopt(strings.Join(paths, ","))
			if err != nil {
				t.Fatal(err)
			}
			site := m.site()
			site.Cluster.Existing = site.Cluster.Violations() // as a plan of what was imported has them
			files, err := site.Files()
			if err != nil {
				t.Fatal(err)
			}
			if len(files) != len(paths) {
				t.Errorf("%d nodes of %d", len(files), len(paths))
			}
			said := strings.Join(notes, "\n")
			for serverIP, made := range files {
				if diff := cmp.Diff(astguiclient.Parse(element(m.Conf, serverIP)), astguiclient.Parse(made.Conf)); diff != "" {
					t.Errorf("astguiclient.conf of %s changes (-now +planned):\n%s", serverIP, diff)
				}
				now, planned := lines(t, element(m.Crontab, serverIP)), lines(t, made.Crontab)
				for _, line := range slices.Concat(now, planned) {
					if slices.Contains(now, line) != slices.Contains(planned, line) && !strings.Contains(said, line) {
						t.Errorf("node %s: the line %q changes, and no note says so", serverIP, line)
					}
				}
			}
			if strings.Contains(said+m.Conf.String()+m.Crontab.String(), "pw-layout") {
				t.Error("a password is in state or in a note")
			}
			path := filepath.Join(folder, "notes.golden")
			if *update {
				if err := os.WriteFile(path, []byte(said+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), said+"\n"); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func element(values types.Map, key string) string {
	text, _ := values.Elements()[key].(types.String)
	return text.ValueString()
}

func lines(t *testing.T, crontab string) []string {
	t.Helper()
	jobs, err := astguiclient.ParseCrontab(crontab)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, job := range jobs {
		all = append(all, astguiclient.Line(job))
	}
	return all
}

// TestImport_localhost has the commonest cluster: the primary calls its own
// database localhost, the dialer names the primary's address.
func TestImport_localhost(t *testing.T) {
	m, _, err := adopt("testdata/layouts/almalinux-cluster/primary,testdata/layouts/almalinux-cluster/dial2")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Nodes["10.4.0.1"].Settings["VARDB_server"]; got != "localhost" {
		t.Errorf("the primary's VARDB_server is %q", got)
	}
	site := m.site()
	site.Cluster.Existing = site.Cluster.Violations()
	files, err := site.Files()
	if err != nil {
		t.Fatal(err)
	}
	for serverIP, want := range map[string]string{"10.4.0.1": "localhost", "10.4.0.2": "10.4.0.1"} {
		if got := astguiclient.Parse(files[serverIP].Conf)["VARDB_server"]; got != want {
			t.Errorf("node %s: VARDB_server is %q, want %q", serverIP, got, want)
		}
	}
}
