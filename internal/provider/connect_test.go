package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// theStore is the store that a configuration leads to.
func theStore(t *testing.T, b block) *store.Store {
	t.Helper()
	resp := configured(t, b, false)
	if len(resp.Diagnostics) > 0 {
		t.Fatal(resp.Diagnostics)
	}
	found, ok := resp.ResourceData.(*store.Store)
	if !ok {
		t.Fatalf("resources get %T", resp.ResourceData)
	}
	t.Cleanup(func() { _ = found.Close() })
	return found
}

// aConf is a node's astguiclient.conf for a database.
func aConf(t *testing.T, d *sandbox.Database, password string) string {
	t.Helper()
	text := fmt.Sprintf(`# astguiclient.conf - configuration elements for the astguiclient package
PATHhome => /usr/share/astguiclient
VARserver_ip => 10.0.0.1

# Database connection information
VARDB_server => %s
VARDB_database => %s
VARDB_user => %s
VARDB_pass => %s
VARDB_custom_user => custom
VARDB_custom_pass => custom1234
VARDB_port => %d
`, d.Host, d.Name, d.Username, password, d.Port)
	path := filepath.Join(t.TempDir(), "astguiclient.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigurationsThatReachTheDatabase(t *testing.T) {
	// The environment is the process's own, so nothing here runs in parallel.
	d := sandbox.New(t, 1720)
	if _, err := d.DB().ExecContext(t.Context(), "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')"); err != nil {
		t.Fatal(err)
	}
	bastion := sandbox.NewSSH(t, fmt.Sprintf("%s:%d", d.Host, d.Port))
	key, err := os.ReadFile(bastion.PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	whole := block{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password}
	port := strconv.Itoa(d.Port)

	for _, c := range []struct {
		claim       string
		environment map[string]string
		block       block
	}{
		{"by attributes", nil, whole},
		{"by the environment", map[string]string{
			"VICIDIAL_HOST": d.Host, "VICIDIAL_PORT": port, "VICIDIAL_DATABASE": d.Name, "VICIDIAL_USERNAME": d.Username, "VICIDIAL_PASSWORD": d.Password,
		}, block{}},
		{"by a node's astguiclient.conf", nil, block{"astguiclient_conf": aConf(t, d, d.Password)}},
		{"by an astguiclient.conf that the environment names", map[string]string{"VICIDIAL_ASTGUICLIENT_CONF": aConf(t, d, d.Password)}, block{}},
		{"with the password in the environment, which wins over the file's", map[string]string{"VICIDIAL_PASSWORD": d.Password}, block{"astguiclient_conf": aConf(t, d, "outdated")}},
		{"with the password in the block, which wins over the environment's", map[string]string{"VICIDIAL_PASSWORD": "outdated"}, block{"astguiclient_conf": aConf(t, d, "outdated"), "password": d.Password}},
		{"over an SSH host", nil, block{
			"host": "database.internal", "database": d.Name, "username": d.Username, "password": d.Password,
			"ssh": block{"host": bastion.Host(), "port": bastion.Port(), "user": bastion.User, "private_key_file": bastion.PrivateKeyFile, "known_hosts_file": bastion.KnownHostsFile},
		}},
		{"over an SSH host whose key is in the environment", map[string]string{"VICIDIAL_SSH_PRIVATE_KEY": string(key)}, block{
			"host": "database.internal", "database": d.Name, "username": d.Username, "password": d.Password,
			"ssh": block{"host": bastion.Host(), "port": bastion.Port(), "user": bastion.User, "host_key": bastion.KnownHosts},
		}},
		{"over an SSH host to where the file points, which is what that host calls the database", nil, block{
			"astguiclient_conf": aConf(t, d, d.Password),
			"ssh":               block{"host": bastion.Host(), "port": bastion.Port(), "user": bastion.User, "password": bastion.Password, "known_hosts_file": bastion.KnownHostsFile},
		}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			clearEnvironment(t)
			for name, value := range c.environment {
				t.Setenv(name, value)
			}
			servers, err := theStore(t, c.block).Servers(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(servers) != 1 {
				t.Errorf("servers = %v, want dial1", servers)
			}
		})
	}
}

func TestConfigurationsThatFailSayWhatToDo(t *testing.T) {
	d := sandbox.New(t, 1720)
	bastion := sandbox.NewSSH(t, fmt.Sprintf("%s:%d", d.Host, d.Port))
	jump := func(changes block) block {
		b := block{"host": bastion.Host(), "port": bastion.Port(), "user": bastion.User, "private_key_file": bastion.PrivateKeyFile, "known_hosts_file": bastion.KnownHostsFile}
		maps.Copy(b, changes)
		return b
	}
	for _, c := range []struct {
		claim  string
		change block
		want   conn.Failure
		hint   string
	}{
		{"a wrong password", block{"password": "wr0ng-pa55"}, conn.BadCredentials, "username and password"},
		{"a database of another name", block{"database": "asterisk_old"}, conn.NoAccess, "Grant"},
		{"an SSH host whose key changed", block{"ssh": jump(block{"known_hosts_file": bastion.WrongHostsFile})}, conn.SSHHostKeyChanged, "Nothing was sent"},
		{"a key that the SSH host does not take", block{"ssh": jump(block{"private_key_file": bastion.StrangerKeyFile})}, conn.SSHAuthentication, "authorized_keys"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			clearEnvironment(t)
			b := block{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password}
			maps.Copy(b, c.change)
			_, err := theStore(t, b).Servers(t.Context())
			var failed *conn.Error
			if !errors.As(err, &failed) || failed.Failure != c.want || !strings.Contains(failed.Hint(), c.hint) {
				t.Fatalf("servers: %v, want %q with a hint at %q", err, c.want, c.hint)
			}
			for _, secret := range []any{b["password"], bastion.Password} {
				if text, ok := secret.(string); ok && strings.Contains(err.Error()+failed.Hint(), text) {
					t.Errorf("the error tells a secret: %v", err)
				}
			}
		})
	}
}

func TestReadOnlyRefusesEveryWrite(t *testing.T) {
	d := sandbox.New(t, 1720)
	for _, c := range []struct {
		claim       string
		environment string
		block       block
		refused     bool
	}{
		{"by the attribute", "", block{"read_only": true}, true},
		{"by the environment", "1", block{}, true},
		{"not where the attribute says otherwise", "true", block{"read_only": false}, false},
		{"not where nobody asks for it", "", block{}, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			clearEnvironment(t)
			t.Setenv("VICIDIAL_READ_ONLY", c.environment)
			b := block{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password}
			maps.Copy(b, c.block)
			asked := false
			err := theStore(t, b).Apply(t.Context(), func(context.Context) (cluster.Plan, error) {
				asked = true
				return cluster.Plan{}, nil
			})
			if errors.Is(err, store.ErrReadOnly) != c.refused || asked == c.refused {
				t.Errorf("apply: %v after it asked what to write: %t; want refused: %t", err, asked, c.refused)
			}
			if _, err := theStore(t, b).Servers(t.Context()); err != nil {
				t.Errorf("reading: %v", err)
			}
		})
	}
}
