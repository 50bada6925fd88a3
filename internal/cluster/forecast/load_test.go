package forecast

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestLinesOf(t *testing.T) {
	cases := []struct {
		kind, status string
		want         Lines
	}{
		{"OUT", "SENT", Lines{Local: 2}},
		{"IN", "CLOSER", Lines{Local: 2}},
		{"OUTBALANCE", "LIVE", Lines{Fill: 2}},
		{"OUT", "IVR", Lines{IVR: 2}},
		{"OUTBALANCE", "IVR", Lines{FillIVR: 2}},
		{"OUT", "BUSY", Lines{Ended: 2}},
		{"OUTBALANCE", "DISCONNECT", Lines{FillEnded: 2}},
		{"", "", Lines{Ended: 2}},
	}
	for _, c := range cases {
		if got := LinesOf(cluster.CallCount{Type: c.kind, Status: c.status, Count: 2}); got != c.want {
			t.Errorf("%s %s counts as %+v, want %+v", c.kind, c.status, got, c.want)
		}
	}
}
