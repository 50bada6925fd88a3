package rehearse_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/rehearse"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier/webtiertest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

var (
	dialects  = []webtier.Dialect{webtier.HAProxy, webtier.Nginx}
	processes = map[webtier.Dialect]webtier.Process{webtier.HAProxy: haproxy.Process(), webtier.Nginx: nginx.Process()}
)

func TestMain(m *testing.M) {
	if err := webstack.Install(context.Background(), os.Stderr, "haproxy", "nginx"); err != nil {
		fmt.Fprintln(os.Stderr, "these tests ask the real proxies:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func installed(t *testing.T, dialect webtier.Dialect) webtier.Version {
	t.Helper()
	binary, err := rehearse.Find(dialect, "")
	if err != nil {
		t.Fatal(err)
	}
	version, err := rehearse.Version(t.Context(), binary)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func TestRealProxies(t *testing.T) {
	for _, dialect := range dialects {
		has := installed(t, dialect)
		t.Run(dialect.String()+" takes every tier that the schema lets through, without a warning", func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				tier := webtiertest.Draw(t, dialect, processes[dialect])
				// nginx 1.25.1 warns of how its elders turn HTTP/2 on.
				changed := dialect == webtier.Nginx && has.AtLeast(1, 25, 1) && !tier.Target.AtLeast(1, 25, 1)
				if tier.Target.Compare(has) > 0 || changed {
					tier.Target = has
				}
				if err := rehearse.Spotless(t.Context(), dialect, "", tier); err != nil {
					t.Fatal(err)
				}
			})
		})
		t.Run(dialect.String()+" takes what the oldest target gets", func(t *testing.T) {
			tier := webtiertest.ATier(dialect, processes[dialect])
			tier.Target, _ = dialect.Tested()
			if err := rehearse.Check(t.Context(), dialect, "", tier); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	tier := webtiertest.ATier(webtier.HAProxy, haproxy.Process())
	t.Run("a binary that is not there is another thing than a refusal", func(t *testing.T) {
		err := rehearse.Check(t.Context(), webtier.HAProxy, "/nowhere/haproxy", tier)
		if !errors.Is(err, rehearse.ErrNoBinary) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a refusal says what the proxy said, without the copy's folder", func(t *testing.T) {
		binary := filepath.Join(t.TempDir(), "haproxy")
		script := "#!/bin/sh\nfor last; do :; done\necho \"[ALERT] $last:1 no\"\nexit 1\n"
		if err := os.WriteFile(binary, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		err := rehearse.Check(t.Context(), webtier.HAProxy, binary, tier)
		var refused *rehearse.Refused
		if !errors.As(err, &refused) || refused.Output != "[ALERT] rehearsal.conf:1 no" || !strings.Contains(refused.Hint(), "target_version") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a tier with an error is not shown to anybody", func(t *testing.T) {
		wrong := tier
		wrong.Hostname = "no name"
		if err := rehearse.Check(t.Context(), webtier.HAProxy, "true", wrong); err == nil {
			t.Fatal("a wrong tier passed")
		}
	})
	t.Run("nothing is left behind", func(t *testing.T) {
		folder := t.TempDir()
		t.Setenv("TMPDIR", folder)
		if err := rehearse.Check(t.Context(), webtier.HAProxy, "", tier); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
			t.Fatalf("left %v, %v", left, err)
		}
	})
}
