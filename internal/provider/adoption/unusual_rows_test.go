package adoption_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Rows of seats that no floor can hold do not keep the others from it, and hyphens in
// ids are no ranges. A template that is named in other letters is not referred to,
// since the reference would change the row.
func TestAdopt_oddRows(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active, rebuild_conf_files) VALUES ('dial1', '10.0.0.1', 'Y', 'N'), ('dial2', '10.0.0.2', 'Y', 'N')",
		"INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, server_ip, template_id, account_entry, active) VALUES ('TELCO', 'T', '10.0.0.1', 'sip_GENERIC', '[t]\\nhost=192.0.2.1', 'N')",
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('', 'x', '506a')")()
	for seat := 500; seat < 508; seat++ {
		list := fmt.Sprintf("%da,%db", seat, seat)
		if seat == 503 {
			list = strings.Replace(list, ",", ", ", 1)
		}
		for server, letter := range []string{"a", "b"} {
			login := fmt.Sprintf("%d%s", seat, letter)
			acctest.Run(t, d, fmt.Sprintf("INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, template_id) VALUES ('%s', '%s', '10.0.0.%d', '%d', '%d', '')", login, login, server+1, seat, seat),
				fmt.Sprintf("INSERT INTO phones (extension, login, server_ip, dialplan_number, voicemail_id, template_id) VALUES ('%d-%d', '%d-%d', '10.0.0.%d', '9%d', '%d', '')", seat, server, seat, server, server+1, seat, seat))()
		}
		if seat < 506 {
			acctest.Run(t, d, fmt.Sprintf("INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('%d', 'x', '%s'), ('agent-%d', 'x', '%d-0,%d-1')", seat, list, seat, seat, seat))()
		}
	}
	s := aSite(t, d)
	summary := s.adopt(t, 0)
	agents := s.read(t, "agents.tf")
	for _, want := range []string{`seats          = ["500-502", "504-505"]`, `seats          = ["500-505"]`, `"agent-{seat}"`} {
		if !strings.Contains(agents, want) {
			t.Errorf("agents.tf has no %s", want)
		}
	}
	if left := fmt.Sprint(summary.Omitted); strings.Contains(left, "Two placements") || !strings.Contains(left, `logins_list is "503a, 503b"`) {
		t.Errorf("left out are %v", left)
	}
	if carriers := s.read(t, "carriers.tf"); !strings.Contains(carriers, `template_id  = "sip_GENERIC"`) {
		t.Errorf("carriers.tf is\n%s", carriers)
	}
	if t.Failed() {
		t.Log(agents)
	}
}
