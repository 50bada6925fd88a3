package health

import (
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestPermanentFindings(t *testing.T) {
	t.Parallel()
	dial1 := cluster.Server{Row: cluster.Row{"server_id": cluster.Text("dial1"), "server_ip": cluster.Text("10.0.0.1")}}
	standard := dial1
	standard.DefaultSecrets = []string{cluster.ServerSecret}
	sounds := cluster.Settings{Row: cluster.Row{"sounds_web_server": cluster.Text("web1")}}
	weights := cluster.Settings{Weights: cluster.Container{Exists: true, Text: "10.0.0.1,10\n10.0.0.9,10\nwhat\n"}}
	carrier := cluster.Carrier{"carrier_id": cluster.Text("OLD"), "server_ip": cluster.Text("10.0.0.9"), "template_id": cluster.Text("gone")}
	for name, c := range map[string]struct {
		snapshot Snapshot
		said     []string
	}{
		"a sound cluster":  {Snapshot{Servers: []Server{{Server: dial1}}}, nil},
		"a default secret": {Snapshot{Servers: []Server{{Server: standard}}}, []string{"Server dial1 (10.0.0.1) has the default password in conf_secret."}},
		"the wizard":       {Snapshot{FirstLogin: true}, []string{"The first-login wizard has not run: the first login to the admin pages overwrites the passwords of all servers and phones."}},
		"central sounds":   {Snapshot{Settings: sounds}, []string{"sounds_web_server is web1, but sounds_central_control_active is 0: no node fetches sounds from there."}},
		"login weights": {Snapshot{Servers: []Server{{Server: dial1}}, Settings: weights}, []string{
			"Agent login weights: 10.0.0.9 has a weight of 10, but is not a server: its weight only reduces the share of every other server.",
			"Agent login weights: VICIdial ignores these lines: what.",
		}},
		"a carrier": {Snapshot{Carriers: cluster.Carriers{carrier}}, []string{
			"Carrier OLD names template gone, which does not exist.", "Carrier OLD is on 10.0.0.9, which is not a server.",
		}},
		"a trunk row": {Snapshot{Trunks: cluster.Trunks{{ServerIP: "0.0.0.0", CampaignID: "SALES"}}}, []string{
			"Campaign SALES has trunk rows on 0.0.0.0, which VICIdial ignores: no server has the address.",
		}},
	} {
		if said := PermanentFindings(c.snapshot); !slices.Equal(said, c.said) {
			t.Errorf("%s: %q, want %q", name, said, c.said)
		}
	}
}
