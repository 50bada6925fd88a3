package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

const selectAliases = `
SELECT alias_id,
       COALESCE(alias_name, ''),
       COALESCE(logins_list, ''),
       COALESCE(%s, '')
  FROM phones_alias
 ORDER BY alias_id`

func (s *Store) readAliases(ctx context.Context) ([]seating.PhoneAlias, error) {
	info, err := s.info.get(ctx)
	if err != nil {
		return nil, err
	}
	// user_group came with schema 1308 (docs/vicidial/schema.md#user-group).
	query := fmt.Sprintf(selectAliases, info.column(cluster.TableAliases, "user_group", "''"))
	var aliases []seating.PhoneAlias
	err = s.query(ctx, "phone aliases", query, nil, func(rows *sql.Rows) error {
		var alias seating.PhoneAlias
		var logins string
		if err := rows.Scan(&alias.ID, &alias.Name, &logins, &alias.Group); err != nil {
			return err
		}
		alias.ID, alias.Group = trimKey(alias.ID), trimKey(alias.Group)
		if logins != "" {
			alias.Logins = strings.Split(logins, ",")
		}
		aliases = append(aliases, alias)
		return nil
	})
	return aliases, err
}

const selectMailboxes = `
SELECT voicemail_id
  FROM vicidial_voicemail
 ORDER BY voicemail_id`

func (s *Store) readMailboxes(ctx context.Context) ([]string, error) {
	info, err := s.info.get(ctx)
	if err != nil || !info.schema.Has(cluster.TableVoicemail, "voicemail_id") {
		return nil, err
	}
	var ids []string
	err = s.query(ctx, "mailboxes", selectMailboxes, nil, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// loginLists returns the phone logins of each alias. An alias without logins has
// one that is empty, as VICIdial splits the column.
func (s *Store) loginLists(ctx context.Context) ([]cluster.Alias, error) {
	aliases, err := s.aliases.get(ctx)
	lists := make([]cluster.Alias, 0, len(aliases))
	for _, alias := range aliases {
		lists = append(lists, cluster.Alias{ID: alias.ID, Logins: strings.Split(alias.List(), ",")})
	}
	return lists, err
}
