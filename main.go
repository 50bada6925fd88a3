// Command terraform-provider-vicidial serves the provider to Terraform over
// plugin protocol 6. Terraform starts it. A person starts it with the argument adopt,
// which writes the configuration of an existing cluster.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
)

const address = "registry.terraform.io/vicidial/vicidial"

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "adopt" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		code := provider.Adopt(ctx, version, os.Args[2:], os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	attach := flag.Bool("debug", false, "wait for a debugger, and print what Terraform needs to find this process")
	flag.Parse()

	disableDefaultLogs(os.Getenv, os.Setenv)

	var options []tf6server.ServeOpt
	if *attach {
		options = append(options, tf6server.WithManagedDebug())
	}
	server, err := provider.Server(version)
	if err == nil {
		err = tf6server.Serve(address, func() tfprotov6.ProviderServer { return server }, options...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "terraform-provider-vicidial:", err)
		os.Exit(1)
	}
}

// The loggers that write at level TRACE where no level is set. Terraform parses and
// drops each line, which takes 40 % of the time of a large plan
// (github.com/hashicorp/terraform-plugin-framework/issues/1269).
var defaultLogs = []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_VICIDIAL"}

// disableDefaultLogs turns the loggers off, unless a variable asks for a log.
func disableDefaultLogs(getenv func(string) string, setenv func(key, value string) error) {
	for _, name := range append([]string{"TF_LOG", "TF_LOG_PROVIDER", "TF_ACC_LOG"}, defaultLogs...) {
		if getenv(name) != "" {
			return
		}
	}
	for _, name := range defaultLogs {
		_ = setenv(name, "off") // a log that stays on costs time and nothing else
	}
}
