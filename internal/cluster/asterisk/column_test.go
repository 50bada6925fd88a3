package asterisk

import (
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Whatever column is copied as lines, a comment that is left open, a file and a
// section that nothing is to be added to are found in it.
func TestColumns_areReadAsLines(t *testing.T) {
	for table, columns := range textColumns {
		for _, column := range columns {
			for _, text := range []string{";-- open", "#include other.conf", "[missing](+)", "[x](missing)", "[x"} {
				if len(Check(cluster.AsteriskText(column), text).Errors()) == 0 {
					t.Errorf("%s.%s takes %q", table, column, text)
				}
			}
		}
	}
	others := []string{
		"template_id", "protocol", "server_ip", "active", "user_group", // they choose what is written, and are not
		"carrier_id", "carrier_name", "carrier_description", // in comments of one line
	}
	for _, name := range cluster.CarrierColumns {
		if !IsText(cluster.TableCarriers, name) && !slices.Contains(others, name) {
			t.Errorf("vicidial_server_carriers.%s is in no list", name)
		}
	}
}

func TestBuiltinClashes(t *testing.T) {
	node := func(id, ip string) cluster.Server {
		return cluster.Server{Row: cluster.Row{
			"server_id": cluster.Text(id), "server_ip": cluster.Text(ip), "active_asterisk_server": cluster.YesNo(true),
		}}
	}
	servers := cluster.Servers{node("dial1", "10.0.0.1"), node("dial2", "10.0.0.2")}
	phones := []NodePhone{{ServerIP: "10.0.0.1", Protocol: "SIP", Extension: "2000a", DialplanNumber: "2000"}}
	for says, column := range map[string][3]string{
		"VICIdial sets the variable TRUNKDIAL2":           {"SIP", "globals_string", "TRUNKdial2 = SIP/x"},
		"VICIdial sets the variable TRUNKLOOP":            {"SIP", "globals_string", "TRUNKloop=SIP/x"},
		"VICIdial opens the section [IAX2 dial2]":         {"IAX2", "account_entry", "[dial2]\ntype=peer"},
		"VICIdial opens the section [IAX2 ASTblind]":      {"IAX2", "account_entry", "[ASTblind]\ntype=peer"},
		"extension 8500 is one of VICIdial's own":         {"SIP", "dialplan_entry", "exten => 8500,1,Hangup()"},
		"extension _010*000*000*002*. is one of VICIdial": {"SIP", "dialplan_entry", "exten => _010*000*000*002*.,1,Hangup()"},
		"extension 20-00 is that of a phone":              {"SIP", "dialplan_entry", "exten => 20-00,1,Hangup()"},
		"a phone opens the section [SIP 2000A]":           {"SIP", "account_entry", "[2000A]\ntype=peer"},
		"":                                                {"SIP", "dialplan_entry", "exten => h,2,NoOp()\nexten => _91X.,1,Hangup()"},
	} {
		t.Run(says, func(t *testing.T) {
			carrier := cluster.Carrier{
				"carrier_id": cluster.Text("MINE"), "server_ip": cluster.Text("10.0.0.1"), "protocol": cluster.Text(column[0]), "active": cluster.YesNo(true),
				column[1]: cluster.Text(column[2]),
			}
			clashes := BuiltinClashes(cluster.Carriers{carrier}, servers, slices.Values(phones))
			if says == "" {
				if len(clashes) != 0 {
					t.Errorf("found %v", clashes)
				}
				return
			}
			if len(clashes) != 1 || !strings.Contains(clashes[0].String(), says) {
				t.Errorf("found %v", clashes)
			}
		})
	}
}

func TestAccounts_Above(t *testing.T) {
	carrier := func(id, ip, account string) cluster.Carrier {
		return cluster.Carrier{
			"carrier_id": cluster.Text(id), "server_ip": cluster.Text(ip), "protocol": cluster.Text("SIP"), "active": cluster.YesNo(true),
			"account_entry": cluster.Text(account),
		}
	}
	mine := carrier("MINE", "10.0.0.1", "[mine](common)\nhost=x")
	for what, test := range map[string]struct {
		other cluster.Carrier
		errs  int
	}{
		"a carrier above":                                {carrier("ABOVE", "10.0.0.1", "[common](!)\ntype=peer"), 0},
		"a carrier above on all nodes":                   {carrier("ABOVE", cluster.AllServers, "[common](!)\ntype=peer"), 0},
		"a carrier below":                                {carrier("ZBELOW", "10.0.0.1", "[common](!)\ntype=peer"), 1},
		"a carrier on another node":                      {carrier("ABOVE", "10.0.0.2", "[common](!)\ntype=peer"), 1},
		"a carrier that has it from the node's own file": {carrier("ZBELOW", "10.0.0.2", "[other](common)\nhost=y"), 0},
	} {
		t.Run(what, func(t *testing.T) {
			violations := CheckBelow(cluster.AccountEntry, mine.Asterisk(cluster.AccountEntry), ReadAccounts(cluster.Carriers{test.other, mine}).Above(mine, nil)...)
			if len(violations.Errors()) != test.errs || test.errs == 0 && len(violations.Warnings()) != 1 {
				t.Errorf("told %q", violations)
			}
		})
	}
}
