package agentplacement_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// foundPhone is a row of phones that was made by hand.
type foundPhone struct{ server, login, extension, dialplan, voicemail, pass, fullname string }

func found(t *testing.T, d *sandbox.Database, rows []foundPhone, aliases ...[3]string) {
	t.Helper()
	values := make([]string, 0, len(rows))
	for _, p := range rows {
		values = append(values, fmt.Sprintf("('%s', '%s', '%s', '%s', '%s', '%s', '%s', 'ACTIVE', 'Y', 'SIP', '')", p.server, p.login, p.extension, p.dialplan, p.voicemail, p.pass, p.fullname))
	}
	acctest.Run(t, d, "INSERT INTO phones (server_ip, login, extension, dialplan_number, voicemail_id, pass, fullname, status, active, protocol, template_id) VALUES "+strings.Join(values, ", "))()
	for _, a := range aliases {
		acctest.Run(t, d, fmt.Sprintf("INSERT INTO phones_alias (alias_id, alias_name, logins_list) VALUES ('%s', '%s', '%s')", a[0], a[1], a[2]))()
	}
}

// Each convention of docs/vicidial/agent-login.md#naming-conventions is adopted, and the configuration that says the same
// plans nothing.
func TestAccAgentPlacement_importsEachConvention(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		phone   func(seat int, server int) foundPhone
		alias   func(seat int) [3]string
		id      string
		servers string
		more    []string
	}{
		{
			"the bulk page, aa and ax among the suffixes, with numbers in front",
			func(seat, server int) foundPhone {
				number, suffix := fmt.Sprint(seat), []string{"a", "aa", "ax"}[server]
				dialplan := []string{"", "26", "49"}[server] + number
				return foundPhone{"", number + suffix, number, dialplan, number, "test", "ext " + number}
			},
			func(seat int) [3]string {
				return [3]string{fmt.Sprintf("%dq", seat), fmt.Sprint(seat), fmt.Sprintf("%[1]da,%[1]daa,%[1]dax", seat)}
			},
			"2000q-2005q",
			`"10.0.0.1" = { suffix = "a" }, "10.0.0.2" = { suffix = "aa" }, "10.0.0.3" = { suffix = "ax" }`,
			[]string{`naming = { dialplan_number = "{index?}{seat}", alias_id = "{seat}q", alias_name = "{seat}", fullname = "ext {seat}" }`},
		},
		{
			"create-phone-alias.pl, whose extensions are logins",
			func(seat, server int) foundPhone {
				number := fmt.Sprint(seat)
				login := number + string(rune('a'+server))
				return foundPhone{"", login, login, number, number, fmt.Sprintf("p%d", seat), ""}
			},
			func(seat int) [3]string {
				return [3]string{fmt.Sprintf("%dx", seat), fmt.Sprintf("%dx", seat), fmt.Sprintf("%[1]da,%[1]db,%[1]dc", seat)}
			},
			"2000x-2005x",
			threeServers,
			[]string{`naming = { extension = "{seat}{suffix}", dialplan_number = "{seat}", alias_id = "{seat}x", alias_name = "{seat}x", fullname = "keep" }`, "assign_users = true"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newCluster(t, 1720)
			var rows []foundPhone
			var aliases [][3]string
			for seat := 2000; seat <= 2005; seat++ {
				for server := range 3 {
					p := c.phone(seat, server)
					p.server = fmt.Sprintf("10.0.0.%d", server+1)
					rows = append(rows, p)
				}
				aliases = append(aliases, c.alias(seat))
			}
			found(t, d, rows, aliases...)
			acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, phone_login) VALUES ('2000', 'x', 'Ann', '2000x')")()
			config := fullConfig(d, `"2000-2005"`, c.servers, append(c.more, "nodes_per_seat = 3", `alias_order = "keep"`)...)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{Config: config, ResourceName: floor, ImportState: true, ImportStateId: "floor1=" + c.id, ImportStatePersist: true},
					{Config: config, ConfigPlanChecks: empty},
				},
			})
		})
	}
}

func TestAccAgentPlacement_importReportsWhatItCannotDescribe(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	found(t, d, []foundPhone{{"10.0.0.1", "1901", "1-1", "1901", "1901", "test", ""}, {"10.0.0.1", "1902", "2-1", "1902", "1902", "test", ""}})
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: fullConfig(d, `"1901-1902"`, `"10.0.0.1" = { suffix = "a" }`), ResourceName: floor, ImportState: true, ImportStateId: "floor1=1901-1902",
			ExpectError: regexp.MustCompile(`extension\s+1-1\s+of\s+phone\s+1901(?s:.*)described\s+by\s+one\s+template`),
		}},
	})
}

// An import of the provider's own rows restores the declared weights, although the
// seats do not divide evenly.
func TestAccAgentPlacement_importKeepsWeightsOfOne(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	config := fullConfig(d, `"2000-2006"`, threeServers, "nodes_per_seat = 2", aPassword)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				Config: config, ResourceName: floor, ImportState: true, ImportStateId: "floor1=2000-2006", ImportStateVerify: true,
				ImportStateVerifyIdentifierAttribute: "name",
				ImportStateVerifyIgnore:              []string{"phone.%", "phone.protocol", "phone.pass_wo_version", "phone.conf_secret_wo_version"},
			},
		},
	})
}

// Rows that follow VICIdial's sample of 151 phones on three servers, and those of
// the other conventions, are imported without a change.
func TestAccAgentPlacement_importsManualRows(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var rows []string
	for seat := 2000; seat <= 2014; seat++ {
		for i, letter := range []string{"a", "b", "c"} {
			rows = append(rows, fmt.Sprintf("('%d', '%d%d', '%d', '10.0.0.%d', '%d%s', 'test', 'ACTIVE', 'Y', 'station %d', 'IAX2', '')", seat, seat, i, seat, i+1, seat, letter, seat))
		}
	}
	acctest.Run(t, d,
		"INSERT INTO phones (extension, dialplan_number, voicemail_id, server_ip, login, pass, status, active, fullname, protocol, template_id) VALUES "+strings.Join(rows, ", "),
		"INSERT INTO phones_alias (alias_id, alias_name, logins_list) SELECT extension, CONCAT(extension, ' phone'), CONCAT(extension, 'a,', extension, 'b,', extension, 'c') FROM phones WHERE server_ip = '10.0.0.1'")()
	config := fullConfig(d, `"2000-2014"`, threeServers, "nodes_per_seat = 3", `alias_order = "keep"`, `phone = { protocol = "IAX2" }`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: config, ResourceName: floor, ImportState: true, ImportStateId: "floor1=2000-2014", ImportStatePersist: true,
			},
			{Config: config, ConfigPlanChecks: empty},
			{ResourceName: floor, Config: config, ImportState: true, ImportStateId: "2000-2014", ExpectError: regexp.MustCompile(`(?i)the\s+import\s+id\s+is\s+a\s+name\s+and\s+the\s+aliases`)},
			{ResourceName: floor, Config: config, ImportState: true, ImportStateId: "floor1=2000-2015", ExpectError: regexp.MustCompile(`no\s+alias\s+or\s+phone\s+login\s+2015`)},
			{ // then it is a placement like any other
				Config: fullConfig(d, `"2000-2014"`, twoServers),
				Check: expect(t, d, "SELECT server_ip, COUNT(*) AS phones FROM phones GROUP BY server_ip", `
					| server_ip | phones |
					| 10.0.0.1  |     15 |
					| 10.0.0.2  |     15 |`),
			},
		},
	})
}

// Faults of manual rows are reported seat by seat, and corrected by the first
// apply. A password that differs is ignored by what an import writes; it is a fault
// where the configuration does not ignore it.
func TestAccAgentPlacement_importsFaultyRows(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var rows []foundPhone
	var aliases [][3]string
	for _, seat := range []string{"2000", "2001", "2002", "2003", "2004", "2006"} {
		for i, letter := range []string{"a", "b"} {
			rows = append(rows, foundPhone{fmt.Sprintf("10.0.0.%d", i+1), seat + letter, seat, fmt.Sprintf("%s%d", seat, i), seat, "test", "station " + seat})
		}
		aliases = append(aliases, [3]string{seat, seat + " phone", seat + "a," + seat + "b"})
	}
	aliases[1][2] = "2001a, 2001b"
	aliases[2][2] = "2002a,2002b,2002z"
	aliases[3][2] = "2003a"
	rows[9].pass = "7777"
	found(t, d, rows, aliases...)
	imported := fullConfig(d, `"2000-2004", "2006"`, twoServers, "nodes_per_seat = 2", `alias_order = "keep"`, "ignore_password_drift = true")
	config := fullConfig(d, `"2000-2004", "2006"`, twoServers, "nodes_per_seat = 2", `alias_order = "keep"`)
	passwords := expect(t, d, "SELECT pass, COUNT(*) AS phones FROM phones GROUP BY pass", `
		| pass | phones |
		| test |     12 |`)
	oneDiffers := acctest.Run(t, d, "UPDATE phones SET pass = '7777' WHERE login = '2004b'")
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: imported, ResourceName: floor, ImportState: true, ImportStateId: "floor1=2000-2004,2006", ImportStatePersist: true,
				ImportStateCheck: func(states []*terraform.InstanceState) error {
					value := map[string]string{}
					for key, text := range states[0].Attributes {
						if seat, ok := strings.CutPrefix(key, "deviations."); ok && seat != "%" {
							value[seat] = text
						}
					}
					want := map[string]string{
						"2001": `alias 2001: logins_list is "2001a, 2001b", not "2001a,2001b"`,
						"2002": `alias 2002: logins_list is "2002a,2002b,2002z", not "2002a,2002b"`,
						"2003": `phone 2003b on 10.0.0.2 is there although the seat is not placed there`,
					}
					if ignored := states[0].Attributes["ignore_password_drift"]; !maps.Equal(value, want) || ignored != "true" {
						return fmt.Errorf("deviations %v, ignore_password_drift %q", value, ignored)
					}
					return nil
				},
			},
			{
				Config: imported,
				Check: all(
					expect(t, d, "SELECT alias_id, logins_list FROM phones_alias ORDER BY alias_id", `
						| alias_id | logins_list |
						| 2000     | 2000a,2000b |
						| 2001     | 2001a,2001b |
						| 2002     | 2002a,2002b |
						| 2003     | 2003a,2003b |
						| 2004     | 2004a,2004b |
						| 2006     | 2006a,2006b |`),
					expect(t, d, "SELECT pass, COUNT(*) AS phones FROM phones GROUP BY pass", `
						| pass | phones |
						| 7777 |      1 |
						| test |     11 |`)),
			},
			{Config: imported, ConfigPlanChecks: empty},
			{Config: config, Check: passwords},
			{
				PreConfig: oneDiffers, RefreshState: true, ExpectNonEmptyPlan: true,
				Check: resource.TestCheckResourceAttr(floor, "deviations.2004", `phone 2004b on 10.0.0.2: pass differs from the floor's`),
			},
			{Config: config, Check: passwords},
			{Config: config, ConfigPlanChecks: empty},
		},
	})
}

// An import accepts the ids that terraform query returns.
func TestAccAgentPlacement_list(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var rows []foundPhone
	var aliases [][3]string
	for _, seat := range []string{"2000", "2001", "2003"} {
		for i, letter := range []string{"a", "b"} {
			rows = append(rows, foundPhone{fmt.Sprintf("10.0.0.%d", i+1), seat + letter, seat, fmt.Sprintf("%s%d", seat, i), seat, "test", "station " + seat})
		}
		aliases = append(aliases, [3]string{seat + "x", seat + " phone", seat + "a," + seat + "b"})
	}
	rows = append(rows, foundPhone{"10.0.0.3", "front", "9", "9", "9", "test", "reception"})
	found(t, d, rows, append(aliases, [3]string{"5000x", "reception", "front"})...)
	floors := acctest.List(t, d, "vicidial_agent_placement")
	if len(floors) != 1 || floors[0].Name != "2000x: 3 seats 2000-2001, 2003" || !maps.Equal(floors[0].Identity, map[string]string{"name": "2000x", "alias_ids": "2000x-2001x,2003x"}) {
		t.Fatalf("found %+v", floors)
	}
	config := strings.Replace(fullConfig(d, `"2000-2001", "2003"`, twoServers, `naming = { alias_id = "{seat}x" }`, "nodes_per_seat = 2", `alias_order = "keep"`), `"floor1"`, `"2000x"`, 1)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config, ResourceName: floor, ImportState: true, ImportStateId: floors[0].Identity["name"] + "=" + floors[0].Identity["alias_ids"], ImportStatePersist: true},
			{Config: config, ConfigPlanChecks: empty},
		},
	})
}

// Issue 12: seats of web phones that move to another server stay web phones.
func TestAccAgentPlacement_webPhonesMoveAsTheyAre(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	var rows []foundPhone
	var aliases [][3]string
	for seat := 2000; seat < 2040; seat++ {
		number := fmt.Sprint(seat)
		rows = append(rows, foundPhone{"10.0.0.1", number + "a", number, number + "0", number, "p" + number, "station " + number})
		aliases = append(aliases, [3]string{number, number + " phone", number + "a"})
	}
	found(t, d, rows, aliases...)
	acctest.Run(t, d,
		"UPDATE phones SET is_webphone = 'Y', template_id = 'WEBRTC', codecs_list = 'opus,g722', codecs_with_template = '1', conf_secret = CONCAT('secret', extension), phone_type = 'CCagent', outbound_cid = '0000000000'",
		"UPDATE phones SET email = CONCAT(extension, '@example.com') WHERE extension < 2002",
		"UPDATE phones SET outbound_cid = '3125550100' WHERE extension BETWEEN 2010 AND 2019")()
	declared := `phone = { is_webphone = "Y", template_id = "WEBRTC", codecs_list = "opus,g722", codecs_with_template = true, outbound_cid = "0000000000", email = "--BLANK--" }
  seat_overrides = {
    "2000"      = { email = "2000@example.com" }
    "2001"      = { email = "2001@example.com" }
    "2010-2019" = { outbound_cid = "3125550100" }
  }`
	at := func(servers string, more ...string) string {
		return fullConfig(d, `"2000-2039"`, servers, append(more, "nodes_per_seat = 1")...)
	}
	const sound = `SELECT server_ip, is_webphone, template_id, codecs_list, codecs_with_template AS with_template, COUNT(*) AS phones,
		SUM(conf_secret = CONCAT('secret', extension)) AS secrets, SUM(pass = CONCAT('p', extension)) AS passwords, SUM(outbound_cid = '3125550100') AS cids, SUM(email <> '') AS emails
		FROM phones GROUP BY 1, 2, 3, 4, 5`
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: at(`"10.0.0.1" = { suffix = "a" }`, declared), ResourceName: floor, ImportState: true, ImportStateId: "floor1=2000-2039", ImportStatePersist: true},
			{Config: at(`"10.0.0.1" = { suffix = "a" }`, declared), ConfigPlanChecks: empty},
			{ // nothing is declared, so that everything comes from the phone that leaves
				Config: at(`"10.0.0.2" = { suffix = "b" }`),
				Check: expect(t, d, sound, `
					| server_ip | is_webphone | template_id | codecs_list | with_template | phones | secrets | passwords | cids | emails |
					| 10.0.0.2  | Y           | WEBRTC      | opus,g722   | 1             |     40 |      40 |        40 |   10 |      2 |`),
			},
			{
				Config: at(`"10.0.0.3" = { suffix = "c" }`, `phone = { template_id = "--BLANK--" }`),
				Check: expect(t, d, sound, `
					| server_ip | is_webphone | template_id | codecs_list | with_template | phones | secrets | passwords | cids | emails |
					| 10.0.0.3  | Y           |             | opus,g722   | 1             |     40 |      40 |        40 |   10 |      2 |`),
			},
		},
	})
}

// Issue 12: a floor without aliases is adopted by a configuration that Terraform
// generates, which writes an empty text as null.
func TestAccAgentPlacement_importsAFloorWithoutAliases(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	found(t, d, []foundPhone{
		{"10.0.0.1", "1901", "cc1901", "1901", "1901", "test", "Ann"},
		{"10.0.0.1", "1902", "cc1902", "1902", "1902", "test", "Bob"},
	})
	config := fullConfig(d, `"1901-1902"`, `"10.0.0.1" = { suffix = "a" }`, "nodes_per_seat = 1",
		`naming = { login = "{seat}", extension = "cc{seat}", dialplan_number = "{seat}", alias_id = "none", fullname = "keep" }`)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config, ResourceName: floor, ImportState: true, ImportStateId: "floor1=1901-1902", ImportStatePersist: true},
			{Config: config, ConfigPlanChecks: empty},
		},
	})
}
