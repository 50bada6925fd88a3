package tfhelper_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// privateState is private state as the framework keeps it.
type privateState map[string][]byte

func (p privateState) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

func (p privateState) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return p[key], nil
}

func TestSaveRows(t *testing.T) {
	t.Parallel()
	long := cluster.Row{}
	for i := range 60 {
		long[strings.Repeat("column_", 3)+string(rune('A'+i))] = cluster.Text("")
	}
	for claim, c := range map[string]struct {
		row  cluster.Row
		most int // bytes
	}{
		"a short row is kept as it is":   {cluster.Row{"a": cluster.Text("null"), "b": cluster.Null, "c": cluster.Text(""), "d": cluster.Text(`"é"`)}, 256},
		"a row of many columns is small": {long, 400},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			private := privateState{}
			if diags := tfhelper.SaveRows(t.Context(), private, c.row); diags.HasError() {
				t.Fatal(diags)
			}
			for key, value := range private {
				if len(value) > c.most {
					t.Errorf("%s takes %d bytes, more than %d", key, len(value), c.most)
				}
			}
			var diags diag.Diagnostics
			loaded, found := tfhelper.LoadRows[cluster.Row](t.Context(), private, &diags)
			if !found || diags.HasError() {
				t.Fatal(found, diags)
			}
			if diff := cmp.Diff(c.row, loaded); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("the dictionary stays", func(t *testing.T) {
		t.Parallel()
		var diags diag.Diagnostics
		row, _ := tfhelper.LoadRows[cluster.Row](t.Context(), privateState{"seen": []byte(`{"deflate":"qkYrSC0MDExNTQ0gbRBsRSpJKZqExIUWSrWAAAAA//8="}`)}, &diags)
		want := cluster.Row{
			"did_pattern": cluster.Text("8005550100"), "did_route": cluster.Text("EXTEN"), "filter_user_unavailable_action": cluster.Text("VOICEMAIL"),
			"max_queue_ingroup_extension": cluster.Text("9998811112"), "server_ip": cluster.Null,
		}
		if diff := cmp.Diff(want, row); diff != "" || diags.HasError() {
			t.Errorf("states in use cannot be read any more: %v\n%s", diags, diff)
		}
	})
	for claim, text := range map[string]string{
		"what is no base64":    `{"deflate":"?"}`,
		"what is not deflated": `{"deflate":"eA=="}`,
		"what is no row":       `7`,
	} {
		t.Run(claim+" is an error", func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			if _, found := tfhelper.LoadRows[cluster.Row](t.Context(), privateState{"seen": []byte(text)}, &diags); found || !diags.HasError() {
				t.Error(found, diags)
			}
		})
	}
}
