package tfhelper

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logRender is the subsystem of the provider's log for generated files.
const logRender = "render"

// LogRender logs an operation on a generated file (rendered, checked, written,
// reloaded), its duration and further fields: counts and names of programs, never a text
// or a path.
func LogRender(ctx context.Context, done string, began time.Time, fields map[string]any) {
	ctx = tflog.NewSubsystem(ctx, logRender, tflog.WithRootFields())
	tflog.SubsystemDebug(ctx, logRender, done, fields, map[string]any{"ms": time.Since(began).Milliseconds()})
}
