package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing/fstest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// Limits of a floor, as ratios within one run. An empty placement has a single seat: it
// costs what Terraform, the provider's start and its first reads cost.
const (
	fewSeats  = 1000
	manySeats = 10_000

	mostSeatsPlan   = 3.0  // a plan without a change, times that of an empty placement
	mostSeatsRaw    = 3.0  // an apply beyond such a plan, times raw SQL of the same rows
	mostSeatsGrowth = 1.0  // exponent of such a plan from few to many seats
	mostSeatsMemory = 52.4 // MiB of the provider in such a plan, which are 55 MB
)

// floorOf declares a placement of n seats, each on both of two servers.
func floorOf(n int) fstest.MapFS {
	return configuration(fmt.Sprintf(`
terraform {
  required_providers {
    vicidial = { source = "vicidial/vicidial" }
  }
}

resource "vicidial_agent_placement" "floor" {
  name  = "floor"
  seats = ["20000-%d"]

  servers = {
    "10.20.0.1" = { suffix = "a" }
    "10.20.0.2" = { suffix = "b" }
  }

  phone = {
    protocol               = "SIP"
    pass_wo                = "bench1"
    pass_wo_version        = 1
    conf_secret_wo         = "bench2"
    conf_secret_wo_version = 1
  }
}
`, 20000+n-1))
}

// seats measures floors beside an empty one and beside raw SQL.
func seats(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, rounds int) (limits, err error) {
	targets := make([]*target, 0, 3)
	for _, n := range []int{1, fewSeats, manySeats} {
		s, err := open(ctx, env, server, fmt.Sprint("floor", n), floorOf(n), 1)
		if err != nil {
			return nil, err
		}
		if err := addNodes(ctx, s.database); err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "%d seats\n", n)
		if err := s.createAll(ctx); err != nil {
			return nil, err
		}
		s.provider = 0 // of plans without a change; creating may take more
		targets = append(targets, s)
	}
	for range rounds {
		for _, s := range targets {
			if err := s.measureRound(ctx); err != nil {
				return nil, err
			}
		}
	}
	raw := make([]time.Duration, 0, 2)
	for _, n := range []int{fewSeats, manySeats} {
		took, err := rawSeats(ctx, server, n)
		if err != nil {
			return nil, err
		}
		raw = append(raw, took)
	}
	return checkSeats(out, targets, raw), nil
}

func addNodes(ctx context.Context, database *sandbox.Database) error {
	_, err := database.DB().ExecContext(ctx, "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.20.0.1'), ('dial2', '10.20.0.2')")
	return err
}

// rawSeats writes the rows of n seats in statements of 1,000 rows, which is the
// fastest way there is but LOAD DATA.
func rawSeats(ctx context.Context, server *sandbox.Server, n int) (time.Duration, error) {
	database, err := server.NewDatabase(ctx, schema)
	if err != nil {
		return 0, err
	}
	phones, aliases := make([]string, 0, 2*n), make([]string, 0, n)
	for seat := 20000; seat < 20000+n; seat++ {
		for i, suffix := range []string{"a", "b"} {
			phones = append(phones, fmt.Sprintf("('%d', '%d%d', '%d', '10.20.0.%d', '%d%s', 'bench1', 'bench2', 'station %d', 'SIP', 'ACTIVE', 'Y', 'CCagent', '-5.00', '0000000000', '')",
				seat, seat, i, seat, i+1, seat, suffix, seat))
		}
		aliases = append(aliases, fmt.Sprintf("('%d', '%d phone', '%da,%db')", seat, seat, seat, seat))
	}
	start := time.Now()
	for into, rows := range map[string][]string{
		"phones (extension, dialplan_number, voicemail_id, server_ip, login, pass, conf_secret, fullname, protocol, status, active, phone_type, local_gmt, outbound_cid, template_id)": phones,
		"phones_alias (alias_id, alias_name, logins_list)": aliases,
	} {
		for len(rows) > 0 {
			end := min(1000, len(rows))
			if _, err := database.DB().ExecContext(ctx, "INSERT INTO "+into+" VALUES "+strings.Join(rows[:end], ", ")); err != nil {
				return 0, err
			}
			rows = rows[end:]
		}
	}
	return time.Since(start), nil
}

func checkSeats(out io.Writer, targets []*target, raw []time.Duration) error {
	empty, few, many := targets[0].figures, targets[1].figures, targets[2].figures
	growth := math.Log(many.plan.Seconds()/few.plan.Seconds()) / math.Log(manySeats/float64(fewSeats))
	fmt.Fprintf(out, "\nplacements of %d and %d seats on two servers beside an empty one\n", fewSeats, manySeats)
	fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s %8.2f s   %.1f times\n", "plan without a change", few.plan.Seconds(), many.plan.Seconds(), empty.plan.Seconds(), many.plan.Seconds()/empty.plan.Seconds())
	fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s %8.2f s\n", "create", few.create.Seconds(), many.create.Seconds(), empty.create.Seconds())
	fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s\n", "raw SQL of the same rows", raw[0].Seconds(), raw[1].Seconds())
	fmt.Fprintf(out, "  %-28s %8.2f\n", "growth exponent of the plan", growth)
	fmt.Fprintf(out, "  %-28s %8d   %8d\n", "statements of such a plan", few.planStatements, many.planStatements)
	fmt.Fprintf(out, "  %-28s %6.1f MiB (of an empty placement %.1f, at most %.1f)\n", "peak memory of the provider", mebi(many.provider), mebi(empty.provider), mostSeatsMemory)

	var err error
	demand := func(holds bool, format string, args ...any) {
		if !holds {
			err = errors.Join(err, fmt.Errorf(format, args...))
		}
	}
	demand(many.plan.Seconds() <= mostSeatsPlan*empty.plan.Seconds(), "a plan of %d seats takes %.1f times as long as that of an empty placement, more than %.1f",
		manySeats, many.plan.Seconds()/empty.plan.Seconds(), mostSeatsPlan)
	for i, f := range []figures{few, many} {
		most := mostSeatsPlan*empty.plan.Seconds() + mostSeatsRaw*raw[i].Seconds()
		demand(f.create.Seconds() <= most, "creating %d seats takes %.2f s, more than %.2f s: the plan and %.0f times raw SQL", []int{fewSeats, manySeats}[i], f.create.Seconds(), most, mostSeatsRaw)
	}
	demand(mebi(many.provider) <= mostSeatsMemory, "a plan of %d seats takes %.1f MiB of the provider, more than %.1f", manySeats, mebi(many.provider), mostSeatsMemory)
	demand(growth < mostSeatsGrowth, "a plan grows with the power %.2f of the seats, not below %.1f", growth, mostSeatsGrowth)
	demand(empty.planStatements == few.planStatements && few.planStatements == many.planStatements,
		"a plan takes %d, %d and %d statements for 1, %d and %d seats: the number must not depend on them", empty.planStatements, few.planStatements, many.planStatements, fewSeats, manySeats)
	return err
}
