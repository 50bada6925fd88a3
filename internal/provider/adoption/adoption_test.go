package adoption_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

var imported = regexp.MustCompile(`Apply complete! Resources: (\d+) imported, 0 added, 0 changed, 0 destroyed\.`)

// The command writes an object of each resource whose rows are in the database.
func TestAdopt_everyResource(t *testing.T) {
	t.Parallel()
	acctest.EveryResource(t, "adopt.Kinds", adopt.Kinds, "vicidial_node_config", "vicidial_haproxy_config", "vicidial_nginx_config")
}

// A cluster of ten years: the command, Terraform's own, and no edit between them.
func TestAdopt_aGrownCluster(t *testing.T) {
	t.Parallel()
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprint(schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			if err := d.AddLegacyCluster(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := aSite(t, looking(t, d))
			before := s.dump(t)

			began := time.Now()
			summary := s.adopt(t, 0)
			if keep := os.Getenv("ADOPT_KEEP"); keep != "" {
				_ = os.CopyFS(filepath.Join(keep, fmt.Sprint(schema)), os.DirFS(s.dir))
			}
			s.terraform(t, "fmt", "-check", "-diff")
			s.terraform(t, "init")
			said := s.terraform(t, "apply", "-auto-approve")
			if found := imported.FindStringSubmatch(said); found == nil || found[1] != fmt.Sprint(summary.Objects) {
				t.Errorf("apply does not import %d objects and nothing else\n%s", summary.Objects, said)
			}
			s.terraform(t, "plan", "-detailed-exitcode")
			t.Logf("schema %d: %d objects, %d lines, %d rows left out, the command %.1f s, the whole %.1f s", schema, summary.Objects, summary.Lines, len(summary.Omitted), summary.Seconds, time.Since(began).Seconds())

			if after := s.dump(t); after != before {
				t.Error("a row has changed")
			}
			for _, sum := range summary.Tables {
				var count int
				if err := d.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+string(sum.Table)).Scan(&count); err != nil {
					t.Fatal(err)
				}
				if sum.Read != count || sum.Adopted+sum.Omitted+sum.NotAsked != count {
					t.Errorf("%+v does not add up to the %d rows of the table", sum, count)
				}
			}
			if summary.Lines > 1500 {
				t.Errorf("%d lines to read, want 1500 at most", summary.Lines)
			}

			files := s.files(t)
			for _, usual := range []string{"voicemail_dump_exten", "agi_output", "vicidial_recording_limit", "telnet_", "auto_restart_asterisk"} {
				if strings.Contains(files, usual) {
					t.Errorf("the files have %s, which has its default on every server", usual)
				}
			}
			if again := s.adopt(t, 0); len(again.Files)+len(again.New)+len(again.Grown)+len(again.Gone) > 0 {
				t.Errorf("a second run changes %+v", again.Changes)
			}
			if s.files(t) != files {
				t.Error("a second run changes files")
			}
		})
	}
}

// looking is the database for a user who may look and not write.
func looking(t *testing.T, d *sandbox.Database) *sandbox.Database {
	t.Helper()
	user := strings.Replace(d.Username, "terraform", "looking", 1)
	for _, statement := range []string{
		fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", user, d.Password),
		fmt.Sprintf("GRANT SELECT ON `%s`.* TO '%s'@'%%'", d.Name, user),
	} {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _, _ = d.DB().ExecContext(context.Background(), "DROP USER '"+user+"'@'%'") })
	other := *d
	other.Username = user
	return &other
}

// files are the texts of all files of the directory.
func (s *site) files(t *testing.T) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		if strings.Contains(path, "tfstate") || strings.Contains(path, ".terraform") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(path + "\n" + string(text))
	}
	return all.String()
}

// The data source gives the same files, to a run that plans servers as well.
func TestAccAdoption(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active, rebuild_conf_files) VALUES ('dial1', '10.0.0.1', 'Y', 'N'), ('dial2', '10.0.0.2', 'Y', 'N')")()
	acctest.Run(t, d, "INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, template_id) VALUES ('cc1', 'cc1', '10.0.0.1', '1', '1', '')")()
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: acctest.Provider(d, "read_only = true") + `data "vicidial_adoption" "all" {}
data "vicidial_adoption" "some" {
  only  = ["servers"]
  match = "*2"
}
`,
			Check: resource.ComposeAggregateTestCheckFunc(
				resource.TestMatchResourceAttr("data.vicidial_adoption.all", "files.servers.tf", regexp.MustCompile(`resource "vicidial_server" "dial1" \{\n  server_id`)),
				resource.TestMatchResourceAttr("data.vicidial_adoption.all", "files.imports.tf", regexp.MustCompile(`to = vicidial_server.dial2`)),
				resource.TestMatchResourceAttr("data.vicidial_adoption.all", "files.ADOPTED.md", regexp.MustCompile("`phones` \\| 1 \\|")),
				resource.TestCheckResourceAttr("data.vicidial_adoption.all", "rows.servers", "2"),
				resource.TestCheckResourceAttr("data.vicidial_adoption.all", "rows_adopted.servers", "2"),
				resource.TestCheckResourceAttr("data.vicidial_adoption.some", "rows_adopted.servers", "1"),
				resource.TestCheckResourceAttr("data.vicidial_adoption.some", "rows_left_out.servers", "0"),
				resource.TestCheckNoResourceAttr("data.vicidial_adoption.some", "files.carriers.tf"),
			),
		}},
	})
}
