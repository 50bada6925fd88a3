package store

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const tableAdminLog cluster.Table = "vicidial_admin_log"

// grants are the privileges of the database user by table; everyTable has those of
// the whole database.
type grants map[cluster.Table]map[string]bool

const everyTable cluster.Table = "*"

// readGrants uses SHOW GRANTS, which includes privileges of roles and PUBLIC;
// information_schema does not.
func (s *Store) readGrants(ctx context.Context) (grants, error) {
	found := grants{}
	err := s.query(ctx, "privileges", "SHOW GRANTS", nil, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		table, privileges := parseGrant(text, s.settings.Database)
		for _, privilege := range privileges {
			if found[table] == nil {
				found[table] = map[string]bool{}
			}
			found[table][privilege] = true
		}
		return nil
	})
	return found, err
}

// grantOn matches GRANT privileges ON database.table, and not the other lines of
// SHOW GRANTS (roles, procedures, passwords). Names are in backticks, unless
// sql_quote_show_create is off.
var (
	grantOn      = regexp.MustCompile("^GRANT (.+?) ON (`(?:[^`]|``)+`|[^` .]+)\\.(`(?:[^`]|``)+`|[^` .]+) TO ")
	grantColumns = regexp.MustCompile(`\s*\([^)]*\)`)
	allOnTable   = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
)

// parseGrant returns the table and the privileges of a line of SHOW GRANTS; none
// for another database. A privilege on columns counts as one on the table.
func parseGrant(text, database string) (cluster.Table, []string) {
	parts := grantOn.FindStringSubmatch(text)
	if parts == nil {
		return "", nil
	}
	privileges := strings.Split(grantColumns.ReplaceAllString(parts[1], ""), ", ")
	everywhere := parts[2] == "*"
	if slices.Contains(privileges, "ALL PRIVILEGES") {
		privileges = allOnTable
		if everywhere {
			privileges = append(slices.Clone(privileges), "SUPER")
		}
	}
	if !everywhere && !like(database, unquoted(parts[2])) {
		return "", nil
	}
	return cluster.Table(unquoted(parts[3])), privileges
}

func unquoted(name string) string {
	if len(name) < 2 || name[0] != '`' {
		return name
	}
	return strings.ReplaceAll(name[1:len(name)-1], "``", "`")
}

// like compares as LIKE does, since the database of a grant is a pattern.
func like(text, pattern string) bool {
	var expression strings.Builder
	escaped := false
	for _, letter := range pattern {
		switch {
		case escaped:
			expression.WriteString(regexp.QuoteMeta(string(letter)))
		case letter == '\\':
		case letter == '%':
			expression.WriteString(".*")
		case letter == '_':
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(string(letter)))
		}
		escaped = !escaped && letter == '\\'
	}
	matched, err := regexp.MatchString("^(?s:"+expression.String()+")$", text)
	return err == nil && matched
}

// bypassesReadOnly reports whether the user may write although read_only is set.
func (g grants) bypassesReadOnly() bool {
	return g[everyTable]["READ_ONLY ADMIN"] || g[everyTable]["SUPER"]
}

type missingPrivilege struct {
	table cluster.Table
	verbs []string
}

// needs are the privileges for writes to a table, if they are fewer than all.
var needs = map[cluster.Table][]string{
	tableAdminLog:         {"SELECT", "INSERT"},
	cluster.TableSettings: {"SELECT", "UPDATE"},
	"vicidial_users":      {"SELECT", "UPDATE"},
}

func (g grants) missingPrivileges(tables []cluster.Table) []missingPrivilege {
	var found []missingPrivilege
	for _, table := range tables {
		needed, special := needs[table]
		if !special {
			needed = allOnTable
		}
		lacking := slices.DeleteFunc(slices.Clone(needed), func(verb string) bool {
			return g[everyTable][verb] || g[table][verb]
		})
		if len(lacking) > 0 {
			found = append(found, missingPrivilege{table, lacking})
		}
	}
	return found
}

func tableNames(missing []missingPrivilege) string {
	names := make([]string, 0, len(missing))
	for _, m := range missing {
		names = append(names, string(m.table))
	}
	return strings.Join(names, ", ")
}

// quoteAccount formats user@host as GRANT and information_schema do.
func quoteAccount(account string) string {
	at := strings.LastIndex(account, "@")
	if at < 0 {
		return "'" + account + "'"
	}
	return "'" + account[:at] + "'@'" + account[at+1:] + "'"
}
