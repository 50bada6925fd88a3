package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/tfcli"
)

// folder is a working directory of Terraform.
type folder struct {
	dir   string
	serve func() (tfprotov6.ProviderServer, error)
}

// configure writes the configuration, and adds the provider requirement if it has none.
func (f folder) configure(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(text, "required_providers") {
		required, err := tfcli.RequiredProviders()
		if err != nil {
			t.Fatal(err)
		}
		text = required + text
	}
	if err := os.WriteFile(filepath.Join(f.dir, "main.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command against a server of its own and returns its standard output. An
// error contains what the command printed as errors.
func (f folder) run(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	attach, stop := serve(t, f.serve)
	defer stop()
	var out, errs bytes.Buffer
	command := exec.CommandContext(context.WithoutCancel(t.Context()), tfcli.Program(), append([]string{"-chdir=" + f.dir}, arguments...)...) //nolint:gosec // the Terraform of the tests
	command.Stdout, command.Stderr = &out, &errs
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_REATTACH_PROVIDERS="+attach)
	err := command.Run()
	if err != nil {
		err = fmt.Errorf("%s: %w\n\n%s", arguments[0], err, errs.String())
	}
	return out.String(), err
}

// planned runs a plan with a refresh and reports whether it would change anything.
func (f folder) planned(t *testing.T) (text string, changes bool, err error) {
	t.Helper()
	text, err = f.run(t, "plan", "-no-color", "-input=false", "-lock=false", "-detailed-exitcode")
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 2 {
		return text, true, nil
	}
	return text, false, err
}

// shownPlan returns the plan that was written to the file plan.
func (f folder) shownPlan(t *testing.T) (*tfjson.Plan, error) {
	t.Helper()
	text, err := f.run(t, "show", "-json", "-no-color", "plan")
	if err != nil {
		return nil, err
	}
	var plan tfjson.Plan
	plan.UseJSONNumber(true)
	return &plan, plan.UnmarshalJSON([]byte(text))
}

// serve starts a server of the provider in this process. It returns the value of
// TF_REATTACH_PROVIDERS that connects Terraform to it.
func serve(t *testing.T, factory func() (tfprotov6.ProviderServer, error)) (attach string, stop func()) {
	t.Helper()
	server, err := factory()
	if err != nil {
		t.Fatal(err)
	}
	source, err := tfcli.Source()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	configs, closed, failed := make(chan *plugin.ReattachConfig), make(chan struct{}), make(chan error, 1)
	go func() {
		failed <- tf6server.Serve(source, func() tfprotov6.ProviderServer { return server },
			tf6server.WithDebug(ctx, configs, closed), tf6server.WithoutLogStderrOverride(), tf6server.WithLoggingSink(t),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
	}()
	select {
	case config := <-configs:
		text, err := json.Marshal(map[string]any{source: map[string]any{
			"Protocol": config.Protocol, "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": config.Test,
			"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return string(text), func() { cancel(); <-closed }
	case err := <-failed:
		cancel()
		t.Fatalf("serve the provider: %v", err)
		return "", nil
	}
}
