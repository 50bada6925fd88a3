package proxyconfig

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

// Schema returns the attributes of a web tier. Those that only one proxy supports are only
// in its schema.
func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	defaults := r.proxy.defaults()
	attributes := map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Name of this web tier. It is in the first line of the text, and names inner sockets of HAProxy and the blocks of keepalived. 1 to 31 of `a-z`, `0-9`, `_` and `-`, starting with a letter.",
		},
		"hostname": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Name under which agents reach the tier: a DNS name without a port.",
		},
		"nodes": schema.MapNestedAttribute{
			Required:            true,
			MarkdownDescription: "The web nodes, by a name of your choice. At least one must be `active`; the plan warns of a single one.",
			Validators:          []validator.Map{mapvalidator.SizeAtLeast(1)},
			NestedObject:        schema.NestedAttributeObject{Attributes: nodeAttributes()},
		},
		"target_version": textAttribute(defaults.Target.String(), "Version of "+r.proxy.dialect.String()+" that will read the text, such as `"+defaults.Target.String()+"`. Newer directives are not used. The plan warns of a version that is newer than the tested ones."),
		"distribution":   choiceAttribute(webtier.Debian, webtier.Distributions, "Linux of the proxy's machine, `debian`, `suse` (ViciBox) or `alma`: what `process` leaves out is as its package runs the proxy."),
		"admin_web_directory": textAttribute(defaults.AdminDirectory,
			"Directory of the admin pages, `system_settings.admin_web_directory`."),
		"admin_sources":           sourcesAttribute("Addresses and CIDR ranges that may open the admin pages and reports. Without any, everyone may, and the plan warns. `welcome.php` and images are open to all, since the agents' login page uses them."),
		"api_sources":             sourcesAttribute("Addresses that may call the two APIs, in addition to `admin_sources`, `cluster_addresses` and the nodes. Without any, only those may. Managers always may, because the real-time report calls both APIs from their browsers, and so may the soundboard of an agent's screen, which plays audio by the API."),
		"cluster_addresses":       sourcesAttribute("Addresses of the telephony nodes, which may read the audio store and call the APIs and the pages of inbound filters. Without any, telephony nodes cannot do so. Web nodes may do the same by their addresses in `nodes`, because they request URLs at the start and the end of calls. If a web node is given by name, add its address here."),
		"trusted_sources":         sourcesAttribute("Addresses to which the limits of logins and errors do not apply, such as an office whose agents share one address. Without any, the limits apply to all."),
		"trusted_proxies":         sourcesAttribute("Proxies in front of this one, such as a CDN or a load balancer. The last address in their `X-Forwarded-For` is used as the client's, and `X-Forwarded-Proto` and `X-Forwarded-Host` as the scheme and the host of its request: with `https` there, TLS can end at them, and `tls` can be left out. These headers are removed from other requests. Without any, they are removed from all."),
		"proxy_addresses":         sourcesAttribute("Addresses from which the proxies connect to the nodes, for `apache_snippet`: this proxy's own and those of the others. Without any, `listen.address` is used if it is set, which is correct for a single proxy; otherwise the snippet has a comment in their place, and Apache believes the header of everyone who reaches the node."),
		"extra_paths":             sourcesAttribute("Paths that are served in addition to VICIdial's own: `/dir/` with everything below it, or one page. A single page inside the admin directory, such as `/vicidial/web_form_forward.php`, is open to everyone. Without any, every other path gets a 404."),
		"shared_upload_directory": boolAttribute(false, "Whether all nodes share `/tmp`, so that the two steps of a lead upload can run on different nodes."),
		"max_body_size_mb":        intAttribute(defaults.MaxBodyMB, "Largest request in megabytes. VICIdial's installation allows 48 for lead files; the plan warns of less."),
		"login_rate_per_minute":   intAttribute(defaults.LoginsPerMinute, "Logins that one address may make in a minute. Further logins get a 429 and do not count. A /64 network of IPv6 is one address. An agent makes two logins, for the phone and for the user. `0` sets no limit. Polls are not limited."),
		"retry":                   choiceAttribute(defaults.Retry, webtier.Retries, "Which requests may be sent to a second node. `safe`: polls and static files always, all else only while no node has seen it. `connect`: only while no node has seen it. `none`: never."),
		"dns_servers":             sourcesAttribute("DNS servers that the proxy asks regularly for the addresses of nodes that are given by name. Without any, the proxy looks a name up once, when it starts. nginx can do so from 1.27.3 on."),
		"routes":                  routesAttribute(),
		"websockets":              optional.TextMap("Sockets of web phones: a path such as `/ws/dial1` and the socket of one telephony node, `wss://10.10.10.15:8089/ws`, so that phones need only one public name and certificate. Only these paths accept WebSockets; without any, no path does. The node's certificate is not checked."),
		"websocket_urls": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "`websockets` as browsers reach them, by path: what goes into `web_socket_url` of the node's `vicidial_server`.",
		},
		"tls":         r.tlsAttribute(),
		"node_tls":    nodeTLSAttribute(),
		"listen":      listenAttribute(defaults.Listen),
		"health":      r.healthAttribute(defaults.Health),
		"audio_store": audioAttribute(),
		"timeouts":    r.timeoutsAttribute(defaults.Timeouts),
		"stats":       r.statsAttribute(defaults.Stats),
		"process":     r.processAttribute(defaults.Process),
		"vrrp":        vrrpAttribute(),
		"file":        fileAttribute(),
		"content": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The whole configuration. Known when the plan is made, if all inputs are. It holds no secret.",
		},
		"content_sha256": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "SHA-256 of `content`, in hexadecimal.",
		},
		"semantic_sha256": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "SHA-256 of the directives in `content`. It does not change when only comments or layout change.",
		},
		"apache_snippet": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "What Apache on the web nodes needs, so that VICIdial sees the agents' addresses and not the proxy's, and drains a node. Needs `mod_remoteip` and `mod_alias`.",
		},
		"keepalived_snippet": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "keepalived's part for the shared address of `vrrp`; empty without it.",
		},
		"drift": schema.ListAttribute{
			Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.List{tfhelper.ReportValidator{}},
			MarkdownDescription: "How `file` differs from `content`, a line for each directive: `-` is missing, `+` is not in `content`, `~` has another value. Empty after an apply. Comments and layout do not count." + tfhelper.ReportNote,
		},
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["balance"] = choiceAttribute(defaults.Balance, webtier.Balances, "How the next node for an agent's request is chosen: `roundrobin`, in turn, or `leastconn`, the one with the fewest requests under way; both by weight.")
		attributes["admin_errors_per_minute"] = intAttribute(defaults.AdminErrorsPerMinute, "Answers with status 4xx, such as failed logins, that one address may get from the admin pages in a minute. After that it gets 429. `0` sets no limit.")
	} else {
		attributes["get_retry"] = choiceAttribute(defaults.GetRetry, webtier.GetRetries, "When an agent's or manager's GET may be sent to a second node. `connect`: only while no node has seen it. `stock`: as nginx does by itself, even after a node ran it. `off`: never. API calls are never repeated.")
	}
	resp.Schema = schema.Schema{MarkdownDescription: r.proxy.description, Attributes: attributes}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.ProxyConfig)
}

// IdentitySchema returns the name and the file.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the web tier."},
		"path": identityschema.StringAttribute{OptionalForImport: true, Description: "File that the configuration is written to."},
	}}
}

func textAttribute(value, doc string) schema.StringAttribute {
	shown := "`" + value + "`"
	if value == "" {
		shown = "empty"
	}
	return schema.StringAttribute{
		Optional: true, Computed: true,
		Default: stringdefault.StaticString(value), MarkdownDescription: doc + " Defaults to " + shown + ".",
		Validators: []validator.String{oneLine},
	}
}

var oneLine = tfhelper.StringValidator("one line without control characters", cluster.CheckOneLine)

func choiceAttribute[Word ~string](value Word, words []string, doc string) schema.StringAttribute {
	attribute := textAttribute(string(value), doc)
	attribute.Validators = []validator.String{stringvalidator.OneOf(words...)}
	return attribute
}

func intAttribute(value int, doc string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true,
		Default: int64default.StaticInt64(int64(value)), MarkdownDescription: doc + " Defaults to " + strconv.Itoa(value) + ".",
	}
}

func boolAttribute(value bool, doc string) schema.BoolAttribute {
	shown := "`false`"
	if value {
		shown = "`true`"
	}
	return schema.BoolAttribute{
		Optional: true, Computed: true,
		Default: booldefault.StaticBool(value), MarkdownDescription: doc + " Defaults to " + shown + ".",
	}
}

func sourcesAttribute(doc string) schema.SetAttribute {
	return optional.TextSet(doc)
}

func objectAttribute(doc string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Optional: true, MarkdownDescription: doc, Attributes: attributes}
}
