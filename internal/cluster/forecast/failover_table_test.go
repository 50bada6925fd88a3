package forecast

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
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
		if got := cluster.Runs(c.ids); !slices.Equal(got, c.want) {
			t.Errorf("%v become %v, want %v", c.ids, got, c.want)
		}
	}
}

func TestFailoverPlan_table(t *testing.T) {
	in := aFloor()
	in.Seats = append(in.Seats, aSeat("3000", dial2))
	in.Campaigns = []FailoverCampaign{{"SALES", 40}, {"SURVEY", 150}, {"TELE", 60}, {"VIP", 90}}
	for i := range in.Servers {
		for _, campaign := range in.Campaigns {
			in.Trunks = append(in.Trunks, cluster.Trunk{ServerIP: in.Servers[i].IP(), CampaignID: campaign.ID, Limit: cluster.Limit{Dedicated: 12, Restriction: cluster.MaximumLimit}})
		}
	}
	want := `lost    survivable  agents move  stranded  lines       calls/s
(none)  NO          0            0         144 of 340  30
  - Campaign SALES gets 36 lines instead of 40. Its MAXIMUM_LIMIT on server
    10.0.0.2 is 12. No server has vicidial_balance_active=Y, so the balance
    fill has nowhere to place them.
  - Campaign SURVEY gets 36 lines instead of 150. Its MAXIMUM_LIMIT on
    server 10.0.0.1 is 12. Its MAXIMUM_LIMIT on server 10.0.0.2 is 12. Its
    MAXIMUM_LIMIT on server 10.0.0.3 is 12. No server has
    vicidial_balance_active=Y, so the balance fill has nowhere to place
    them.
  - Campaign TELE gets 36 lines instead of 60. Its MAXIMUM_LIMIT on server
    10.0.0.1 is 12. Its MAXIMUM_LIMIT on server 10.0.0.2 is 12. Its
    MAXIMUM_LIMIT on server 10.0.0.3 is 12. No server has
    vicidial_balance_active=Y, so the balance fill has nowhere to place
    them.
  - and 1 more reason
dial1   NO          4            0         96 of 340   20
  - Campaign SALES gets 24 lines instead of 36. Its MAXIMUM_LIMIT on server
    10.0.0.2 is 12. Its MAXIMUM_LIMIT on server 10.0.0.3 is 12. No server
    has vicidial_balance_active=Y, so the balance fill has nowhere to place
    them.
  - Campaign SURVEY gets 24 lines instead of 36. Its MAXIMUM_LIMIT on server
    10.0.0.2 is 12. Its MAXIMUM_LIMIT on server 10.0.0.3 is 12. No server
    has vicidial_balance_active=Y, so the balance fill has nowhere to place
    them.
  - Campaign TELE gets 24 lines instead of 36. Its MAXIMUM_LIMIT on server
    10.0.0.2 is 12. Its MAXIMUM_LIMIT on server 10.0.0.3 is 12. No server
    has vicidial_balance_active=Y, so the balance fill has nowhere to place
    them.
  - and 1 more reason
`
	p := plan(t, in)
	got := p.Table(func(ip string) string { return fmt.Sprintf("dial%s", ip[len(ip)-1:]) })
	if head, _, _ := strings.Cut(got, "dial2"); head != want {
		t.Errorf("have\n%s\nwant\n%s", head, want)
	}
	for line := range strings.Lines(got) {
		if len(line) > tableWidth+1 {
			t.Errorf("wider than a terminal: %s", line)
		}
	}
	if survives := lossOf(t, plan(t, aFloor()), dial1); !survives.Survivable {
		t.Error("a loss that is survivable has reasons")
	}
}
