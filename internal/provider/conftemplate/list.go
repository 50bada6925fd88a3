package conftemplate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

func NewList() list.ListResource {
	return tfhelper.NewList(New(), "templates",
		"Lists the templates that phones and carriers can use: every row of `vicidial_conf_templates`. Passwords in the contents are shown as placeholders.",
		tfhelper.Filters{
			tfhelper.FilterMatch: "templates of which `template_id` or `template_name` is like this pattern, with `*` and `?`.",
			"user_group":         "templates of this user group.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			templates, err := store.Templates(ctx)
			return tfhelper.Listing{Items: tfhelper.ListItems(templates, func(template cluster.Template) tfhelper.ListItem {
				m := model{}.Flatten(model{}.withoutSecrets(cluster.Row(template)))
				return tfhelper.ListItem{
					Name: tfhelper.DisplayName(m.Key(), m.Name.ValueString()), ID: tfhelper.Identity(key, m.Key()), Model: m,
					Values: map[string][]string{tfhelper.FilterMatch: {m.Key(), m.Name.ValueString()}, "user_group": {template["user_group"].Text}},
				}
			})}, err
		})
}
