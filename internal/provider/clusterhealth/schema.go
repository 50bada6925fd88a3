package clusterhealth

import (
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

//go:embed description.md
var description string

// newSchema returns the arguments and the results.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"expected_schema_version": argument.Int("Schema version that the code of the nodes expects (`ExpectedDBSchema` in their `/etc/astguiclient.conf`). The database does not contain this number, so write it here. If you leave it out, nothing is compared.", int64validator.AtLeast(1)),
			"check_replica":           argument.Bool("Whether the provider connects to the reporting replica (`slave_db_server`), as its own user and with the same settings (`tls`, `ssh`). The default is `true`. If the cluster has no replica, this has no effect."),
			"watch_rebuild":           argument.Bool("Whether to watch the rebuild flags of the nodes, for at most two minutes, until each node has cleared its flag. Without this, `rebuild_stuck` is not known for a node that is alive, because the row does not say when the flag was set. The default is `false`. If no flag is set, the data source does not wait."),
			"healthy":                 computed.Bool("Whether there is no problem."),
			"problems":                computed.Texts("The problems, one sentence each: what is wrong, and what to do. Problems of the whole cluster come first."),
			"standing_warnings":       computed.Texts("Warnings that a plan shows only when an object is created or changed, one sentence each: VICIdial's default passwords, settings without effect, carriers and trunk rows that refer to something that does not exist. They are not problems that need action now, so they do not make `healthy` false."),
			"taken_at":                computed.Text("The time of the report by the database's clock, in UTC, such as `2026-11-29T08:00:00Z` (RFC 3339)."),
			"schema_version":          computed.Int("`db_schema_version` of the database."),
			"coordinator":             computed.Text("The active voicemail server (`active_voicemail_server`): the `server_ip` of the node that runs voicemail, the end of day and the purges. Empty if none is set."),
			"coordinator_alive":       computed.Bool("Whether the active voicemail server has a row in `servers` and a heartbeat that is at most 120 seconds old."),
			"agents":                  computed.Int("The number of agents who are logged in on all nodes, without remote agents."),
			"calls":                   computed.Int("The number of calls in progress on all nodes."),
			"nodes":                   computed.Objects("Every row of `servers`, by `server_ip`.", nodeAttributes()),
			"replica": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The reporting replica. Null if the cluster has none, or if `check_replica` is `false`.",
				Attributes: map[string]schema.Attribute{
					"host":        computed.Text("The host of the replica, from `slave_db_server`."),
					"reachable":   computed.Bool("Whether the replica answered."),
					"replicating": computed.Bool("Whether replication runs on the replica."),
					"lag_seconds": computed.Int("How many seconds the replica is behind the primary. Null if that is not known."),
				},
			},
		},
	}
}

func nodeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"server_id":                   computed.Text("The `server_id` of the node."),
		"alive":                       computed.Bool("Whether the last heartbeat of the node is at most 120 seconds old. VICIdial uses the same rule when agents log in. The node writes the time of the heartbeat by its own clock; if that clock is wrong, `problems` reports it."),
		"heartbeat_age_seconds":       computed.Int("The age of the last heartbeat in seconds, by the database's clock. Null if there is none."),
		"clock_skew_seconds":          computed.Float("The difference between the clock of the node and that of the database, in seconds. Positive: the node's clock is ahead. Null if it is not known."),
		"in_sync":                     computed.Bool("Whether the clock difference is at most 8 seconds. If it is larger, agents see a time synchronization error."),
		"load":                        computed.Float("The load average (one minute) of the node, as it last wrote it."),
		"cpu_idle_percent":            computed.Int("The idle time of the processor in percent (0 to 100), as the node last wrote it."),
		"channels":                    computed.Int("The number of Asterisk channels, as the node last wrote it."),
		"agents":                      computed.Int("The number of agents who are logged in, without remote agents."),
		"remote_agents":               computed.Int("The number of remote agents who are logged in."),
		"calls":                       computed.Int("The number of calls in progress."),
		"trunk_shortage":              computed.Int("The number of lines that campaigns need on the node and do not get. Reports of dialers that are older than 20 minutes do not count."),
		"rooms":                       computed.Int("The number of conference rooms of the node's conference engine."),
		"rooms_free":                  computed.Int("The number of these rooms that are free. An agent needs a free room to log in."),
		"phones":                      computed.Int("The number of active phones that have a login."),
		"phones_registered":           computed.Int("The number of these phones that Asterisk reaches. Null if the database does not contain this."),
		"rebuild_pending":             computed.Bool("Whether the rebuild flag of the node is set, so that it must generate its configuration files."),
		"rebuild_stuck":               computed.Bool("Whether the node does not react to the flag: the node is dead, or the flag was still set after `watch_rebuild` had waited for two minutes. Null if that is not known."),
		"agents_per_campaign":         computed.IntMap("The number of agents who are logged in, without remote agents, by `campaign_id`."),
		"paused_per_campaign":         computed.IntMap("The number of paused agents, without remote agents, by `campaign_id`."),
		"inbound_calls":               computed.IntMap("The number of inbound calls in progress, by in-group."),
		"outbound_calls":              computed.IntMap("The number of outbound calls in progress, by `campaign_id`."),
		"fill_calls":                  computed.IntMap("The number of calls in progress that the balance fill has placed, by `campaign_id`."),
		"trunk_shortage_per_campaign": computed.IntMap("The number of lines that each campaign needs on the node and does not get, by `campaign_id`. Reports of dialers that are older than 20 minutes do not count."),
	}
}
