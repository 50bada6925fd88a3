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

// grants are the privileges of the database user, by table; those of the whole
// database stand under everyTable.
type grants map[cluster.Table]map[string]bool

const everyTable cluster.Table = "*"

// readGrants asks in the one way that tells of roles and of PUBLIC as well;
// information_schema names no privilege that somebody else was given.
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

// grantOn reads GRANT privileges ON database.table; what else there is in SHOW
// GRANTS (roles, procedures, passwords) is passed over. Names stand in backticks,
// unless sql_quote_show_create is off.
var (
	grantOn      = regexp.MustCompile("^GRANT (.+?) ON (`(?:[^`]|``)+`|[^` .]+)\\.(`(?:[^`]|``)+`|[^` .]+) TO ")
	grantColumns = regexp.MustCompile(`\s*\([^)]*\)`)
	allOnTable   = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
)

// parseGrant says which privileges a line of SHOW GRANTS gives on which table of
// a database; none where it speaks of another one. A privilege on some columns
// counts: which ones a statement needs, it finds out itself.
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

// like compares as LIKE does, which is how a grant names its database.
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
			needed = allOnTable
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
