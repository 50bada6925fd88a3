package store

import (
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
func (s *Store) Trunks(ctx context.Context) (cluster.Trunks, error) { return s.trunks.get(ctx) }

func (s *Store) readTrunks(ctx context.Context) (cluster.Trunks, error) {
	return s.trunksWhere(ctx, "")
}

// renewTrunks reads all rows of a campaign again: no key of the table tells them apart.
func (s *Store) renewTrunks(ctx context.Context, trunks cluster.Trunks, steps []writtenStep) (cluster.Trunks, error) {
	return keyed[cluster.Trunk]{
		columns: []string{"campaign_id", cluster.ColumnServerIP},
		column: func(trunk cluster.Trunk, column string) string {
			if column == cluster.ColumnServerIP {
				return trunk.ServerIP
			}
			return trunk.CampaignID
		},
		read: func(ctx context.Context, where string, args ...any) ([]cluster.Trunk, error) {
			return s.trunksWhere(ctx, where, args...)
		},
	}.renew(ctx, trunks, steps)
}

func (s *Store) trunksWhere(ctx context.Context, where string, args ...any) (cluster.Trunks, error) {
	spelled, err := s.campaignSpelling(ctx)
	if err != nil {
		return nil, err
	}
	var trunks cluster.Trunks
	err = s.query(ctx, "trunk rows", selectTrunks+whereClause(where), args, func(rows *sql.Rows) error {
		var trunk cluster.Trunk
		if err := rows.Scan(&trunk.ServerIP, &trunk.CampaignID, &trunk.Dedicated, &trunk.Unset, &trunk.Restriction); err != nil {
			return err
		}
		trunk.ServerIP, trunk.CampaignID = trimKey(trunk.ServerIP), spelled(trunk.CampaignID)
		trunks = append(trunks, trunk)
		return nil
	})
	return trunks, err
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
	if _, err := s.info.get(ctx); err != nil {
		return nil, err
	}
	var campaigns cluster.Campaigns
	err := s.query(ctx, "campaigns", selectCampaigns, nil, func(rows *sql.Rows) error {
		var campaign cluster.Campaign
		if err := rows.Scan(&campaign.ID, &campaign.Name, &campaign.Active, &campaign.DialMethod, &campaign.DialLevel); err != nil {
			return err
		}
		campaign.ID = trimKey(campaign.ID)
		campaigns = append(campaigns, campaign)
		return nil
	})
	return campaigns, err
}
