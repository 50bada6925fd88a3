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

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Schema describes a web tier. What only one proxy can do is in its schema only.
func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	usual := r.proxy.defaults()
	attributes := map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Name of this web tier, in the first line of the text. 1 to 31 of `a-z`, `0-9`, `_` and `-`, starting with a letter.",
		},
		"hostname": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Name under which agents reach the tier: a DNS name without a port.",
		},
		"nodes": schema.MapNestedAttribute{
			Required:            true,
			MarkdownDescription: "The web nodes, by a name of your choice. At least one must be `active`; one alone warns.",
			Validators:          []validator.Map{mapvalidator.SizeAtLeast(1)},
			NestedObject:        schema.NestedAttributeObject{Attributes: nodeAttributes()},
		},
		"target_version": textAttribute(usual.Target.String(), "Version of "+r.proxy.dialect.String()+" that will read the text, such as `"+usual.Target.String()+"`. Directives that came later are not used; a version that is newer than those tried warns."),
		"distribution":   choiceAttribute(webtier.Debian, webtier.Distributions, "Linux of the proxy's machine, `debian`, `suse` (ViciBox) or `alma`: what `process` leaves out is as its package runs the proxy."),
		"admin_web_directory": textAttribute(usual.AdminDirectory,
			"Directory of the admin pages, `system_settings.admin_web_directory`."),
		"admin_sources":           sourcesAttribute("Who may reach the admin pages and reports: addresses and CIDR ranges. Without any, everyone may, and the plan warns. `welcome.php` and images are open to all, since the agents' login page uses them."),
		"api_sources":             sourcesAttribute("Who may call the two APIs besides `admin_sources`, `cluster_addresses` and the nodes. Managers always may: the real-time report calls both APIs from their browsers. The soundboard of an agent's screen plays audio by the API and always may, too."),
		"cluster_addresses":       sourcesAttribute("Addresses of the telephony nodes. They may fetch from the audio store, call the APIs and the pages of inbound filters. The web nodes may as well, by their addresses in `nodes`: they call the URLs at the start and the end of a call. A node given by name needs its address here for that."),
		"trusted_sources":         sourcesAttribute("Addresses that are not counted by the login and error limits, such as an office whose agents share one address."),
		"trusted_proxies":         sourcesAttribute("Proxies in front of this one, such as a CDN or a load balancer. The last address in their `X-Forwarded-For` is taken for the client's, `X-Forwarded-Proto` and `X-Forwarded-Host` for how it asked: with `https` there, TLS may end at them and `tls` be left out. Anybody else's headers are thrown away."),
		"proxy_addresses":         sourcesAttribute("Addresses from which the proxies reach the nodes, for `apache_snippet`: this proxy's own and those of its twins. Without any, `listen.address` is taken, which is right for a proxy that stands alone."),
		"extra_paths":             sourcesAttribute("Paths served besides VICIdial's own: `/dir/` with all below it, or one page. A single page inside the admin directory, such as `/vicidial/web_form_forward.php`, is opened to everyone. Everything else is answered with 404."),
		"shared_upload_directory": boolAttribute(false, "All nodes see the same `/tmp`, so that the two steps of a lead upload may run on different nodes."),
		"max_body_size_mb":        intAttribute(usual.MaxBodyMB, "Largest request in megabytes. VICIdial's installation allows 48 for lead files; less warns."),
		"login_rate_per_minute":   intAttribute(usual.LoginsPerMinute, "Logins that one address may make in a minute; more are answered with 429 and do not count. A /64 of IPv6 is one address. An agent makes two, for the phone and for the user. `0` sets no limit. Polls are never limited."),
		"replay":                  choiceAttribute(usual.Replay, webtier.Replays, "Which requests may be sent to a second node. `safe`: polls and static files always, all else only while no node has seen it. `connect`: only while no node has seen it. `none`: never."),
		"dns_servers":             sourcesAttribute("Resolvers that follow nodes given by name. Without any, a name is looked up once, when the proxy starts. nginx can follow names from 1.27.3."),
		"routes":                  routesAttribute(),
		"websockets": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Web phones' sockets: a path such as `/ws/dial1` to the socket of one telephony node, `wss://10.10.10.15:8089/ws`, so that phones need one public name and certificate. Only these paths may upgrade, to WebSocket and nothing else. The node's certificate is not checked.",
		},
		"websocket_urls": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "`websockets` as browsers reach them, by path: what goes into `web_socket_url` of the node's `vicidial_server`.",
		},
		"tls":         r.tlsAttribute(),
		"node_tls":    nodeTLSAttribute(),
		"listen":      listenAttribute(usual.Listen),
		"health":      r.healthAttribute(usual.Health),
		"audio_store": audioAttribute(),
		"timeouts":    r.timeoutsAttribute(usual.Timeouts),
		"stats":       r.statsAttribute(usual.Stats),
		"process":     r.processAttribute(usual.Process),
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
			MarkdownDescription: "SHA-256 of what `content` says. It stays when only comments or layout change.",
		},
		"apache_snippet": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "What Apache on the web nodes needs, so that VICIdial sees the agents' addresses and not the proxy's. Needs `mod_remoteip`.",
		},
		"keepalived_snippet": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "keepalived's part for the shared address of `vrrp`; empty without it.",
		},
		"drift": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "How `file` differs in meaning from `content`, a line for each directive: `-` is missing, `+` is too much, `~` says something else. Empty after an apply. Comments and layout are no difference.",
		},
	}
	if r.proxy.dialect == webtier.HAProxy {
		attributes["balance"] = choiceAttribute(usual.Balance, webtier.Balances, "How the next node for an agent's request is picked: `roundrobin`, in turn, or `leastconn`, the one with the fewest requests under way; both by weight.")
		attributes["admin_errors_per_minute"] = intAttribute(usual.AdminErrorsPerMinute, "4xx answers that one address may draw from the admin pages in a minute, failed logins among them; after that it gets 429. `0` sets no limit.")
	} else {
		attributes["get_retry"] = choiceAttribute(usual.GetRetry, webtier.GetRetries, "When an agent's or manager's GET may be sent to a second node. `connect`: only while no node has seen it. `stock`: as nginx does by itself, even after a node ran it. `off`: never. API calls are never repeated.")
	}
	resp.Schema = schema.Schema{MarkdownDescription: r.proxy.description, Attributes: attributes}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.ProxyConfig)
}

// IdentitySchema names a configuration by its name and, where it is written,
// its file.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the web tier."},
		"path": identityschema.StringAttribute{OptionalForImport: true, Description: "File that the configuration is written to."},
	}}
}

func textAttribute(usual, says string) schema.StringAttribute {
	shown := "`" + usual + "`"
	if usual == "" {
		shown = "empty"
	}
	return schema.StringAttribute{
		Optional: true, Computed: true,
		Default: stringdefault.StaticString(usual), MarkdownDescription: says + " Defaults to " + shown + ".",
	}
}

func choiceAttribute[Word ~string](usual Word, words []string, says string) schema.StringAttribute {
	attribute := textAttribute(string(usual), says)
	attribute.Validators = []validator.String{stringvalidator.OneOf(words...)}
	return attribute
}

func intAttribute(usual int, says string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true,
		Default: int64default.StaticInt64(int64(usual)), MarkdownDescription: says + " Defaults to " + strconv.Itoa(usual) + ".",
	}
}

func boolAttribute(usual bool, says string) schema.BoolAttribute {
	shown := "`false`"
	if usual {
		shown = "`true`"
	}
	return schema.BoolAttribute{
		Optional: true, Computed: true,
		Default: booldefault.StaticBool(usual), MarkdownDescription: says + " Defaults to " + shown + ".",
	}
}

func sourcesAttribute(says string) schema.SetAttribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: says}
}

func objectAttribute(says string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Optional: true, MarkdownDescription: says, Attributes: attributes}
}
