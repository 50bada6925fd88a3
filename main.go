// Command terraform-provider-vicidial serves the provider to Terraform over
// plugin protocol 6. Terraform starts it; nobody else needs to.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
)

const address = "registry.terraform.io/vicidial/vicidial"

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	attach := flag.Bool("debug", false, "wait for a debugger, and print what Terraform needs to find this process")
	flag.Parse()

	quietLogs(os.Getenv, os.Setenv)
	paceCollector(os.Getenv, debug.SetGCPercent)

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

// The loggers that write at TRACE where nobody set a level. Terraform parses
// each of their lines and drops it, which costs a large plan 40 % of its time
// (github.com/hashicorp/terraform-plugin-framework/issues/1269).
var unaskedLogs = []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_VICIDIAL"}

// quietLogs turns the loggers off, unless somebody asked for any log at all.
func quietLogs(getenv func(string) string, setenv func(key, value string) error) {
	for _, name := range append([]string{"TF_LOG", "TF_LOG_PROVIDER", "TF_ACC_LOG"}, unaskedLogs...) {
		if getenv(name) != "" {
			return
		}
	}
	for _, name := range unaskedLogs {
		// A log that stays on is slow, not wrong.
		_ = setenv(name, "off")
	}
}

// A provider lives for one walk. One large floor is walked in a moment and needs
// no more memory than it holds; in a plan of many objects the sweeping would take
// a third of the time. How often the heap was swept tells the two apart.
const (
	percentAtFirst = 25  // how much the heap may grow by before it is swept
	percentLater   = 400 // after so many sweeps:
	sweepsAtFirst  = 64
)

// paceCollector sweeps the heap often at first and seldom later, unless GOGC says
// otherwise.
func paceCollector(getenv func(string) string, setPercent func(int) int) {
	if getenv("GOGC") != "" {
		return
	}
	setPercent(percentAtFirst)
	afterSweeps(sweepsAtFirst, func() { setPercent(percentLater) })
}

// afterSweeps calls a function once the heap has been swept so many times. What
// nobody holds is finalized by each sweep.
func afterSweeps(left int, call func()) {
	if left == 0 {
		call()
		return
	}
	runtime.SetFinalizer(&[]byte{0}, func(*[]byte) { afterSweeps(left-1, call) })
}
