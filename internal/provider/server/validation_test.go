package server_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestAccServer_refusesAtPlanTime(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES", "SURVEY")
	acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial2', '10.0.0.2', 100)",
		"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'SALES', 40, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'SURVEY', 20, 'OVERFLOW_ALLOWED')")()
	refuses := func(config, message string) resource.TestStep {
		return resource.TestStep{Config: acctest.Provider(d) + config, PlanOnly: true, ExpectError: errorText(message)}
	}
	line := func(line, message string) resource.TestStep {
		return refuses(anotherServer("dial1", "10.0.0.1", line), message)
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			refuses(anotherServer("dial1", "10.0.0.2"), `: server_ip = "10.0.0.2".*server dial2 already has the address 10.0.0.2`),
			refuses(anotherServer("dial1", "10.0.0.1")+anotherServer("dial3", "10.0.0.1"), `: server_ip = "10.0.0.1".*server dial[13] is planned with the address 10.0.0.1`),
			refuses(anotherServer("dial2", "10.0.0.9"), `: server_id = "dial2".*already exists, and its server_ip differs.*terraform import`),
			refuses(anotherServer("dial-1", "10.0.0.1"), `: server_id = "dial-1".*1 to 10 letters, digits or underscores`),
			refuses(anotherServer("dialer_0001", "10.0.0.1"), `: server_id = "dialer_0001".*1 to 10 letters`),
			refuses(anotherServer("dial1", "10.0.0.01"), `: server_ip = "10.0.0.01".*is not an IPv4 address without leading zeros`),
			refuses(anotherServer("dial1", "fd00::1"), `: server_ip = "fd00::1".*is not an IPv4 address`),
			line(`outbound_calls_per_second = 0`, `: outbound_calls_per_second = 0.*must be between 1 and 200`),
			line(`outbound_calls_per_second = 201`, `: outbound_calls_per_second = 201.*must be between 1 and 200`),
			line(`max_vicidial_trunks = 59`, `: max_vicidial_trunks = 59.*reserve 60 trunks on 10.0.0.1 \(SALES 40, SURVEY 20\), 1 more than 59`),
			line(`max_vicidial_trunks = -1`, `: max_vicidial_trunks = -1.*must be between 0 and 9999`),
			line(`local_gmt = "-5"`, `: local_gmt = "-5".*must be one of`),
			line(`server_description = "Bob's; DROP TABLE"`, `: server_description = .*admin page strips other characters`),
			line(`active_twin_server_ip = "10.0.0.010"`, `: active_twin_server_ip = .*without leading zeros`),
			line(`user_group = "`+"123456789012345678901"+`"`, `: user_group = .*holds 20 characters, these are 21`),
			line(`custom_dialplan_entry = "; → dial2"`, `: custom_dialplan_entry = .*cannot hold '→': its character set is latin1`),
			line(`custom_dialplan_entry = "exten => 1,1,NoOp()\r\n"`, `: custom_dialplan_entry = .*lines end in LF`),
			line(`conf_secret_wo = "s3cret"`, `conf_secret_wo_version`),
			line(`conf_secret_wo_version = 1`, `conf_secret_wo"? must be specified`),
			line(`manager = { port = 0 }`, `must be between 1 and 65535`),
			line(`balance = { rank = 256 }`, `must be between 0 and 255`),
			{Config: acctest.Provider(d) + anotherServer("dial1", "10.0.0.1", "max_vicidial_trunks = 60")},
			{ // a maximum below the allocations is refused for an existing server, too
				Config: acctest.Provider(d) + anotherServer("dial1", "10.0.0.1", "max_vicidial_trunks = 50"), PlanOnly: true,
				ExpectError: errorText(`: max_vicidial_trunks = 50.*10 more than 50`),
			},
			{ // nothing was written
				Config: acctest.Provider(d) + anotherServer("dial1", "10.0.0.1", "max_vicidial_trunks = 60"),
				Check: acctest.Expect(t, d, "SELECT server_id, server_ip, max_vicidial_trunks FROM servers ORDER BY server_id", `
					| server_id | server_ip | max_vicidial_trunks |
					| dial1     | 10.0.0.1  |                  60 |
					| dial2     | 10.0.0.2  |                 100 |`),
			},
			{ // the fixture's rows are removed, so that the server can be
				PreConfig: acctest.Run(t, d, "DELETE FROM vicidial_server_trunks"), Config: acctest.Provider(d),
			},
		},
	})
}

// A row that an interrupted create left is taken over; one with other values is not.
func TestAccServer_createResumesOwnRowsOnly(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				PreConfig:   acctest.Run(t, d, "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial1', '10.0.0.1', 12)"),
				Config:      serverConfig(d, "max_vicidial_trunks = 96"),
				ExpectError: errorText("server dial1 already exists, and its max_vicidial_trunks differs from the configuration.*terraform import ADDRESS dial1"),
			},
			{
				PreConfig: acctest.Run(t, d, "UPDATE servers SET max_vicidial_trunks = 96"),
				Config:    serverConfig(d, "max_vicidial_trunks = 96", "conference = { rooms = 4 }"),
				Check:     checkRooms(t, d, meetme, run(8600051, 4)),
			},
		},
	})
}

func TestAccServer_warnsOfThrottlingDefaults(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{
				Config: serverConfig(d),
				Check: warnings.Expect(t, `Server dial1 keeps low defaults: .*max_vicidial_trunks \(23 lines\).*outbound_calls_per_second.*asterisk_version`,
					`conf_secret_wo.*Default password`, `manager_secret_wo.*Default password`),
			},
			{
				PreConfig: warnings.Reset,
				Config: serverConfig(d) + anotherServer("db1", "10.0.0.5", "active_asterisk_server = false", `conf_secret_wo = "n0t-shipped"`, "conf_secret_wo_version = 1",
					`manager_secret_wo = "n0t-shipped"`, "manager_secret_wo_version = 1"),
				Check: warnings.ExpectNone(t),
			},
		},
	})
}

func TestAccServer_refusesCallersInAShell(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	config := func(line string) string {
		return serverConfig(d, fmt.Sprintf("custom_dialplan_entry = %q", line))
	}
	const caller = "exten => 9,1,System(echo $${CALLERID(name)} >> /tmp/calls)"
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{ProtoV6ProviderFactories: warnings.Providers(), Steps: []resource.TestStep{
		{Config: config(caller), PlanOnly: true, ExpectError: errorText("gives a shell what a caller chooses, in [$]{CALLERID")},
		{Config: config(caller + " ; allow: caller_in_shell"), Check: warnings.Expect(t, `custom_dialplan_entry.*System\(\) runs a command on the node`)},
	}})
}
