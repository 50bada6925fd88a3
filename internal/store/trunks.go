package store

import (
	"cmp"
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const selectTrunks = `
SELECT server_ip,
       campaign_id,
       COALESCE(dedicated_trunks, 0),
       dedicated_trunks IS NULL,
       COALESCE(trunk_restriction, '')
  FROM vicidial_server_trunks`

// Trunks returns all rows of vicidial_server_trunks, duplicates included. Campaigns are
// spelled as their own rows spell them.
func (s *Store) Trunks(ctx context.Context) (cluster.Trunks, error) {
	s.prefetch(ctx, s.servers) // which have the trunks
	return s.trunks.get(ctx)
}

func (s *Store) trunksWhere(ctx context.Context, where string, args ...any) ([]cluster.Trunk, error) {
	s.prefetch(ctx, s.campaigns)
	trunks, err := selectAll(ctx, s, "trunk rows", selectTrunks+whereClause(where), args, func(rows *sql.Rows, trunk *cluster.Trunk) error {
		return rows.Scan(keyText{&trunk.ServerIP}, &trunk.CampaignID, &trunk.Dedicated, &trunk.Unset, &trunk.Restriction)
	})
	spelled, unknown := s.campaignSpelling(ctx)
	for i := range trunks {
		trunks[i].CampaignID = spelled(trunks[i].CampaignID)
	}
	return trunks, cmp.Or(err, unknown)
}

const selectCampaigns = `
SELECT campaign_id,
       COALESCE(campaign_name, ''),
       COALESCE(active, '') = 'Y',
       COALESCE(dial_method, ''),
       COALESCE(auto_dial_level, '0') + 0
  FROM vicidial_campaigns
 ORDER BY campaign_id`

// Campaigns returns all campaigns. The provider reads them only.
func (s *Store) Campaigns(ctx context.Context) (cluster.Campaigns, error) {
	return s.campaigns.get(ctx)
}

// campaignSpelling returns a function that returns the id of a campaign in another table
// as the campaign's row spells it.
func (s *Store) campaignSpelling(ctx context.Context) (func(id string) string, error) {
	campaigns, err := s.campaigns.get(ctx)
	return campaigns.Spelling(), err
}

func (s *Store) readCampaigns(ctx context.Context) (cluster.Campaigns, error) {
	return selectAll(ctx, s, "campaigns", selectCampaigns, nil, func(rows *sql.Rows, campaign *cluster.Campaign) error {
		return rows.Scan(keyText{&campaign.ID}, &campaign.Name, &campaign.Active, &campaign.DialMethod, &campaign.DialLevel)
	})
}
