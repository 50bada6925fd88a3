// Command bench measures what the provider adds to Terraform's own work: it
// creates, plans and destroys a large site and a small one, and does the same with
// as many of Terraform's built-in terraform_data, alternately in one run, so that
// both have the same load; it does so with servers and trunk splits alone and with
// seats. It also counts statements, and round trips to a database that is far away.
//
// It imports only sandbox and testenv of this module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	var o options
	flag.IntVar(&o.n, "n", 200, "how many servers, and how many splits")
	flag.IntVar(&o.rounds, "rounds", 5, "how often a plan without a change is measured; the median counts")
	flag.Float64Var(&o.scale, "scale", 1, "the size of the sites, as a part of 40 nodes, 5,000 seats, 2,000 numbers in bulk, and of 800 DIDs")
	only := flag.String("only", "", "measure these scenarios, separated by commas: "+strings.Join(scenarios, ", ")+"; all where it is empty")
	flag.StringVar(&o.save, "json", "", "write what was measured to this file")
	compare := flag.Bool("compare", false, "compare two such files, given as arguments")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := o.choose(*only)
	switch {
	case err != nil:
	case *compare:
		err = compareFiles(os.Stdout, flag.Args())
	default:
		err = bench(ctx, os.Stdout, o)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func compareFiles(out io.Writer, paths []string) error {
	if len(paths) != 2 {
		return errors.New("usage: bench -compare BEFORE.json AFTER.json")
	}
	before, err := load(paths[0])
	if err != nil {
		return err
	}
	after, err := load(paths[1])
	if err != nil {
		return err
	}
	compareReports(out, before, after)
	return nil
}
