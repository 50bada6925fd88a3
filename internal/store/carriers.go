package store

import (
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
)

// Carriers returns all rows of vicidial_server_carriers. Their texts contain
// passwords and must not be shown.
func (s *Store) Carriers(ctx context.Context) (cluster.Carriers, error) {
	s.prefetch(ctx, s.templates) // which they name
	return s.carriers.get(ctx)
}

// selectCarriers reads no account and no registration, which contain passwords. The
// database computes whether a line of the account or its template sends calls to
// the DIDs, and whether the dialplan dials.
const selectCarriers = `
SELECT c.carrier_id,
       c.carrier_name,
       COALESCE(c.protocol, ''),
       c.template_id,
       c.server_ip,
       COALESCE(c.active, '') = 'Y',
       CONCAT(COALESCE(c.account_entry, ''), '\n', COALESCE(t.template_contents, '')) REGEXP ?,
       COALESCE(c.dialplan_entry, '') REGEXP ?
  FROM vicidial_server_carriers AS c
  LEFT JOIN vicidial_conf_templates AS t
    ON t.template_id = c.template_id
 ORDER BY c.carrier_id`

const (
	inboundPattern = `(?mi)^[ \t]*(endpoint/)?context[ \t]*=>?[ \t]*` + asterisk.InboundContext + `[ \t\r]*(;|$)`
	dialPattern    = `(?mi)^[^;\n]*\bDial[ \t]*\(`
)

// CarrierRows returns all carriers, which must not be modified.
func (s *Store) CarrierRows(ctx context.Context) ([]cluster.CarrierRow, error) {
	return s.carrierRows.get(ctx)
}

func (s *Store) readCarrierRows(ctx context.Context) ([]cluster.CarrierRow, error) {
	return selectAll(ctx, s, "carriers", selectCarriers, []any{inboundPattern, dialPattern}, func(rows *sql.Rows, carrier *cluster.CarrierRow) error {
		return rows.Scan(&carrier.ID, &carrier.Name, &carrier.Protocol, &carrier.TemplateID, keyText{&carrier.ServerIP}, &carrier.Active, &carrier.Inbound, &carrier.Outbound)
	})
}
