package provider

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

func TestWhereSettingsComeFrom(t *testing.T) {
	const path = "/etc/astguiclient.conf"
	const conf = "VARDB_server => conf.example\nVARDB_port => 3307\nVARDB_database => confdb\nVARDB_user => confuser\nVARDB_pass => confpass\n"
	variables := map[string]string{
		"VICIDIAL_HOST": "env.example", "VICIDIAL_PORT": "3308", "VICIDIAL_DATABASE": "envdb", "VICIDIAL_USERNAME": "envuser", "VICIDIAL_PASSWORD": "envpass",
		"VICIDIAL_READ_ONLY": "true", "VICIDIAL_LOCK_TIMEOUT": "5m",
	}
	defaults := store.Settings{LockTimeout: 2 * time.Minute, AuditEnabled: true, AuditUser: "VDAD"}
	fromConf := defaults
	fromConf.Host, fromConf.Port, fromConf.Database, fromConf.Username, fromConf.Password = "conf.example", 3307, "confdb", "confuser", "confpass"
	fromEnvironment := store.Settings{
		Settings: conn.Settings{Host: "env.example", Port: 3308, Database: "envdb", Username: "envuser", Password: "envpass"},
		ReadOnly: true, LockTimeout: 5 * time.Minute, AuditEnabled: true, AuditUser: "VDAD",
	}
	fromBlock := store.Settings{
		Settings:    conn.Settings{Host: "block.example", Port: 3309, Database: "blockdb", Username: "blockuser", Password: "blockpass"},
		LockTimeout: 10 * time.Second, AuditUser: "6666",
	}
	whole := block{
		"host": "block.example", "port": 3309, "database": "blockdb", "username": "blockuser", "password": "blockpass",
		"astguiclient_conf": path, "read_only": false, "lock_timeout": "10s", "audit": block{"enabled": false, "user": "6666"},
	}
	with := func(s store.Settings, change func(*store.Settings)) store.Settings {
		change(&s)
		return s
	}

	for _, c := range []struct {
		claim     string
		block     block
		variables map[string]string
		want      store.Settings
	}{
		{"where nothing is set the defaults count", block{}, nil, defaults},
		{"the file fills what nobody sets", block{"astguiclient_conf": path}, nil, fromConf},
		{"the environment wins over the file", block{"astguiclient_conf": path}, variables, fromEnvironment},
		{"attributes win over the environment, read_only = false as well", whole, variables, fromBlock},
		{"each setting is looked for by itself", block{"astguiclient_conf": path, "username": "blockuser"}, map[string]string{"VICIDIAL_PASSWORD": "envpass"}, with(fromConf, func(s *store.Settings) { s.Username, s.Password = "blockuser", "envpass" })},
		{"an empty password in the block is a password", block{"password": ""}, variables, with(fromEnvironment, func(s *store.Settings) { s.Password = "" })},
		{"a host in the block puts the environment's socket out", block{"host": "block.example"}, map[string]string{"VICIDIAL_SOCKET": "/env.sock"}, with(defaults, func(s *store.Settings) { s.Host = "block.example" })},
		{"a socket in the block puts all other hosts out", block{"socket": "/block.sock", "astguiclient_conf": path}, map[string]string{"VICIDIAL_HOST": "env.example"}, with(fromConf, func(s *store.Settings) { s.Host, s.Socket = "", "/block.sock" })},
		{"a socket in the environment puts the file's host out", block{"astguiclient_conf": path}, map[string]string{"VICIDIAL_SOCKET": "/env.sock"}, with(fromConf, func(s *store.Settings) { s.Host, s.Socket = "", "/env.sock" })},
		{"half an audit block leaves the other half at its default", block{"audit": block{"user": "6666"}}, nil, with(defaults, func(s *store.Settings) { s.AuditUser = "6666" })},
		{
			"TLS is taken over as it stands",
			block{"tls": block{"mode": "verify_full", "ca_file": "ca", "cert_file": "c", "key_file": "k", "server_name": "db"}},
			nil,
			with(defaults, func(s *store.Settings) {
				s.TLS = conn.TLS{Mode: conn.TLSVerifyFull, CAFile: "ca", CertFile: "c", KeyFile: "k", ServerName: "db"}
			}),
		},
		{
			"SSH is taken over as it stands",
			block{"ssh": block{"host": "b", "port": 2222, "user": "ops", "private_key": "k", "passphrase": "p", "password": "w", "known_hosts_file": "kh"}},
			nil,
			with(defaults, func(s *store.Settings) {
				s.SSH = &conn.SSH{Host: "b", Port: 2222, User: "ops", PrivateKey: "k", Passphrase: "p", Password: "w", KnownHostsFile: "kh"}
			}),
		},
		{
			"secrets of SSH may stand in the environment",
			block{"ssh": block{"host": "b", "user": "ops", "host_key": aHostKey}},
			map[string]string{"VICIDIAL_SSH_PRIVATE_KEY": "k", "VICIDIAL_SSH_PASSPHRASE": "p", "VICIDIAL_SSH_PASSWORD": "w"},
			with(defaults, func(s *store.Settings) {
				s.SSH = &conn.SSH{Host: "b", User: "ops", PrivateKey: "k", Passphrase: "p", Password: "w", HostKey: aHostKey}
			}),
		},
		{
			"a key's file in the block puts the environment's key out",
			block{"ssh": block{"host": "b", "user": "ops", "private_key_file": "f", "host_key": aHostKey}},
			map[string]string{"VICIDIAL_SSH_PRIVATE_KEY": "k"},
			with(defaults, func(s *store.Settings) {
				s.SSH = &conn.SSH{Host: "b", User: "ops", PrivateKeyFile: "f", HostKey: aHostKey}
			}),
		},
		{"the environment alone makes no jump", block{}, map[string]string{"VICIDIAL_SSH_PASSWORD": "w"}, defaults},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var given configuration
			if diags := (tfsdk.Config{Raw: raw(t, c.block), Schema: theSchema(t)}).Get(context.Background(), &given); diags.HasError() {
				t.Fatal(diags)
			}
			got, g, diags := resolve(context.Background(), given, environment{
				getenv: func(name string) string { return c.variables[name] },
				readFile: func(name string) ([]byte, error) {
					if name != path {
						return nil, fs.ErrNotExist
					}
					return []byte(conf), nil
				},
			})
			if diags.HasError() || len(g.faults) > 0 {
				t.Fatal(diags, g.faults)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}
