package server

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// interval is how often an action looks when nobody says otherwise.
const interval = 5 * time.Second

func timeoutAttribute(about string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: about + " A number and its unit, such as `30m`, at most `24h`. `0s` does not wait at all.",
		Validators: []validator.String{tfhelper.StringValidator("a length of time, 0s to 24h", func(text string) error {
			_, err := cluster.ParseWait(text)
			return err
		})},
	}
}

func intervalAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: "How long to pause between two looks at the tables, `1s` to `5m`. The default is `5s`.",
		Validators: []validator.String{tfhelper.StringValidator("a length of time, 1s to 5m", func(text string) error {
			_, err := cluster.ParseInterval(text)
			return err
		})},
	}
}

// lengths are the times that an action waits. What is left out, unknown, or
// refused by its own attribute counts as the default.
func lengths(timeout, pause types.String, otherwise time.Duration) (time.Duration, time.Duration) {
	wait, err := cluster.ParseWait(timeout.ValueString())
	if err != nil {
		wait = otherwise
	}
	look, err := cluster.ParseInterval(pause.ValueString())
	if err != nil {
		look = interval
	}
	return wait, look
}

// reviewLengths refuses a pause that the whole wait has no room for.
func reviewLengths(timeout, pause types.String, otherwise time.Duration) diag.Diagnostics {
	wait, look := lengths(timeout, pause, otherwise)
	if wait == 0 || look <= wait || timeout.IsUnknown() || pause.IsUnknown() {
		return nil
	}
	at := path.Root("interval")
	if pause.IsNull() {
		at = path.Root("timeout")
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Pause longer than the wait",
		"Nobody would look twice: the interval is "+look.String()+", and the timeout "+wait.String()+". Give a longer timeout, or 0s not to wait.")}
}

// await looks until it sees what is waited for. A wait that ends before that has
// the error that unfinished makes.
func await(
	ctx context.Context, timeout, pause time.Duration, tell func(string),
	look func(context.Context, time.Duration) cluster.Watched, unfinished func(waited time.Duration, stopped bool) error,
) error {
	var waited time.Duration
	err := tfhelper.Poll(ctx, timeout, pause, func(ctx context.Context, now time.Duration) (bool, error) {
		waited = now
		watched := look(ctx, now)
		tell(watched.Says)
		return watched.Done, watched.Err
	})
	switch {
	case errors.Is(err, tfhelper.ErrPollTimeout):
		return unfinished(waited, false)
	case err != nil && ctx.Err() != nil:
		return unfinished(waited, true)
	}
	return err
}
