package topology

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/diagram"
)

type model struct {
	Title    types.String      `tfsdk:"title"`
	Proxy    *proxyModel       `tfsdk:"proxy"`
	WebNodes map[string]string `tfsdk:"web_nodes"`
	Live     types.Bool        `tfsdk:"live"`
	SVG      types.String      `tfsdk:"svg"`
	Mermaid  types.String      `tfsdk:"mermaid"`
	DOT      types.String      `tfsdk:"dot"`
}

type proxyModel struct {
	Name    types.String `tfsdk:"name"`
	Address types.String `tfsdk:"address"`
}

// picture converts the topology into what the renderer draws.
func (m model) picture(found cluster.Topology) diagram.Picture {
	t := diagram.Picture{Title: m.Title.ValueString(), Seats: found.Seats, Database: &diagram.Machine{Name: "database", Address: found.Database}}
	if m.Proxy != nil {
		t.Proxy = &diagram.Machine{Name: m.Proxy.Name.ValueString(), Address: m.Proxy.Address.ValueString()}
	}
	if m.WebNodes != nil {
		for _, name := range slices.Sorted(maps.Keys(m.WebNodes)) {
			t.Web = append(t.Web, diagram.Machine{Name: name, Address: m.WebNodes[name]})
		}
	} else {
		for _, host := range found.Web {
			t.Web = append(t.Web, diagram.Machine{Name: host})
		}
	}
	if found.Replica != "" {
		t.Replica = &diagram.Machine{Name: "reporting replica", Address: found.Replica}
	}
	database, others := found.WithoutTelephony()
	if database.ID() != "" {
		t.Database = &diagram.Machine{Name: database.ID(), Address: database.IP()}
	}
	for _, server := range others {
		if !slices.ContainsFunc(t.Web, func(m diagram.Machine) bool { return m.Name == server.ID() || m.Address == server.IP() }) {
			t.Web = append(t.Web, diagram.Machine{Name: server.ID(), Address: server.IP()})
		}
	}
	for _, node := range found.Nodes {
		if node.Telephony() {
			t.Telephony = append(t.Telephony, newNode(node, found.Voicemail))
		}
	}
	for _, carrier := range found.ActiveCarriers() {
		t.Carriers = append(t.Carriers, diagram.Carrier{Name: carrier.Name, Servers: carrier.Servers, Inbound: carrier.Inbound, Outbound: carrier.Outbound})
	}
	return t
}

func newNode(node cluster.TopologyNode, voicemail string) diagram.Node {
	n := diagram.Node{Name: node.ID(), Address: node.IP(), Seats: node.Seats, Lines: node.MaxTrunks(), Dead: node.Dead}
	if node.IP() == voicemail {
		n.Role = "voicemail, end of day"
	}
	for _, trunk := range node.Trunks {
		if trunk.Dedicated > 0 { // a limit of 0 keeps the campaign off the node
			n.Trunks = append(n.Trunks, diagram.Trunk{Campaign: trunk.CampaignID, Lines: trunk.Dedicated, Limit: trunk.Caps()})
		}
	}
	return n
}
