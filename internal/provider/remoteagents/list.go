package remoteagents

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "remote agents",
		"Lists the runs of remote agents: every row of `vicidial_remote_agents`.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			runs, err := topology.RemoteAgents(ctx)
			return tfhelper.ListItems(runs, func(run cluster.RemoteAgents) tfhelper.ListItem {
				m := model{}.Flatten(cluster.Row(run))
				return tfhelper.ListItem{Name: run.String(), ID: tfhelper.Identity(key, m.Key()), Model: m}
			}), err
		})
}
