package store

import (
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Issue 12: rows and agents that spell a campaign in other letters are that campaign's.
func TestDialing_spellsCampaignsAsTheirRows(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, active_asterisk_server) VALUES ('dial1', '10.0.0.1', 'Y', 'Y')",
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES', 'Sales', 'Y', 'RATIO')",
		"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'sales ', 10, 'MAXIMUM_LIMIT'), ('10.0.0.1', 'gone', 3, 'MAXIMUM_LIMIT')",
		"INSERT INTO vicidial_auto_calls (server_ip, campaign_id, status, call_type) VALUES ('10.0.0.1', 'sales', 'LIVE', 'OUT'), ('10.0.0.1', 'Sales', 'LIVE', 'OUT')")
	in, err := newStore(t, d).ForecastInput(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Trunks) != 2 || in.Trunks[0].CampaignID != "SALES" || in.Trunks[1].CampaignID != "gone" {
		t.Errorf("trunks %+v", in.Trunks)
	}
	for _, lines := range in.InUse {
		if lines.Campaign != "SALES" {
			t.Errorf("lines %+v", lines)
		}
	}
}

// The database compares without trailing blanks, so a row with one is of the same server.
func TestCapacityMeasurements_trailingBlank(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, active_asterisk_server) VALUES ('dial1', '10.0.0.1 ', 'Y', 'Y')",
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active, dial_method) VALUES ('SALES', 'Sales', 'Y', 'RATIO')",
		"INSERT INTO vicidial_campaign_server_stats (server_ip, campaign_id, update_time) VALUES ('10.0.0.1 ', 'SALES', NOW())")
	measures, err := newStore(t, d).CapacityMeasurements(t.Context(), time.Hour)
	if err != nil || len(measures) != 1 || !measures[0].Outbound {
		t.Errorf("%+v, %v", measures, err)
	}
}
