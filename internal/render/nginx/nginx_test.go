package nginx_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier/webtiertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func aTier() webtier.Tier {
	return webtiertest.ATier(webtier.Nginx, nginx.DefaultProcess(webtier.Debian))
}

func render(t *testing.T, tier webtier.Tier) []byte {
	t.Helper()
	text, err := nginx.Render(tier)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRender_isWhatItWas(t *testing.T) {
	plain := aTier()
	plain.Target = webtier.Version{Major: 1, Minor: 18}
	plain.TLS, plain.AudioStore, plain.Stats, plain.Access = nil, nil, nil, webtier.Access{}
	plain.Retry, plain.LoginsPerMinute, plain.GetRetry = webtier.RetryNone, 0, webtier.GetRetryOff

	full := aTier()
	full.Target = webtier.Version{Major: 1, Minor: 30}
	full.Listen = webtier.Listen{Address: "2001:db8::5", HTTPPort: 8080, HTTPSPort: 8443}
	full.TLS.ACMEResponder = "127.0.0.1:8089"
	full.Access.API, full.Access.TrustedProxies = []string{"198.51.100.0/24"}, []string{"203.0.113.7"}
	full.ExtraPaths = []string{"/crm/", "/robots.txt"}
	full.DNSServers = []string{"10.0.0.2"}
	full.Stats = &webtier.Stats{Bind: "10.0.0.3:8404", Sources: []string{"10.0.0.0/8"}}
	full.Nodes["web4"] = webtier.Node{Address: "web4.example.com", Port: 8081, Weight: 50, MaxConnections: 64, State: webtier.Backup}
	full.Nodes["web5"] = webtier.Node{Address: "10.10.20.15", Port: 80, Weight: 100, MaxConnections: 200, State: webtier.Drain}
	full.Nodes["web6"] = webtier.Node{Address: "10.10.20.16", Port: 80, Weight: 100, MaxConnections: 200, State: webtier.Maintenance}

	for name, tier := range map[string]webtier.Tier{"usual": aTier(), "plain": plain, "full": full} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".conf")
			text := render(t, tier)
			if *update {
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(golden), string(text)); diff != "" {
				t.Errorf("-golden +now:\n%s", diff)
			}
		})
	}
}

func TestRender(t *testing.T) {
	t.Run("the same tier gives the same bytes, and they read back as the tree they came from", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			tier := webtiertest.Draw(t, webtier.Nginx, nginx.DefaultProcess(webtier.Debian))
			tree, err := nginx.Build(tier)
			if err != nil {
				t.Fatal(err)
			}
			text := tree.Print()
			if again, err := nginx.Render(tier); err != nil || !bytes.Equal(text, again) {
				t.Fatalf("other bytes the second time, %v", err)
			}
			back, err := nginx.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tree.Statements(), back.Statements()); diff != "" {
				t.Fatalf("-built +read:\n%s", diff)
			}
		})
	})
	t.Run("every target's version tables know each directive, its place and its number of words", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			tier := webtiertest.Draw(t, webtier.Nginx, nginx.DefaultProcess(webtier.Debian))
			text, err := nginx.Render(tier)
			if err != nil {
				t.Fatal(err)
			}
			if err := nginx.Lint(text, tier.Target); err != nil {
				t.Fatalf("%s: %v", tier.Target, err)
			}
		})
	})
	t.Run("a tier with an error is not written", func(t *testing.T) {
		tier := aTier()
		tier.Hostname = "vici;return 200"
		if text, err := nginx.Render(tier); err == nil {
			t.Fatalf("wrote %s", text)
		}
	})
	t.Run("a directive comes with the version that has it", func(t *testing.T) {
		for _, change := range []struct{ since, before, after string }{
			{"1.25.1", " http2;", "http2 on;"},
			{"1.27.4", "", "keepalive_min_timeout"},
		} {
			since, err := webtier.ParseVersion(change.since)
			if err != nil {
				t.Fatal(err)
			}
			older, newer := aTier(), aTier()
			older.Target, newer.Target = webtier.Version{Major: 1, Minor: since.Minor - 1}, since
			if text := string(render(t, older)); strings.Contains(text, change.after) || !strings.Contains(text, change.before) {
				t.Errorf("%s has what came with %s", older.Target, change.since)
			}
			if text := string(render(t, newer)); !strings.Contains(text, change.after) || change.before != "" && strings.Contains(text, change.before) {
				t.Errorf("%s lacks %q", newer.Target, change.after)
			}
		}
	})
	t.Run("everywhere is all of IPv4 and all of IPv6, a socket for each", func(t *testing.T) {
		tier := aTier()
		tier.Listen.Address = "::"
		for _, listen := range []string{"listen 80 default_server;", "listen [::]:80 default_server;", "listen 443 ssl default_server http2;", "listen [::]:443 ssl default_server http2;"} {
			if text := string(render(t, tier)); !strings.Contains(text, listen) {
				t.Errorf("%q is not in\n%s", listen, text)
			}
		}
	})
	t.Run("nothing that may hold a password is logged", func(t *testing.T) {
		format := regexp.MustCompile(`(?m)^\s*log_format .*$`).FindString(string(render(t, aTier())))
		for _, variable := range []string{"$request ", "$request_uri", "$args", "$query_string", "$http_referer"} {
			if strings.Contains(format+" ", variable) {
				t.Errorf("%s is in %s", variable, format)
			}
		}
	})
}

// A number of bytes that only ends with 0 was sent all the same: a GET of 120
// bytes must not pass for one that no node has seen.
func TestAgain_takesOnlyNoByteForUnseen(t *testing.T) {
	found := regexp.MustCompile(`\$upstream_bytes_sent !~ "([^"]+)"`).FindStringSubmatch(string(render(t, aTier())))
	if found == nil {
		t.Fatal("the rule is not there")
	}
	unseen := regexp.MustCompile(found[1])
	for sent, want := range map[string]bool{"0": true, "120": false, "120, 0": true, "0, 120": false, "0 : 10": false, "10 : 0": true, "0, 0": true} {
		if unseen.MatchString(sent) != want {
			t.Errorf("%q: unseen is %v", sent, !want)
		}
	}
}

func TestDiff(t *testing.T) {
	want := render(t, aTier())
	drift := func(t *testing.T, old, changed string) []string {
		t.Helper()
		have := bytes.Replace(want, []byte(old), []byte(changed), 1)
		if bytes.Equal(have, want) {
			t.Fatalf("%q is not in the text", old)
		}
		lines, err := nginx.Diff(want, have)
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	for _, edit := range []struct{ claim, old, changed string }{
		{"tabs and newlines", "    sendfile on;", "\tsendfile\n\t\ton ;"},
		{"a comment", "events {\n", "events { # tuned by hand\n"},
		{"other quotes", `map $scheme $backend_host`, `map "$scheme" '$backend_host'`},
		{"options of a server in another order", "weight=100 max_fails=2", "max_fails=2 weight=100"},
		{"directives in another order", "    sendfile on;\n    tcp_nopush on;\n", "    tcp_nopush on;\n    sendfile on;\n"},
	} {
		t.Run(edit.claim+" are no drift", func(t *testing.T) {
			if lines := drift(t, edit.old, edit.changed); len(lines) != 0 {
				t.Errorf("got %q", lines)
			}
		})
	}
	for _, edit := range []struct{ claim, old, changed, line string }{
		{"a changed word", "client_max_body_size 64m", "client_max_body_size 1m", "http: ~ client_max_body_size 64m -> client_max_body_size 1m"},
		{
			"a server that is down", "10.10.20.12:80 weight=100 max_fails=2 fail_timeout=5s max_conns=120;", "10.10.20.12:80 weight=100 max_fails=2 fail_timeout=5s max_conns=120 down;",
			"http > upstream vicidial_agent: ~ server 10.10.20.12:80 fail_timeout=5s max_conns=120 max_fails=2 weight=100 -> server 10.10.20.12:80 down fail_timeout=5s max_conns=120 max_fails=2 weight=100",
		},
		{
			"a retry that is allowed again", "            if ($src_agent_api = 0) {\n                return 403;\n            }\n            proxy_next_upstream off;\n", "            if ($src_agent_api = 0) {\n                return 403;\n            }\n",
			"http > server#2 > location = /agc/api.php: - proxy_next_upstream off",
		},
	} {
		t.Run(edit.claim+" is one line", func(t *testing.T) {
			if lines := drift(t, edit.old, edit.changed); len(lines) != 1 || lines[0] != edit.line {
				t.Errorf("got %q", lines)
			}
		})
	}
	t.Run("locations in another order are drift, since the first pattern that matches wins", func(t *testing.T) {
		tree, err := nginx.Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		http := tree.Directives[len(tree.Directives)-1]
		main := http.Block[len(http.Block)-2]
		first, last := -1, -1
		for i, inside := range main.Block {
			if inside.Name == "location" && inside.Words[0] == "~" {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		main.Block[first], main.Block[last] = main.Block[last], main.Block[first]
		lines, err := nginx.Diff(want, tree.Print())
		if err != nil || len(lines) == 0 {
			t.Errorf("got %q, %v", lines, err)
		}
	})
	t.Run("who is let in after all are refused is drift", func(t *testing.T) {
		tier := aTier()
		tier.Stats = &webtier.Stats{Bind: "10.0.0.3:8404", Sources: []string{"10.0.0.0/8"}}
		open := render(t, tier)
		closed := bytes.Replace(open, []byte("            deny all;\n"), nil, 1)
		closed = bytes.Replace(closed, []byte("            allow 127.0.0.0/8;\n"), []byte("            deny all;\n            allow 127.0.0.0/8;\n"), 1)
		if lines, err := nginx.Diff(open, closed); err != nil || len(lines) == 0 {
			t.Errorf("got %q, %v", lines, err)
		}
	})
	t.Run("text that is no configuration is an error", func(t *testing.T) {
		if lines, err := nginx.Diff(want, []byte("http { server {")); err == nil {
			t.Errorf("got %q", lines)
		}
	})
}

func TestQuoting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// $ starts a variable and has no escape; no value of a tier holds one.
		word := rapid.StringMatching(`[ -#%-~\n\t]{0,12}`).Draw(t, "word")
		tree := nginx.Config{Directives: []nginx.Directive{{Name: "k", Words: []string{word, "end"}}}}
		back, err := nginx.Parse(tree.Print())
		if err != nil {
			t.Fatalf("%v in %s", err, tree.Print())
		}
		if diff := cmp.Diff(tree.Directives[0].Words, back.Directives[0].Words); diff != "" {
			t.Fatalf("%s-written +read:\n%s", tree.Print(), diff)
		}
	})
}

// nginx refuses shares of more than 100 %.
func TestRender_sharesOfUploads(t *testing.T) {
	share := regexp.MustCompile(`(?m)^\s*([0-9.]+)% `)
	for nodes := 2; nodes <= 100; nodes++ {
		tier := aTier()
		tier.Nodes = webtiertest.Nodes(nodes)
		for i, name := range tier.NodeNames() {
			node := tier.Nodes[name]
			node.Weight = min(1+255*i, 256)
			tier.Nodes[name] = node
		}
		tier.AudioStore.Node = tier.NodeNames()[0]
		sum, shares := 0.0, share.FindAllStringSubmatch(string(render(t, tier)), -1)
		for _, found := range shares {
			percent, err := strconv.ParseFloat(found[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += percent
		}
		if len(shares) != nodes-1 || sum > 100 {
			t.Errorf("%d nodes: %d shares of %.2f %%", nodes, len(shares), sum)
		}
	}
}

func BenchmarkRender100Nodes(b *testing.B) {
	tier := aTier()
	tier.Nodes = webtiertest.Nodes(100)
	tier.AudioStore.Node = tier.NodeNames()[0]
	for b.Loop() {
		if _, err := nginx.Render(tier); err != nil {
			b.Fatal(err)
		}
	}
}
