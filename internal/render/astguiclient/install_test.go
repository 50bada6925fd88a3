package astguiclient

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

func TestInstallCommand(t *testing.T) {
	node := nodes.Node{ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleTelephony}}
	file := File{Values: map[string]string{
		"VARserver_ip": "10.0.0.1", "VARactive_keepalives": "123468", "VARDB_server": "10.0.0.5", "VARDB_database": "calls$HOME",
	}}
	t.Run("a shell takes the values as they are", func(t *testing.T) {
		command := installCommand(node, file, "/usr/src/astguiclient/trunk", true, false)
		_, arguments, found := strings.Cut(command, "perl install.pl ")
		if !found {
			t.Fatalf("the command is %s", command)
		}
		said, err := exec.CommandContext(context.Background(), "sh", "-c", `printf '%s\n' `+arguments).Output()
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Split(strings.TrimSpace(string(said)), "\n")
		for _, want := range []string{"--no-prompt", "--without-web", "--copy_sample_conf_files", "--server_ip=10.0.0.1", "--DB_database=calls$HOME", "--active_keepalives=123468"} {
			if !slices.Contains(words, want) {
				t.Errorf("install.pl is called with %q, without %s", words, want)
			}
		}
	})
	t.Run("nothing is installed before the passwords are filled in", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "astguiclient.conf")
		command, _, _ := strings.Cut(strings.ReplaceAll(installCommand(node, file, "/", true, false), Path, path), "perl install.pl")
		for text, runs := range map[string]bool{"VARDB_pass => @@VARDB_pass@@\n": false, "VARDB_pass => a@@b\n": true, "": false} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := exec.CommandContext(context.Background(), "sh", "-c", command+"true").Run(); (err == nil) != runs {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
	t.Run("a lone X is left to the file, since the option passes it over", func(t *testing.T) {
		file := File{Values: map[string]string{"VARserver_ip": "10.0.0.9", "VARactive_keepalives": "X"}}
		if command := installCommand(nodes.Node{ServerIP: "10.0.0.9", Roles: []nodes.Role{nodes.RoleWeb}}, file, "/usr/src/vici", false, false); strings.Contains(command, "--active_keepalives") {
			t.Errorf("the command is %s", command)
		}
	})
}

func TestFillCommand(t *testing.T) {
	const text = "VARDB_user => cron\nVARDB_pass => @@VARDB_pass@@\nVARFTP_pass => @@VARFTP_pass@@\n"
	fill := func(t *testing.T, environment ...string) (string, error) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "astguiclient.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(context.Background(), "sh", "-c", strings.ReplaceAll(FillCommand([]string{"VARDB_pass", "VARFTP_pass"}), Path, path))
		command.Env = append(os.Environ(), environment...)
		said, failed := command.CombinedOutput()
		filled, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if failed != nil {
			return string(filled), fmt.Errorf("%w: %s", failed, said)
		}
		return string(filled), nil
	}
	t.Run("passwords come in as they are", func(t *testing.T) {
		filled, err := fill(t, `VARDB_pass=a$b/c\1@@'"x`, "VARFTP_pass=ftp")
		if err != nil || filled != "VARDB_user => cron\nVARDB_pass => a$b/c\\1@@'\"x\nVARFTP_pass => ftp\n" {
			t.Errorf("%v, and the file says\n%s", err, filled)
		}
	})
	for says, environment := range map[string][]string{
		"VARFTP_pass is not set":       {"VARDB_pass=a"},
		"VARDB_pass holds a character": {"VARDB_pass=a#b", "VARFTP_pass=ftp"},
	} {
		t.Run("nothing is touched where "+says, func(t *testing.T) {
			filled, err := fill(t, environment...)
			if filled != text || err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%v, and the file says\n%s", err, filled)
			}
		})
	}
}
