package proxyconfig

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configcheck"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// check runs the proxy's own check on a copy of the text, and checks the files and
// addresses of this machine. Without a proxy on the machine it checks nothing, unless the
// configuration names the binary.
func (r *Resource) check(ctx context.Context, file fileModel, tier webtier.Tier) ([]webtier.Problem, error) {
	if file.Path.IsNull() || !flag(file.Validate, true) {
		return nil, nil
	}
	binary, began := file.Binary.ValueString(), time.Now()
	err := configcheck.Check(ctx, r.proxy.dialect, binary, tier)
	tfhelper.LogRender(ctx, "checked", began, map[string]any{"proxy": r.proxy.dialect.String(), "accepted": err == nil})
	if errors.Is(err, configcheck.ErrNoBinary) && binary == "" {
		return nil, nil
	}
	return configcheck.CheckHost(ctx, r.proxy.dialect, tier), err
}

// checkPlan returns the problems that check finds. A binary that is missing here may exist
// where the plan is applied.
func (r *Resource) checkPlan(ctx context.Context, m model, tier webtier.Tier) diag.Diagnostics {
	problems, err := r.check(ctx, m.file(), tier)
	diags := diagnose(problems)
	if !errors.Is(err, configcheck.ErrNoBinary) {
		diags.Append(tfhelper.DiagnoseAt(path.Root("file"), "Unable to plan "+r.proxy.noun, err)...)
	}
	return diags
}

// reloadError reports that the file was written, but the proxy still has the old text.
type reloadError struct {
	command string
	output  string
	backup  string // path of the replaced text; empty if there is none
	err     error
}

func (n *reloadError) Error() string {
	return fmt.Sprintf("the file was written, but %s failed: %v\n%s", n.command, n.err, n.output)
}

func (n *reloadError) Unwrap() error { return n.err }

func (n *reloadError) Hint() string {
	hint := "The proxy still has its old configuration. Correct the cause and apply again, which repeats the reload."
	if n.backup != "" {
		hint += " The replaced text is in " + n.backup + "."
	}
	return hint
}

// reloadTimeout is the default of reload_timeout.
const reloadTimeout = time.Minute

// reload runs the command that makes the proxy read the file, without a shell.
func reload(ctx context.Context, command []string, limit time.Duration, backup string) error {
	if len(command) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var output configcheck.Output
	//nolint:gosec // the operator's own command is the purpose
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Stdout, run.Stderr, run.Env = &output, &output, configcheck.Environment()
	run.WaitDelay = time.Second
	began := time.Now()
	err := run.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("it took longer than reload_timeout = %s", limit)
	}
	tfhelper.LogRender(ctx, "reloaded", began, map[string]any{"succeeded": err == nil})
	if err != nil {
		return &reloadError{command[0], output.String(), backup, err}
	}
	return nil
}

// warnOverwrite warns of an existing file with another meaning.
func (r *Resource) warnOverwrite(m model, content []byte) diag.Diagnostics {
	file, ok := m.output()
	if !ok {
		return nil
	}
	lines, found, err := r.proxy.compare(file, string(content))
	if err != nil || found == nil || len(lines) == 0 {
		return nil
	}
	backup := "It is overwritten without a backup, because backup is false."
	if file.Backup {
		backup = "Its text is saved as " + file.Path + configfile.BackupSuffix + "."
	}
	return tfhelper.WarnAt(path.Root("file").AtName("path"), "File already exists",
		fmt.Sprintf("%s has %d differences from this configuration. %s Import the file to see the differences in a plan.", file.Path, len(lines), backup))
}
