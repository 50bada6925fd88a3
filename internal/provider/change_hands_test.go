package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Objects exchange what only one of them may have. Terraform orders them in no way.
func TestAccChangeHands(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, active) VALUES ('dial1', '10.0.0.1', 'Y'), ('dial2', '10.0.0.2', 'Y')",
		"INSERT INTO vicidial_users (user, pass, full_name) VALUES ('2000', 'x', 'Ann'), ('2001', 'x', 'Bob'), ('2002', 'x', 'Cid'), ('9000', 'x', 'N'), ('9001', 'x', 'N'), ('9002', 'x', 'N'), ('9003', 'x', 'N')")()
	// Blocks without references are to Terraform what elements of one for_each are; the
	// framework of the tests knows no state of for_each.
	config := func(day, late, one, two string, night ...string) string {
		text := acctest.Provider(d)
		for name, seats := range map[string]string{"day": day, "late": late} {
			text += fmt.Sprintf(`
resource "vicidial_agent_placement" %[1]q {
  name         = %[1]q
  seats        = [%[2]q]
  assign_users = true
  servers      = { "10.0.0.1" = { suffix = "a" }, "10.0.0.2" = { suffix = "b" } }
  phone        = { protocol = "SIP", pass_wo = "open1234", pass_wo_version = 1 }
}
`, name, seats)
		}
		for name, prefix := range map[string]string{"ONE": one, "TWO": two} {
			text += fmt.Sprintf(`
resource "vicidial_carrier_route" %[1]q {
  name          = %[1]q
  servers       = ["10.0.0.1"]
  protocol      = "SIP"
  account_entry = "[%[2]s]\ntype=peer\nhost=sip.example.com\n"
  dial          = { prefix = %[3]q }
}
`, name, strings.ToLower(name), prefix)
		}
		for _, run := range night {
			start, lines, _ := strings.Cut(run, "+")
			text += fmt.Sprintf(`
resource "vicidial_remote_agents" "r%[1]s" {
  user_start      = %[1]q
  number_of_lines = %[2]s
  server_ip       = "10.0.0.1"
  campaign_id     = "SALES"
  conf_exten      = "8300"
}
`, start, lines)
		}
		return text
	}
	expect := func(query, drawing string) resource.TestCheckFunc { return acctest.Expect(t, d, query, drawing) }
	secret := acctest.Run(t, d, "UPDATE phones SET conf_secret = CONCAT('secret', login)")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config("2000-2001", "2002", "8", "9", "9000+2", "9002+2")},
			{
				PreConfig: secret,
				Config:    config("2000", "2001-2002", "9", "8", "9000+3", "9003+1"),
				Check: resource.ComposeAggregateTestCheckFunc(
					expect("SELECT login, server_ip FROM phones ORDER BY 1", `
						| login | server_ip |
						| 2000a | 10.0.0.1  |
						| 2000b | 10.0.0.2  |
						| 2001a | 10.0.0.1  |
						| 2001b | 10.0.0.2  |
						| 2002a | 10.0.0.1  |
						| 2002b | 10.0.0.2  |`),
					expect("SELECT user, phone_login FROM vicidial_users WHERE user LIKE '20%' ORDER BY 1", `
						| user | phone_login |
						| 2000 | 2000        |
						| 2001 | 2001        |
						| 2002 | 2002        |`),
					expect("SELECT carrier_id, dialplan_entry LIKE '%exten => _9%' AS nine, dialplan_entry LIKE '%exten => _8%' AS eight FROM vicidial_server_carriers WHERE carrier_id REGEXP '^(ONE|TWO)_' ORDER BY 1", `
						| carrier_id | nine | eight |
						| ONE_00001  |    1 |     0 |
						| TWO_00001  |    0 |     1 |`),
					expect("SELECT user_start, number_of_lines FROM vicidial_remote_agents ORDER BY 1", `
						| user_start | number_of_lines |
						| 9000       |               3 |
						| 9003       |               1 |`)),
			},
			{ // and back, both ways at once
				Config: config("2001-2002", "2000", "8", "9", "9000+2", "9002+2"),
				Check: resource.ComposeAggregateTestCheckFunc(
					// Which of the two logins is first depends on who is planned first.
					expect("SELECT alias_id, FIND_IN_SET(CONCAT(alias_id, 'a'), logins_list) > 0 AS a, FIND_IN_SET(CONCAT(alias_id, 'b'), logins_list) > 0 AS b FROM phones_alias ORDER BY 1", `
						| alias_id | a | b |
						| 2000     | 1 | 1 |
						| 2001     | 1 | 1 |
						| 2002     | 1 | 1 |`),
					expect("SELECT COUNT(*) AS phones FROM phones", `
						| phones |
						|      6 |`),
					expect("SELECT user, phone_login FROM vicidial_users WHERE user LIKE '20%' ORDER BY 1", `
						| user | phone_login |
						| 2000 | 2000        |
						| 2001 | 2001        |
						| 2002 | 2002        |`)),
			},
		},
	})
}

// A prefix that another route has is refused, and is free where that route goes in the
// same run.
func TestAccChangeHands_removed(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active) VALUES ('dial1', '10.0.0.1', 'Y')")()
	route := func(name, prefix string) acctest.Values {
		return acctest.Values{
			"name": name, "servers": []string{"10.0.0.1"}, "protocol": "SIP", "dial": acctest.Values{"prefix": prefix},
			"account_entry": "[" + strings.ToLower(name) + "]\ntype=peer\nhost=sip.example.com\n",
		}
	}
	session := acctest.NewSession(t, d)
	one, two := session.Object(t, "vicidial_carrier_route"), session.Object(t, "vicidial_carrier_route")
	one.Change(t, route("ONE", "8"))
	two.Change(t, route("TWO", "9"))
	one.Refresh(t)
	if said := one.Plan(t, route("ONE", "9")).Errors(); !strings.Contains(said, "Conflicting prefix") {
		t.Errorf("a prefix that is taken: %q", said)
	}
	two.Refresh(t)
	removal, change := two.Plan(t, nil), one.Plan(t, route("ONE", "9"))
	if said := removal.Errors() + change.Errors(); said != "" {
		t.Errorf("a prefix that is given up: %q", said)
	}
}

// A placement that takes seats may write before the one that gives them up: what it has
// written is no edit that the other must report.
func TestAccChangeHands_takerFirst(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"taker", "giver"} {
		t.Run(first+" first", func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			acctest.Run(t, d,
				"INSERT INTO servers (server_id, server_ip, active) VALUES ('dial1', '10.0.0.1', 'Y'), ('dial2', '10.0.0.2', 'Y')",
				"INSERT INTO vicidial_users (user, pass, full_name) VALUES ('2000', 'x', 'Ann'), ('2001', 'x', 'Bob'), ('2002', 'x', 'Cid')")()
			placement := func(name, seats string) acctest.Values {
				return acctest.Values{
					"name": name, "seats": []string{seats}, "assign_users": true,
					"servers": acctest.Values{"10.0.0.1": acctest.Values{"suffix": "a"}, "10.0.0.2": acctest.Values{"suffix": "b"}},
					"phone":   acctest.Values{"protocol": "SIP", "pass_wo": "open1234", "pass_wo_version": 1},
				}
			}
			before := acctest.NewSession(t, d)
			taker, giver := before.Object(t, "vicidial_agent_placement"), before.Object(t, "vicidial_agent_placement")
			taker.Change(t, placement("taker", "2000"))
			giver.Change(t, placement("giver", "2001-2002"))
			acctest.Run(t, d, "UPDATE phones SET conf_secret = CONCAT('secret', login)")()

			// The giver keeps none of its seats, and in the taker's range they alternate
			// between the servers in another order.
			session := acctest.NewSession(t, d)
			taker, giver = taker.In(session), giver.In(session)
			taker.Refresh(t)
			giver.Refresh(t)
			wanted := map[string]acctest.Values{"taker": placement("taker", "2000-2001"), "giver": placement("giver", "2002")}
			objects := map[string]*acctest.Object{"taker": taker, "giver": giver}
			second := map[string]string{"taker": "giver", "giver": "taker"}[first]
			plans := map[string]acctest.Planned{}
			for _, name := range []string{second, first, second} {
				plans[name] = objects[name].Plan(t, wanted[name])
			}
			for _, name := range []string{first, second} {
				if said := plans[name].Errors() + objects[name].Apply(t, plans[name]).Errors(); said != "" {
					t.Errorf("%s: %s", name, said)
				}
			}
			d.Expect(t, "SELECT login, server_ip, conf_secret FROM phones ORDER BY 1", `
				| login | server_ip | conf_secret |
				| 2000a | 10.0.0.1  | secret2000a |
				| 2000b | 10.0.0.2  | secret2000b |
				| 2001a | 10.0.0.1  | secret2001a |
				| 2001b | 10.0.0.2  | secret2001b |
				| 2002a | 10.0.0.1  | secret2002a |
				| 2002b | 10.0.0.2  | secret2002b |`)
		})
	}
}

// Remote agents that take users wait at the apply until the others have given them up.
func TestAccChangeHands_users(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, active) VALUES ('dial1', '10.0.0.1', 'Y')",
		"INSERT INTO vicidial_users (user, pass, full_name) VALUES ('9000', 'x', 'N'), ('9001', 'x', 'N'), ('9002', 'x', 'N')")()
	agents := func(first string, lines int) acctest.Values {
		return acctest.Values{"user_start": first, "number_of_lines": lines, "server_ip": "10.0.0.1", "campaign_id": "SALES", "conf_exten": "8300"}
	}
	session := acctest.NewSession(t, d)
	giver, taker := session.Object(t, "vicidial_remote_agents"), session.Object(t, "vicidial_remote_agents")
	giver.Change(t, agents("9000", 3))
	session = acctest.NewSession(t, d)
	giver, taker = giver.In(session), taker.In(session)
	giver.Refresh(t)
	less, more := giver.Plan(t, agents("9000", 2)), taker.Plan(t, agents("9002", 1))
	if said := less.Errors() + more.Errors(); said != "" {
		t.Fatal(said)
	}
	taken := make(chan string)
	go func() { taken <- taker.Apply(t, more).Errors() }()
	select {
	case said := <-taken:
		t.Fatalf("the taker does not wait: %s", said)
	case <-time.After(300 * time.Millisecond):
	}
	if said := giver.Apply(t, less).Errors(); said != "" {
		t.Error(said)
	}
	if said := <-taken; said != "" {
		t.Error(said)
	}
	d.Expect(t, "SELECT user_start, number_of_lines FROM vicidial_remote_agents ORDER BY 1", `
		| user_start | number_of_lines |
		| 9000       |               2 |
		| 9002       |               1 |`)
}
