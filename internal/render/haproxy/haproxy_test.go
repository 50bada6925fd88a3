package haproxy_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier/webtiertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func aTier() webtier.Tier {
	return webtiertest.ATier(webtier.HAProxy, haproxy.DefaultProcess(webtier.Debian))
}

func render(t *testing.T, tier webtier.Tier) []byte {
	t.Helper()
	text, err := haproxy.Render(tier)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRender_isWhatItWas(t *testing.T) {
	plain := aTier()
	plain.Target = webtier.Version{Major: 2, Minor: 4}
	plain.TLS, plain.AudioStore, plain.Stats, plain.Access = nil, nil, nil, webtier.Access{}
	plain.Retry, plain.LoginsPerMinute, plain.AdminErrorsPerMinute = webtier.RetryNone, 0, 0

	full := aTier()
	full.Target = webtier.Version{Major: 3, Minor: 2}
	full.Listen = webtier.Listen{Address: "2001:db8::5", HTTPPort: 8080, HTTPSPort: 8443}
	full.TLS.ACMEResponder = "127.0.0.1:8089"
	full.Access.API, full.Access.TrustedProxies = []string{"198.51.100.0/24"}, []string{"203.0.113.7"}
	full.ExtraPaths = []string{"/crm/", "/robots.txt"}
	full.DNSServers = []string{"10.0.0.2"}
	full.Stats = &webtier.Stats{Bind: "10.0.0.3:8404", Prometheus: true, Sources: []string{"10.0.0.0/8"}}
	full.Nodes["web4"] = webtier.Node{Address: "web4.example.com", Port: 8081, Weight: 50, MaxConnections: 64, State: webtier.Backup}
	full.Nodes["web5"] = webtier.Node{Address: "10.10.20.15", Port: 80, Weight: 100, MaxConnections: 200, State: webtier.Drain}
	full.Nodes["web6"] = webtier.Node{Address: "10.10.20.16", Port: 80, Weight: 100, MaxConnections: 200, State: webtier.Maintenance}

	for name, tier := range map[string]webtier.Tier{"usual": aTier(), "plain": plain, "full": full} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".cfg")
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
			tier := webtiertest.Draw(t, webtier.HAProxy, haproxy.DefaultProcess(webtier.Debian))
			tree, err := haproxy.Build(tier)
			if err != nil {
				t.Fatal(err)
			}
			text := tree.Print()
			if again, err := haproxy.Render(tier); err != nil || !bytes.Equal(text, again) {
				t.Fatalf("other bytes the second time, %v", err)
			}
			back, err := haproxy.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tree.Statements(), back.Statements()); diff != "" {
				t.Fatalf("-built +read:\n%s", diff)
			}
		})
	})
	t.Run("no line is longer than HAProxy's 64 words", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			tree, err := haproxy.Build(webtiertest.Draw(t, webtier.HAProxy, haproxy.DefaultProcess(webtier.Debian)))
			if err != nil {
				t.Fatal(err)
			}
			for _, section := range tree.Sections {
				for _, line := range section.Lines {
					if len(line.Words) > 64 {
						t.Fatalf("%d words: %q", len(line.Words), line.Words)
					}
				}
			}
		})
	})
	t.Run("a tier with an error is not written", func(t *testing.T) {
		tier := aTier()
		tier.Hostname = "vici\n    bind :1"
		if text, err := haproxy.Render(tier); err == nil {
			t.Fatalf("wrote %s", text)
		}
	})
	t.Run("everywhere is all of IPv4 and all of IPv6, a socket for each", func(t *testing.T) {
		tier := aTier()
		tier.Listen.Address = "::"
		if text := string(render(t, tier)); !strings.Contains(text, "bind :80,[::]:80 v6only\n") || !strings.Contains(text, "bind :443,[::]:443 v6only ssl ") {
			t.Errorf("got\n%s", text)
		}
	})
	t.Run("what must not be repeated rides on newConnection connections, and before HAProxy 3.0 through the proxy twice", func(t *testing.T) {
		for _, minor := range []webtier.Version{{Major: 2, Minor: 4}, {Major: 2, Minor: 9}, {Major: 3}, {Major: 3, Minor: 3}} {
			tier := aTier()
			tier.Target = minor
			config, err := haproxy.Build(tier)
			if err != nil {
				t.Fatal(err)
			}
			sections := map[string]string{}
			for _, section := range config.Sections {
				sections[section.Name] = string(haproxy.Config{Sections: []haproxy.Section{section}}.Print())
			}
			for name, text := range sections {
				repeats, isFresh := strings.Contains(text, "retry-on conn-failure empty-response"), strings.Contains(text, "option http-server-close")
				if sends := strings.Contains(text, "\n    server "); sends && repeats == isFresh {
					t.Errorf("%s, %s: repeats %v, newConnection %v", minor, name, repeats, isFresh)
				}
			}
			_, hop := sections["fe_once"]
			want := "default_backend be_action\n"
			if hop {
				want = "default_backend be_once\n"
			}
			if hop == (minor.Major >= 3) || !strings.Contains(sections["fe_vicidial"], want) {
				t.Errorf("%s: second entrance %v\n%s", minor, hop, sections["fe_vicidial"])
			}
		}
	})
	t.Run("behind a proxy in front each rule asks for the client of the request, not of the connection", func(t *testing.T) {
		tier := aTier()
		tier.Access.TrustedProxies, tier.Access.API = []string{"203.0.113.0/24"}, []string{"198.51.100.0/24"}
		asks := regexp.MustCompile(`(?m)^.*[ \[{]src[ ,\]].*$`)
		for _, line := range asks.FindAllString(string(render(t, tier)), -1) {
			if line = strings.TrimSpace(line); line != "acl src_proxy src 203.0.113.0/24" && line != "http-request set-var(txn.src) src" && line != "tcp-request session set-var(sess.front) src if src_proxy" {
				t.Errorf("%s", line)
			}
		}
	})
	t.Run("an older target gets no newer directive", func(t *testing.T) {
		tier := aTier()
		for _, target := range []struct {
			version webtier.Version
			has     bool
		}{{webtier.Version{Major: 2, Minor: 4}, false}, {webtier.Version{Major: 2, Minor: 6}, true}} {
			tier.Target = target.version
			if got := bytes.Contains(render(t, tier), []byte("close-spread-time")); got != target.has {
				t.Errorf("%s: close-spread-time %v", target.version, got)
			}
		}
	})
}

// One host has one name space of abstract sockets.
func TestRender_twoTiersOfOneName(t *testing.T) {
	one, two := aTier(), aTier()
	two.Listen.Address = "10.0.0.6"
	socket := regexp.MustCompile(`bind (abns@\S+)`)
	first, second := socket.FindSubmatch(render(t, one)), socket.FindSubmatch(render(t, two))
	if first == nil || second == nil || bytes.Equal(first[1], second[1]) {
		t.Errorf("%s and %s", first, second)
	}
}

func TestRender_sharedAddress(t *testing.T) {
	tier := aTier()
	tier.VRRP = &webtier.VRRP{Address: "10.0.0.5/24", Interface: "eth0", RouterID: 1}
	tier.Listen.Address, tier.Stats.Bind, tier.Stats.Sources = "10.0.0.5", "10.0.0.5:8404", []string{"10.0.0.0/8"}
	for _, bind := range regexp.MustCompile(`(?m)^    bind 10\.0\.0\.5.*$`).FindAll(render(t, tier), -1) {
		if !bytes.Contains(bind, []byte(" transparent")) {
			t.Errorf("the standby cannot start: %s", bind)
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
		lines, err := haproxy.Diff(want, have)
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	for _, edit := range []struct{ claim, old, changed string }{
		{"tabs", "    timeout queue 5s", "\ttimeout\t queue   5s  "},
		{"a comment", "defaults\n", "defaults\n    # tuned by hand # twice\n"},
		{"a comment after a directive", "retries 3", "retries 3 # enough"},
		{"other quotes", "maxconn 8000", `maxconn "8000"`},
		{"options of a server in another order", "weight 100 maxconn 60 pool-max-conn 15", "pool-max-conn 15 weight 100 maxconn 60"},
		{"keywords in another order", "    retries 3\n    retry-on conn-failure\n", "    retry-on conn-failure\n    retries 3\n"},
		{"empty lines", "\nbackend be_admin\n", "\n\n\nbackend be_admin\n\n"},
	} {
		t.Run(edit.claim+" are no drift", func(t *testing.T) {
			if lines := drift(t, edit.old, edit.changed); len(lines) != 0 {
				t.Errorf("got %q", lines)
			}
		})
	}
	for _, edit := range []struct{ claim, old, changed, line string }{
		{"a changed word", "timeout queue 5s", "timeout queue 50s", "defaults: ~ timeout queue 5s -> timeout queue 50s"},
		{
			"a server that is disabled", "server web2 10.10.20.12:80 weight 100 maxconn 60 pool-max-conn 15", "server web2 10.10.20.12:80 weight 100 maxconn 60 pool-max-conn 15 disabled",
			"backend be_agent: ~ server web2 10.10.20.12:80 maxconn 60 pool-max-conn 15 weight 100 -> server web2 10.10.20.12:80 disabled maxconn 60 pool-max-conn 15 weight 100",
		},
		{"a removed directive", "    option abortonclose\n", "", "defaults: - option abortonclose"},
		{"a directive that is new", "    retries 3\n", "    retries 3\n    timeout http-keep-alive 1h\n", "defaults: + timeout http-keep-alive 1h"},
	} {
		t.Run(edit.claim+" is one line", func(t *testing.T) {
			if lines := drift(t, edit.old, edit.changed); len(lines) != 1 || lines[0] != edit.line {
				t.Errorf("got %q", lines)
			}
		})
	}
	t.Run("a line that applies to all lines below it is drift when it moves down", func(t *testing.T) {
		config, err := haproxy.Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		moved := func(list []haproxy.Section) []haproxy.Section { return append(list[1:len(list):len(list)], list[0]) }
		for claim, change := range map[string]func(haproxy.Config) haproxy.Config{
			"defaults": func(c haproxy.Config) haproxy.Config {
				return haproxy.Config{Sections: append(c.Sections[:1:1], moved(c.Sections[1:])...)}
			},
			"default-server": func(c haproxy.Config) haproxy.Config {
				sections := slices.Clone(c.Sections)
				for i, section := range sections {
					index := slices.IndexFunc(section.Lines, func(line haproxy.Line) bool { return line.Words[0] == "default-server" })
					if index >= 0 {
						sections[i].Lines = slices.Concat(section.Lines[:index], section.Lines[index+1:], section.Lines[index:index+1])
					}
				}
				return haproxy.Config{Sections: sections}
			},
		} {
			if lines, err := haproxy.Diff(want, change(config).Print()); err != nil || len(lines) == 0 {
				t.Errorf("%s: got %q, %v", claim, lines, err)
			}
		}
	})
	t.Run("rules in another order are drift, since the first that matches wins", func(t *testing.T) {
		lines := drift(t, "    use_backend be_files if p_audio\n    use_backend be_leads if p_leads\n", "    use_backend be_leads if p_leads\n    use_backend be_files if p_audio\n")
		if len(lines) != 2 {
			t.Errorf("got %q", lines)
		}
	})
}

func TestParse(t *testing.T) {
	for text, words := range map[string][]string{
		`a\ b c`:            {"a b", "c"},
		`"a b" 'c d'`:       {"a b", "c d"},
		`a"b c"d`:           {"ab cd"},
		`'a\nb' "a\nb" a\d`: {`a\nb`, "a\nb", `a\d`},
		`"\$x \" \\"`:       {`$x " \`},
		`'' x # y`:          {"", "x"},
		`a\#b`:              {"a#b"},
	} {
		t.Run("reads "+text, func(t *testing.T) {
			config, err := haproxy.Parse([]byte("global\n  k " + text + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append([]string{"k"}, words...), config.Sections[0].Lines[0].Words); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	for _, text := range []string{"global\n  log 'open\n", "global\n  log \"open", "maxconn 5\n"} {
		t.Run("refuses "+strings.TrimSpace(text), func(t *testing.T) {
			if config, err := haproxy.Parse([]byte(text)); err == nil {
				t.Errorf("got %v", config)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("global\n  log /dev/log local0\nbackend b\n  server s 1.2.3.4:80 check 'a b' \"c\\n\"\n"))
	f.Add([]byte("frontend f\n  acl a path_reg ^/x\\.php$\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		config, err := haproxy.Parse(text)
		if err != nil {
			return
		}
		printed := config.Print()
		back, err := haproxy.Parse(printed)
		if err != nil {
			t.Fatalf("cannot read what was printed: %v\n%q", err, printed)
		}
		if diff := cmp.Diff(config.Statements(), back.Statements()); diff != "" {
			t.Fatalf("-read +printed and read:\n%s", diff)
		}
	})
}

func BenchmarkRender100Nodes(b *testing.B) {
	tier := aTier()
	tier.Nodes = webtiertest.Nodes(100)
	tier.AudioStore.Node = tier.NodeNames()[0]
	for b.Loop() {
		if _, err := haproxy.Render(tier); err != nil {
			b.Fatal(err)
		}
	}
}
