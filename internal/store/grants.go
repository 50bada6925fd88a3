package store

import (
	"context"
	"database/sql"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// grants are the privileges of the database user by table and verb; everyTable has
// those of the whole database.
type grants map[cluster.Table]map[string]granted

const everyTable cluster.Table = "*"

// granted is where a privilege on a table holds: in all of it, or in some columns, in
// lower case.
type granted struct {
	whole   bool
	columns []string
}

func (g granted) with(other granted) granted {
	return granted{g.whole || other.whole, slices.Concat(g.columns, other.columns)}
}

// readGrants uses SHOW GRANTS, which includes privileges of roles and PUBLIC;
// information_schema does not.
func (s *Store) readGrants(ctx context.Context) (grants, error) {
	found := grants{}
	err := s.query(ctx, "privileges", "SHOW GRANTS", nil, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		found.add(parseGrant(text, s.settings.Database))
		return nil
	})
	return found, err
}

func (g grants) add(table cluster.Table, verbs map[string]granted) {
	if g[table] == nil {
		g[table] = map[string]granted{}
	}
	for verb, where := range verbs {
		g[table][verb] = g[table][verb].with(where)
	}
}

// grantOn matches GRANT privileges ON database.table, and not the other lines of
// SHOW GRANTS (roles, procedures, passwords). Names are in backticks, unless
// sql_quote_show_create is off. grantPart is one of its privileges.
var (
	grantOn   = regexp.MustCompile("^GRANT (.+?) ON (`(?:[^`]|``)+`|[^` .]+)\\.(`(?:[^`]|``)+`|[^` .]+) TO ")
	grantPart = regexp.MustCompile(`([^,()]+?)\s*(?:\(([^)]*)\))?(?:, |$)`)

	allOnTable = []string{privileges.Select, privileges.Insert, privileges.Update, privileges.Delete}
)

// parseGrant returns the table and the privileges of a line of SHOW GRANTS; none
// for another database.
func parseGrant(text, database string) (cluster.Table, map[string]granted) {
	parts := grantOn.FindStringSubmatch(text)
	if parts == nil {
		return "", nil
	}
	everywhere := parts[2] == "*"
	if !everywhere && !like(database, unquoted(parts[2])) {
		return "", nil
	}
	found := map[string]granted{}
	for _, part := range grantPart.FindAllStringSubmatch(parts[1], -1) {
		verb, where := part[1], granted{whole: part[2] == ""}
		for column := range strings.SplitSeq(part[2], ",") {
			if !where.whole {
				where.columns = append(where.columns, strings.ToLower(unquoted(strings.TrimSpace(column))))
			}
		}
		if verb != "ALL PRIVILEGES" {
			found[verb] = where
			continue
		}
		for _, verb := range allOnTable {
			found[verb] = where
		}
		if everywhere {
			found["SUPER"] = where
		}
	}
	return cluster.Table(unquoted(parts[3])), found
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
	return g[everyTable]["READ_ONLY ADMIN"].whole || g[everyTable]["SUPER"].whole
}

// lacks returns those of the columns on which the user has no privilege.
func (g grants) lacks(table cluster.Table, verb string, columns []string) []string {
	granted := g[table][verb]
	if g[everyTable][verb].whole || granted.whole {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(columns), func(column string) bool { return slices.Contains(granted.columns, strings.ToLower(column)) })
}

// missing are the privileges that the user lacks on a table, as in a GRANT.
type missing struct {
	table cluster.Table
	parts []string // "INSERT (a, b)", "DELETE"
}

// missingPrivileges returns what a writer of the tables lacks. A column that the user
// has no privilege on at all is not in the schema, unless it is declared.
func (g grants) missingPrivileges(schema cluster.Schema, tables []cluster.Table) []missing {
	var found []missing
	for _, name := range tables {
		declared, lacking := privileges.Of(name), missing{table: name}
		columns := slices.AppendSeq(schema.Unseen(name, declared.Declared()), maps.Keys(schema.Tables[name]))
		slices.Sort(columns)
		columns = slices.Compact(columns)
		for _, verb := range append([]string{privileges.Select}, declared.Verbs...) {
			if verb == privileges.Delete || declared.Whole() && len(g[name][verb].columns) == 0 {
				if !g[everyTable][verb].whole && !g[name][verb].whole {
					lacking.parts = append(lacking.parts, verb)
				}
				continue
			}
			if lacks := g.lacks(name, verb, declared.Needs(verb, columns)); len(lacks) > 0 {
				lacking.parts = append(lacking.parts, verb+" ("+strings.Join(lacks, ", ")+")")
			}
		}
		if len(lacking.parts) > 0 {
			found = append(found, lacking)
		}
	}
	return found
}

// unseen returns what a reader of tables lacks: privileges on columns, or tables, that
// this version of the schema has and that the user does not see.
func (g grants) unseen(schema cluster.Schema, tables ...cluster.Table) []missing {
	var found []missing
	for _, name := range tables {
		columns := privileges.Of(name).Columns()
		lacks := g.lacks(name, privileges.Select, schema.Unseen(name, columns))
		switch {
		case len(lacks) > 0:
			found = append(found, missing{name, []string{privileges.Select + " (" + strings.Join(lacks, ", ") + ")"}})
		case len(columns) == 0 && len(schema.Tables[name]) == 0 && len(g.lacks(name, privileges.Select, schema.Unseen(name, []string{""}))) > 0:
			found = append(found, missing{name, []string{privileges.Select}})
		}
	}
	return found
}

// describeMissing names tables and what is missing on each.
func describeMissing(all []missing) string {
	texts := make([]string, 0, len(all))
	for _, m := range all {
		texts = append(texts, string(m.table)+": "+strings.Join(m.parts, ", "))
	}
	return strings.Join(texts, "; ")
}

// quoteAccount formats user@host as GRANT and information_schema do.
func quoteAccount(account string) string {
	i := strings.LastIndex(account, "@")
	if i < 0 {
		return "'" + account + "'"
	}
	return "'" + account[:i] + "'@'" + account[i+1:] + "'"
}
