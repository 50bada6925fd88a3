package webtier_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier/webtiertest"
)

var process = webtier.Process{
	Log: "/var/log/proxy.log", ErrorLog: "/var/log/error.log", PIDFile: "/run/proxy.pid", MimeTypes: "/etc/mime.types",
}

func aTier() webtier.Tier { return webtiertest.ATier(webtier.HAProxy, process) }

func TestProblems(t *testing.T) {
	edit := func(change func(*webtier.Node)) func(*webtier.Tier) {
		return func(tier *webtier.Tier) {
			node := tier.Nodes["web2"]
			change(&node)
			tier.Nodes["web2"] = node
		}
	}
	for _, mistake := range []struct {
		claim   string
		change  func(*webtier.Tier)
		problem string // path and a part of the text; "warn " before it for advice
	}{
		{"an ordinary tier has none", func(*webtier.Tier) {}, ""},
		{"a name in capitals", func(t *webtier.Tier) { t.Name = "Floor" }, `name: "Floor" is not`},
		{"a host name with a port", func(t *webtier.Tier) { t.Hostname = "vici.example.com:443" }, "hostname: "},
		{"a host name that is a bad address", func(t *webtier.Tier) { t.Hostname = "10.0.0.256" }, "hostname: "},
		{"no nodes", func(t *webtier.Tier) { t.Nodes = nil; t.AudioStore = nil }, "nodes: no node is active"},
		{"one active node", func(t *webtier.Tier) {
			for _, name := range []string{"web2", "web3"} {
				node := t.Nodes[name]
				node.State = webtier.Backup
				t.Nodes[name] = node
			}
		}, "warn nodes: one node is active"},
		{"a node at another's address", edit(func(n *webtier.Node) { n.Address = "10.10.20.11" }), `nodes["web2"].address: 10.10.20.11:80 is node "web1" already`},
		{"a weight of nothing", edit(func(n *webtier.Node) { n.Weight = 0 }), `nodes["web2"].weight: `},
		{"too few workers to share", edit(func(n *webtier.Node) { n.MaxConnections = 19 }), `nodes["web2"].max_connections: `},
		{"a node by name without a resolver", edit(func(n *webtier.Node) { n.Address = "web2.example.com" }), `warn nodes["web2"].address: `},
		{"no TLS", func(t *webtier.Tier) { t.TLS = nil }, "warn tls: "},
		{"a TLS port that VICIdial takes for http", func(t *webtier.Tier) { t.Listen.HTTPSPort = 9000 }, "listen.https_port: 9000 does not contain 443"},
		{"a TLS port that it takes for https", func(t *webtier.Tier) { t.Listen.HTTPSPort = 8443 }, ""},
		{"one port for both", func(t *webtier.Tier) { t.Listen.HTTPPort = 443 }, "listen.https_port: 443 is the port for plain HTTP too"},
		{"an admin directory that is the agents'", func(t *webtier.Tier) { t.AdminDirectory = "agc" }, "admin_web_directory: "},
		{"an open admin directory", func(t *webtier.Tier) { t.Access.Admin = nil; t.Access.Cluster = []string{"10.0.0.9"} }, "warn admin_sources: everyone"},
		{"an audio store without clients", func(t *webtier.Tier) { t.Access.Admin, t.Access.Cluster = nil, nil }, "warn audio_store: nobody"},
		{"an audio store on an unknown node", func(t *webtier.Tier) { t.AudioStore.Node = "web9" }, `audio_store.node: "web9" is not among the nodes: web1, web2, web3`},
		{"several nodes without an audio store", func(t *webtier.Tier) { t.AudioStore = nil }, "warn audio_store: "},
		{"checks that outlast an agent's patience", func(t *webtier.Tier) { t.Health.Timeout = 1100 * time.Millisecond }, "health: a node that hangs would stay in rotation for up to 3.145s"},
		{"the same, accepted", func(t *webtier.Tier) { t.Health.Timeout = 1100 * time.Millisecond; t.Health.AllowSlowDetection = true }, ""},
		{"a body that is no expression", func(t *webtier.Tier) { t.Health.BodyRegex = "(" }, "health.body_regex: "},
		{"reports that are cut off", func(t *webtier.Tier) { t.Timeouts.Admin = time.Minute }, "warn timeouts.admin: "},
		{"a time finer than the proxies support", func(t *webtier.Tier) { t.Timeouts.Poll = 1500*time.Millisecond + 1 }, "timeouts.poll: "},
		{"uploads that are refused", func(t *webtier.Tier) { t.MaxBodyMB = 10 }, "warn max_body_size_mb: "},
		{"figures on the agents' port", func(t *webtier.Tier) { t.Stats.Bind = "127.0.0.1:443" }, "stats.bind: port 443"},
		{"a proxy from the future", func(t *webtier.Tier) { t.Target = webtier.Version{Major: 9} }, "warn target_version: "},
		{"a proxy from the past", func(t *webtier.Tier) { t.Target = webtier.Version{Major: 2, Minor: 2} }, "target_version: "},
		{"an extra path under VICIdial's rules", func(t *webtier.Tier) { t.ExtraPaths = []string{"/vicidial/private/"} }, "extra_paths: "},
		{"a page that is opened", func(t *webtier.Tier) { t.ExtraPaths = []string{"/vicidial/web_form_forward.php"} }, ""},
		{"an API that is opened", func(t *webtier.Tier) { t.ExtraPaths = []string{"/vicidial/non_agent_api.php"} }, "extra_paths: "},
		{"an audio store that is opened", func(t *webtier.Tier) { t.ExtraPaths = []string{"/vicidial/audio_store.php"} }, "extra_paths: "},
		{"an extra path under the proxy's own", func(t *webtier.Tier) { t.ExtraPaths = []string{"/lb-health/x"} }, `extra_paths: "/lb-health/x" is answered by the proxy itself`},
		{"a route over the proxy's own", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{Routes: map[string]webtier.Route{"/lb-health/": {Servers: []string{"10.0.0.9"}}}}
		}, `routes["/lb-health/"]: "/lb-health/" is answered by the proxy itself`},
		{"a page beside ACME challenges, which plain HTTP alone answers", func(t *webtier.Tier) {
			t.TLS.ACMEResponder, t.ExtraPaths = "127.0.0.1:8089", []string{"/.well-known/security.txt"}
		}, ""},
		{"a private file that is opened", func(t *webtier.Tier) { t.ExtraPaths = []string{"/vicidial/bp.pl"} }, "extra_paths: "},
		{"offices that are not named", func(t *webtier.Tier) { t.Access.Trusted = nil }, "warn trusted_sources: an office is one address: of its agents 60 log in in the first minute"},
		{"TLS that ends in front", func(t *webtier.Tier) { t.TLS, t.Access.TrustedProxies = nil, []string{"10.0.0.2"} }, ""},
		{"a PROXY protocol without trusted proxies", func(t *webtier.Tier) { t.Listen.ProxyProtocol = true }, "listen.proxy_protocol: "},
		{"nodes' certificates without an authority", func(t *webtier.Tier) { t.NodeTLS = &webtier.NodeTLS{Verify: true} }, "node_tls.ca_file: "},
		{"a route over VICIdial's own pages", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{Routes: map[string]webtier.Route{"/agc/": {Servers: []string{"10.0.0.9"}}}}
		}, `routes["/agc/"]: `},
		{"a route that is no directory", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{Routes: map[string]webtier.Route{"/rec": {Servers: []string{"10.0.0.9"}}}}
		}, `routes["/rec"]: `},
		{"a route to nowhere", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{Routes: map[string]webtier.Route{"/rec/": {Servers: []string{"10.0.0.256:x"}}}}
		}, `routes["/rec/"].nodes: `},
		{"a socket to nowhere", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{WebSockets: map[string]webtier.WebSocket{"/ws/a": {Host: "a b", Port: 1, Path: "/"}}}
		}, `websockets["/ws/a"]: `},
		{"a route's server by name without a resolver", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{Routes: map[string]webtier.Route{"/rec/": {Servers: []string{"archive.example.com:8080"}}}}
		}, `warn routes["/rec/"].nodes: the name "archive.example.com"`},
		{"a socket's node by name without a resolver", func(t *webtier.Tier) {
			t.OtherServers = &webtier.OtherServers{WebSockets: map[string]webtier.WebSocket{"/ws/a": {Host: "dial1.example.com", Port: 8089, Path: "/ws"}}}
		}, `warn websockets["/ws/a"]: the name "dial1.example.com"`},
		{"a proxy that is none", func(t *webtier.Tier) { t.ProxyAddresses = []string{"balancer"} }, "proxy_addresses: "},
		{"a router that cannot be", func(t *webtier.Tier) {
			t.VRRP = &webtier.VRRP{Address: "10.0.0.5", Interface: "eth0", RouterID: 256}
		}, "vrrp.router_id: "},
	} {
		t.Run(mistake.claim, func(t *testing.T) {
			tier := aTier()
			mistake.change(&tier)
			var got []string
			for _, problem := range tier.Problems(webtier.HAProxy) {
				text := problem.String()
				if problem.Warning {
					text = "warn " + text
				}
				got = append(got, text)
			}
			if mistake.problem == "" && len(got) > 0 {
				t.Errorf("got %q", got)
			}
			if mistake.problem != "" && !slices.ContainsFunc(got, func(text string) bool { return strings.HasPrefix(text, mistake.problem) }) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// The standby of a pair does not have the shared address: HAProxy binds it all the
// same, nginx cannot.
func TestProblems_sharedAddress(t *testing.T) {
	for _, dialect := range []webtier.Dialect{webtier.HAProxy, webtier.Nginx} {
		tier := webtiertest.ATier(dialect, process)
		tier.VRRP = &webtier.VRRP{Address: "10.0.0.5/24", Interface: "eth0", RouterID: 1}
		tier.Listen.Address = "10.0.0.5"
		if err := tier.Err(dialect); (err == nil) != (dialect == webtier.HAProxy) {
			t.Errorf("%s: %v", dialect, err)
		}
		tier.Listen.Address = "10.0.0.6"
		if err := tier.Err(dialect); err != nil {
			t.Errorf("%s: %v", dialect, err)
		}
	}
}

// everything is a tier in which every text is set.
func everything(dialect webtier.Dialect) *webtier.Tier {
	tier := webtiertest.ATier(dialect, webtier.Process{
		User: "proxy", Group: "proxy", Log: "/var/log/proxy.log", ErrorLog: "/var/log/error.log", Chroot: "/var/empty",
		ControlSocket: "/run/proxy.sock", PIDFile: "/run/proxy.pid", MimeTypes: "/etc/mime.types", TempDirectory: "/var/tmp",
	})
	tier.TLS.KeyFile = "/k"
	tier.VRRP = &webtier.VRRP{Address: "10.0.0.5", Interface: "eth0", RouterID: 1}
	return &tier
}

// texts finds every text in a value, by where it stands, and how to set it.
func texts(value reflect.Value, at string, found map[string]func(string)) {
	switch value.Kind() {
	case reflect.String:
		found[at] = value.SetString
	case reflect.Slice:
		found[at] = func(text string) { value.Set(reflect.ValueOf([]string{text})) }
	case reflect.Pointer:
		texts(value.Elem(), at, found)
	case reflect.Struct:
		for i := range value.NumField() {
			texts(value.Field(i), at+"."+value.Type().Field(i).Name, found)
		}
	case reflect.Map:
		key := value.MapKeys()[0]
		entry := reflect.New(value.Type().Elem()).Elem()
		entry.Set(value.MapIndex(key))
		found[at+" key"] = func(text string) { value.SetMapIndex(reflect.ValueOf(text), entry) }
		inside := map[string]func(string){}
		texts(entry, at+" entry", inside)
		for at, set := range inside {
			found[at] = func(text string) { set(text); value.SetMapIndex(key, entry) }
		}
	default: // numbers and booleans hold no text
	}
}

// unread are texts that a proxy never gets to see. The health check's expression
// is quoted: it may hold anything that is one line.
var unread = map[webtier.Dialect][]string{
	webtier.HAProxy: {".TLS.KeyFile", ".GetRetry", ".Process.ErrorLog", ".Process.PIDFile", ".Process.MimeTypes", ".Process.TempDirectory", ".Health.BodyRegex"},
	webtier.Nginx:   {".Balance", ".Process.Chroot", ".Process.ControlSocket", ".Health.BodyRegex"},
}

func TestText_cannotSmuggle(t *testing.T) {
	meaning := regexp.MustCompile("[^!-~]|[\\s\"'`;{}#$%\\\\()]")
	for _, dialect := range []webtier.Dialect{webtier.HAProxy, webtier.Nginx} {
		all := map[string]func(string){}
		texts(reflect.ValueOf(everything(dialect)), "", all)
		for at := range all {
			if slices.Contains(unread[dialect], at) {
				continue
			}
			t.Run(dialect.String()+at, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					harmless := rapid.StringMatching(`(/|10\.0\.0\.1|a)[a-z0-9./:-]{0,8}`).Draw(t, "harmless")
					nasty := rapid.OneOf(rapid.StringMatching("[\\s\"'`;{}#$%\\\\()\\x00\\x7f]{1,3}"), rapid.String()).Draw(t, "nasty")
					for _, text := range []string{harmless + nasty, nasty + harmless, nasty} {
						tier := everything(dialect)
						places := map[string]func(string){}
						texts(reflect.ValueOf(tier), "", places)
						places[at](text)
						if err := tier.Err(dialect); err == nil && meaning.MatchString(text) {
							t.Fatalf("took %q", text)
						}
					}
				})
			})
		}
	}
}

func TestLimit(t *testing.T) {
	t.Run("the classes together never exceed what a node has", func(t *testing.T) {
		for _, workers := range []int{20, 21, 33, 64, 150, 200, 1024} {
			sum := 0
			for _, class := range []webtier.Class{webtier.Polls, webtier.Agents, webtier.Admin, webtier.API, webtier.Static, webtier.Uploads, webtier.Audio} {
				sum += class.Limit(workers)
			}
			if sum > workers {
				t.Errorf("%d workers: %d", workers, sum)
			}
		}
	})
}

func TestSources(t *testing.T) {
	t.Run("a range is written once, without bits below its mask", func(t *testing.T) {
		got := webtier.Sources([]string{"10.1.2.3/8", "10.0.0.0/8"}, []string{"10.0.0.1", "2001:DB8::1", "::ffff:10.0.0.1"})
		want := []string{"10.0.0.0/8", "10.0.0.1", "2001:db8::1"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("managers may call the APIs, since the real-time report does", func(t *testing.T) {
		got, limited := webtier.Access{Admin: []string{"10.0.0.0/8"}, API: []string{"192.0.2.7"}}.APISources()
		if !limited || !slices.Equal(got, []string{"10.0.0.0/8", "192.0.2.7"}) {
			t.Errorf("got %q, %v", got, limited)
		}
	})
	t.Run("the audio store is closed without managers and cluster", func(t *testing.T) {
		if got := (webtier.Access{API: []string{"192.0.2.7"}}).AudioSources(); len(got) != 0 {
			t.Errorf("got %q", got)
		}
	})
}

func TestPrivatePatterns(t *testing.T) {
	var patterns []*regexp.Regexp
	for _, pattern := range aTier().PrivatePatterns() {
		patterns = append(patterns, regexp.MustCompile("(?i)"+pattern))
	}
	private := func(path string) bool {
		return slices.ContainsFunc(patterns, func(r *regexp.Regexp) bool { return r.MatchString(path) })
	}
	for _, path := range []string{
		"/vicidial/bp.pl", "/agc/functions.inc", "/vicidial/project_auth_entries.txt", "/vicidial/.htaccess", "/agc/.git/config",
		"/vicidial/admin.php/x.css", "/vicidial/audio_store.php/list.gif", "/agc/../vicidial/admin.php", "/vicidial/sub/x_log_2.txt", "/agc/options.php~", "/vicidial/admin.php.save",
	} {
		if !private(path) {
			t.Errorf("%s is served", path)
		}
	}
	for _, path := range []string{
		"/agc/vicidial.php", "/vicidial/welcome.php", "/vicidial/images/vicidial_admin_web_logo.png", "/agc/css/style.css", "/VERM/VERM_main_report_page.php", "/agc/help.txt",
	} {
		if private(path) {
			t.Errorf("%s is not served", path)
		}
	}
}

func TestVersions(t *testing.T) {
	for _, text := range []string{"2.6", "1.25.1", "1.30", "3.5-dev5"} {
		if version, err := webtier.ParseVersion(text); err != nil || version.String() != text {
			t.Errorf("%s: %s, %v", text, version, err)
		}
	}
	for _, text := range []string{"", "2", "2.6.1.1", "2.x", "2.06", "-1.2", "2.6-dev", "2.6.1-dev1", "2.6-dev0"} {
		if version, err := webtier.ParseVersion(text); err == nil {
			t.Errorf("took %q as %s", text, version)
		}
	}
}

// Pages and files that are on one node only (docs/vicidial/web-pages.md#drawing).
func TestTier_filesOfOneNode(t *testing.T) {
	tier := aTier()
	bound := regexp.MustCompile(tier.NodeFilePattern() + "|" + tier.ReportFilePattern())
	for path, want := range map[string]bool{
		"/vicidial/admin_listloader_fourth_gen.php": true, "/vicidial/new_listloader_superL.php": true, "/vicidial/vicidial_sales_viewer.php": true,
		"/vicidial/vicidial_closer_report_1700000000.xls": true, "/vicidial/vicidial_fronter_report_1.xls": true, "/vicidial/ploticus/a.png": true,
		"/vicidial/recording_lookup.php": true, "/vicidial/temp/a.wav": true,
		"/vicidial/recording_lookup_DIRECT.php": false, "/vicidial/admin.php": false, "/agc/vicidial.php": false,
	} {
		if got := bound.MatchString(path); got != want {
			t.Errorf("%s: bound to its node %v", path, got)
		}
	}
}

func TestSnippets(t *testing.T) {
	tier := aTier()
	tier.VRRP = &webtier.VRRP{Address: "10.0.0.5/24", Interface: "eth0", RouterID: 51, Peers: []string{"10.0.0.4", "10.0.0.3"}}
	t.Run("the nodes trust the proxies only", func(t *testing.T) {
		named := tier
		named.ProxyAddresses = []string{"10.0.0.4", "10.0.0.3", "10.0.0.2"}
		if got := named.ApacheSnippet(); !strings.Contains(got, "RemoteIPInternalProxy 10.0.0.2 10.0.0.3 10.0.0.4\n") || strings.Contains(got, "#") {
			t.Errorf("got\n%s", got)
		}
	})
	for _, listen := range []string{"", "::", "0.0.0.0", "10.0.0.5"} {
		t.Run("a proxy that shares its address must be named, if it listens on "+listen, func(t *testing.T) {
			shared := tier
			shared.Listen.Address = listen
			got := shared.ApacheSnippet()
			if !strings.Contains(got, "RemoteIPInternalProxy 10.0.0.3 10.0.0.4\n") || !strings.Contains(got, "\n# ") {
				t.Errorf("got\n%s", got)
			}
		})
	}
	t.Run("one proxy with an address of its own is known by that", func(t *testing.T) {
		alone := aTier()
		alone.Listen.Address = "10.0.0.5"
		if got := alone.ApacheSnippet(); !strings.Contains(got, "RemoteIPInternalProxy 10.0.0.5\n") || strings.Contains(got, "#") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("the shared address moves to a proxy that answers", func(t *testing.T) {
		got := tier.KeepalivedSnippet()
		for _, part := range []string{"virtual_router_id 51\n", "10.0.0.5/24\n", "/dev/tcp/127.0.0.1/80;", "GET /lb-health HTTP/1.0", "enable_script_security", "user nobody", "vrrp_script vicidial_anchor {", "        vicidial_anchor\n"} {
			if !strings.Contains(got, part) {
				t.Errorf("%q is not in\n%s", part, got)
			}
		}
	})
	t.Run("at the shared address the other proxy answers, so the process is asked for", func(t *testing.T) {
		shared := tier
		shared.Listen.Address = "10.0.0.5"
		if got := shared.KeepalivedSnippet(); !strings.Contains(got, "pgrep -x haproxy") || strings.Contains(got, "/dev/tcp") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("a file on the node makes health checks fail, and nothing else", func(t *testing.T) {
		want := "<If \"-e '/etc/vicidial-drain' && %{HTTP_USER_AGENT} == 'haproxy-health'\">\n    Redirect 404 /\n</If>\n"
		if got := tier.ApacheSnippet(); !strings.HasSuffix(got, want) {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("one proxy alone needs none", func(t *testing.T) {
		if got := aTier().KeepalivedSnippet(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}
