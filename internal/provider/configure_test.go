package provider

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/store"
)

// block is a provider block: attributes by name, nested ones as another block.
// What is not named is null.
type block map[string]any

// unknown is a value that is known after apply only.
var unknown = tftypes.UnknownValue

func theSchema(t *testing.T) schema.Schema {
	t.Helper()
	var resp provider.SchemaResponse
	New("test")().Schema(context.Background(), provider.SchemaRequest{}, &resp)
	if resp.Diagnostics.HasError() {
		t.Fatal(resp.Diagnostics)
	}
	return resp.Schema
}

// raw is the block as Terraform sends it.
func raw(t *testing.T, b block) tftypes.Value {
	t.Helper()
	return rawAs(t, theSchema(t).Type().TerraformType(context.Background()), b)
}

func rawAs(t *testing.T, kind tftypes.Type, given any) tftypes.Value {
	t.Helper()
	if value, done := given.(tftypes.Value); done {
		return value
	}
	object, isObject := kind.(tftypes.Object)
	fields, isBlock := given.(block)
	if !isObject || !isBlock {
		return tftypes.NewValue(kind, given)
	}
	values := make(map[string]tftypes.Value)
	for name, attribute := range object.AttributeTypes {
		values[name] = rawAs(t, attribute, fields[name])
	}
	for name := range fields {
		if _, ok := values[name]; !ok {
			t.Fatalf("the schema has no attribute %s", name)
		}
	}
	return tftypes.NewValue(kind, values)
}

// packed is a value as Terraform sends it.
func packed(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	dynamic, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &dynamic
}

// serve speaks the plugin protocol to the provider, as Terraform does.
func serve(t *testing.T, b block) (tfprotov6.ProviderServer, *tfprotov6.DynamicValue) {
	t.Helper()
	server, err := Server("test")
	if err != nil {
		t.Fatal(err)
	}
	return server, packed(t, raw(t, b))
}

func validate(t *testing.T, b block) []*tfprotov6.Diagnostic {
	t.Helper()
	server, config := serve(t, b)
	resp, err := server.ValidateProviderConfig(context.Background(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

func configure(t *testing.T, b block) []*tfprotov6.Diagnostic {
	t.Helper()
	server, config := serve(t, b)
	resp, err := server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: config, TerraformVersion: "1.11.4"})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

// expect wants exactly one error, given as "attribute: what its text holds",
// or none at all.
func expect(t *testing.T, diagnostics []*tfprotov6.Diagnostic, want string) {
	t.Helper()
	if want == "" {
		for _, d := range diagnostics {
			t.Errorf("diagnostic: %s", shown(d))
		}
		return
	}
	attribute, holds, _ := strings.Cut(want, ": ")
	if len(diagnostics) != 1 {
		for _, d := range diagnostics {
			t.Logf("diagnostic: %s", shown(d))
		}
		t.Fatalf("%d diagnostics, want one", len(diagnostics))
	}
	d := diagnostics[0]
	if d.Severity != tfprotov6.DiagnosticSeverityError || dotted(d.Attribute) != attribute || !strings.Contains(d.Detail, holds) {
		t.Errorf("diagnostic %s\nwant an error at %s that says %q", shown(d), attribute, holds)
	}
}

func shown(d *tfprotov6.Diagnostic) string {
	return fmt.Sprintf("%s at %s: %s: %s", d.Severity, dotted(d.Attribute), d.Summary, d.Detail)
}

func dotted(at *tftypes.AttributePath) string {
	var names []string
	for _, step := range at.Steps() {
		if name, ok := step.(tftypes.AttributeName); ok {
			names = append(names, string(name))
		}
	}
	return strings.Join(names, ".")
}

// clearEnvironment keeps the developer's own variables out of a test.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "VICIDIAL_") && name != "VICIDIAL_SANDBOX" {
			t.Setenv(name, "")
		}
	}
}

const aHostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7SQLcYrcB6QUZ9v8N3kQ8aZ2mJ0Xq0cF4B0nq1C0dE"

func TestValidateConfig(t *testing.T) {
	clearEnvironment(t)
	jump := func(changes block) block {
		b := block{"host": "bastion", "user": "ops", "private_key_file": "/home/ops/.ssh/id", "known_hosts_file": "/home/ops/.ssh/known_hosts"}
		maps.Copy(b, changes)
		return b
	}
	for _, c := range []struct {
		claim string
		block block
		want  string
	}{
		{"an empty block may find everything in the environment", block{}, ""},
		{"a whole block", block{
			"host": "10.10.10.5", "port": 3306, "database": "asterisk", "username": "terraform", "password": "x",
			"tls":       block{"mode": "verify_full", "ca_file": "ca.pem", "cert_file": "c.pem", "key_file": "k.pem", "server_name": "db"},
			"ssh":       jump(nil),
			"read_only": true, "lock_timeout": "30s", "audit": block{"enabled": true, "user": "6666"},
		}, ""},
		{"a host name", block{"host": "db.example"}, ""},
		{"an IPv6 address", block{"host": "fd00::5"}, ""},
		{"a host with a port", block{"host": "db:3306"}, "host: no scheme, no port"},
		{"an empty host", block{"host": ""}, "host: at least 1"},
		{"a port of nothing", block{"port": 0}, "port: at least 1"},
		{"a port beyond all ports", block{"port": 65536}, "port: 65536 is not a port"},
		{"an empty user", block{"username": ""}, "username: at least 1"},
		{"a relative socket", block{"socket": "mysqld.sock"}, "socket: not an absolute path"},
		{"a socket and a host", block{"socket": "/run/x.sock", "host": "db"}, "socket: exclude"},
		{"a socket beyond a jump", block{"socket": "/run/x.sock", "ssh": jump(nil)}, "socket: over ssh"},
		{"a wait without a unit", block{"lock_timeout": "120"}, "lock_timeout: such as 30s or 2m"},
		{"no connection at all", block{"max_connections": 0}, "max_connections: at least 1"},
		{"a wait of a day", block{"lock_timeout": "24h"}, "lock_timeout: 1s to 1h"},
		{"no wait at all", block{"lock_timeout": "0s"}, "lock_timeout: not a positive duration"},
		{"an audit user that fits no column", block{"audit": block{"user": strings.Repeat("6", 21)}}, "audit.user: longer than 20"},
		{"an unknown mode", block{"tls": block{"mode": "skip-verify"}}, "tls.mode: preferred"},
		{"a certificate without its key", block{"tls": block{"mode": "required", "cert_file": "c.pem"}}, "tls.key_file: the key that belongs to it"},
		{"a key without its certificate", block{"tls": block{"mode": "required", "key_file": "k.pem"}}, "tls.cert_file: the certificate that belongs to it"},
		{"a certificate whose key is on its way", block{"tls": block{"mode": "required", "cert_file": "c.pem", "key_file": unknown}}, ""},
		{"an authority that nobody asks", block{"tls": block{"mode": "preferred", "ca_file": "ca.pem"}}, "tls.ca_file: does not verify the CA"},
		{"verify_ca without an authority", block{"tls": block{"mode": "verify_ca"}}, "tls.ca_file: needs a CA"},
		{"TLS that is on its way", block{"tls": unknown}, ""},
		{"an SSH host that nobody vouches for", block{"ssh": jump(block{"known_hosts_file": nil})}, "ssh.known_hosts_file: always checked"},
		{"an SSH host vouched for twice", block{"ssh": jump(block{"host_key": aHostKey})}, "ssh.host_key: exclude"},
		{"an SSH host with a fingerprint for a key", block{"ssh": jump(block{"known_hosts_file": nil, "host_key": "SHA256:abc"})}, "ssh.host_key: not a public key"},
		{"an SSH host with two keys", block{"ssh": jump(block{"private_key": "k"})}, "ssh.private_key_file: exclude"},
		{"an SSH host whose key may be in the environment", block{"ssh": jump(block{"private_key_file": nil})}, ""},
		{"an SSH host with a port beyond all ports", block{"ssh": jump(block{"port": 70000})}, "ssh.port: 70000 is not a port"},
		{"an SSH host given as a URL", block{"ssh": jump(block{"host": "ssh://bastion"})}, "ssh.host: is a URL"},
		{"an SSH host that is on its way", block{"ssh": jump(block{"host": unknown, "known_hosts_file": unknown})}, ""},
		{"everything on its way", block{"host": unknown, "port": unknown, "socket": unknown, "username": unknown, "password": unknown, "ssh": unknown, "audit": unknown, "lock_timeout": unknown}, ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			expect(t, validate(t, c.block), c.want)
		})
	}
}

func TestConfigure(t *testing.T) {
	conf := func(t *testing.T, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "astguiclient.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		claim       string
		environment map[string]string
		block       block
		want        string
	}{
		{"host and user are enough", nil, block{"host": "db", "username": "u"}, ""},
		{"the environment is enough", map[string]string{"VICIDIAL_HOST": "db", "VICIDIAL_USERNAME": "u"}, block{}, ""},
		{"a file is enough", nil, block{"astguiclient_conf": conf(t, "VARDB_server => db\nVARDB_user => cron\n")}, ""},
		{"the environment may name the file", map[string]string{"VICIDIAL_ASTGUICLIENT_CONF": conf(t, "VARDB_server => db\nVARDB_user => cron\n")}, block{}, ""},
		{"without a host there may still be nothing to connect for", nil, block{"username": "u"}, ""},
		{"without anything as well", nil, block{}, ""},
		{"a file that is not there", nil, block{"astguiclient_conf": "/nowhere/astguiclient.conf"}, "astguiclient_conf: no such file"},
		{"a file that is another one", nil, block{"astguiclient_conf": conf(t, "[mysqld]\nport = 3306\n")}, "astguiclient_conf: VARDB_"},
		{"a port in the environment that is none", map[string]string{"VICIDIAL_PORT": "mysql"}, block{"host": "db", "username": "u"}, "port: read from the environment variable VICIDIAL_PORT"},
		{"a port in the file that is none", nil, block{"astguiclient_conf": conf(t, "VARDB_server => db\nVARDB_user => u\nVARDB_port => 99999\n")}, "port: VARDB_port of "},
		{"a host in the file that is none", nil, block{"astguiclient_conf": conf(t, "VARDB_server => db:3306\nVARDB_user => u\n")}, "host: VARDB_server of "},
		{"a host and a socket in the environment", map[string]string{"VICIDIAL_HOST": "db", "VICIDIAL_SOCKET": "/x"}, block{"username": "u"}, "socket: VICIDIAL_SOCKET"},
		{"a word for read_only that is neither", map[string]string{"VICIDIAL_READ_ONLY": "maybe"}, block{"host": "db", "username": "u"}, "read_only: VICIDIAL_READ_ONLY"},
		{"a wait in the environment that is none", map[string]string{"VICIDIAL_LOCK_TIMEOUT": "long"}, block{"host": "db", "username": "u"}, "lock_timeout: VICIDIAL_LOCK_TIMEOUT"},
		{"a wait in the environment that is too long", map[string]string{"VICIDIAL_LOCK_TIMEOUT": "5h"}, block{"host": "db", "username": "u"}, "lock_timeout: out of range"},
		{"an authority's file that is not there", nil, block{"host": "db", "username": "u", "tls": block{"mode": "verify_full", "ca_file": "/nowhere/ca.pem"}}, "tls.ca_file: no such file"},
		{"a key's file that is not there", nil, block{"host": "db", "username": "u", "ssh": block{"host": "b", "user": "ops", "private_key_file": "/nowhere/id", "host_key": aHostKey}}, "ssh.private_key_file: no such file"},
		{"no key at all", nil, block{"host": "db", "username": "u", "ssh": block{"host": "b", "user": "ops", "host_key": aHostKey}}, "ssh.private_key_file: VICIDIAL_SSH_PRIVATE_KEY"},
		{"a key in the environment that is none", map[string]string{"VICIDIAL_SSH_PRIVATE_KEY": "hello"}, block{"host": "db", "username": "u", "ssh": block{"host": "b", "user": "ops", "host_key": aHostKey}}, "ssh.private_key: VICIDIAL_SSH_PRIVATE_KEY"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			clearEnvironment(t)
			for name, value := range c.environment {
				t.Setenv(name, value)
			}
			expect(t, configure(t, c.block), c.want)
		})
	}
}

// configured runs Configure as such, to see what it hands out.
func configured(t *testing.T, b block, deferral bool) provider.ConfigureResponse {
	t.Helper()
	var resp provider.ConfigureResponse
	New("test")().Configure(context.Background(), provider.ConfigureRequest{
		Config:             tfsdk.Config{Raw: raw(t, b), Schema: theSchema(t)},
		ClientCapabilities: provider.ConfigureProviderClientCapabilities{DeferralAllowed: deferral},
	}, &resp)
	return resp
}

func handedOut(resp provider.ConfigureResponse) map[string]any {
	return map[string]any{
		"resources":           resp.ResourceData,
		"data sources":        resp.DataSourceData,
		"ephemeral resources": resp.EphemeralResourceData,
		"list resources":      resp.ListResourceData,
		"actions":             resp.ActionData,
	}
}

func TestConfigureHandsTheStoreToEveryRoom(t *testing.T) {
	clearEnvironment(t)
	resp := configured(t, block{"host": "db", "username": "u"}, false)
	if len(resp.Diagnostics) > 0 {
		t.Fatal(resp.Diagnostics)
	}
	for kind, data := range handedOut(resp) {
		t.Run(kind, func(t *testing.T) {
			if cluster, ok := data.(*store.Store); !ok || cluster == nil || data != resp.ResourceData {
				t.Errorf("%s get %T, want the one store that all share", kind, data)
			}
		})
	}
}

func TestConfigureDialsNothing(t *testing.T) {
	clearEnvironment(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("listening at %T", listener.Addr())
	}
	expect(t, configure(t, block{"host": "127.0.0.1", "port": address.Port, "username": "u"}), "")

	// The listener hands connections out in the order in which they came.
	ours, err := net.Dial("tcp", address.String())
	if err != nil {
		t.Fatal(err)
	}
	first, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if first.RemoteAddr().String() != ours.LocalAddr().String() {
		t.Error("Configure dialled the database")
	}
	for _, end := range []interface{ Close() error }{ours, first, listener} {
		if err := end.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestConfigureWithUnknownValues(t *testing.T) {
	for _, c := range []struct {
		claim string
		block block
	}{
		{"an unknown host does not fall back to the environment", block{"host": unknown, "username": "u"}},
		{"an unknown password does not become an empty one", block{"host": "db", "username": "u", "password": unknown}},
		{"an unknown port does not become the default", block{"host": "db", "username": "u", "port": unknown}},
		{"an unknown read_only is not taken for permission", block{"host": "db", "username": "u", "read_only": unknown}},
		{"an unknown attribute of a group counts", block{"host": "db", "username": "u", "tls": block{"mode": "required", "cert_file": unknown, "key_file": unknown}}},
		{"an unknown group counts", block{"host": "db", "username": "u", "ssh": unknown}},
		{"several give one warning", block{"host": unknown, "port": unknown, "password": unknown}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			clearEnvironment(t)
			t.Setenv("VICIDIAL_HOST", "another.cluster")
			t.Setenv("VICIDIAL_USERNAME", "u")
			resp := configured(t, c.block, false)
			if resp.Diagnostics.HasError() || resp.Diagnostics.WarningsCount() != 1 {
				t.Errorf("diagnostics = %v, want one warning", resp.Diagnostics)
			}
			for kind, data := range handedOut(resp) {
				if data != nil {
					t.Errorf("%s get %T, want nothing", kind, data)
				}
			}
			if resp.Deferred != nil {
				t.Error("deferred, which this Terraform does not allow")
			}
		})
	}
	t.Run("a Terraform that can defer is asked to", func(t *testing.T) {
		clearEnvironment(t)
		resp := configured(t, block{"host": unknown}, true)
		if len(resp.Diagnostics) > 0 || resp.Deferred == nil || resp.Deferred.Reason != provider.DeferredReasonProviderConfigUnknown {
			t.Errorf("deferred = %v, diagnostics = %v", resp.Deferred, resp.Diagnostics)
		}
	})
}
