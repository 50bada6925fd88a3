package proxyconfig

import (
	"fmt"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

func nodeAttributes() map[string]schema.Attribute {
	defaults := webtier.DefaultNode("")
	return map[string]schema.Attribute{
		"address": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "IP address or host name, as the proxy reaches the node.",
		},
		"port":            intAttribute(defaults.Port, "Port of the node's Apache."),
		"weight":          intAttribute(defaults.Weight, "Share of the requests in relation to the other nodes, 1 to 256."),
		"max_connections": intAttribute(defaults.MaxConnections, "Requests that the node works on at once: its `MaxRequestWorkers`, 20 or more. Agents get 60 % of it (with HAProxy half of that for polls), managers 12 %, the APIs 10 %, uploads and audio 5 % each, and with HAProxy static files 5 % and other requests with a body over 16 kB 3 %, so that none takes the workers of another."),
		"state":           choiceAttribute(defaults.State, webtier.States, "`active`; `backup` serves only when no active node is left; `drain` finishes what it has and takes nothing new; `maintenance` takes nothing."),
	}
}

func (r *Resource) tlsAttribute() schema.Attribute {
	defaults := webtier.DefaultTLS("", "")
	attributes := map[string]schema.Attribute{
		"certificate_file": schema.StringAttribute{Required: true, MarkdownDescription: "Path of the certificate and its chain on the proxy."},
		"min_version":      choiceAttribute(defaults.MinVersion, []string{"1.2", "1.3"}, "Oldest version of TLS that is allowed, `1.2` or `1.3`."),
		"http2":            boolAttribute(defaults.HTTP2, "Whether browsers can use HTTP/2."),
		"hsts_max_age":     intAttribute(defaults.HSTSMaxAge, "Seconds for which browsers remember to use TLS; `0` sends no such header."),
		"redirect_http":    boolAttribute(defaults.RedirectHTTP, "Whether plain HTTP is redirected to https (with 308, which keeps the POST of an API call)."),
		"acme_responder":   textAttribute("", "IP and port of the program that answers ACME challenges under `/.well-known/acme-challenge/` on plain HTTP. Needs `redirect_http`."),
	}
	if r.proxy.dialect == webtier.Nginx {
		attributes["key_file"] = schema.StringAttribute{Required: true, MarkdownDescription: "Path of the certificate's key on the proxy."}
	} else {
		attributes["certificate_file"] = schema.StringAttribute{Required: true, MarkdownDescription: "Path of the certificate, its chain and its key, in one file on the proxy."}
	}
	return objectAttribute("TLS, which ends at the proxy. Without it the tier uses plain HTTP, and the plan warns: browsers give a web phone no microphone.", attributes)
}

func listenAttribute(defaults webtier.Listen) schema.Attribute {
	return objectAttribute("The address and the ports on which the proxy listens. Without it, the defaults of its attributes apply.", map[string]schema.Attribute{
		"address":        textAttribute(defaults.Address, "IP address to listen on; empty is every IPv4 address, `::` every IPv4 and every IPv6 address."),
		"http_port":      intAttribute(defaults.HTTPPort, "Port for plain HTTP."),
		"proxy_protocol": boolAttribute(false, "The proxies in `trusted_proxies` begin each connection with the PROXY protocol's header, which has the address of the client. nginx then refuses connections without it."),
		"https_port":     intAttribute(defaults.HTTPSPort, "Port for TLS. It must contain `443`: VICIdial tells https from http by these digits."),
	})
}

func nodeTLSAttribute() schema.Attribute {
	return objectAttribute("TLS between the proxy and the nodes, also for health checks. Without it, the proxy uses plain HTTP. Set the nodes' `port` to 443. It is necessary if Apache on the nodes redirects plain HTTP to https, because every health check would get a redirect.", map[string]schema.Attribute{
		"verify":  boolAttribute(true, "Whether the nodes' certificates are checked."),
		"ca_file": textAttribute("", "Path on the proxy of the certificates that may have issued the nodes'. Needed for `verify`."),
		"sni":     textAttribute("", "Server name (SNI) of the connections to the nodes, which their certificates must have; empty is `hostname`."),
	})
}

func routesAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional:            true,
		MarkdownDescription: "URL directories that other web servers serve, such as `/RECORDINGS/` on an archive host, for GET and HEAD only. Without it, there are none.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"nodes": schema.ListAttribute{
				Required: true, ElementType: types.StringType,
				MarkdownDescription: "The servers: IP address or host name, with `:port` where that is not 80. They must hold the same files.",
				Validators:          []validator.List{listvalidator.SizeAtLeast(1)},
			},
			"access": choiceAttribute(accessManagers, []string{accessManagers, accessEveryone}, "Who can open it: `managers` (`admin_sources`) or `everyone`."),
		}},
	}
}

func (r *Resource) healthAttribute(defaults webtier.Health) schema.Attribute {
	if r.proxy.dialect == webtier.Nginx {
		return objectAttribute("When a node is taken out of rotation. nginx detects only requests that fail: a node that has lost its database and answers 200 stays in rotation. Without it, the defaults of its attributes apply.", map[string]schema.Attribute{
			"max_fails":    intAttribute(defaults.MaxFails, "Failed requests within `fail_timeout` that take a node out."),
			"fail_timeout": durationAttribute(defaults.FailTimeout, "How long a node stays out, in whole seconds."),
		})
	}
	return objectAttribute("The health check of the nodes. Without it, the defaults of its attributes apply.", map[string]schema.Attribute{
		"path":                 textAttribute("", "Page that the check requests. It must not need a login or write anything, and must show something that comes from the database. Empty is `welcome.php` of the admin directory."),
		"body_regex":           textAttribute(defaults.BodyRegex, "What the page must contain. Status 200 is not enough, because VICIdial answers 200 also without its database."),
		"interval":             durationAttribute(defaults.Interval, "Between checks of a node that is up or down."),
		"fast_interval":        durationAttribute(defaults.FastInterval, "Between checks of a node that is changing."),
		"timeout":              durationAttribute(defaults.Timeout, "How long a check may take."),
		"rise":                 intAttribute(defaults.Rise, "Checks in a row that bring a node back."),
		"fall":                 intAttribute(defaults.Fall, "Checks in a row that take a node out."),
		"allow_slow_detection": boolAttribute(false, "Whether settings are allowed with which a node that hangs stays in rotation for more than 3 seconds, after which agents' screens report an error."),
	})
}

func audioAttribute() schema.Attribute {
	return objectAttribute("The one node that holds the audio store. Without it `audio_store.php` is refused, since the files are on the disk of one node.", map[string]schema.Attribute{
		"node":      schema.StringAttribute{Required: true, MarkdownDescription: "Which of `nodes` it is."},
		"host":      schema.StringAttribute{Required: true, MarkdownDescription: "`system_settings.sounds_web_server`: the page answers under this name only. `https://` before it is left out, as VICIdial does."},
		"directory": schema.StringAttribute{Required: true, MarkdownDescription: "`system_settings.sounds_web_directory`."},
	})
}

func (r *Resource) timeoutsAttribute(defaults webtier.Timeouts) schema.Attribute {
	attributes := map[string]schema.Attribute{
		"connect": durationAttribute(defaults.Connect, "For a node to take a connection."),
		"poll":    durationAttribute(defaults.Poll, "For the answer to an agent's poll."),
		"agent":   durationAttribute(defaults.Agent, "For any other answer to an agent."),
		"admin":   durationAttribute(defaults.Admin, "For reports, uploads and the APIs. VICIdial's installation gives PHP 330 seconds; the plan warns of less."),
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["queue"] = durationAttribute(defaults.Queue, "For a free slot on a node.")
	}
	return objectAttribute("How long the proxy waits: `250ms`, `5s`, `6m`. Without it, the defaults of its attributes apply.", attributes)
}

func (r *Resource) statsAttribute(defaults *webtier.Stats) schema.Attribute {
	attributes := map[string]schema.Attribute{
		"enabled": boolAttribute(true, "Whether the proxy serves its statistics."),
		"bind":    textAttribute(defaults.Bind, "IP and port. An address that other machines reach needs `sources`."),
		"sources": sourcesAttribute("Addresses that may read the statistics, in addition to the proxy's own machine. Without any, only that may."),
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["prometheus"] = boolAttribute(defaults.Prometheus, "Serve Prometheus' format at `/metrics`, besides the page at `/stats`.")
	}
	return objectAttribute("The proxy's own statistics, without a password. Without it, the defaults of its attributes apply.", attributes)
}

func (r *Resource) processAttribute(defaults webtier.Process) schema.Attribute {
	attributes := map[string]schema.Attribute{
		"user":  packageAttribute(defaults.User, "Account that the proxy runs as; empty for the account that starts it."),
		"group": packageAttribute(defaults.Group, "Group that the proxy runs as."),
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["log"] = packageAttribute(defaults.Log, "Where to log: a socket's path, `IP:port` of a syslog server, or `stdout`.")
		attributes["chroot"] = packageAttribute(defaults.Chroot, "Directory to which the process is confined (`chroot`); empty for none.")
		attributes["control_socket"] = packageAttribute(defaults.ControlSocket, "Socket for draining nodes by hand and for reloads that lose nothing; empty for none.")
	} else {
		attributes["log"] = packageAttribute(defaults.Log, "Path of the access log. Query strings are not in it.")
		attributes["error_log"] = packageAttribute(defaults.ErrorLog, "Path of the error log. Errors of single requests are not in it, since nginx would write passwords, too; `us=` and `uct=` in the access log are the status of the node and the time to connect to it.")
		attributes["pid_file"] = packageAttribute(defaults.PIDFile, "Path of the process id's file.")
		attributes["mime_types"] = packageAttribute(defaults.MimeTypes, "Path of nginx's `mime.types`.")
		attributes["temp_directory"] = packageAttribute(defaults.TempDirectory, "Directory for request bodies and the like; empty for what the package is built with.")
	}
	return objectAttribute("How the proxy runs on its machine. The defaults are those of the package of `distribution`.", attributes)
}

// packageAttribute is an attribute whose default is the package's.
func packageAttribute(debian, doc string) schema.StringAttribute {
	shown := "`" + debian + "`"
	if debian == "" {
		shown = "empty"
	}
	return optional.Text(doc+" Defaults to the package's, which is "+shown+" on Debian.", oneLine)
}

func vrrpAttribute() schema.Attribute {
	return objectAttribute("The address that two proxies share, for `keepalived_snippet`. Without it, the snippet is empty.", map[string]schema.Attribute{
		"address":   schema.StringAttribute{Required: true, MarkdownDescription: "The shared address, with or without a mask."},
		"interface": schema.StringAttribute{Required: true, MarkdownDescription: "Network interface that carries it."},
		"router_id": schema.Int64Attribute{Required: true, MarkdownDescription: "`virtual_router_id`, 1 to 255, which no other pair on the network has."},
		"peers":     sourcesAttribute("Addresses of the other proxies. Without any, keepalived uses multicast."),
	})
}

func fileAttribute() schema.Attribute {
	mode := textAttribute("0640", "Permission bits, in octal.")
	mode.Validators = []validator.String{tfhelper.StringValidator("octal permission bits", func(text string) error {
		_, err := configfile.ParseMode(text)
		return err
	})}
	limit := durationAttribute(reloadTimeout, "How long `reload_command` may take; then it is killed and counts as failed.")
	limit.Validators = []validator.String{tfhelper.StringValidator("a length of time such as 30s or 2m", func(text string) error {
		length, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return fmt.Errorf("%q is not a length of time such as 30s or 2m", text)
		case length <= 0:
			return fmt.Errorf("%q is not positive; write a length of time such as 30s or 2m", text)
		}
		return nil
	})}
	return objectAttribute("Write `content` to a file on the machine that runs Terraform. Without it nothing is written anywhere.", map[string]schema.Attribute{
		"path": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Absolute path. It is written whole or not at all, so that a reload never reads half of it.",
			Validators:          []validator.String{tfhelper.StringValidator("an absolute path", absolute)},
		},
		"mode":           mode,
		"owner":          textAttribute("", "`user` or `user:group`, by name or number; empty leaves it."),
		"backup":         boolAttribute(true, "Whether the old file is kept beside the new one, with `.bak` after its name."),
		"validate":       boolAttribute(true, "Whether the proxy, if it is installed here, checks a copy of the file before it is written. The copy needs no rights, certificates or addresses."),
		"reload_timeout": limit,
		"binary":         textAttribute("", "Path of the proxy's binary for `validate`; empty looks on `PATH` and where Debian puts it. A path at which nothing is found is an error."),
		"reload_command": optional.Texts("Program and arguments that make the proxy read the file, run after every create or update: `[\"systemctl\", \"reload\", \"haproxy\"]`. It does not run in a shell, and has no `TF_*` and `VICIDIAL_*` variables in its environment. If it fails, the next apply runs it again. Without it, no command is run.", listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1), oneLine)),
	})
}

func durationAttribute(value time.Duration, doc string) schema.StringAttribute {
	return textAttribute(shortest(value), doc)
}

// shortest writes a time without the zeros that Go adds: 6m, not 6m0s.
func shortest(length time.Duration) string {
	switch {
	case length%time.Minute == 0:
		return strconv.Itoa(int(length/time.Minute)) + "m"
	case length%time.Second == 0:
		return strconv.Itoa(int(length/time.Second)) + "s"
	}
	return strconv.Itoa(int(length/time.Millisecond)) + "ms"
}
