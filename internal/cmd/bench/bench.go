package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

const (
	schema     = 1720
	smallCount = 3
	// maxPlanRatio is the limit of the time of a plan without changes, relative to
	// that of built-in objects.
	maxPlanRatio = 2.3
	// mostCreate is the same for the apply that creates them.
	mostCreate = 1.5
)

// figures are the measurements of one configuration.
type figures struct {
	create, apply, plan time.Duration   // medians; plan and apply without a change
	creates, plans      []time.Duration // all that create and plan are the medians of
	createStatements    int
	planStatements      int // of a plan without a change
	provider, terraform int // peak memory in KiB, 0 where that cannot be seen
}

// options select what is measured.
type options struct {
	n, rounds int
	scale     float64 // of the large site
	scenarios []string
	save      string // the file of the report, none where it is empty
}

// scenarios are the names of what can be measured alone.
var scenarios = []string{"small", "large", "dids", "far", "servers", "seats", "numbers"}

// choose sets the scenarios that are named in a list, all where it is empty.
func (o *options) choose(list string) error {
	o.scenarios = scenarios
	if list == "" {
		return nil
	}
	o.scenarios = strings.Split(list, ",")
	for _, name := range o.scenarios {
		if !slices.Contains(scenarios, name) {
			return fmt.Errorf("-only: %q is none of %s", name, strings.Join(scenarios, ", "))
		}
	}
	return nil
}

// bench measures, prints, and returns an error for exceeded limits.
func bench(ctx context.Context, out io.Writer, o options) (err error) {
	env, err := testenv.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, env.Close()) }()
	if err := sandbox.Install(ctx, out); err != nil {
		return err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	fmt.Fprintln(out, "building the provider")
	if _, err := env.Build(ctx, out); err != nil {
		return err
	}

	report := newReport()
	var missed error
	for _, scenario := range o.scenarios {
		limits, err := measureScenario(ctx, out, env, server, scenario, o, report)
		if err != nil {
			return err
		}
		missed = errors.Join(missed, limits)
	}
	if o.save != "" {
		err = report.save(o.save)
	}
	return errors.Join(report.show(out), missed, err)
}

// measureScenario measures one scenario. missed is what exceeds a limit.
func measureScenario(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, scenario string, o options, report *report) (missed, err error) {
	switch scenario {
	case "small":
		err = site(ctx, out, env, server, smallSite(), min(o.rounds, 3), report)
	case "large":
		err = site(ctx, out, env, server, largeSite(o.scale), min(o.rounds, 3), report)
	case "dids":
		err = site(ctx, out, env, server, singleDIDs(o.scale), min(o.rounds, 3), report)
	case "far":
		err = trips(ctx, out, env, server, smallSite(), o.rounds, report)
	case "servers":
		missed, err = manyServers(ctx, out, env, server, o, report)
	case "seats":
		missed, err = seats(ctx, out, env, server, o.rounds)
	case "numbers":
		missed, err = numbers(ctx, out, env, server, o.rounds)
	}
	return missed, err
}

// manyServers measures servers and splits.
func manyServers(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, o options, report *report) (missed, err error) {
	small, err := measure(ctx, out, env, server, smallCount, 1)
	if err != nil {
		return nil, err
	}
	many, baseline, err := compare(ctx, out, env, server, o.n, o.rounds)
	if err != nil {
		return nil, err
	}
	printFigures(out, o.n, many, baseline)
	report.add(fmt.Sprintf("%d servers and splits: apply", o.n), pair{many.creates, baseline.creates}, mostCreate)
	report.add(fmt.Sprintf("%d servers and splits: plan", o.n), pair{many.plans, baseline.plans}, maxPlanRatio)
	return checkLimits(o.n, small, many, baseline), nil
}

func printFigures(out io.Writer, n int, many, baseline figures) {
	fmt.Fprintf(out, "\n%d servers and %d splits beside %d terraform_data\n", n, n, 2*n)
	line := func(what string, ours, theirs time.Duration) {
		fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s   %.1f times\n", what, ours.Seconds(), theirs.Seconds(), ours.Seconds()/theirs.Seconds())
	}
	line("create", many.create, baseline.create)
	line("plan without a change", many.plan, baseline.plan)
	line("apply without a change", many.apply, baseline.apply)
	fmt.Fprintf(out, "  %-28s %8d\n", "statements to create", many.createStatements)
	fmt.Fprintf(out, "  %-28s %8d\n", "statements of such a plan", many.planStatements)
	fmt.Fprintf(out, "  %-28s %6.0f MiB (Terraform itself %.0f MiB, beside terraform_data %.0f MiB)\n", "peak memory of the provider",
		mebi(many.provider), mebi(many.terraform), mebi(baseline.terraform))
}

func mebi(kibi int) float64 { return float64(kibi) / 1024 }

// checkLimits returns an error for each exceeded limit.
func checkLimits(n int, small, many, baseline figures) error {
	var err error
	if small.planStatements != many.planStatements {
		err = fmt.Errorf("a plan without a change takes %d statements for %d servers and %d for %d: the number must not depend on it",
			small.planStatements, smallCount, many.planStatements, n)
	}
	if times := many.plan.Seconds() / baseline.plan.Seconds(); times > maxPlanRatio && (len(many.plans) == 0 || pair{many.plans, baseline.plans}.ratio(maxPlanRatio).missed()) {
		err = errors.Join(err, fmt.Errorf("a plan without a change takes %.1f times as long as that of terraform_data, more than %.1f", times, maxPlanRatio))
	}
	return err
}

// target is one configuration to measure.
type target struct {
	*testenv.Terraform
	server   *sandbox.Server
	database *sandbox.Database
	figures
	applies    []time.Duration
	ownQueries int // statements of the benchmark itself
}

func open(ctx context.Context, env *testenv.Environment, server *sandbox.Server, name string, files fstest.MapFS, campaigns int) (*target, error) {
	database, err := server.NewDatabase(ctx, schema)
	if err != nil {
		return nil, err
	}
	if err := addCampaigns(ctx, database, campaigns); err != nil {
		return nil, err
	}
	cli, err := env.Open(name, files, testenv.Connection(database)...)
	if err != nil {
		return nil, err
	}
	s := &target{Terraform: cli, server: server, database: database}
	_, err = s.must(ctx, "init", "-no-color")
	return s, err
}

// must runs a command that must succeed; for a plan with -detailed-exitcode,
// without changes.
func (s *target) must(ctx context.Context, args ...string) (testenv.Outcome, error) {
	watch := watchMemory(ctx)
	outcome, err := s.Run(ctx, io.Discard, args...)
	provider, terraform := watch.stop()
	s.provider, s.terraform = max(s.provider, provider), max(s.terraform, terraform)
	if err == nil && outcome.Code != 0 {
		err = fmt.Errorf("terraform %s ends with %d:\n%s", args[0], outcome.Code, outcome.Text)
	}
	return outcome, err
}

func (s *target) createAll(ctx context.Context) error {
	before, err := s.statements(ctx)
	if err != nil {
		return err
	}
	outcome, err := s.must(ctx, "apply", "-no-color", "-auto-approve")
	if err != nil {
		return err
	}
	after, err := s.statements(ctx)
	s.creates = append(s.creates, outcome.Took)
	s.create, s.createStatements = median(s.creates), after-before
	return err
}

// measureRound measures one plan and one apply without changes.
func (s *target) measureRound(ctx context.Context) error {
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

// statements returns the number of statements since the start of the server, without this
// query and those that set a connection up: the number of connections depends on how many
// reads run concurrently.
func (s *target) statements(ctx context.Context) (int, error) {
	var asked int
	err := s.server.Root().QueryRowContext(ctx, `SELECT SUM(IF(VARIABLE_NAME = 'QUESTIONS', 1, -1) * VARIABLE_VALUE)
		FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN ('QUESTIONS', 'COM_SET_OPTION')`).Scan(&asked)
	s.ownQueries++
	return asked - s.ownQueries, err
}

func median(durations []time.Duration) time.Duration {
	sorted := slices.Clone(durations)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// measure measures one cluster alone.
func measure(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, n, rounds int) (figures, error) {
	s, err := open(ctx, env, server, fmt.Sprint("cluster", n), cluster(n), n)
	if err != nil {
		return figures{}, err
	}
	fmt.Fprintf(out, "%d servers\n", n)
	if err := s.createAll(ctx); err != nil {
		return figures{}, err
	}
	for range rounds {
		if err := s.measureRound(ctx); err != nil {
			return figures{}, err
		}
	}
	return s.figures, nil
}

// compare measures a cluster and as many built-in objects alternately.
func compare(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, n, rounds int) (ours, theirs figures, err error) {
	many, err := open(ctx, env, server, fmt.Sprint("cluster", n), cluster(n), n)
	if err != nil {
		return ours, theirs, err
	}
	baseline, err := open(ctx, env, server, fmt.Sprint("builtin", n), builtin(n), 1)
	if err != nil {
		return ours, theirs, err
	}
	for round := range min(rounds, 3) {
		for _, s := range []*target{many, baseline} {
			if round > 0 {
				if _, err := s.must(ctx, "destroy", "-no-color", "-auto-approve"); err != nil {
					return ours, theirs, err
				}
			}
			if err := s.createAll(ctx); err != nil {
				return ours, theirs, err
			}
		}
		fmt.Fprintf(out, "%d objects are created: %.2f s beside %.2f s\n", 2*n, many.creates[round].Seconds(), baseline.creates[round].Seconds())
	}
	for round := range rounds {
		for _, s := range []*target{many, baseline} {
			if err := s.measureRound(ctx); err != nil {
				return ours, theirs, err
			}
		}
		fmt.Fprintf(out, "round %d of %d: %.2f s beside %.2f s\n", round+1, rounds, many.plans[round].Seconds(), baseline.plans[round].Seconds())
	}
	return many.figures, baseline.figures, nil
}
