package proxyconfig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configcheck"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// rehearse has the real proxy read a copy of the text. Where no proxy is
// installed there is nobody to ask, unless the operator said where it is.
func (r *Resource) rehearse(ctx context.Context, m model, tier webtier.Tier) error {
	binary, wanted := m.validates()
	if !wanted {
		return nil
	}
	err := configcheck.Check(ctx, r.proxy.dialect, binary, tier)
	if errors.Is(err, configcheck.ErrNoBinary) && binary == "" {
		return nil
	}
	return err
}

// notReloaded says that the file is written but the proxy still runs the old text.
type notReloaded struct {
	command string
	output  string
	backup  string
	err     error
}

func (n *notReloaded) Error() string {
	return fmt.Sprintf("the file is written, but %s failed: %v\n%s", n.command, n.err, n.output)
}

func (n *notReloaded) Unwrap() error { return n.err }

// Hint tells how to go on.
func (n *notReloaded) Hint() string {
	return "The proxy still runs its old configuration, whose text is in the file that ends with " + n.backup + ". Run apply again when the cause is mended: it writes and reloads again."
}

// patience is how long a reload may take.
const patience = time.Minute

// reload makes the proxy read the file. No shell is involved.
func reload(ctx context.Context, command []string, backup string) error {
	if len(command) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var output bytes.Buffer
	//nolint:gosec // the operator's own command is the purpose
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Stdout, run.Stderr = &output, &output
	run.WaitDelay = time.Second
	if err := run.Run(); err != nil {
		said := strings.TrimSpace(output.String())
		return &notReloaded{command[0], said[:min(len(said), 2000)], backup, err}
	}
	return nil
}

// foreign warns of a file that is there already and says something else.
func (r *Resource) foreign(m model) diag.Diagnostics {
	file, kept := m.file()
	if !kept {
		return nil
	}
	lines, found, err := r.proxy.compare(file, m.text("content"))
	if err != nil || found == nil || len(lines) == 0 {
		return nil
	}
	kind := "Its text will be lost, since backup is off."
	if file.Backup {
		kind = "Its text will be kept at " + file.Path + ".bak."
	}
	return tfhelper.WarnAt(path.Root("file").AtName("path"), "A file is there already",
		fmt.Sprintf("%s differs from this configuration in %d places. %s Import it to see the difference in a plan.", file.Path, len(lines), kind))
}
