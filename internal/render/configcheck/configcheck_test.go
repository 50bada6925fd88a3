package configcheck_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configcheck"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier/webtiertest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

var (
	dialects  = []webtier.Dialect{webtier.HAProxy, webtier.Nginx}
	processes = map[webtier.Dialect]webtier.Process{webtier.HAProxy: haproxy.DefaultProcess(webtier.Debian), webtier.Nginx: nginx.DefaultProcess(webtier.Debian)}
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
	binary, err := configcheck.Find(dialect, "")
	if err != nil {
		t.Fatal(err)
	}
	version, err := configcheck.Version(t.Context(), binary)
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
				if err := configcheck.CheckStrictly(t.Context(), dialect, "", tier); err != nil {
					t.Fatal(err)
				}
			})
		})
		t.Run(dialect.String()+" takes what the oldest target gets", func(t *testing.T) {
			tier := webtiertest.ATier(dialect, processes[dialect])
			tier.Target, _ = dialect.Tested()
			if err := configcheck.Check(t.Context(), dialect, "", tier); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A check needs no rights: who plans a change is not root on the proxy. Root
// runs this test again as nobody.
func TestRealProxies_needNoRights(t *testing.T) {
	if os.Geteuid() == 0 {
		again(t, "65534")
		return
	}
	for _, dialect := range dialects {
		if err := configcheck.CheckStrictly(t.Context(), dialect, "", webtiertest.ATier(dialect, processes[dialect])); err != nil {
			t.Errorf("%s: %v", dialect, err)
		}
	}
}

// again runs the test that calls it in a process of somebody else's.
func again(t *testing.T, user string) {
	t.Helper()
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "check-again-") //nolint:usetesting // a test's own folder lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	self, err := os.ReadFile(os.Args[0])
	copied := filepath.Join(folder, "test")
	if err := errors.Join(err, os.Chmod(folder, 0o777), os.WriteFile(copied, self, 0o755)); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), setpriv, "--reuid", user, "--regid", user, "--clear-groups",
		copied, "-test.run", "^"+t.Name()+"$", "-test.v")
	command.Dir, command.Env = folder, append(os.Environ(), "TMPDIR="+folder, "HOME="+folder)
	if said, err := command.CombinedOutput(); err != nil || !bytes.Contains(said, []byte("--- PASS: "+t.Name())) {
		t.Fatalf("%v\n%s", err, said)
	}
}

func TestRealProxies_takeHundredNodes(t *testing.T) {
	for _, dialect := range dialects {
		tier := webtiertest.ATier(dialect, processes[dialect])
		tier.Nodes = webtiertest.Nodes(100)
		tier.AudioStore.Node = tier.NodeNames()[0]
		render := map[webtier.Dialect]func(webtier.Tier) ([]byte, error){webtier.HAProxy: haproxy.Render, webtier.Nginx: nginx.Render}[dialect]
		began := time.Now()
		if _, err := render(tier); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("%s: rendering takes %s", dialect, took)
		}
		if err := configcheck.CheckStrictly(t.Context(), dialect, "", tier); err != nil {
			t.Errorf("%s: %v", dialect, err)
		}
	}
}

func TestCheck(t *testing.T) {
	tier := webtiertest.ATier(webtier.HAProxy, haproxy.DefaultProcess(webtier.Debian))
	t.Run("a binary that is not there is another thing than a refusal", func(t *testing.T) {
		err := configcheck.Check(t.Context(), webtier.HAProxy, "/nowhere/haproxy", tier)
		if !errors.Is(err, configcheck.ErrNoBinary) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a refusal has the proxy's output, without the copy's folder", func(t *testing.T) {
		binary := filepath.Join(t.TempDir(), "haproxy")
		script := "#!/bin/sh\nfor last; do :; done\necho \"[ALERT] $last:1 no\"\nexit 1\n"
		if err := os.WriteFile(binary, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		err := configcheck.Check(t.Context(), webtier.HAProxy, binary, tier)
		var refused *configcheck.Refused
		if !errors.As(err, &refused) || refused.Output != "[ALERT] check.conf:1 no" || !strings.Contains(refused.Hint(), "target_version") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a tier with an error is not shown to anybody", func(t *testing.T) {
		wrong := tier
		wrong.Hostname = "no name"
		if err := configcheck.Check(t.Context(), webtier.HAProxy, "true", wrong); err == nil {
			t.Fatal("a wrong tier passed")
		}
	})
	t.Run("nothing is left behind", func(t *testing.T) {
		folder := t.TempDir()
		t.Setenv("TMPDIR", folder)
		if err := configcheck.Check(t.Context(), webtier.HAProxy, "", tier); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
			t.Fatalf("left %v, %v", left, err)
		}
	})
}
