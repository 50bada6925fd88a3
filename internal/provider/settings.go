package provider

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/store"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// environment is the source of settings that are not in the configuration. The zero
// value has none.
type environment struct {
	getenv   func(string) string
	readFile func(string) ([]byte, error)
}

// resolver collects settings from the four places that they can be set in. The
// first of them that has a setting wins: the attribute, the environment, the
// astguiclient.conf, the default.
type resolver struct {
	getenv   func(string) string
	confPath string
	conf     map[string]string
	// origins has, by setting, the source of a value that does not come from an attribute.
	origins map[string]string
	faults  []conn.Violation
}

// resolve turns a configuration into settings. Unknown values count as not set. The
// faults of the resolver are values that cannot be parsed; Settings.Violations validates the
// settings.
func resolve(ctx context.Context, c configuration, around environment) (store.Settings, *resolver, diag.Diagnostics) {
	g := &resolver{getenv: around.getenv, origins: make(map[string]string)}
	if g.getenv == nil {
		g.getenv = func(string) string { return "" }
	}
	if path := g.text("astguiclient_conf", c.AstguiclientConf, "VICIDIAL_ASTGUICLIENT_CONF", ""); path != "" && around.readFile != nil {
		g.readConf(path, around.readFile)
	}

	settings := store.Settings{
		Settings: conn.Settings{
			Port:           g.number("port", c.Port, "VICIDIAL_PORT", "VARDB_port"),
			Database:       g.text("database", c.Database, "VICIDIAL_DATABASE", "VARDB_database"),
			Username:       g.text("username", c.Username, "VICIDIAL_USERNAME", "VARDB_user"),
			Password:       g.text("password", c.Password, "VICIDIAL_PASSWORD", "VARDB_pass"),
			MaxConnections: g.number("max_connections", c.MaxConnections, "VICIDIAL_MAX_CONNECTIONS", ""),
		},
		ReadOnly:     g.boolean("read_only", c.ReadOnly, "VICIDIAL_READ_ONLY"),
		LockTimeout:  g.duration("lock_timeout", c.LockTimeout, "VICIDIAL_LOCK_TIMEOUT", store.DefaultLockTimeout),
		AuditEnabled: true,
		AuditUser:    store.DefaultAuditUser,
	}
	settings.Host, settings.Socket = g.address(c)
	if settings.MaxConnections < 0 {
		g.fault("max_connections", fmt.Errorf("%d is less than 1", settings.MaxConnections), "Write 1 or more.")
	}

	var diags diag.Diagnostics
	if isSet(c.TLS) {
		var t tlsConfiguration
		diags.Append(c.TLS.As(ctx, &t, basetypes.ObjectAsOptions{})...)
		settings.TLS = conn.TLS{
			Mode:       conn.TLSMode(t.Mode.ValueString()),
			CAFile:     t.CAFile.ValueString(),
			CertFile:   t.CertFile.ValueString(),
			KeyFile:    t.KeyFile.ValueString(),
			ServerName: t.ServerName.ValueString(),
		}
	}
	if isSet(c.SSH) {
		var s sshConfiguration
		diags.Append(c.SSH.As(ctx, &s, basetypes.ObjectAsOptions{})...)
		settings.SSH = g.jump(s)
	}
	if isSet(c.Audit) {
		var a auditConfiguration
		diags.Append(c.Audit.As(ctx, &a, basetypes.ObjectAsOptions{})...)
		if isSet(a.Enabled) {
			settings.AuditEnabled = a.Enabled.ValueBool()
		}
		if isSet(a.User) {
			settings.AuditUser = a.User.ValueString()
		}
	}
	return settings, g, diags
}

func (g *resolver) jump(s sshConfiguration) *conn.SSH {
	jump := &conn.SSH{
		Host:           s.Host.ValueString(),
		Port:           int(s.Port.ValueInt64()),
		User:           s.User.ValueString(),
		PrivateKeyFile: s.PrivateKeyFile.ValueString(),
		Passphrase:     g.text("ssh.passphrase", s.Passphrase, "VICIDIAL_SSH_PASSPHRASE", ""),
		Password:       g.text("ssh.password", s.Password, "VICIDIAL_SSH_PASSWORD", ""),
		KnownHostsFile: s.KnownHostsFile.ValueString(),
		HostKey:        s.HostKey.ValueString(),
	}
	if isSet(s.PrivateKeyFile) {
		jump.PrivateKey = s.PrivateKey.ValueString()
	} else {
		jump.PrivateKey = g.text("ssh.private_key", s.PrivateKey, "VICIDIAL_SSH_PRIVATE_KEY", "")
	}
	return jump
}

// address chooses between host and socket. They come from the same place: a host in the
// configuration must not be combined with a socket from the environment.
func (g *resolver) address(c configuration) (host, socket string) {
	if isSet(c.Host) || isSet(c.Socket) {
		return c.Host.ValueString(), c.Socket.ValueString()
	}
	host, socket = g.getenv("VICIDIAL_HOST"), g.getenv("VICIDIAL_SOCKET")
	if host != "" {
		g.origins["host"] = "the environment variable VICIDIAL_HOST"
	}
	if socket != "" {
		g.origins["socket"] = "the environment variable VICIDIAL_SOCKET"
	}
	if host == "" && socket == "" {
		host = g.fromConf("host", "VARDB_server")
	}
	return host, socket
}

// text finds a setting; variable and key are empty if the setting has none.
func (g *resolver) text(setting string, attribute types.String, variable, key string) string {
	if isSet(attribute) {
		return attribute.ValueString()
	}
	if value := g.getenv(variable); value != "" {
		g.origins[setting] = "the environment variable " + variable
		return value
	}
	return g.fromConf(setting, key)
}

func (g *resolver) fromConf(setting, key string) string {
	value := g.conf[key]
	if value != "" {
		g.origins[setting] = key + " of " + g.confPath
	}
	return value
}

func (g *resolver) number(setting string, attribute types.Int64, variable, key string) int {
	if isSet(attribute) {
		return int(attribute.ValueInt64())
	}
	value := g.text(setting, types.StringNull(), variable, key)
	if value == "" {
		return 0
	}
	number, err := strconv.Atoi(value)
	if err != nil {
		g.fault(setting, fmt.Errorf("%q is not a whole number", value), "")
	}
	return number
}

func (g *resolver) boolean(setting string, attribute types.Bool, variable string) bool {
	if isSet(attribute) {
		return attribute.ValueBool()
	}
	value := g.text(setting, types.StringNull(), variable, "")
	if value == "" {
		return false
	}
	yes, err := strconv.ParseBool(value)
	if err != nil {
		g.fault(setting, fmt.Errorf("%q is neither true nor false", value), "Write true or false.")
	}
	return yes
}

func (g *resolver) duration(setting string, attribute types.String, variable string, otherwise time.Duration) time.Duration {
	value := g.text(setting, attribute, variable, "")
	if value == "" {
		return otherwise
	}
	length, err := time.ParseDuration(value)
	if err != nil || length == 0 {
		g.fault(setting, fmt.Errorf("%q is not a positive duration", value), "Write a number and its unit, such as 30s or 2m.")
	}
	return length
}

// readConf reads the file astguiclient_conf. A file without any key of the database is
// an error: the connection would use defaults.
func (g *resolver) readConf(path string, readFile func(string) ([]byte, error)) {
	var text []byte
	err := cluster.CheckPath(path)
	if err == nil {
		text, err = readFile(path)
	}
	if err != nil {
		g.fault("astguiclient_conf", err, "The file is read on the machine that runs Terraform, by the user that runs it.")
		return
	}
	g.confPath, g.conf = path, astguiclient.Parse(string(text))
	for _, key := range []string{"VARDB_server", "VARDB_database", "VARDB_user", "VARDB_pass", "VARDB_port"} {
		if g.conf[key] != "" {
			return
		}
	}
	g.fault("astguiclient_conf", errors.New(path+" has no line that starts with VARDB_"), "On a VICIdial node the file is /etc/astguiclient.conf, with lines such as: VARDB_server => 10.10.10.5")
}

func (g *resolver) fault(setting string, err error, advice string) {
	g.faults = append(g.faults, conn.Violation{Setting: setting, Err: err, Advice: advice})
}

// value is any value of the framework.
type value interface {
	IsNull() bool
	IsUnknown() bool
}

func isSet(v value) bool { return !v.IsNull() && !v.IsUnknown() }
