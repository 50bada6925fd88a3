package conftemplate

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// NewList returns the list resource.
func NewList() list.ListResource {
	return tfhelper.NewList(New(), "templates",
		"Lists the templates that phones and carriers can use: every row of `vicidial_conf_templates`. Passwords in the contents are shown as places for secrets.",
		func(ctx context.Context, topology topology) (iter.Seq[tfhelper.ListItem], error) {
			templates, err := topology.Templates(ctx)
			return tfhelper.ListItems(templates, func(template cluster.Template) tfhelper.ListItem {
				m := model{}.Flatten(model{}.sealed(cluster.Row(template)))
				return tfhelper.ListItem{Name: m.Key() + " (" + m.Name.ValueString() + ")", ID: tfhelper.Identity(key, m.Key()), Model: m}
			}), err
		})
}
