package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing/fstest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// Limits of a block of numbers, as ratios within one run. An empty block has a single
// number: it costs what Terraform, the provider's start and its first reads cost.
const (
	manyNumbers = 10_000

	maxNumbersPlan   = 1.5                    // a plan without a change, times that of an empty block,
	spareNumbersPlan = 200 * time.Millisecond // and this much more
	maxNumbersRaw    = 3.0                    // an apply beyond such a plan, times raw SQL of the same rows
	maxNumbersMemory = 100                    // MiB of the provider in such a plan
)

// numbersOf declares a block of n numbers, of which a tenth has a route of its own.
func numbersOf(n int) fstest.MapFS {
	overrides := ""
	if n > 10 {
		overrides = fmt.Sprintf("overrides = { \"8000000000-%d\" = { group_id = \"VIPLINE\" } }", 8_000_000_000+n/10-1)
	}
	return configuration(fmt.Sprintf(`
terraform {
  required_providers {
    vicidial = { source = "vicidial/vicidial" }
  }
}

resource "vicidial_inbound_numbers" "sales" {
  name      = "sales"
  dids      = ["8000000000-%d"]
  did_route = "IN_GROUP"
  group_id  = "SALESLINE"
  did_carrier_description = "Telco"
  %s
}
`, 8_000_000_000+n-1, overrides))
}

// numbers measures a block of many numbers beside an empty one and beside raw SQL.
func numbers(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, rounds int) (limits, err error) {
	targets := make([]*target, 0, 2)
	for _, n := range []int{1, manyNumbers} {
		s, err := open(ctx, env, server, fmt.Sprint("numbers", n), numbersOf(n), 1)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "%d numbers\n", n)
		if err := s.createAll(ctx); err != nil {
			return nil, err
		}
		s.provider = 0 // of plans without a change
		targets = append(targets, s)
	}
	for range rounds {
		for _, s := range targets {
			if err := s.measureRound(ctx); err != nil {
				return nil, err
			}
		}
	}
	raw, err := rawNumbers(ctx, server, manyNumbers)
	if err != nil {
		return nil, err
	}
	return checkNumbers(out, targets[0].figures, targets[1].figures, raw), nil
}

// rawNumbers writes the rows of n numbers, and their entries in the admin change log, in
// statements of 1,000 rows.
func rawNumbers(ctx context.Context, server *sandbox.Server, n int) (time.Duration, error) {
	database, err := server.NewDatabase(ctx, schema)
	if err != nil {
		return 0, err
	}
	rows, lines := make([]string, 0, n), make([]string, 0, n)
	for number := range n {
		pattern := 8_000_000_000 + number
		row := fmt.Sprintf("('%d', 'IN_GROUP', 'SALESLINE', 'Telco')", pattern)
		rows = append(rows, row)
		lines = append(lines, fmt.Sprintf("(NOW(), 'VDAD', '127.0.0.1', 'DIDS', 'ADD', '%d', 'ADMIN ADD DID', '%s', '')", number,
			strings.ReplaceAll("INSERT INTO vicidial_inbound_dids (did_pattern, did_route, group_id, did_carrier_description) VALUES "+row, "'", "''")))
	}
	start := time.Now()
	for _, table := range []struct {
		into string
		rows []string
	}{
		{"vicidial_inbound_dids (did_pattern, did_route, group_id, did_carrier_description)", rows},
		{"vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql, event_notes)", lines},
	} {
		for from := 0; from < n; from += 1000 {
			if _, err := database.DB().ExecContext(ctx, "INSERT INTO "+table.into+" VALUES "+strings.Join(table.rows[from:min(n, from+1000)], ", ")); err != nil {
				return 0, err
			}
		}
	}
	return time.Since(start), nil
}

func checkNumbers(out io.Writer, empty, many figures, raw time.Duration) error {
	fmt.Fprintf(out, "\na block of %d inbound numbers beside an empty one\n", manyNumbers)
	fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s   %.1f times\n", "plan without a change", many.plan.Seconds(), empty.plan.Seconds(), many.plan.Seconds()/empty.plan.Seconds())
	fmt.Fprintf(out, "  %-28s %8.2f s %8.2f s\n", "create", many.create.Seconds(), empty.create.Seconds())
	beyond := many.create - many.plan
	fmt.Fprintf(out, "  %-28s %8.2f s %8s     %.1f times beyond a plan\n", "raw SQL of the same rows", raw.Seconds(), "", beyond.Seconds()/raw.Seconds())
	fmt.Fprintf(out, "  %-28s %8d   %8d\n", "statements of such a plan", many.planStatements, empty.planStatements)
	fmt.Fprintf(out, "  %-28s %8d   %8d\n", "statements to create", many.createStatements, empty.createStatements)
	fmt.Fprintf(out, "  %-28s %6.0f MiB (of an empty block %.0f, at most %d)\n", "peak memory of the provider", mebi(many.provider), mebi(empty.provider), maxNumbersMemory)

	var err error
	demand := func(holds bool, format string, args ...any) {
		if !holds {
			err = errors.Join(err, fmt.Errorf(format, args...))
		}
	}
	most := time.Duration(maxNumbersPlan*float64(empty.plan)) + spareNumbersPlan
	demand(many.plan <= most, "a plan of %d numbers takes %.2f s, more than %.2f s: %.1f times that of an empty block and %s", manyNumbers, many.plan.Seconds(), most.Seconds(), maxNumbersPlan, spareNumbersPlan)
	most += time.Duration(maxNumbersRaw * float64(raw))
	demand(many.create <= most, "creating %d numbers takes %.2f s, more than %.2f s: such a plan and %.0f times raw SQL", manyNumbers, many.create.Seconds(), most.Seconds(), maxNumbersRaw)
	demand(empty.planStatements == many.planStatements, "a plan takes %d statements for one number and %d for %d: the number must not depend on them", empty.planStatements, many.planStatements, manyNumbers)
	demand(mebi(many.provider) <= maxNumbersMemory, "a plan of %d numbers takes %.0f MiB, more than %d", manyNumbers, mebi(many.provider), maxNumbersMemory)
	return err
}
