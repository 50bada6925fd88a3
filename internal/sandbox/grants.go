package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// grants returns what the script of [privileges.Script] prints for a user of a
// database: one statement for each table that it has, sorted by table. reader omits
// the privileges to write.
func grants(ctx context.Context, db *sql.DB, user, host string, reader bool) (grants []string, err error) {
	conn, err := db.Conn(ctx) // the script sets session variables
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	defer func() { _ = conn.Close() }()
	set, query, _ := strings.Cut(privileges.Script(), "\n\n")
	if reader {
		set = strings.Replace(set, "@writes = TRUE", "@writes = FALSE", 1)
	}
	if _, err := conn.ExecContext(ctx, set); err != nil {
		return nil, fmt.Errorf("sandbox: script of privileges: %w", err)
	}
	quoted := func(account string) string { return strings.ReplaceAll(account, "'", "''") }
	query = strings.Replace(query, quoted(privileges.Account), quoted(account(user, host)), 1)
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("sandbox: script of privileges: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var grant string
		if err := rows.Scan(&grant); err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		grants = append(grants, grant)
	}
	return grants, rows.Err()
}

// granted has the grants of a schema version, since the script takes as long as the
// rest of a new database: the first database's, with its name and account.
var granted sync.Map

type grantsOf struct {
	schema int
	reader bool
}

type grantsTo struct{ database, account, text string }

// grant gives a user the privileges of [grants].
func (d *Database) grant(ctx context.Context, user string, reader bool) error {
	known, _ := granted.Load(grantsOf{d.Schema, reader})
	first, ok := known.(grantsTo)
	if !ok {
		grants, err := grants(ctx, d.db, user, "%", reader)
		if err != nil {
			return err
		}
		first = grantsTo{quoteName(d.Name), account(user, "%"), strings.Join(grants, "\n")}
		granted.Store(grantsOf{d.Schema, reader}, first)
	}
	text := strings.NewReplacer(first.database, quoteName(d.Name), first.account, account(user, "%")).Replace(first.text)
	if _, err := d.db.ExecContext(ctx, text); err != nil {
		return fmt.Errorf("sandbox: privileges of %s: %w", user, err)
	}
	return nil
}

// account formats a user for a statement: 'terraform'@'10.0.0.%'.
func account(user, host string) string {
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	return quote(user) + "@" + quote(host)
}
