package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing/fstest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

const (
	schema = 1720
	few    = 3
	// mostTimes is how many times as long as the built-in objects a plan without
	// a change may take.
	mostTimes = 2.3
	// mostCreate is the same for the apply that creates them.
	mostCreate = 1.5
)

// figures are what is measured of one configuration.
type figures struct {
	create, apply, plan time.Duration   // plan and apply are medians without a change
	plans               []time.Duration // all that plan is the median of
	createStatements    int
	planStatements      int // of a plan without a change
	provider, terraform int // peak memory in KiB, 0 where that cannot be seen
}

// options say what is measured.
type options struct {
	n, rounds int
	scale     float64 // of the large site
	sitesOnly bool
	save      string // the file of the report, none where it is empty
}

// bench measures, shows, and returns an error for what does not hold.
func bench(ctx context.Context, out io.Writer, o options) (err error) {
	shop, err := testenv.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.Close()) }()
	if err := sandbox.Install(ctx, out); err != nil {
		return err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	fmt.Fprintln(out, "building the provider")
	if _, err := shop.Build(ctx, out); err != nil {
		return err
	}

	report := newReport()
	for _, s := range []sizes{smallSite(), largeSite(o.scale)} {
		if err := site(ctx, out, shop, server, s, min(o.rounds, 3), report); err != nil {
			return err
		}
	}
	if err := trips(ctx, out, shop, server, smallSite(), report); err != nil {
		return err
	}
	var missed error
	if !o.sitesOnly {
		if missed, err = manyServers(ctx, out, shop, server, o, report); err != nil {
			return err
		}
	}
	if o.save != "" {
		err = report.save(o.save)
	}
	return errors.Join(report.show(out), missed, err)
}

// manyServers measures servers and splits, and then seats.
func manyServers(ctx context.Context, out io.Writer, shop *testenv.Environment, server *sandbox.Server, o options, report *report) (missed, err error) {
	small, err := measure(ctx, out, shop, server, few, 1)
	if err != nil {
		return nil, err
	}
	many, floor, err := compare(ctx, out, shop, server, o.n, o.rounds)
	if err != nil {
		return nil, err
	}
	tell(out, o.n, many, floor)
	report.add(fmt.Sprintf("%d servers and splits: apply", o.n), pair{[]time.Duration{many.create}, []time.Duration{floor.create}}, mostCreate)
	report.add(fmt.Sprintf("%d servers and splits: plan", o.n), pair{many.plans, floor.plans}, mostTimes)
	return errors.Join(judge(o.n, small, many, floor), seats(ctx, out, shop, server, o.rounds), numbers(ctx, out, shop, server, o.rounds)), nil
}

func tell(out io.Writer, n int, many, floor figures) {
	fmt.Fprintf(out, "\n%d servers and %d splits beside %d terraform_data\n", n, n, 2*n)
	line := func(what string, ours, theirs time.Duration) {
		fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s   %.1f times\n", what, ours.Seconds(), theirs.Seconds(), ours.Seconds()/theirs.Seconds())
	}
	line("create", many.create, floor.create)
	line("plan without a change", many.plan, floor.plan)
	line("apply without a change", many.apply, floor.apply)
	fmt.Fprintf(out, "  %-28s %8d\n", "statements to create", many.createStatements)
	fmt.Fprintf(out, "  %-28s %8d\n", "statements of such a plan", many.planStatements)
	fmt.Fprintf(out, "  %-28s %6.0f MiB (Terraform itself %.0f MiB, beside terraform_data %.0f MiB)\n", "peak memory of the provider",
		mebi(many.provider), mebi(many.terraform), mebi(floor.terraform))
}

func mebi(kibi int) float64 { return float64(kibi) / 1024 }

// judge says what does not hold.
func judge(n int, small, many, floor figures) error {
	var err error
	if small.planStatements != many.planStatements {
		err = fmt.Errorf("a plan without a change takes %d statements for %d servers and %d for %d: the number must not depend on it",
			small.planStatements, few, many.planStatements, n)
	}
	if times := many.plan.Seconds() / floor.plan.Seconds(); times > mostTimes && (len(many.plans) == 0 || pair{many.plans, floor.plans}.ratio(mostTimes).missed()) {
		err = errors.Join(err, fmt.Errorf("a plan without a change takes %.1f times as long as that of terraform_data, more than %.1f", times, mostTimes))
	}
	return err
}

// subject is one configuration that is measured.
type subject struct {
	*testenv.Terraform
	server   *sandbox.Server
	database *sandbox.Database
	figures
	applies []time.Duration
	own     int // questions asked by ourselves
}

func open(ctx context.Context, shop *testenv.Environment, server *sandbox.Server, name string, files fstest.MapFS, campaigns int) (*subject, error) {
	database, err := server.NewDatabase(ctx, schema)
	if err != nil {
		return nil, err
	}
	if err := addCampaigns(ctx, database, campaigns); err != nil {
		return nil, err
	}
	cli, err := shop.Open(name, files, testenv.Connection(database)...)
	if err != nil {
		return nil, err
	}
	s := &subject{Terraform: cli, server: server, database: database}
	_, err = s.must(ctx, "init", "-no-color")
	return s, err
}

// must runs a command that has to end well: for a plan with an exit code in
// detail that means without a change.
func (s *subject) must(ctx context.Context, args ...string) (testenv.Outcome, error) {
	watch := watchMemory(ctx)
	outcome, err := s.Run(ctx, io.Discard, args...)
	provider, terraform := watch.stop()
	s.provider, s.terraform = max(s.provider, provider), max(s.terraform, terraform)
	if err == nil && outcome.Code != 0 {
		err = fmt.Errorf("terraform %s ends with %d:\n%s", args[0], outcome.Code, outcome.Text)
	}
	return outcome, err
}

func (s *subject) make(ctx context.Context) error {
	before, err := s.statements(ctx)
	if err != nil {
		return err
	}
	outcome, err := s.must(ctx, "apply", "-no-color", "-auto-approve")
	if err != nil {
		return err
	}
	after, err := s.statements(ctx)
	s.create, s.createStatements = outcome.Took, after-before
	return err
}

// round is one plan and one apply that find nothing to do.
func (s *subject) round(ctx context.Context) error {
	before, err := s.statements(ctx)
	if err != nil {
		return err
	}
	plan, err := s.must(ctx, "plan", "-no-color", "-detailed-exitcode")
	if err != nil {
		return err
	}
	after, err := s.statements(ctx)
	if err != nil {
		return err
	}
	apply, err := s.must(ctx, "apply", "-no-color", "-auto-approve")
	if err != nil {
		return err
	}
	s.plans, s.applies = append(s.plans, plan.Took), append(s.applies, apply.Took)
	s.plan, s.apply, s.planStatements = median(s.plans), median(s.applies), after-before
	return nil
}

// statements is what the server has been asked since it started, this question
// left out.
func (s *subject) statements(ctx context.Context) (int, error) {
	var name string
	var asked int
	err := s.server.Root().QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Questions'").Scan(&name, &asked)
	s.own++
	return asked - s.own, err
}

func median(durations []time.Duration) time.Duration {
	sorted := slices.Clone(durations)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// measure takes one cluster by itself.
func measure(ctx context.Context, out io.Writer, shop *testenv.Environment, server *sandbox.Server, n, rounds int) (figures, error) {
	s, err := open(ctx, shop, server, fmt.Sprint("cluster", n), cluster(n), n)
	if err != nil {
		return figures{}, err
	}
	fmt.Fprintf(out, "%d servers\n", n)
	if err := s.make(ctx); err != nil {
		return figures{}, err
	}
	for range rounds {
		if err := s.round(ctx); err != nil {
			return figures{}, err
		}
	}
	return s.figures, nil
}

// compare takes a cluster and as many built-in objects in turns.
func compare(ctx context.Context, out io.Writer, shop *testenv.Environment, server *sandbox.Server, n, rounds int) (ours, theirs figures, err error) {
	many, err := open(ctx, shop, server, fmt.Sprint("cluster", n), cluster(n), n)
	if err != nil {
		return ours, theirs, err
	}
	floor, err := open(ctx, shop, server, fmt.Sprint("builtin", n), builtin(n), 1)
	if err != nil {
		return ours, theirs, err
	}
	for _, s := range []*subject{many, floor} {
		fmt.Fprintf(out, "%d objects are created\n", 2*n)
		if err := s.make(ctx); err != nil {
			return ours, theirs, err
		}
	}
	for round := range rounds {
		for _, s := range []*subject{many, floor} {
			if err := s.round(ctx); err != nil {
				return ours, theirs, err
			}
		}
		fmt.Fprintf(out, "round %d of %d: %.2f s beside %.2f s\n", round+1, rounds, many.plans[round].Seconds(), floor.plans[round].Seconds())
	}
	return many.figures, floor.figures, nil
}
