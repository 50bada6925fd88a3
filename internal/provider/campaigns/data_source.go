// Package campaigns implements the data source vicidial_campaigns. The provider reads
// campaigns and does not manage them.
package campaigns

import (
	"context"
	_ "embed"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// store is the part of the store that the data source needs.
type store interface {
	Campaigns(context.Context) (cluster.Campaigns, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("campaigns", "Unable to read campaigns", newSchema, read)
}

//go:embed description.md
var description string

type model struct {
	Active      types.Bool               `tfsdk:"active"`
	DialMethods []string                 `tfsdk:"dial_methods"`
	CampaignID  types.String             `tfsdk:"campaign_id_matches"`
	CampaignIDs []string                 `tfsdk:"campaign_ids"`
	Campaigns   map[string]campaignModel `tfsdk:"campaigns"`
}

type campaignModel struct {
	Name       types.String `tfsdk:"campaign_name"`
	Active     types.Bool   `tfsdk:"active"`
	DialMethod types.String `tfsdk:"dial_method"`
}

// newSchema returns the filters and the results.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"active":              argument.Bool("`true`: only active campaigns; `false`: only inactive ones. Without it: both."),
			"dial_methods":        argument.Texts("Only campaigns with one of these `dial_method`s, such as `RATIO` or `ADAPT_TAPERED`."),
			"campaign_id_matches": argument.Text("Only campaigns whose `campaign_id` matches this regular expression (RE2), without regard to case.", tfhelper.IsRegexp()),
			"campaign_ids":        computed.Texts("The `campaign_id` of every campaign found, sorted."),
			"campaigns": computed.Objects("The campaigns found, by `campaign_id`.", map[string]schema.Attribute{
				"campaign_name": computed.Text("Display name."),
				"active":        computed.Bool("Whether the campaign dials and agents can log in to it."),
				"dial_method":   computed.Text("The method by which VICIdial determines the number of calls."),
			}),
		},
	}
}

func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	campaigns, err := s.Campaigns(ctx)
	*m = m.withResult(campaigns)
	return nil, err
}

func (m model) withResult(campaigns cluster.Campaigns) model {
	m.Campaigns = make(map[string]campaignModel)
	m.CampaignIDs = []string{}
	for _, campaign := range campaigns {
		wanted := (m.Active.IsNull() || m.Active.ValueBool() == campaign.Active) &&
			(m.DialMethods == nil || slices.Contains(m.DialMethods, campaign.DialMethod)) &&
			tfhelper.MatchesRegexp(m.CampaignID, campaign.ID)
		if !wanted {
			continue
		}
		m.CampaignIDs = append(m.CampaignIDs, campaign.ID)
		m.Campaigns[campaign.ID] = campaignModel{
			Name: types.StringValue(campaign.Name), Active: types.BoolValue(campaign.Active), DialMethod: types.StringValue(campaign.DialMethod),
		}
	}
	slices.Sort(m.CampaignIDs)
	return m
}
