package asterisk

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// A large site: sixty routes on forty servers with 250 phones each.
func BenchmarkClashes(b *testing.B) {
	var all cluster.Carriers
	var phones []NodePhone
	for server := range 40 {
		ip := fmt.Sprintf("10.0.0.%d", server+1)
		for route := range 60 {
			all = append(all, cluster.Carrier{
				"carrier_id": cluster.Text(fmt.Sprintf("R%02d_%05d", route, server+1)), "server_ip": cluster.Text(ip),
				"active": cluster.Text("Y"), "protocol": cluster.Text("SIP"),
				"account_entry":  cluster.Text(fmt.Sprintf("[r%d]\ntype=peer\nhost=sip.example.com\n", route)),
				"dialplan_entry": cluster.Text(fmt.Sprintf("exten => _9%03dX.,1,AGI(agi://127.0.0.1:4577/call_log)\nexten => _9%03dX.,n,Dial(SIP/${EXTEN:4}@r%d,,To)\nexten => _9%03dX.,n,Hangup()\n", route, route, route, route)),
			})
		}
		for seat := range 250 {
			phones = append(phones, NodePhone{ServerIP: ip, Protocol: "SIP", Extension: fmt.Sprint(20000 + seat), DialplanNumber: fmt.Sprint(20000 + seat)})
		}
	}
	mine := all.OfRoute("R00")
	others := all.With(map[string]cluster.RouteRows{"R00": {}})
	for b.Loop() {
		if clashes := append(Clashes(mine, others), BuiltinClashes(mine, nil, slices.Values(phones))...); len(clashes) > 0 {
			b.Fatal(clashes[0])
		}
		accounts := ReadAccounts(append(others, mine...))
		for _, row := range mine {
			accounts.Above(row, nil)
		}
		FailoversOf(others)
	}
}
