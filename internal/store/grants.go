package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const tableAdminLog cluster.Table = "vicidial_admin_log"

// grants are the privileges of the database user, by table; those of the whole
// database stand under everyTable.
type grants map[cluster.Table]map[string]bool

const everyTable cluster.Table = "*"

const selectGrants = `
SELECT '*', PRIVILEGE_TYPE
  FROM information_schema.USER_PRIVILEGES
 WHERE GRANTEE IN (?, ?)
UNION ALL
SELECT '*', PRIVILEGE_TYPE
  FROM information_schema.SCHEMA_PRIVILEGES
 WHERE GRANTEE IN (?, ?)
   AND DATABASE() LIKE TABLE_SCHEMA
UNION ALL
SELECT TABLE_NAME, PRIVILEGE_TYPE
  FROM information_schema.TABLE_PRIVILEGES
 WHERE GRANTEE IN (?, ?)
   AND TABLE_SCHEMA = DATABASE()
UNION ALL
SELECT TABLE_NAME, PRIVILEGE_TYPE
  FROM information_schema.COLUMN_PRIVILEGES
 WHERE GRANTEE IN (?, ?)
   AND TABLE_SCHEMA = DATABASE()`

func (s *Store) readGrants(ctx context.Context, account, role string) (grants, error) {
	user, as := quoteAccount(account), role
	args := []any{user, as, user, as, user, as, user, as}
	found := grants{}
	err := s.query(ctx, "privileges", selectGrants, args, func(rows *sql.Rows) error {
		var table cluster.Table
		var privilege string
		if err := rows.Scan(&table, &privilege); err != nil {
			return err
		}
		if found[table] == nil {
			found[table] = map[string]bool{}
		}
		found[table][privilege] = true
		return nil
	})
	return found, err
}

// passesReadOnly says whether the user may write although read_only is set.
func (g grants) passesReadOnly() bool {
	return g[everyTable]["READ_ONLY ADMIN"] || g[everyTable]["SUPER"]
}

type missing struct {
	table cluster.Table
	verbs []string
}

// needs are the privileges that writing to a table takes, where they are fewer
// than all.
var needs = map[cluster.Table][]string{
	tableAdminLog:         {"SELECT", "INSERT"},
	cluster.TableSettings: {"SELECT", "UPDATE"},
	"vicidial_users":      {"SELECT", "UPDATE"},
}

func (g grants) missing(tables []cluster.Table) []missing {
	var found []missing
	for _, table := range tables {
		needed, special := needs[table]
		if !special {
			needed = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
		}
		lacking := slices.DeleteFunc(slices.Clone(needed), func(verb string) bool {
			return g[everyTable][verb] || g[table][verb]
		})
		if len(lacking) > 0 {
			found = append(found, missing{table, lacking})
		}
	}
	return found
}

func tableNames(missing []missing) string {
	names := make([]string, 0, len(missing))
	for _, m := range missing {
		names = append(names, string(m.table))
	}
	return strings.Join(names, ", ")
}

// quoteAccount writes user@host as GRANT and information_schema do.
func quoteAccount(account string) string {
	at := strings.LastIndex(account, "@")
	if at < 0 {
		return "'" + account + "'"
	}
	return "'" + account[:at] + "'@'" + account[at+1:] + "'"
}
