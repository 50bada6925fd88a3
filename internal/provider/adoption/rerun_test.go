package adoption_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func (s *site) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A second run adds what is new and touches nothing that a person has changed.
func TestAdopt_again(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	s := aSite(t, d)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active, rebuild_conf_files) VALUES ('dial1', '10.0.0.1', 'Y', 'N'), ('dial2', '10.0.0.2', 'Y', 'N')")()
	acctest.Run(t, d, "INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, template_id) VALUES ('cc1', 'cc1', '10.0.0.1', '1', '1', ''), ('boss', 'boss', '10.0.0.1', '2', '2', '')")()
	s.adopt(t, 2, "-detailed-exitcode")

	// A person renames one block, removes another, and comments.
	edited := strings.Replace(s.read(t, "servers.tf"), `"dial1"`, `"main"`, 1) + "\n# ours\n"
	edited, _, _ = strings.Cut(edited, `resource "vicidial_server" "dial2"`)
	edited += "# dial2 is not ours\n"
	if err := os.WriteFile(filepath.Join(s.dir, "servers.tf"), []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if again := s.adopt(t, 0); len(again.Files) > 0 {
		t.Errorf("nothing is new, and %v are written", again.Files)
	}

	// The database gets a server, a seat of a floor that is there, and a phone that is in none; one server goes.
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active, rebuild_conf_files) VALUES ('dial3', '10.0.0.3', 'Y', 'N')")()
	acctest.Run(t, d, "INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, template_id) VALUES ('cc2', 'cc2', '10.0.0.1', '2', '2', ''), ('fax', 'fax', '10.0.0.1', '3', '3', '')")()
	acctest.Run(t, d, "INSERT INTO vicidial_inbound_dids (did_pattern, did_description, did_route, server_ip, phone) VALUES ('8005550100', 'Boss', 'PHONE', '10.0.0.1', 'boss')")()
	acctest.Run(t, d, "DELETE FROM servers WHERE server_id = 'dial2'")()
	again := s.adopt(t, 0)
	if !slices.Contains(again.New, "vicidial_server.dial3") || len(again.New) != 3 || len(again.Grown) != 1 || !strings.Contains(again.Grown[0], "cc2 on 10.0.0.1") ||
		!slices.Equal(again.Gone, []string{"servers dial2, of vicidial_server.dial2"}) {
		t.Errorf("the run tells %+v", again.Changes)
	}
	if text := s.read(t, "numbers.tf"); !strings.Contains(text, `server_ip       = "10.0.0.1"`) {
		t.Errorf("a number refers to a name that a person has changed\n%s", text)
	}
	if text := s.read(t, "servers.tf"); !strings.HasPrefix(text, edited) || !strings.Contains(text[len(edited):], `"dial3"`) || strings.Contains(text, `"dial2"`) {
		t.Errorf("servers.tf is\n%s", text)
	}
	if last := s.adopt(t, 0); len(last.Files)+len(last.New)+len(last.Grown) > 1 {
		t.Errorf("a third run changes %+v", last.Changes)
	}
}

func TestAdopt_options(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active, rebuild_conf_files) VALUES ('dial1', '10.0.0.1', 'Y', 'N'), ('web1', '10.0.0.2', 'Y', 'N')")()
	s := aSite(t, d)
	if summary := s.adopt(t, 0, "-only", "servers", "-match", "DIAL*"); summary.Objects != 1 || len(summary.Omitted) != 0 {
		t.Errorf("adopted %+v", summary)
	}
	for _, args := range [][]string{{"-only", "campaigns"}, {"-match", "["}, {"-differences", "-1"}, {"-port", "x"}, {"more"}, {"-tls.mode", "never"}, {"-port", "1"}} {
		s.dir = filepath.Join(t.TempDir(), "none")
		s.adopt(t, 1, args...)
		if _, err := os.Stat(s.dir); err == nil {
			t.Errorf("%v writes a directory", args)
		}
	}
	s.dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(s.dir, "servers.tf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.adopt(t, 1)
	if s.read(t, "servers.tf") != "" {
		t.Error("a file of somebody else is written to")
	}
}
