package clusterhealth

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

//go:embed description.md
var description string

func text(doc string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: doc}
}

func number(doc string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: doc}
}

func fraction(doc string) schema.Float64Attribute {
	return schema.Float64Attribute{Computed: true, MarkdownDescription: doc}
}

func flag(doc string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: doc}
}

// Schema defines the report.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"expected_schema_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Schema version that the code of the nodes expects (`ExpectedDBSchema` in their `/etc/astguiclient.conf`). The database does not know it; without it nothing is compared.",
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"check_replica": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to connect to the reporting replica (`slave_db_server`), with the provider's own user and over its own way. Defaults to `true`; a cluster without a replica is not asked.",
			},
			"watch_rebuild": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to watch the rebuild flags of the nodes for up to two minutes, until each was seen read by its node. Only so is `rebuild_stuck` known of a node that is alive: a row does not tell when its flag was set. Defaults to `false`; nothing is waited for where no flag is set.",
			},
			"healthy": flag("Whether there is no problem."),
			"problems": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What is not as it should be, a sentence each, and what to do about it. Those of the whole cluster come first.",
			},
			"standing_warnings": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What plans warn of when an object is made or changed and leave unsaid afterwards, a sentence each: shipped secrets, settings without effect, carriers and trunk rows that name what is not there. It is no problem of today.",
			},
			"taken_at":          text("When the snapshot was taken, by the database's clock, as RFC 3339 in UTC."),
			"schema_version":    number("`db_schema_version` of the database."),
			"coordinator":       text("`active_voicemail_server`: the node that runs voicemail, the end of day and the purges. Empty when none is set."),
			"coordinator_alive": flag("Whether that node is a row of `servers` and has a fresh heartbeat."),
			"agents":            number("Agents logged in over the cluster, without remote agents."),
			"calls":             number("Calls up over the cluster."),
			"nodes": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Every row of `servers`, by `server_ip`.",
				NestedObject:        schema.NestedAttributeObject{Attributes: nodeAttributes()},
			},
			"replica": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The reporting replica. Null when the cluster has none or it was not asked.",
				Attributes: map[string]schema.Attribute{
					"host":        text("`slave_db_server`."),
					"reachable":   flag("Whether it answered."),
					"replicating": flag("Whether its replication runs."),
					"lag_seconds": number("How far it is behind. Null when that is not known."),
				},
			},
		},
	}
}

func nodeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"server_id":                   text("Name of the node."),
		"alive":                       flag("Whether the time of its last heartbeat, which the node writes by its own clock, is at most 120 seconds ago: the rule by which agents may log in. Where that clock is wrong, `problems` tells what is so."),
		"heartbeat_age_seconds":       number("Age of the last heartbeat by the database's clock. Null when there is none."),
		"clock_skew_seconds":          fraction("Clock of the node less that of the database. Null when there is no heartbeat, or the database did not note its own."),
		"in_sync":                     flag("Whether the skew is at most 8 seconds, above which agents see a time synchronisation error."),
		"load":                        fraction("Load average that the node last wrote."),
		"cpu_idle_percent":            number("Idle processor in percent that the node last wrote."),
		"channels":                    number("Asterisk channels that the node last wrote."),
		"agents":                      number("Agents logged in, without remote agents."),
		"remote_agents":               number("Lines of remote agents."),
		"calls":                       number("Calls up."),
		"trunk_shortage":              number("Lines that campaigns miss there, of reports that are at most 20 minutes old."),
		"rooms":                       number("Conference rooms of the node's engine."),
		"rooms_free":                  number("Of these, free ones. An agent needs one to log in."),
		"phones":                      number("Active phones with a login."),
		"phones_registered":           number("Of these, phones that Asterisk reaches. Null where the schema or the node does not tell."),
		"rebuild_pending":             flag("Whether the node is asked to rebuild its configuration files."),
		"rebuild_stuck":               flag("Whether the node does not read that flag: it is dead, or `watch_rebuild` saw the flag set for two minutes. Null where that is not known."),
		"agents_per_campaign":         counts("Agents by campaign, without remote agents."),
		"paused_per_campaign":         counts("Paused agents by campaign, without remote agents."),
		"inbound_calls":               counts("Inbound calls by in-group."),
		"outbound_calls":              counts("Outbound calls by campaign."),
		"fill_calls":                  counts("Outbound calls that the balance fill placed, by campaign."),
		"trunk_shortage_per_campaign": counts("Lines that campaigns miss there, by campaign, of reports that are at most 20 minutes old."),
	}
}

func counts(doc string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: doc}
}
