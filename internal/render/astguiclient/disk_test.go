package astguiclient_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

// TestCrontab_nothingFillsTheDisk runs the removal jobs of a crontab over what
// VICIdial's programs leave (docs/vicidial/node-files.md#recordings-on-disk).
func TestCrontab_nothingFillsTheDisk(t *testing.T) {
	root := t.TempDir()
	left := []string{
		"monitor/20260105_side-out.wav", "monitor/MIX/20260105_side-out.wav",
		"done/20260105_a-all.wav",
		"done/ORIG/20260105_m-in.wav", "done/ORIG/2026-01-05/20260105_a-all.wav",
		"done/MP3/20260105_a-all.mp3", "done/MP3/2026-01-05/20260105_a-all.mp3",
		"done/FTP/20260105_a-all.mp3", "done/FTP/2026-01-05/20260105_a-all.mp3",
		"done/FTP/2026/2026-01-05/20260105_a-all.mp3", "done/FTP/2026/01/05/20260105_a-all.mp3",
	}
	write := func(prefix string, age time.Duration) {
		t.Helper()
		for _, name := range left {
			path := filepath.Join(root, filepath.Dir(name), prefix+filepath.Base(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("audio"), 0o600); err != nil {
				t.Fatal(err)
			}
			at := time.Now().Add(-age)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("old", 9*24*time.Hour)
	write("new", time.Hour)
	site := aSite(2, 0, false)
	site.Settings["PATHmonitor"], site.Settings["PATHDONEmonitor"] = root+"/monitor", root+"/done"
	site.Crontab.Recordings = nodes.Recordings{Format: "MP3", KeepDays: 7}
	files, err := site.Files()
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		t.Helper()
		for _, job := range files["10.0.1.1"].Jobs {
			if strings.Contains(job.Command, "/usr/bin/find "+root) {
				if said, err := exec.CommandContext(context.Background(), "sh", "-c", job.Command).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", job.Command, err, said)
				}
			}
		}
	}
	remaining := func() (all []string) {
		t.Helper()
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				all = append(all, entry.Name())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	run()
	found := remaining()
	if len(found) != len(left) || slices.ContainsFunc(found, func(name string) bool { return strings.HasPrefix(name, "old") }) {
		t.Errorf("after 7 days the disk has %q", found)
	}
	t.Run("folders of days without a recording go, those of install.pl stay", func(t *testing.T) {
		old := time.Now().Add(-48 * time.Hour)
		for range 4 { // a folder that has just become empty waits for the next night
			err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					return os.Remove(path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
				if err == nil {
					return os.Chtimes(path, old, old)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			run()
		}
		var folders []string
		for _, pattern := range []string{"done/*", "done/*/*"} {
			matches, err := filepath.Glob(filepath.Join(root, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range matches {
				folders = append(folders, strings.TrimPrefix(match, root+"/"))
			}
		}
		if want := []string{"done/FTP", "done/MP3", "done/ORIG"}; !slices.Equal(folders, want) {
			t.Errorf("got %q, want %q", folders, want)
		}
	})
}

func TestUserData(t *testing.T) {
	site := aSite(2, 0, false)
	site.Secrets = map[string]string{"VARDB_pass": "pw-7f3a", "VARDB_custom_pass": "pw-8a1b"}
	files, err := site.Files()
	if err != nil {
		t.Fatal(err)
	}
	made := files["10.0.1.1"]
	if strings.Contains(made.UserData, "pw-") {
		t.Error("a password is in the user data that is not sensitive")
	}
	for _, data := range []string{made.UserData, made.UserDataFilled} {
		if !strings.HasPrefix(data, "#cloud-config\n") {
			t.Errorf("cloud-init would not read %.40q", data)
		}
	}
	if !strings.Contains(made.UserData, astguiclient.Environment) || strings.Contains(made.UserDataFilled, astguiclient.Environment) {
		t.Error("passwords are read on the node where they are known, or not where they are missing")
	}
	for name, want := range map[string]string{astguiclient.Path: made.Conf, "/root/vicidial.crontab": made.Crontab} {
		if got := content(made.UserData, name); got != want {
			t.Errorf("%s reads back as\n%s\nwant\n%s", name, got, want)
		}
	}
	t.Run("the crontab comes last, and not after a failure", func(t *testing.T) {
		_, script, _ := strings.Cut(made.UserDataFilled, "    - |\n")
		folder := t.TempDir()
		script = strings.ReplaceAll(script, "crontab /root/vicidial.crontab", "touch "+folder+"/started")
		script = strings.ReplaceAll(script, astguiclient.Path, folder+"/missing.conf")
		if err := exec.CommandContext(context.Background(), "sh", "-c", script).Run(); err == nil {
			t.Error("an installation without its file succeeds")
		}
		if _, err := os.Stat(folder + "/started"); err == nil {
			t.Error("the crontab is started although the installation failed")
		}
	})
}

// content reads a file out of user data, as YAML reads a literal block.
func content(data, path string) string {
	_, data, _ = strings.Cut(data, "  - path: "+path+"\n")
	_, data, _ = strings.Cut(data, "    content: |\n")
	var text strings.Builder
	for line := range strings.Lines(data) {
		if line != "\n" && !strings.HasPrefix(line, "      ") {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "      "))
	}
	return text.String()
}
