package cluster

import (
	"slices"
	"testing"
)

func TestSeatsFrom(t *testing.T) {
	phones := []AgentPhone{
		{Login: "2000a", ServerIP: dial1, Active: true, Password: "x"},
		{Login: "2000b", ServerIP: dial2, Active: true, Password: "x"},
		{Login: "2000c", ServerIP: dial3, Active: true, Password: "y"},
		{Login: "2001a", ServerIP: dial1, Active: false, Password: "x"},
		{Login: "3000", ServerIP: dial2, Active: true, Password: "z"},
		{Login: "", ServerIP: dial2, Active: true},
	}
	aliases := []Alias{{ID: "2001", Logins: []string{"2001a", "gone"}}, {ID: "2000", Logins: []string{"2000A", "2000b", "2000c"}}}

	t.Run("an alias is a seat, and phones with another password are not usable", func(t *testing.T) {
		seats := SeatsFrom(phones, aliases, false)
		if len(seats) != 2 || seats[0].ID != "2000" {
			t.Fatalf("%+v", seats)
		}
		want := []LoginPhone{{"2000a", dial1, true}, {"2000b", dial2, true}, {"2000c", dial3, false}}
		if !slices.Equal(seats[0].Phones, want) {
			t.Errorf("have %+v, want %+v", seats[0].Phones, want)
		}
		if want := []LoginPhone{{"2001a", dial1, false}, {"gone", "", false}}; !slices.Equal(seats[1].Phones, want) {
			t.Errorf("an inactive phone and a login without one are %+v", seats[1])
		}
	})

	t.Run("an active phone in no alias is a seat of its own when asked for", func(t *testing.T) {
		seats := SeatsFrom(phones, aliases, true)
		if len(seats) != 3 || seats[2].ID != "3000" || seats[2].Phones[0].ServerIP != dial2 {
			t.Errorf("%+v", seats)
		}
	})

	t.Run("phones have their aliases", func(t *testing.T) {
		all := WithAliases(phones, aliases)
		i := slices.IndexFunc(all, func(p AgentPhone) bool { return p.Login == "2000a" })
		if !slices.Equal(all[i].Aliases, []string{"2000"}) || all[0].Login != "" {
			t.Errorf("%+v", all)
		}
	})
}

func TestInboundOf(t *testing.T) {
	inbound := InboundOf([]CarrierRow{
		{ID: "T1", Name: "TELCO", ServerIP: dial2, Active: true, Inbound: true},
		{ID: "T2", Name: "TELCO", ServerIP: dial1, Active: true, Inbound: true},
		{ID: "T3", Name: "TELCO", ServerIP: dial3, Active: false, Inbound: true},
		{ID: "OUT", Name: "OUT", ServerIP: dial1, Active: true},
		{ID: "ALL", ServerIP: AllServers, Active: true, Inbound: true},
	}, []string{dial1, dial3})
	if len(inbound) != 2 || inbound[0].Name != "ALL" || !slices.Equal(inbound[0].Servers, []string{dial1, dial3}) || !slices.Equal(inbound[1].Servers, []string{dial1, dial2}) {
		t.Errorf("%+v", inbound)
	}
}

func TestTopology_ActiveCarriers(t *testing.T) {
	topology := Topology{
		Nodes: []TopologyNode{aMachine(dial1, true), aMachine(dial2, true), aMachine(dial3, false)},
		Carriers: []CarrierRow{
			{ID: "T1", Name: "TELCO", ServerIP: dial2, Active: true},
			{ID: "T2", Name: "TELCO", ServerIP: dial1, Active: true, Inbound: true},
			{ID: "OFF", Name: "OFF", ServerIP: dial1},
			{ID: "ALL", ServerIP: AllServers, Active: true},
		},
	}
	carriers := topology.ActiveCarriers()
	if len(carriers) != 2 || carriers[0].Name != "ALL" || !slices.Equal(carriers[0].Servers, []string{dial1, dial2}) || carriers[0].Inbound {
		t.Fatalf("%+v", carriers)
	}
	if !carriers[1].Inbound || !slices.Equal(carriers[1].Servers, []string{dial1, dial2}) {
		t.Errorf("%+v", carriers[1])
	}
}

const dial1, dial2, dial3 = "10.0.0.1", "10.0.0.2", "10.0.0.3"

func aMachine(ip string, telephony bool) TopologyNode {
	return TopologyNode{Server: Server{Row: Row{"server_ip": Text(ip), "active_asterisk_server": YesNo(telephony)}}}
}
