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
       alias_name,
       logins_list,
       %s
  FROM phones_alias%s
 ORDER BY alias_id`

func (s *Store) aliasesWhere(ctx context.Context, where string, args ...any) ([]seating.PhoneAlias, error) {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return nil, err
	}
	// user_group came with schema 1308 (docs/vicidial/schema.md#user-group).
	query := fmt.Sprintf(selectAliases, column(schema, cluster.TableAliases, "user_group", "''"), whereClause(where))
	return scanAll(ctx, s, "phone aliases", query, args, 4, func(row *rowScanner, alias *seating.PhoneAlias) {
		alias.AliasRow = &seating.AliasRow{ID: trimKey(row.text(0)), Name: row.text(1), List: row.text(2), Group: trimKey(row.text(3))}
	})
}

const selectMailboxes = `
SELECT voicemail_id
  FROM vicidial_voicemail
 ORDER BY voicemail_id`

func (s *Store) readMailboxes(ctx context.Context) ([]string, error) {
	if exists, err := s.has(ctx, cluster.TableVoicemail); err != nil || !exists {
		return nil, err
	}
	return selectAll(ctx, s, "mailboxes", selectMailboxes, nil, func(rows *sql.Rows, id *string) error { return rows.Scan(id) })
}

// loginLists returns the phone logins of each alias. An alias without logins has
// one that is empty, as VICIdial splits the column.
func (s *Store) loginLists(ctx context.Context) ([]cluster.Alias, error) {
	aliases, err := s.aliases.get(ctx)
	lists := make([]cluster.Alias, 0, len(aliases))
	for _, alias := range aliases {
		lists = append(lists, cluster.Alias{ID: alias.ID, Logins: strings.Split(alias.List, ",")})
	}
	return lists, err
}
