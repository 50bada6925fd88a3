package proxyconfig

import (
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
)

func nodeAttributes() map[string]schema.Attribute {
	usual := webtier.DefaultNode("")
	return map[string]schema.Attribute{
		"address": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "IP address or host name, as the proxy reaches the node.",
		},
		"port":            whole(usual.Port, "Port of the node's Apache."),
		"weight":          whole(usual.Weight, "Share of the requests in relation to the other nodes, 1 to 256."),
		"max_connections": whole(usual.MaxConnections, "Requests that the node works on at once: its `MaxRequestWorkers`, 20 or more. Agents get 60 % of it (with HAProxy half of that for polls), managers 15 %, the APIs 10 %, static files, uploads and audio 5 % each, so that none can starve another."),
		"state":           choice(usual.State, webtier.States, "`active`; `backup` serves only when no active node is left; `drain` finishes what it has and takes nothing new; `maintenance` takes nothing."),
	}
}

func (r *Resource) tlsAttribute() schema.Attribute {
	usual := webtier.DefaultTLS("", "")
	attributes := map[string]schema.Attribute{
		"certificate_file": schema.StringAttribute{Required: true, MarkdownDescription: "Path of the certificate and its chain on the proxy."},
		"min_version":      choice(usual.MinVersion, []string{"1.2", "1.3"}, "Oldest version of TLS that is spoken, `1.2` or `1.3`."),
		"http2":            flag(usual.HTTP2, "Speak HTTP/2 with browsers."),
		"hsts_max_age":     whole(usual.HSTSMaxAge, "Seconds for which browsers remember to use TLS; `0` does not tell them."),
		"redirect_http":    flag(usual.RedirectHTTP, "Answer plain HTTP with a redirect (308, which keeps an API call's POST)."),
		"acme_responder":   text("", "IP and port of what answers ACME challenges under `/.well-known/acme-challenge/` on plain HTTP. Needs `redirect_http`."),
	}
	if r.proxy.dialect == webtier.Nginx {
		attributes["key_file"] = schema.StringAttribute{Required: true, MarkdownDescription: "Path of the certificate's key on the proxy."}
	} else {
		attributes["certificate_file"] = schema.StringAttribute{Required: true, MarkdownDescription: "Path of the certificate, its chain and its key, in one file on the proxy."}
	}
	return object("TLS, which ends at the proxy. Without it the tier speaks plain HTTP and the plan warns: browsers give a web phone no microphone.", attributes)
}

func listenAttribute(usual webtier.Listen) schema.Attribute {
	return object("Where requests come in.", map[string]schema.Attribute{
		"address":    text(usual.Address, "IP address to listen on; empty is every IPv4 address, `::` every IPv4 and every IPv6 address."),
		"http_port":  whole(usual.HTTPPort, "Port for plain HTTP."),
		"https_port": whole(usual.HTTPSPort, "Port for TLS. It must contain `443`: VICIdial tells https from http by these digits."),
	})
}

func (r *Resource) healthAttribute(usual webtier.Health) schema.Attribute {
	if r.proxy.dialect == webtier.Nginx {
		return object("When a node is taken out. nginx sees only what fails under real requests: a node that has lost its database and answers 200 stays in rotation.", map[string]schema.Attribute{
			"max_fails":    whole(usual.MaxFails, "Failed requests within `fail_timeout` that take a node out."),
			"fail_timeout": length(usual.FailTimeout, "How long a node stays out, in whole seconds."),
		})
	}
	return object("How a node proves that it can serve.", map[string]schema.Attribute{
		"path":                text("", "Page that is asked. It must need no login, write nothing, and show something that came out of the database. Empty is `welcome.php` of the admin directory."),
		"body_regex":          text(usual.BodyRegex, "What the page must contain. Status 200 proves nothing: VICIdial answers 200 without its database too."),
		"interval":            length(usual.Interval, "Between checks of a node that is up or down."),
		"fast_interval":       length(usual.FastInterval, "Between checks of a node that is changing."),
		"timeout":             length(usual.Timeout, "How long a check may take."),
		"rise":                whole(usual.Rise, "Checks in a row that bring a node back."),
		"fall":                whole(usual.Fall, "Checks in a row that take a node out."),
		"allow_slow_ejection": flag(false, "Permit settings by which a node that hangs stays in rotation for more than 3 seconds, after which agents' screens lose patience."),
	})
}

func audioAttribute() schema.Attribute {
	return object("The one node that holds the audio store. Without it `audio_store.php` is refused, since the files lie on one node's disk.", map[string]schema.Attribute{
		"node":      schema.StringAttribute{Required: true, MarkdownDescription: "Which of `nodes` it is."},
		"host":      schema.StringAttribute{Required: true, MarkdownDescription: "`system_settings.sounds_web_server`: the page answers under this name only."},
		"directory": schema.StringAttribute{Required: true, MarkdownDescription: "`system_settings.sounds_web_directory`."},
	})
}

func (r *Resource) timeoutsAttribute(usual webtier.Timeouts) schema.Attribute {
	attributes := map[string]schema.Attribute{
		"connect": length(usual.Connect, "For a node to take a connection."),
		"poll":    length(usual.Poll, "For the answer to an agent's poll."),
		"agent":   length(usual.Agent, "For any other answer to an agent."),
		"admin":   length(usual.Admin, "For reports, uploads and the APIs. VICIdial's installation gives PHP 330 seconds; less warns."),
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["queue"] = length(usual.Queue, "For a free slot on a node.")
	}
	return object("How long the proxy waits: `250ms`, `5s`, `6m`.", attributes)
}

func (r *Resource) statsAttribute(usual *webtier.Stats) schema.Attribute {
	attributes := map[string]schema.Attribute{
		"enabled": flag(true, "Serve the proxy's own figures."),
		"bind":    text(usual.Bind, "IP and port. An address that other machines reach needs `sources`."),
		"sources": sources("Who may look, besides the proxy's own host."),
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["prometheus"] = flag(usual.Prometheus, "Serve Prometheus' format at `/metrics`, besides the page at `/stats`.")
	}
	return object("The proxy's own figures. No password guards them, so that none is in the text.", attributes)
}

func (r *Resource) processAttribute(usual webtier.Process) schema.Attribute {
	attributes := map[string]schema.Attribute{
		"user":  text(usual.User, "Account that the proxy runs as; empty for whoever starts it."),
		"group": text(usual.Group, "Group that the proxy runs as."),
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["log"] = text(usual.Log, "Where to log: a socket's path, `IP:port` of a syslog server, or `stdout`.")
		attributes["chroot"] = text(usual.Chroot, "Directory to lock the process into; empty for none.")
		attributes["control_socket"] = text(usual.ControlSocket, "Socket for draining nodes by hand and for reloads that lose nothing; empty for none.")
	} else {
		attributes["log"] = text(usual.Log, "Path of the access log. Query strings are not in it.")
		attributes["error_log"] = text(usual.ErrorLog, "Path of the error log. What fails for a request is not in it, since nginx would write the password too: `us=` and `uct=` in the access log tell.")
		attributes["pid_file"] = text(usual.PIDFile, "Path of the process id's file.")
		attributes["mime_types"] = text(usual.MimeTypes, "Path of nginx's `mime.types`.")
		attributes["temp_directory"] = text(usual.TempDirectory, "Directory for request bodies and the like; empty for what the package is built with.")
	}
	return object("How the proxy runs on its machine. The defaults are those of Debian's package.", attributes)
}

func pairAttribute() schema.Attribute {
	return object("Address that two proxies share, for `keepalived_snippet`.", map[string]schema.Attribute{
		"address":   schema.StringAttribute{Required: true, MarkdownDescription: "The shared address, with or without a mask."},
		"interface": schema.StringAttribute{Required: true, MarkdownDescription: "Network interface that carries it."},
		"router_id": schema.Int64Attribute{Required: true, MarkdownDescription: "`virtual_router_id`, 1 to 255, unlike any other on the network."},
		"peers":     sources("Addresses of the other proxies."),
	})
}

func fileAttribute() schema.Attribute {
	mode := text("0640", "Permission bits, in octal.")
	mode.Validators = []validator.String{tfhelper.Check("octal permission bits", func(text string) error {
		_, err := configfile.ParseMode(text)
		return err
	})}
	return object("Write `content` to a file on the machine that runs Terraform. Without it nothing is written anywhere.", map[string]schema.Attribute{
		"path": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Absolute path. It is written whole or not at all, so that a reload never reads half of it.",
			Validators:          []validator.String{tfhelper.Check("an absolute path", absolute)},
		},
		"mode":     mode,
		"owner":    text("", "`user` or `user:group`, by name or number; empty leaves it."),
		"backup":   flag(true, "Keep the text that is replaced or removed beside the file, with `.bak` after its name."),
		"validate": flag(true, "Have the real proxy read a copy before anything is written, where it is installed. The copy needs no rights, certificates or addresses."),
		"binary":   text("", "Path of the proxy's binary for `validate`; empty looks on `PATH` and where Debian puts it. A path at which nothing is found is an error."),
		"reload_command": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Program and arguments that make the proxy read the file, run after every create or update: `[\"systemctl\", \"reload\", \"haproxy\"]`. No shell is involved. When it fails, the next apply runs it again.",
			Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
		},
	})
}

func length(usual time.Duration, says string) schema.StringAttribute {
	return text(shortest(usual), says)
}

// shortest writes a time without the zeros that Go adds: 6m, not 6m0s.
func shortest(length time.Duration) string {
	switch {
	case length%time.Minute == 0:
		return number(int(length/time.Minute)) + "m"
	case length%time.Second == 0:
		return number(int(length/time.Second)) + "s"
	}
	return number(int(length/time.Millisecond)) + "ms"
}

func number(n int) string { return strconv.Itoa(n) }
