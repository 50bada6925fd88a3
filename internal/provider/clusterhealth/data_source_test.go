package clusterhealth_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const health = "data.vicidial_cluster_health.now"

func config(d *sandbox.Database, more string) string {
	return acctest.Provider(d) + "data \"vicidial_cluster_health\" \"now\" {\n" + more + "\n}\n"
}

func is(path tfjsonpath.Path, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(health, path, check)
}

func on(ip, attribute string) tfjsonpath.Path {
	return tfjsonpath.New("nodes").AtMapKey(ip).AtMapKey(attribute)
}

func problems(sentences ...string) statecheck.StateCheck {
	checks := make([]knownvalue.Check, 0, len(sentences))
	for _, sentence := range sentences {
		checks = append(checks, knownvalue.StringRegexp(regexp.MustCompile(sentence)))
	}
	return is(tfjsonpath.New("problems"), knownvalue.ListExact(checks))
}

func counts(numbers map[string]int64) knownvalue.Check {
	checks := make(map[string]knownvalue.Check, len(numbers))
	for key, number := range numbers {
		checks[key] = knownvalue.Int64Exact(number)
	}
	return knownvalue.MapExact(checks)
}

func TestAccClusterHealth(t *testing.T) {
	for _, schema := range sandbox.Schemas() {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			acctest.BusyCluster(t, d)
			whole := config(d, "")
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{
						Config: whole,
						ConfigStateChecks: []statecheck.StateCheck{
							problems(),
							is(tfjsonpath.New("healthy"), knownvalue.Bool(true)),
							is(tfjsonpath.New("schema_version"), knownvalue.Int64Exact(int64(schema))),
							is(tfjsonpath.New("coordinator"), knownvalue.StringExact("10.0.0.1")),
							is(tfjsonpath.New("coordinator_alive"), knownvalue.Bool(true)),
							is(tfjsonpath.New("agents"), knownvalue.Int64Exact(3)),
							is(tfjsonpath.New("calls"), knownvalue.Int64Exact(5)),
							is(tfjsonpath.New("replica"), knownvalue.Null()),
							is(tfjsonpath.New("nodes"), knownvalue.MapSizeExact(4)),
							is(on("10.0.0.1", "server_id"), knownvalue.StringExact("dial1")),
							is(on("10.0.0.1", "alive"), knownvalue.Bool(true)),
							is(on("10.0.0.1", "in_sync"), knownvalue.Bool(true)),
							is(on("10.0.0.1", "clock_skew_seconds"), knownvalue.Float64Exact(0)),
							is(on("10.0.0.1", "load"), knownvalue.Float64Exact(1.5)),
							is(on("10.0.0.1", "cpu_idle_percent"), knownvalue.Int64Exact(80)),
							is(on("10.0.0.1", "channels"), knownvalue.Int64Exact(12)),
							is(on("10.0.0.1", "rooms"), knownvalue.Int64Exact(10)),
							is(on("10.0.0.1", "rooms_free"), knownvalue.Int64Exact(8)),
							is(on("10.0.0.1", "phones"), knownvalue.Int64Exact(6)),
							is(on("10.0.0.1", "phones_registered"), knownvalue.Null()),
							is(on("10.0.0.1", "agents_per_campaign"), counts(map[string]int64{"SALES": 2})),
							is(on("10.0.0.1", "inbound_calls"), counts(map[string]int64{"SUPPORT_IN": 1})),
							is(on("10.0.0.1", "outbound_calls"), counts(map[string]int64{"SALES": 3})),
							is(on("10.0.0.2", "paused_per_campaign"), counts(map[string]int64{"SUPPORT": 1})),
							is(on("10.0.0.2", "fill_calls"), counts(map[string]int64{"SALES": 1})),
							is(on("10.0.0.3", "remote_agents"), knownvalue.Int64Exact(1)),
							is(on("10.0.0.3", "agents"), knownvalue.Int64Exact(0)),
							is(on("10.0.0.5", "alive"), knownvalue.Bool(false)), // a pseudo server, which is no problem
						},
					},
					{ // every problem that the data source reports
						PreConfig: acctest.Run(t, d,
							"UPDATE server_updater SET last_update = NOW() - INTERVAL 5 MINUTE, db_time = NOW() - INTERVAL 5 MINUTE WHERE server_ip = '10.0.0.1'",
							"UPDATE server_updater SET last_update = NOW(), db_time = NOW() + INTERVAL 10 SECOND WHERE server_ip = '10.0.0.2'",
							"DELETE FROM server_updater WHERE server_ip = '10.0.0.3'",
							"UPDATE vicidial_conferences SET extension = 'SIP/x' WHERE server_ip = '10.0.0.2'",
							"UPDATE servers SET rebuild_conf_files = 'Y' WHERE server_ip = '10.0.0.2'",
							"INSERT INTO vicidial_campaign_server_stats VALUES ('SALES', '10.0.0.2', NOW(), 12), ('SUPPORT', '10.0.0.2', NOW() - INTERVAL 2 HOUR, 4), ('OLD', '10.0.0.2', NOW(), 0)",
							"UPDATE system_settings SET outbound_autodial_active = '0'",
						),
						Config: config(d, "expected_schema_version = 1721"),
						ConfigStateChecks: []statecheck.StateCheck{
							is(tfjsonpath.New("healthy"), knownvalue.Bool(false)),
							problems(
								`active_voicemail_server 10\.0\.0\.1 is dead`,
								fmt.Sprintf(`The database has schema %d, the nodes expect 1721`, schema),
								`dial1 \(10\.0\.0\.1\) is dead: its last heartbeat is 5 min old`,
								`dial1 \(10\.0\.0\.1\) is dead while 2 agents are still listed`,
								`dial2 \(10\.0\.0\.2\) has a clock 10 s behind the database`,
								`dial2 \(10\.0\.0\.2\) has none of its 10 conference rooms free`,
								`SALES is short of 12 lines on server dial2`,
								`SUPPORT has a trunk shortage of 4 on server dial2 \(10\.0\.0\.2\) that is 2 h old|120 min old`,
								`dial3 \(10\.0\.0\.3\) has no heartbeat`,
							),
							is(on("10.0.0.2", "trunk_shortage"), knownvalue.Int64Exact(12)),
							is(on("10.0.0.2", "rebuild_pending"), knownvalue.Bool(true)),
							is(on("10.0.0.2", "rebuild_stuck"), knownvalue.Null()), // one look does not tell
							is(on("10.0.0.3", "rebuild_stuck"), knownvalue.Bool(false)),
							is(on("10.0.0.3", "heartbeat_age_seconds"), knownvalue.Null()),
						},
					},
					{ // after a restart of the database, the MEMORY tables are empty
						PreConfig: acctest.Run(t, d, "DELETE FROM server_updater", "DELETE FROM vicidial_auto_calls", "DELETE FROM vicidial_campaign_server_stats",
							"UPDATE servers SET rebuild_conf_files = 'N'", "UPDATE vicidial_conferences SET extension = ''", "UPDATE system_settings SET outbound_autodial_active = '1'"),
						Config: whole,
						ConfigStateChecks: []statecheck.StateCheck{
							problems(`No node has a heartbeat: server_updater is a MEMORY table and empty, and the database was started .* ago`),
							is(tfjsonpath.New("calls"), knownvalue.Int64Exact(0)),
						},
					},
				},
			})
		})
	}
}

func TestAccClusterHealth_phonesAndEngines(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.BusyCluster(t, d)
	acctest.Run(t, d,
		"UPDATE servers SET conf_engine = 'CONFBRIDGE', svn_revision = 3900 WHERE server_ip = '10.0.0.1'",
		"UPDATE servers SET svn_revision = 3884 WHERE server_ip = '10.0.0.2'",
		"INSERT INTO vicidial_confbridges (conf_exten, server_ip, extension) VALUES (9600000, '10.0.0.1', ''), (9600001, '10.0.0.1', 'SIP/2000')",
		"UPDATE phones SET peer_status = 'REACHABLE' WHERE server_ip = '10.0.0.1' AND login < '2003'",
		"UPDATE phones SET peer_status = 'UNREACHABLE' WHERE server_ip = '10.0.0.2'",
		"UPDATE system_settings SET disable_auto_dial = '1'",
	)()
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{{
			Config: config(d, ""),
			ConfigStateChecks: []statecheck.StateCheck{
				is(on("10.0.0.1", "rooms"), knownvalue.Int64Exact(2)), // rooms of the node's own engine
				is(on("10.0.0.1", "rooms_free"), knownvalue.Int64Exact(1)),
				is(on("10.0.0.1", "phones_registered"), knownvalue.Int64Exact(3)),
				is(on("10.0.0.2", "phones_registered"), knownvalue.Int64Exact(0)),
				is(on("10.0.0.3", "phones_registered"), knownvalue.Null()),
				problems(`Auto dialing is stopped`, `different code revisions: 3884 on dial2; 3900 on dial1`, `dial2 \(10\.0\.0\.2\) has none of its 6 active phones registered, yet 1 agent is listed`),
			},
		}},
	})
}

func TestAccClusterHealth_replica(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.BusyCluster(t, d)
	replica := func(attribute string) tfjsonpath.Path { return tfjsonpath.New("replica").AtMapKey(attribute) }
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{ // the replica refuses the connection
				PreConfig: acctest.Run(t, d, "UPDATE system_settings SET slave_db_server = '127.0.0.1:1'"),
				Config:    config(d, ""),
				ConfigStateChecks: []statecheck.StateCheck{
					is(replica("reachable"), knownvalue.Bool(false)),
					problems(`The reporting replica 127\.0\.0\.1:1 does not answer: .*refused`),
				},
			},
			{ // check_replica = false
				Config:            config(d, "check_replica = false"),
				ConfigStateChecks: []statecheck.StateCheck{problems(), is(tfjsonpath.New("replica"), knownvalue.Null())},
			},
			{ // the server answers but does not replicate
				PreConfig: acctest.Run(t, d, fmt.Sprintf("UPDATE system_settings SET slave_db_server = '127.0.0.1:%d'", d.Port)),
				Config:    config(d, ""),
				ConfigStateChecks: []statecheck.StateCheck{
					is(replica("reachable"), knownvalue.Bool(true)),
					is(replica("replicating"), knownvalue.Bool(false)),
					is(replica("lag_seconds"), knownvalue.Int64Exact(0)),
					problems(`Replication to 127\.0\.0\.1:\d+ does not run`),
				},
			},
		},
	})
}
