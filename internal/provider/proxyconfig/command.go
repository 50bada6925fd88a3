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

// check has the real proxy check a copy of the text, and checks what the tier names
// of this machine. Without a proxy on it there is no check, unless the operator has
// named its binary.
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
	return configcheck.Host(ctx, r.proxy.dialect, tier), err
}

// checkPlan reports at plan time what check finds. A binary that is missing here may
// be there where the plan is applied.
func (r *Resource) checkPlan(ctx context.Context, m model, tier webtier.Tier) diag.Diagnostics {
	problems, err := r.check(ctx, m.file(), tier)
	diags := diagnose(problems)
	if !errors.Is(err, configcheck.ErrNoBinary) {
		diags.Append(tfhelper.DiagnoseAt(path.Root("file"), "Unable to plan "+r.proxy.noun, err)...)
	}
	return diags
}

// notReloaded reports that the file is written but the proxy still runs the old text.
type notReloaded struct {
	command string
	output  string
	backup  string // where the text that was replaced is; empty for nowhere
	err     error
}

func (n *notReloaded) Error() string {
	return fmt.Sprintf("the file is written, but %s failed: %v\n%s", n.command, n.err, n.output)
}

func (n *notReloaded) Unwrap() error { return n.err }

func (n *notReloaded) Hint() string {
	hint := "The proxy still runs its old configuration. Run apply again when the cause is corrected: it reloads again."
	if n.backup != "" {
		hint += " The text that was replaced is in " + n.backup + "."
	}
	return hint
}

// reloadTimeout is the default of how long a reload may take.
const reloadTimeout = time.Minute

// reload makes the proxy read the file. No shell is involved.
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
		return &notReloaded{command[0], output.String(), backup, err}
	}
	return nil
}

// warnOverwrite warns of a file that already exists and means something else.
func (r *Resource) warnOverwrite(m model, content []byte) diag.Diagnostics {
	file, kept := m.output()
	if !kept {
		return nil
	}
	lines, found, err := r.proxy.compare(file, string(content))
	if err != nil || found == nil || len(lines) == 0 {
		return nil
	}
	kind := "Its text will be lost, since backup is off."
	if file.Backup {
		kind = "Its text will be kept at " + file.Path + configfile.BackupEnding + "."
	}
	return tfhelper.WarnAt(path.Root("file").AtName("path"), "File already exists",
		fmt.Sprintf("%s differs from this configuration in %d places. %s Import it to see the difference in a plan.", file.Path, len(lines), kind))
}
