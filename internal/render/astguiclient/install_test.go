package astguiclient

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestInstallCommand(t *testing.T) {
	node := cluster.Node{ServerIP: "10.0.0.1", Roles: []cluster.Role{cluster.RoleTelephony}}
	file := File{Values: map[string]string{
		"VARserver_ip": "10.0.0.1", "VARactive_keepalives": "123468", "VARDB_server": "10.0.0.5", "VARDB_database": "calls$HOME",
	}}
	t.Run("a shell takes the values as they are", func(t *testing.T) {
		command := InstallCommand(node, file, "/usr/src/astguiclient/trunk", true)
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
	t.Run("a lone X is left to the file, since the option passes it over", func(t *testing.T) {
		file := File{Values: map[string]string{"VARserver_ip": "10.0.0.9", "VARactive_keepalives": "X"}}
		if command := InstallCommand(cluster.Node{ServerIP: "10.0.0.9", Roles: []cluster.Role{cluster.RoleWeb}}, file, "/usr/src/vici", false); strings.Contains(command, "--active_keepalives") {
			t.Errorf("the command is %s", command)
		}
	})
}
