package tfhelper_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

func TestLogRender(t *testing.T) {
	var output bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &output)
	tfhelper.LogRender(ctx, "rendered", time.Now(), map[string]any{"proxy": "haproxy", "bytes": 12})
	lines, err := tflogtest.MultilineJSONDecode(&output)
	if err != nil || len(lines) != 1 {
		t.Fatalf("log = %v, %v", lines, err)
	}
	for field, want := range map[string]any{"@level": "debug", "@module": "provider.render", "@message": "rendered", "proxy": "haproxy", "bytes": float64(12)} {
		if lines[0][field] != want {
			t.Errorf("%s = %v, want %v", field, lines[0][field], want)
		}
	}
	if _, timed := lines[0]["ms"].(float64); !timed {
		t.Errorf("ms = %v, want a number", lines[0]["ms"])
	}
}
