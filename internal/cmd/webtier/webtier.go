// Command webtier proves the emitted HAProxy and nginx configurations on this
// machine: three real Apache and PHP nodes, a floor of agents that poll and act,
// and nodes that are killed, hung, drained and cut off from their database under
// them. It prints what each event cost and fails when that is more than the
// project promises (docs/design/web-tier.md).
//
// All traffic stays on the loopback, and everything ends after a fixed time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// length is how much is tried.
type length int

const (
	brief length = iota
	usual
	full
)

// limit ends a run that has gone astray.
const limit = 10 * time.Minute

func main() {
	short := flag.Bool("short", false, "what CI runs: fewer events")
	long := flag.Bool("long", false, "more events, and more of each")
	only := flag.String("only", "", "haproxy or nginx; both without it")
	keep := flag.Bool("keep", false, "keep configurations and logs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, limit)
	length := usual
	switch {
	case *short:
		length = brief
	case *long:
		length = full
	}
	passed, err := run(ctx, length, *only, *keep, os.Stdout)
	cancel()
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "webtier:", err)
		os.Exit(2)
	case !passed:
		os.Exit(1)
	}
}

// run tries the proxies one after the other, and says whether all held what is
// promised.
func run(ctx context.Context, much length, only string, keep bool, out io.Writer) (passed bool, err error) {
	if err := webstack.Install(ctx, os.Stderr, "haproxy", "nginx", "apache2"); err != nil {
		return false, err
	}
	folder, err := os.MkdirTemp("", "vicidial-webtier-")
	if err != nil {
		return false, err
	}
	if err := os.Chmod(folder, 0o755); err != nil { // Apache's workers are another user
		return false, err
	}
	if keep {
		fmt.Fprintln(out, "files are kept in", folder)
	} else {
		defer func() { _ = os.RemoveAll(folder) }()
	}
	began := time.Now()
	var reports []report
	for _, kind := range []string{"haproxy", "nginx"} {
		if only != "" && only != kind {
			continue
		}
		one, err := try(ctx, kind, filepath.Join(folder, kind), much)
		if err != nil {
			return false, fmt.Errorf("%s: %w", kind, err)
		}
		reports = append(reports, one)
	}
	if len(reports) == 0 {
		return false, fmt.Errorf("there is no proxy %q", only)
	}
	passed = tell(out, reports)
	fmt.Fprintf(out, "\n%d s, %d agents\n", int(time.Since(began).Seconds()), agents)
	return passed, nil
}

// try runs the checks and the events against one proxy.
func try(ctx context.Context, kind, folder string, much length) (one report, err error) {
	s, err := build(ctx, kind, folder)
	if err != nil {
		return report{}, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	one = report{proxy: kind}
	if one.checks, err = s.check(ctx, much); err != nil {
		return report{}, err
	}
	floor := newFloor(s)
	floor.open(ctx)
	err = floor.settle(ctx)
	var events []event
	if err == nil {
		events, err = s.events(ctx, much)
	}
	floor.close()
	if err != nil {
		return report{}, err
	}
	if one.events, err = s.judge(events, floor.outcomes()); err != nil {
		return report{}, err
	}
	logged, err := s.passwordsLogged(ctx)
	if err != nil {
		return report{}, err
	}
	one.checks = append(one.checks, logged)
	return one, nil
}
