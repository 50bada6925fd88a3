package clustersettings

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource, which returns the one set of settings.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "cluster settings",
		"Lists the cluster's settings, of which there is one set, so that a query for everything in a cluster finds them too.", nil,
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			settings, err := store.SystemSettings(ctx)
			return tfhelper.Listing{Items: tfhelper.ListItems([]cluster.Settings{settings}, func(settings cluster.Settings) tfhelper.ListItem {
				var m model
				m.show(settings.All())
				return tfhelper.ListItem{Name: "Settings of the cluster (" + cluster.SettingsRecord + ")", ID: theIdentity(), Model: m}
			})}, err
		})
}
