// Command webtier tests the generated HAProxy and nginx configurations on this
// machine: 100 agents send requests to three real Apache and PHP nodes, which are
// killed, suspended, drained or disconnected from their database. It prints the
// cost of each event and fails when a limit is exceeded
// (docs/design/0010-web-tier.md).
//
// All traffic is on the loopback interface, and a run has a timeout.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// mode selects the events of a run.
type mode int

const (
	shortMode mode = iota
	usualMode
	longMode
)

// limit is the timeout of a run.
const limit = 20 * time.Minute

func main() {
	short := flag.Bool("short", false, "fewer events, for CI")
	long := flag.Bool("long", false, "more events, and longer ones")
	only := flag.String("only", "", "haproxy or nginx; both without it")
	keep := flag.Bool("keep", false, "keep configurations and logs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, limit)
	mode := usualMode
	switch {
	case *short:
		mode = shortMode
	case *long:
		mode = longMode
	}
	start := func(ctx context.Context) (bool, error) { return run(ctx, mode, *only, *keep, os.Stdout) }
	if mode != shortMode && !webstack.HasNamespace() && webstack.CanHaveNamespace(ctx) {
		start = runInNamespace
	}
	passed, err := start(ctx)
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

// runInNamespace runs this program again in a network namespace, where nodes can be cut
// off. It has no network outside, so missing programs are installed before.
func runInNamespace(ctx context.Context) (passed bool, err error) {
	if err := webstack.Install(ctx, os.Stderr, "haproxy", "nginx", "apache2", "ip"); err != nil {
		return false, err
	}
	err = webstack.InNamespace(ctx)
	var failed *exec.ExitError
	if errors.As(err, &failed) { // it has printed the reason
		return false, nil
	}
	return err == nil, err
}

// run tests the proxies, and reports whether all checks and limits hold.
func run(ctx context.Context, mode mode, only string, keep bool, out io.Writer) (passed bool, err error) {
	if err := webstack.Install(ctx, os.Stderr, "haproxy", "nginx", "apache2"); err != nil {
		return false, err
	}
	network, err := newNetwork(ctx, mode, out)
	if err != nil {
		return false, err
	}
	if network != nil {
		defer func() { err = errors.Join(err, network.Close(context.WithoutCancel(ctx))) }()
	}
	folder, err := os.MkdirTemp("", "vicidial-webtier-")
	if err != nil {
		return false, err
	}
	if keep {
		fmt.Fprintln(out, "files are kept in", folder)
	} else {
		defer func() { _ = os.RemoveAll(folder) }()
	}
	if err := os.Chmod(folder, 0o755); err != nil { // Apache's workers run as another user
		return false, err
	}
	began := time.Now()
	kinds := []string{"haproxy", "nginx"}
	if only != "" {
		kinds = []string{only}
	}
	// A short run mostly waits, so it tests both at the same time. Other runs also
	// measure, and cut nodes off in the one network.
	atOnce := 1
	if mode == shortMode {
		atOnce = len(kinds)
	}
	var reports []report
	for group := range slices.Chunk(kinds, atOnce) {
		some, err := testProxies(ctx, group, folder, mode, network)
		if err != nil {
			return false, err
		}
		reports = append(reports, some...)
	}
	passed = printReports(out, reports)
	fmt.Fprintf(out, "\n%d s, %d agents\n", int(time.Since(began).Seconds()), agents)
	return passed, nil
}

// newNetwork returns the network of the nodes, or nil for the loopback interface.
func newNetwork(ctx context.Context, mode mode, out io.Writer) (*webstack.Network, error) {
	if mode == shortMode {
		return nil, nil
	}
	if !webstack.HasNamespace() {
		fmt.Fprintln(out, "without network namespaces, which root on Linux usually has, there is no black hole and no packet loss")
		return nil, nil
	}
	return webstack.NewNetwork(ctx)
}

// testProxies tests proxies at the same time. All are built before the first test, which
// frees ports of nodes for a while.
func testProxies(ctx context.Context, kinds []string, folder string, mode mode, network *webstack.Network) (reports []report, err error) {
	var stacks []*stack
	defer func() {
		for _, s := range stacks {
			err = errors.Join(err, s.end())
		}
	}()
	for _, kind := range kinds {
		s, err := build(ctx, kind, filepath.Join(folder, kind), network)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		stacks = append(stacks, s)
	}
	reports = make([]report, len(stacks))
	failed := make([]error, len(stacks))
	var tests sync.WaitGroup
	for i, s := range stacks {
		tests.Go(func() {
			if reports[i], failed[i] = s.test(ctx, mode); failed[i] != nil {
				failed[i] = fmt.Errorf("%s: %w", s.kind, failed[i])
			}
		})
	}
	tests.Wait()
	return reports, errors.Join(failed...)
}

// test runs the checks and the events with one proxy.
func (s *stack) test(ctx context.Context, mode mode) (one report, err error) {
	one = report{proxy: s.kind}
	if one.checks, err = s.check(ctx, mode); err != nil {
		return report{}, err
	}
	if mode != shortMode {
		if one.overhead, err = s.measureOverhead(ctx); err != nil {
			return report{}, err
		}
	}
	workload := newWorkload(s)
	workload.start(ctx)
	err = workload.waitUntilSteady(ctx)
	var events []event
	if err == nil {
		events, err = s.events(ctx, mode)
	}
	workload.stop()
	if err != nil {
		return report{}, err
	}
	if one.events, err = s.evaluateAll(events, workload.outcomes()); err != nil {
		return report{}, err
	}
	logged, err := s.checkLogs(ctx)
	if err != nil {
		return report{}, err
	}
	one.checks = append(one.checks, logged)
	return one, nil
}
