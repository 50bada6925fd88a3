// Command bench measures what the provider adds to Terraform's own work: it
// creates servers and trunk splits, plans them again without a change, and does
// the same with as many of Terraform's built-in terraform_data, in turns in one
// run, so that both meet the same noise. It also counts statements, which must
// be the same for three servers and for many.
//
// It may import sandbox and testenv and nothing else of ours.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	sizes := flag.Int("n", 200, "how many servers, and how many splits")
	rounds := flag.Int("rounds", 5, "how often a plan without a change is measured; the median counts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := bench(ctx, os.Stdout, *sizes, *rounds)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
