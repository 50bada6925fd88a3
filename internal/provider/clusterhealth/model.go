package clusterhealth

import (
	"math"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	ExpectedSchema   types.Int64          `tfsdk:"expected_schema_version"`
	CheckReplica     types.Bool           `tfsdk:"check_replica"`
	WatchRebuild     types.Bool           `tfsdk:"watch_rebuild"`
	Healthy          types.Bool           `tfsdk:"healthy"`
	Problems         []string             `tfsdk:"problems"`
	Standing         []string             `tfsdk:"standing_warnings"`
	TakenAt          types.String         `tfsdk:"taken_at"`
	SchemaVersion    types.Int64          `tfsdk:"schema_version"`
	Coordinator      types.String         `tfsdk:"coordinator"`
	CoordinatorAlive types.Bool           `tfsdk:"coordinator_alive"`
	Agents           types.Int64          `tfsdk:"agents"`
	Calls            types.Int64          `tfsdk:"calls"`
	Nodes            map[string]nodeModel `tfsdk:"nodes"`
	Replica          *replicaModel        `tfsdk:"replica"`
}

type nodeModel struct {
	ServerID            types.String     `tfsdk:"server_id"`
	Alive               types.Bool       `tfsdk:"alive"`
	HeartbeatAge        types.Int64      `tfsdk:"heartbeat_age_seconds"`
	ClockSkew           types.Float64    `tfsdk:"clock_skew_seconds"`
	InSync              types.Bool       `tfsdk:"in_sync"`
	Load                types.Float64    `tfsdk:"load"`
	CPUIdlePercent      types.Int64      `tfsdk:"cpu_idle_percent"`
	Channels            types.Int64      `tfsdk:"channels"`
	Agents              types.Int64      `tfsdk:"agents"`
	RemoteAgents        types.Int64      `tfsdk:"remote_agents"`
	Calls               types.Int64      `tfsdk:"calls"`
	TrunkShortage       types.Int64      `tfsdk:"trunk_shortage"`
	Rooms               types.Int64      `tfsdk:"rooms"`
	RoomsFree           types.Int64      `tfsdk:"rooms_free"`
	Phones              types.Int64      `tfsdk:"phones"`
	PhonesRegistered    types.Int64      `tfsdk:"phones_registered"`
	RebuildPending      types.Bool       `tfsdk:"rebuild_pending"`
	RebuildStuck        types.Bool       `tfsdk:"rebuild_stuck"`
	AgentsPerCampaign   map[string]int64 `tfsdk:"agents_per_campaign"`
	PausedPerCampaign   map[string]int64 `tfsdk:"paused_per_campaign"`
	InboundCalls        map[string]int64 `tfsdk:"inbound_calls"`
	OutboundCalls       map[string]int64 `tfsdk:"outbound_calls"`
	FillCalls           map[string]int64 `tfsdk:"fill_calls"`
	ShortagePerCampaign map[string]int64 `tfsdk:"trunk_shortage_per_campaign"`
}

type replicaModel struct {
	Host        types.String `tfsdk:"host"`
	Reachable   types.Bool   `tfsdk:"reachable"`
	Replicating types.Bool   `tfsdk:"replicating"`
	LagSeconds  types.Int64  `tfsdk:"lag_seconds"`
}

func (m model) withResult(snapshot health.Snapshot, health health.Report, standing []string) model {
	m.Standing = append([]string{}, standing...)
	m.Healthy = types.BoolValue(len(health.Problems) == 0)
	m.Problems = make([]string, 0, len(health.Problems))
	for _, problem := range health.Problems {
		m.Problems = append(m.Problems, problem.String())
	}
	m.TakenAt = types.StringValue(snapshot.Now.Format(time.RFC3339))
	m.SchemaVersion = tfhelper.Int64(snapshot.Schema)
	m.Coordinator = types.StringValue(snapshot.VoicemailServer)
	m.CoordinatorAlive = types.BoolValue(health.CoordinatorAlive)
	m.Agents = tfhelper.Int64(health.Agents)
	m.Calls = tfhelper.Int64(health.Calls)
	m.Nodes = make(map[string]nodeModel, len(health.Nodes))
	for _, node := range health.Nodes {
		m.Nodes[node.IP] = newNodeModel(node, health.Campaigns)
	}
	if replica := snapshot.Replica; replica != nil {
		m.Replica = &replicaModel{
			Host: types.StringValue(replica.Host), Reachable: types.BoolValue(replica.Err == ""),
			Replicating: types.BoolValue(replica.Running), LagSeconds: types.Int64Null(),
		}
		if replica.LagKnown {
			m.Replica.LagSeconds = types.Int64Value(int64(replica.Lag / time.Second))
		}
	}
	return m
}

func newNodeModel(node health.Node, campaigns []health.Campaign) nodeModel {
	n := nodeModel{
		ServerID: types.StringValue(node.ID), Alive: types.BoolValue(node.Alive), InSync: types.BoolValue(node.InSync),
		HeartbeatAge: types.Int64Null(), ClockSkew: types.Float64Null(),
		Load: types.Float64Value(node.Load), CPUIdlePercent: tfhelper.Int64(node.CPUIdlePercent), Channels: tfhelper.Int64(node.Channels),
		Agents: tfhelper.Int64(node.Agents), RemoteAgents: tfhelper.Int64(node.RemoteAgents), Calls: tfhelper.Int64(node.Calls), TrunkShortage: tfhelper.Int64(node.Shortage),
		Rooms: tfhelper.Int64(node.RoomsTotal), RoomsFree: tfhelper.Int64(node.RoomsFree), Phones: tfhelper.Int64(node.Phones), PhonesRegistered: types.Int64Null(),
		RebuildPending: types.BoolValue(node.RebuildPending), RebuildStuck: types.BoolNull(),
		AgentsPerCampaign: map[string]int64{}, PausedPerCampaign: map[string]int64{}, InboundCalls: map[string]int64{},
		OutboundCalls: map[string]int64{}, FillCalls: map[string]int64{}, ShortagePerCampaign: map[string]int64{},
	}
	if node.RebuildKnown {
		n.RebuildStuck = types.BoolValue(node.RebuildStuck)
	}
	if node.HasHeartbeat {
		n.HeartbeatAge = types.Int64Value(int64(node.Silence / time.Second))
	}
	if node.SkewKnown {
		n.ClockSkew = types.Float64Value(math.Round(node.Skew.Seconds()*10) / 10)
	}
	if node.PhonesRegistered >= 0 {
		n.PhonesRegistered = tfhelper.Int64(node.PhonesRegistered)
	}
	for _, campaign := range campaigns {
		if campaign.ServerIP != node.IP {
			continue
		}
		setCount(n.AgentsPerCampaign, campaign.Campaign, campaign.Agents)
		setCount(n.PausedPerCampaign, campaign.Campaign, campaign.Paused)
		setCount(n.InboundCalls, campaign.Campaign, campaign.Inbound)
		setCount(n.OutboundCalls, campaign.Campaign, campaign.Outbound)
		setCount(n.FillCalls, campaign.Campaign, campaign.Fill)
		if campaign.ShortageFresh {
			setCount(n.ShortagePerCampaign, campaign.Campaign, campaign.Shortage)
		}
	}
	return n
}

// setCount omits zeros, so that a map has only the keys with a count.
func setCount(counts map[string]int64, key string, count int) {
	if count != 0 {
		counts[key] = int64(count)
	}
}
