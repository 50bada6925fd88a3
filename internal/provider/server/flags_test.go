package server_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Which nodes are flagged after which change
// (docs/vicidial/generator.md#who-is-flagged).
func TestAccServer_flags(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	// Two peers, a node that generates no files, and one that is no telephony node.
	acctest.Run(t, d, `INSERT INTO servers (server_id, server_ip, active_asterisk_server, generate_vicidial_conf) VALUES
		('db1', '10.0.0.5', 'N', 'Y'), ('dial2', '10.0.0.2', 'Y', 'Y'), ('dial3', '10.0.0.3', 'Y', 'Y'), ('hand', '10.0.0.4', 'Y', 'N')`)()
	picked := acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'") // as nodes do
	flagged := func(drawing string) resource.TestCheckFunc {
		return acctest.Expect(t, d, "SELECT GROUP_CONCAT(server_id ORDER BY server_id SEPARATOR ' ') AS flagged FROM servers WHERE rebuild_conf_files = 'Y'", drawing)
	}
	const (
		nobody   = "| flagged |\n| NULL    |"
		itself   = "| flagged |\n| dial1   |"
		everyone = "| flagged           |\n| dial1 dial2 dial3 |"
		peers    = "| flagged     |\n| dial2 dial3 |"
	)
	step := func(config, want string) resource.TestStep {
		return resource.TestStep{PreConfig: picked, Config: config, Check: flagged(want)}
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			step(serverConfig(d, "active = true"), everyone),
			step(serverConfig(d, "active = true", "max_vicidial_trunks = 96", "outbound_calls_per_second = 20", "balance = { active = true, rank = 3 }"), nobody),
			step(serverConfig(d, "active = false", "active_agent_login_server = false", "manager = { username = \"cron2\" }"), nobody),
			step(serverConfig(d, "conf_qualify = false"), itself),
			step(serverConfig(d, "conf_qualify = false", `asterisk_version = "18.21.1-vici"`, "recording = { vicidial_recording_limit = 90 }"), itself),
			step(serverConfig(d, "conference = { rooms = 3 }"), itself),
			step(serverConfig(d, "conference = { rooms = 4 }"), itself),
			step(serverConfig(d, `conference = { rooms = 4, engine = "CONFBRIDGE" }`), itself),
			step(serverConfig(d, "conference = { rooms = 5 }"), nobody), // ConfBridge rooms are in no file
			step(serverConfig(d, `conf_secret_wo = "s3cret"`, "conf_secret_wo_version = 1"), everyone),
			step(acctest.Provider(d)+anotherServer("dial1", "10.1.0.1"), everyone),
			step(acctest.Provider(d)+anotherServer("dial1", "10.1.0.1", "active_asterisk_server = false"), everyone), // its own files are built once more
			step(acctest.Provider(d)+anotherServer("dial1", "10.1.0.1", "active_asterisk_server = true"), everyone),
			step(acctest.Provider(d), peers),
		},
	})
}
