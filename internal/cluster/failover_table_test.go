package cluster

import (
	"fmt"
	"slices"
	"testing"
)

func TestRuns(t *testing.T) {
	cases := []struct{ ids, want []string }{
		{nil, nil},
		{[]string{"2000"}, []string{"2000"}},
		{[]string{"2000", "2001"}, []string{"2000", "2001"}},
		{[]string{"2000", "2001", "2002", "2005", "x1", "x2"}, []string{"2000-2002", "2005", "x1", "x2"}},
		{[]string{"8", "9", "10", "11", "12"}, []string{"8", "9", "10-12"}},
		{[]string{"099", "100", "101"}, []string{"099-101"}},
	}
	for _, c := range cases {
		if got := Runs(c.ids); !slices.Equal(got, c.want) {
			t.Errorf("%v become %v, want %v", c.ids, got, c.want)
		}
	}
}

func TestFailoverPlan_table(t *testing.T) {
	in := aFloor()
	in.Seats = append(in.Seats, aSeat("3000", dial2))
	in.Campaigns = []FailoverCampaign{{"SALES", 40}}
	want := `lost   survivable  agents move  stranded  lines     calls/s  why not
dial1  yes         4            0         40 of 40  20
dial2  NO          4            1         40 of 40  20       There is no phone on a server that is left for 1 seat (3000).
dial3  yes         4            0         40 of 40  20
`
	got := plan(t, in).Table(func(ip string) string { return fmt.Sprintf("dial%s", ip[len(ip)-1:]) })
	if got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
}
