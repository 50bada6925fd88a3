package server_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Neither is in the row, so neither is imported.
var notInTheRow = []string{"force_destroy"}

func TestAccServer_import(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	config := serverConfig(d, "max_vicidial_trunks = 96", `local_gmt = "1.00"`, "conference = { rooms = 7, first_room = 8600060 }", "balance = { active = true }")
	by := func(id string) resource.TestStep {
		return resource.TestStep{
			ResourceName: dial1, ImportState: true, ImportStateId: id, ImportStateVerify: true,
			ImportStateVerifyIdentifierAttribute: "server_id",
			ImportStateVerifyIgnore:              append([]string{"dialplan", "logs", "manager", "recording", "restart"}, notInTheRow...), // an import reads all groups
		}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config},
			by("dial1"), by("10.0.0.1"),
			{ResourceName: dial1, ImportState: true, ImportStateId: "dial9", ExpectError: errorText("Cannot import non-existent remote object")},
			{ResourceName: dial1, ImportState: true, ImportStateId: "10.9.9.9", ExpectError: errorText("Cannot import non-existent remote object")},
		},
	})
}

// A row that was created by hand or with the admin form, with NULL where the columns
// allow it, is imported without a change.
func TestAccServer_importOfManualRow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ claim, id string }{{"by server_id", "dial1"}, {"by server_ip", "10.0.0.1"}} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			acctest.Run(t, d,
				`INSERT INTO servers (server_id, server_description, server_ip, active, asterisk_version, max_vicidial_trunks, local_gmt, sys_perf_log, vd_server_logs,
					agi_output, vicidial_balance_active, balance_trunks_offlimits, recording_web_link, alt_server_ip, active_asterisk_server, generate_vicidial_conf,
					outbound_calls_per_second, vicidial_recording_limit, carrier_logging_active, vicidial_balance_rank, active_agent_login_server, conf_secret,
					external_server_ip, custom_dialplan_entry, active_twin_server_ip, user_group, auto_restart_asterisk, voicemail_dump_exten_no_inst,
					gather_asterisk_output, web_socket_url, conf_qualify, routing_prefix, external_web_socket_url, conf_engine, ara_url)
				 VALUES ('dial1', NULL, '10.0.0.1', NULL, NULL, NULL, '-5', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
					NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
				"INSERT INTO vicidial_conferences (conf_exten, server_ip, extension) VALUES (8600051, '10.0.0.1', NULL), (8600052, '10.0.0.1', 'SIP/2000')")()
			config := serverConfig(d, "active = false", `server_description = ""`, `restart = { ara_url = "" }`, `local_gmt = "-5.00"`, "conf_qualify = false", "conference = { rooms = 2 }")
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{ // imports without a change
						Config:           config + "import {\n  to = " + dial1 + "\n  id = \"" + c.id + "\"\n}\n",
						ConfigPlanChecks: preApply(acctest.Changes(dial1)),
						Check:            acctest.Expect(t, d, "SELECT * FROM servers", d.Table(t.Context(), "SELECT * FROM servers")),
					},
					{Config: config, ConfigPlanChecks: emptyPlan()},
					{ // only the declared change is written
						Config: serverConfig(d, "active = true"), ConfigPlanChecks: preApply(acctest.Changes(dial1, "active")),
						Check: acctest.Expect(t, d, "SELECT active, max_vicidial_trunks, user_group, ara_url FROM servers", `
							| active | max_vicidial_trunks | user_group | ara_url |
							| Y      |                NULL | NULL       | NULL    |`),
					},
				},
			})
		})
	}
}

func TestAccServer_identity(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: serverConfig(d, "max_vicidial_trunks = 96"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(dial1, map[string]knownvalue.Check{"server_id": knownvalue.StringExact("dial1")}),
				},
			},
			{ResourceName: dial1, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

func TestAccServer_query(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: serverConfig(d) + anotherServer("dial2", "10.0.0.2")},
			{
				Query:  true,
				Config: "list \"vicidial_server\" \"all\" {\n  provider = vicidial\n}\n",
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("vicidial_server.all", 2),
					querycheck.ExpectIdentity("vicidial_server.all", map[string]knownvalue.Check{"server_id": knownvalue.StringExact("dial2")}),
				},
			},
		},
	})
}
