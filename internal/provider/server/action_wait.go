package server

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/maintenance"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// interval is the default of interval.
const interval = 5 * time.Second

func timeoutAttribute(doc string) schema.StringAttribute {
	return timeAttribute(doc+" Write a number with its unit: `s` (seconds), `m` (minutes) or `h` (hours), such as `30m`, at most `24h`. With `0s` the action does not wait.", "0s to 24h", maintenance.ParseWait)
}

func intervalAttribute() schema.StringAttribute {
	return timeAttribute("The time between two checks of the tables, `1s` to `5m`. The default is `5s`.", "1s to 5m", maintenance.ParseInterval)
}

func timeAttribute(doc, limits string, parse func(string) (time.Duration, error)) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: doc,
		Validators: []validator.String{tfhelper.StringValidator("a length of time, "+limits, func(text string) error {
			_, err := parse(text)
			return err
		})},
	}
}

// waitTimes returns timeout and interval: the default for a value that is null, unknown
// or invalid.
func waitTimes(timeout, pause types.String, otherwise time.Duration) (time.Duration, time.Duration) {
	wait, err := maintenance.ParseWait(timeout.ValueString())
	if err != nil {
		wait = otherwise
	}
	every, _ := maintenance.ParseInterval(pause.ValueString()) // 0 is none
	return wait, cmp.Or(every, interval)
}

// checkWaitTimes refuses an interval longer than the timeout.
func checkWaitTimes(timeout, pause types.String, otherwise time.Duration) diag.Diagnostics {
	wait, every := waitTimes(timeout, pause, otherwise)
	if wait == 0 || every <= wait || timeout.IsUnknown() || pause.IsUnknown() {
		return nil
	}
	at := path.Root("interval")
	if pause.IsNull() {
		at = path.Root("timeout")
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Invalid interval",
		"The action would read the tables only once: the interval is "+every.String()+", and the timeout "+wait.String()+". Set a longer timeout, or 0s not to wait.")}
}

// await polls until the result is done. If it ends earlier, it returns the error of
// unfinished.
func await(
	ctx context.Context, timeout, pause time.Duration, progress func(string),
	poll func(context.Context, time.Duration) maintenance.PollResult, unfinished func(waited time.Duration, stopped bool) error,
) error {
	var waited time.Duration
	err := tfhelper.Poll(ctx, timeout, pause, func(ctx context.Context, now time.Duration) (bool, error) {
		waited = now
		result := poll(ctx, now)
		progress(result.Message)
		return result.Done, result.Err
	})
	switch {
	case errors.Is(err, tfhelper.ErrPollTimeout):
		return unfinished(waited, false)
	case err != nil && ctx.Err() != nil:
		return unfinished(waited, true)
	}
	return err
}
