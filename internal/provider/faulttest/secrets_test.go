package faulttest_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const guarded = `
variable "canary" {
  type      = map(string)
  ephemeral = true
}

resource "vicidial_server" "dial1" {
  server_id                 = "dial1"
  server_ip                 = "10.0.0.1"
  conf_secret_wo            = var.canary.conf
  conf_secret_wo_version    = VERSION
  manager_secret_wo         = var.canary.manager
  manager_secret_wo_version = VERSION
}
`

// Secrets go into the row that needs them, and nowhere else: not into a plan, a
// state, a trace or the change log, while they are set, changed, refused and
// taken away.
func TestAccFaults_secretsShowNowhere(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	p := sandbox.NewProxy(t, sandbox.Shared(t))
	d := aFloor(t, sandbox.Shared(t))
	w := open(t, d, p.Port())
	secrets := []string{"canary-conf-1", "canary-mgr-1", "canary-conf-2", "canary-mgr-2", d.Password}
	var said strings.Builder
	terraform := func(want int, args ...string) {
		t.Helper()
		code, text := w.terraform(args...)
		if said.WriteString(text); code != want {
			t.Fatalf("terraform %v ends with %d\n%s", args, code, text)
		}
	}
	environment := w.env
	with := func(version string) {
		w.env = append(slices.Clone(environment), "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.folder, "trace-"+version),
			`TF_VAR_canary={"conf":"canary-conf-`+version+`","manager":"canary-mgr-`+version+`"}`)
		w.declare(t, strings.ReplaceAll(guarded, "VERSION", version))
	}
	kept := func(conf, manager string) {
		t.Helper()
		d.Expect(t, "SELECT conf_secret = ? AS conf, ASTmgrSECRET = ? AS manager FROM servers", "| conf | manager |\n|    1 |       1 |", conf, manager)
	}

	with("1")
	terraform(0, "plan", "-out=first")
	terraform(0, "apply", "first")
	kept("canary-conf-1", "canary-mgr-1")
	with("2")
	terraform(0, "plan", "-out=second")
	p.CutAt(2, sandbox.WriteUnanswered, true) // the row itself: its error may say no more than others
	terraform(1, "apply", "second")
	p.Restore()
	terraform(0, "apply", "-auto-approve")
	kept("canary-conf-2", "canary-mgr-2")
	acctest.Run(t, d, "ALTER TABLE servers MODIFY conf_secret VARCHAR(5)")() // narrower than when it was planned
	with("1")
	terraform(1, "apply", "-auto-approve")
	acctest.Run(t, d, "ALTER TABLE servers MODIFY conf_secret VARCHAR(100)")()
	terraform(0, "show", "-json")
	terraform(0, "destroy", "-auto-approve")

	t.Run("not in what Terraform says", func(t *testing.T) { tellsNone(t, "the screen", []byte(said.String()), secrets) })
	t.Run("not in any file", func(t *testing.T) {
		entries, err := os.ReadDir(w.folder)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, entry := range entries {
			if entry.IsDir() {
				continue
			}
			seen++
			content := w.read(t, entry.Name())
			tellsNone(t, entry.Name(), content, secrets)
			if archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
				for _, file := range archive.File {
					tellsNone(t, entry.Name()+": "+file.Name, unpack(t, file), secrets)
				}
			}
			if strings.HasPrefix(entry.Name(), "trace-") && !bytes.Contains(content, []byte("ApplyResourceChange")) {
				t.Errorf("%s traces nothing", entry.Name())
			}
		}
		if seen < 6 { // configuration, provider, state, its backup, two plans, two traces
			t.Errorf("only %d files were looked at", seen)
		}
	})
	t.Run("not in the change log", func(t *testing.T) {
		log := d.Table(t.Context(), "SELECT * FROM vicidial_admin_log")
		tellsNone(t, "vicidial_admin_log", []byte(log), secrets)
		if hidden := strings.Count(log, "****"); hidden < 4 {
			t.Errorf("the log has no place where secrets could be:\n%s", log)
		}
	})
}

func tellsNone(t *testing.T, where string, content []byte, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if i := bytes.Index(content, []byte(secret)); i >= 0 {
			t.Errorf("%s tells %s: …%s…", where, secret, content[max(0, i-80):min(len(content), i+80)])
		}
	}
}

func unpack(t *testing.T, file *zip.File) []byte {
	t.Helper()
	from, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	content, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
