package provider

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// newLog returns a logger that writes to Terraform's log, or nil if the environment does
// not enable debug logs.
func newLog(getenv func(string) string) *slog.Logger {
	level := cmp.Or(getenv("TF_LOG_PROVIDER_VICIDIAL"), getenv("TF_LOG_PROVIDER"), getenv("TF_LOG"))
	if !slices.Contains([]string{"TRACE", "DEBUG", "JSON"}, strings.ToUpper(level)) {
		return nil
	}
	return slog.New(logHandler{})
}

// logHandler writes records to the provider's log of the request in their context. A
// group is a subsystem.
type logHandler struct {
	subsystem string
	attrs     []slog.Attr
}

// Enabled implements [slog.Handler]; the log itself filters by level.
func (h logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements [slog.Handler].
func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	fields := make(map[string]any, len(h.attrs)+record.NumAttrs())
	for _, attr := range h.attrs {
		fields[attr.Key] = attr.Value.Resolve().Any()
	}
	record.Attrs(func(attr slog.Attr) bool {
		fields[attr.Key] = attr.Value.Resolve().Any()
		return true
	})
	ctx = tflog.NewSubsystem(ctx, h.subsystem, tflog.WithRootFields())
	tflog.SubsystemDebug(ctx, h.subsystem, record.Message, fields)
	return nil
}

// WithAttrs implements [slog.Handler].
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.attrs = slices.Concat(h.attrs, attrs)
	return h
}

// WithGroup implements [slog.Handler].
func (h logHandler) WithGroup(name string) slog.Handler {
	h.subsystem = name
	return h
}
