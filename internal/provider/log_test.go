package provider

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

func TestNewLog(t *testing.T) {
	for _, c := range []struct {
		claim       string
		environment map[string]string
		logs        bool
	}{
		{"without a level nothing is logged", nil, false},
		{"main switches the log off where no level is set", map[string]string{"TF_LOG_PROVIDER_VICIDIAL": "off"}, false},
		{"a level above debug logs nothing", map[string]string{"TF_LOG": "INFO"}, false},
		{"the providers' level counts", map[string]string{"TF_LOG_PROVIDER": "DEBUG"}, true},
		{"Terraform's level counts", map[string]string{"TF_LOG": "trace"}, true},
		{"this provider's own level wins", map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER_VICIDIAL": "WARN"}, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if log := newLog(func(name string) string { return c.environment[name] }); (log != nil) != c.logs {
				t.Errorf("log = %v, want one: %t", log, c.logs)
			}
		})
	}
}

func TestLog_writesToASubsystem(t *testing.T) {
	var output bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &output)
	slog.New(logHandler{}).WithGroup("store").With("run", 1).LogAttrs(ctx, slog.LevelDebug, "statement",
		slog.String("verb", "SELECT"), slog.String("table", "servers"), slog.Int64("rows", 3))
	lines, err := tflogtest.MultilineJSONDecode(&output)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{
		"@level": "debug", "@module": "provider.store", "@message": "statement",
		"run": float64(1), "verb": "SELECT", "table": "servers", "rows": float64(3),
	}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}
