package asterisk

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func carrier(id, serverIP string) cluster.Carrier {
	return cluster.Carrier{
		"carrier_id": cluster.Text(id), "server_ip": cluster.Text(serverIP), "protocol": cluster.Text("SIP"), "active": cluster.YesNo(true),
		"account_entry":  cluster.Text("[" + id + "]\ntype=peer\nhost=sip.example.com\n"),
		"dialplan_entry": cluster.Text("exten => _9" + id + "X.,1,Hangup()\n"),
	}
}

func changed(carrier cluster.Carrier, column, value string) cluster.Carrier {
	changed := maps.Clone(carrier)
	changed[column] = cluster.Text(value)
	return changed
}

func TestClashes(t *testing.T) {
	mine := changed(carrier("MINE", "10.0.0.1"), "globals_string", "TRUNK1 = SIP/a")
	clash := func(other cluster.Carrier) string {
		var counted []string
		for _, clash := range Clashes(cluster.Carriers{mine}, cluster.Carriers{mine, other}) {
			counted = append(counted, fmt.Sprintf("%s%s%s %v", clash.Extension, clash.Variable, clash.Section, clash.Route))
			if clash.Other != other.ID() || !strings.Contains(clash.String(), other.ID()) {
				t.Errorf("%q does not name %s", clash, other.ID())
			}
		}
		return strings.Join(counted, ", ")
	}
	same := changed(carrier("OTHER", "10.0.0.1"), "dialplan_entry", mine["dialplan_entry"].Text)
	for name, test := range map[string]struct {
		other cluster.Carrier
		tells string
	}{
		"a pattern on the same node":               {same, "_9MINEX. false"},
		"a pattern on all servers":                 {changed(same, "server_ip", cluster.AllServers), "_9MINEX. false"},
		"not a pattern on another node":            {changed(same, "server_ip", "10.0.0.2"), ""},
		"not a pattern of a carrier that is off":   {changed(same, "active", "N"), ""},
		"not a pattern of a protocol without file": {changed(same, "protocol", "Zap"), ""},
		"a pattern with hyphens":                   {changed(same, "dialplan_entry", "exten => _9-MINE-X.,1,Hangup()"), "_9MINEX. false"},
		"a variable, whatever its case":            {changed(carrier("OTHER", "10.0.0.1"), "globals_string", "trunk1=IAX2/b"), "TRUNK1 false"},
		"a section":                                {changed(carrier("OTHER", "10.0.0.1"), "account_entry", "[MINE]\ntype=peer"), "SIP MINE false"},
		"not a section of another file":            {changed(changed(carrier("OTHER", "10.0.0.1"), "account_entry", "[MINE]\ntype=peer"), "protocol", "IAX2"), ""},
		"nothing where nothing is shared":          {carrier("OTHER", "10.0.0.1"), ""},
	} {
		t.Run("finds "+name, func(t *testing.T) {
			if counted := clash(test.other); counted != test.tells {
				t.Errorf("told %q, wanted %q", counted, test.tells)
			}
		})
	}
	t.Run("two generated routes with one prefix are distinguished from a pattern written by hand", func(t *testing.T) {
		one, other := aDial(), aDial()
		other.Route = "BACKUP"
		clashes := Clashes(
			cluster.Carriers{changed(carrier("A", cluster.AllServers), "dialplan_entry", one.Dialplan())},
			cluster.Carriers{changed(carrier("B", "10.0.0.7"), "dialplan_entry", other.Dialplan())},
		)
		if len(clashes) != 1 || !clashes[0].Route || clashes[0].Extension != one.extension() || clashes[0].ServerIP != "10.0.0.7" {
			t.Errorf("%+v", clashes)
		}
	})
	t.Run("the sections of one PJSIP carrier do not clash by name alone", func(t *testing.T) {
		one := changed(changed(carrier("A", "10.0.0.1"), "protocol", "PJSIP"), "account_entry", "[x]\ntype=endpoint")
		other := changed(changed(carrier("B", "10.0.0.1"), "protocol", "PJSIP"), "account_entry", "[x]\ntype=aor")
		if clashes := Clashes(cluster.Carriers{one}, cluster.Carriers{other}); len(clashes) != 0 {
			t.Errorf("%+v", clashes)
		}
	})
}

func TestSameExtension(t *testing.T) {
	// As Asterisk 16 and 22 answered when they were asked to have both.
	for one, other := range map[string]string{
		"_9XZN.": "_9xzn.", "_8[0-9]X": "_8XX", "_7-1X": "_71X", "_[1-9]": "_z", "_[2]X!": "_2x!", "route-MAIN": "routeMAIN",
	} {
		if sameExtension(one) != sameExtension(other) {
			t.Errorf("%s is %s and %s is %s", one, sameExtension(one), other, sameExtension(other))
		}
	}
	for one, other := range map[string]string{"route_MAIN": "route_main", "_9X.": "_9X!", "_9X./555": "_9X.", "_9[12]": "_9[13]", "X": "_X"} {
		if sameExtension(one) == sameExtension(other) {
			t.Errorf("%s and %s are both %s", one, other, sameExtension(one))
		}
	}
}
