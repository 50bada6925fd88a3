package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// configuration is the provider's configuration block.
type configuration struct {
	Host             types.String `tfsdk:"host"`
	Port             types.Int64  `tfsdk:"port"`
	Socket           types.String `tfsdk:"socket"`
	Database         types.String `tfsdk:"database"`
	Username         types.String `tfsdk:"username"`
	Password         types.String `tfsdk:"password"`
	AstguiclientConf types.String `tfsdk:"astguiclient_conf"`
	TLS              types.Object `tfsdk:"tls"`
	SSH              types.Object `tfsdk:"ssh"`
	ReadOnly         types.Bool   `tfsdk:"read_only"`
	LockTimeout      types.String `tfsdk:"lock_timeout"`
	MaxConnections   types.Int64  `tfsdk:"max_connections"`
	Audit            types.Object `tfsdk:"audit"`
}

type tlsConfiguration struct {
	Mode       types.String `tfsdk:"mode"`
	CAFile     types.String `tfsdk:"ca_file"`
	CertFile   types.String `tfsdk:"cert_file"`
	KeyFile    types.String `tfsdk:"key_file"`
	ServerName types.String `tfsdk:"server_name"`
}

type sshConfiguration struct {
	Host           types.String `tfsdk:"host"`
	Port           types.Int64  `tfsdk:"port"`
	User           types.String `tfsdk:"user"`
	PrivateKey     types.String `tfsdk:"private_key"`
	PrivateKeyFile types.String `tfsdk:"private_key_file"`
	Passphrase     types.String `tfsdk:"passphrase"`
	Password       types.String `tfsdk:"password"`
	KnownHostsFile types.String `tfsdk:"known_hosts_file"`
	HostKey        types.String `tfsdk:"host_key"`
}

type auditConfiguration struct {
	Enabled types.Bool   `tfsdk:"enabled"`
	User    types.String `tfsdk:"user"`
}

// Schema describes the provider's configuration. Descriptions state the defaults, which
// [resolve] sets: the schema of a provider has no default values.
func (v *vicidial) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the topology of a VICIdial cluster: servers, trunk splits, seats, carriers, numbers and the web tier, " +
			"through the cluster's MariaDB database.\n\n" +
			"The provider looks for each setting of the connection in four places, and uses the first that has it: the attribute here, " +
			"the environment variable, the file in `astguiclient_conf`, the default. " +
			"It looks for `host` and `socket` together: if one place has one of them, the later places are not searched for the other. " +
			"If a value is not known yet during a plan, the provider does not look in other places; the plan then leaves its objects as they are, with a warning. Let `host` be one node of a Galera cluster, always the same: the lock that keeps two applies apart is the node's own.",
		Attributes: map[string]schema.Attribute{
			"host": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The name or the address of the database server, IPv6 without brackets. " +
					"With `ssh` it is the name or address by which the SSH host reaches the database, `127.0.0.1` if it is that host itself. " +
					"It can be set by `VICIDIAL_HOST`, or by `VARDB_server` of `astguiclient_conf`. Either this or `socket` is needed.",
				Validators: filled(),
			},
			"port": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "The TCP port of the database server. " +
					"It can be set by `VICIDIAL_PORT`, or by `VARDB_port` of `astguiclient_conf`. The default is `3306`.",
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"socket": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The absolute path of the socket of a database on the machine that runs Terraform, in place of `host`. It is required without `host`. " +
					"It can be set by `VICIDIAL_SOCKET`.",
				Validators: filled(),
			},
			"database": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The name of VICIdial's database. " +
					"It can be set by `VICIDIAL_DATABASE`, or by `VARDB_database` of `astguiclient_conf`. The default is `asterisk`.",
				Validators: filled(),
			},
			"username": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The database user. It needs the rights that the guide on least privilege lists, and no more. " +
					"It can be set by `VICIDIAL_USERNAME`, or by `VARDB_user` of `astguiclient_conf`. There is no default.",
				Validators: filled(),
			},
			"password": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The database user's password. " +
					"It can be set by `VICIDIAL_PASSWORD`, or by `VARDB_pass` of `astguiclient_conf`. Without one the provider logs in without a password.",
			},
			"astguiclient_conf": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The path of a node's `astguiclient.conf` (on the nodes it is `/etc/astguiclient.conf`). " +
					"Its `VARDB_server`, `VARDB_port`, `VARDB_database`, `VARDB_user` and `VARDB_pass` are used for settings that neither an attribute nor the environment has. " +
					"The provider reads the file as VICIdial's own programs do. By default it reads none. It can be set by `VICIDIAL_ASTGUICLIENT_CONF`.",
				Validators: filled(),
			},
			"tls": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "How the connection to the database is encrypted. " +
					"Without it the mode is `preferred`: the connection is encrypted if the server can do so, but the server's identity is not checked.",
				Attributes: tlsAttributes(),
			},
			"ssh": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "An SSH host through which the provider connects to the database, as with `ssh -J`. Without it, the connection is direct. " +
					"One SSH connection carries all database connections, and is made again when it breaks. " +
					"The host's key is always checked.",
				Attributes: sshAttributes(),
			},
			"read_only": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the provider refuses every write with an error. Plans work, so that a scheduled job can find drift without the possibility to change anything. " +
					"It can be set by `VICIDIAL_READ_ONLY`. The default is `false`.",
			},
			"lock_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long an apply waits for another apply on the same database to finish its writes, such as `30s` or `2m`, from `1s` to `1h`. " +
					"It can be set by `VICIDIAL_LOCK_TIMEOUT`. The default is `2m`.",
				Validators: filled(),
			},
			"max_connections": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "The largest number of open connections to the database. They are opened when they are needed, and closed after ten seconds without use. One is enough. " +
					"It can be set by `VICIDIAL_MAX_CONNECTIONS`. The default is `20`.",
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"audit": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "The records that the provider writes to `vicidial_admin_log`, so that VICIdial's Admin Change Log shows each change. Without it, the defaults of its attributes apply. " +
					"Secrets are replaced in them.",
				Attributes: map[string]schema.Attribute{
					"enabled": schema.BoolAttribute{
						Optional:            true,
						MarkdownDescription: "Whether changes are logged. The default is `true`.",
					},
					"user": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "The VICIdial user in whose name changes are logged, at most 20 characters. " +
							"The default is `VDAD`, the user that VICIdial's own daemons log as.",
						Validators: filled(),
					},
				},
			},
		},
	}
}

// filled refuses the empty string, which would be treated as not set: an empty variable
// must not silently fall back to the environment. Everything else is validated with the
// settings, wherever a value comes from.
func filled() []validator.String {
	return []validator.String{stringvalidator.LengthAtLeast(1)}
}

func tlsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"mode": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Whether the connection is encrypted, and what is verified. " +
				"`disabled` never encrypts. `preferred` encrypts if the server can, `required` encrypts or fails, and both verify nothing: an attacker in the network can pose as the server. " +
				"`verify_ca` requires a certificate of the authority in `ca_file`, for any name. " +
				"`verify_full` requires a certificate of a trusted authority for the name of the host.",
			Validators: filled(),
		},
		"ca_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The path of a PEM file with the authorities to trust. It is needed for `verify_ca`. " +
				"`verify_full` trusts the system's authorities without it.",
			Validators: filled(),
		},
		"cert_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The path of a PEM file with the client's certificate, for accounts that were created with `REQUIRE X509`. It needs `key_file`. By default there is none.",
			Validators:          filled(),
		},
		"key_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The path of a PEM file with the private key that belongs to `cert_file`, not encrypted. It is required with `cert_file`.",
			Validators:          filled(),
		},
		"server_name": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The name or address to look for in the server's certificate, for `verify_full`. The default is `host`.",
			Validators:          filled(),
		},
	}
}

func sshAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"host": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "The name or the address of the SSH host, IPv6 without brackets.",
			Validators:          filled(),
		},
		"port": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "The port of the SSH host. The default is `22`.",
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
		},
		"user": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "The account to log in to on the SSH host. It needs no shell, but must be allowed to forward.",
			Validators:          filled(),
		},
		"private_key": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "The private key itself, as `ssh-keygen` writes it, with its line breaks. It excludes `private_key_file`. " +
				"It can be set by `VICIDIAL_SSH_PRIVATE_KEY`.",
			Validators: filled(),
		},
		"private_key_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The path of the file with the private key. `~` is not expanded; use `pathexpand()`. Without it, `private_key` or `password` is used.",
			Validators:          filled(),
		},
		"passphrase": schema.StringAttribute{
			Optional:            true,
			Sensitive:           true,
			MarkdownDescription: "The passphrase of the private key. Without it the key must not be encrypted. It can be set by `VICIDIAL_SSH_PASSPHRASE`.",
			Validators:          filled(),
		},
		"password": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "The account's password on the SSH host, which is tried if there is no key or the host does not accept it. By default there is none. " +
				"It can be set by `VICIDIAL_SSH_PASSWORD`.",
			Validators: filled(),
		},
		"known_hosts_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The path of a file in the format of OpenSSH's `known_hosts`, in which the SSH host's key must be found. " +
				"Either this or `host_key` is needed: the provider does not connect to a host whose key it cannot check.",
			Validators: filled(),
		},
		"host_key": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The public key that the SSH host must show, such as `ssh-ed25519 AAAAC3Nz…`, or the whole line that `ssh-keyscan` prints. " +
				"Write several keys on separate lines. It excludes `known_hosts_file`.",
			Validators: filled(),
		},
	}
}
