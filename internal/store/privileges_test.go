package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// privilege is one that the guide grants: on a column, or on a table.
type privilege struct{ verb, table, column string }

func (p privilege) String() string {
	if p.column == "" {
		return p.verb + " ON " + p.table
	}
	return p.verb + " (" + p.column + ") ON " + p.table
}

// privilegesOf returns what the account is granted in the database.
func privilegesOf(t *testing.T, d *sandbox.Database, user string) []privilege {
	t.Helper()
	rows, err := d.DB().QueryContext(t.Context(), `SELECT PRIVILEGE_TYPE, TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND GRANTEE = ?
		UNION ALL SELECT PRIVILEGE_TYPE, TABLE_NAME, '' FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND GRANTEE = ? ORDER BY 2, 1, 3`,
		"'"+user+"'@'%'", "'"+user+"'@'%'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []privilege
	for rows.Next() {
		var p privilege
		if err := rows.Scan(&p.verb, &p.table, &p.column); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}

// without calls do while the account lacks some privileges.
func without(t *testing.T, d *sandbox.Database, user string, lacking []privilege, do func()) {
	t.Helper()
	var revoke, grant strings.Builder
	for _, p := range lacking {
		fmt.Fprintf(&revoke, "REVOKE %s FROM '%s'@'%%';", p, user)
		fmt.Fprintf(&grant, "GRANT %s TO '%s'@'%%';", p, user)
	}
	run(t, d, revoke.String())
	do()
	run(t, d, grant.String())
}

// Each privilege that the guide grants to a reader is needed, and the error of the read
// that needs it names table and column.
func TestReads_withoutAPrivilege(t *testing.T) {
	t.Parallel()
	for name, visible := range map[string]bool{"column is hidden": false, "column is visible": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, 1720)
			user, password, err := d.Reader(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			all := privilegesOf(t, d, user)
			if len(all) < 100 {
				t.Errorf("%d privileges", len(all))
			}
			if visible { // information_schema shows a column for any privilege
				for _, p := range all {
					p.verb = "REFERENCES"
					run(t, d, fmt.Sprintf("GRANT %s TO '%s'@'%%'", p, user))
				}
			}
			inherited := func(p privilege) bool { // a plan reads those that are declared, and copies the others
				return p.table == string(cluster.TablePhones) && !slices.Contains(privileges.Of(cluster.TablePhones).Columns(), p.column)
			}
			if !visible {
				all = slices.DeleteFunc(all, inherited)
			}
			last := map[string]string{} // the read that failed for each table
			for _, p := range all {
				without(t, d, user, []privilege{p}, func() {
					s := newStore(t, d, func(s *Settings) { s.Username, s.Password, s.ReadOnly = user, password, true })
					defer func() { _ = s.Close() }()
					reads := reads(s)
					names := slices.Sorted(maps.Keys(reads))
					if name, known := last[p.table]; known {
						names = slices.Insert(names, 0, name)
					}
					for _, name := range names {
						err := reads[name](t.Context())
						if err == nil {
							continue
						}
						last[p.table] = name
						if !holdsGrant(err, d, p) {
							t.Errorf("without %s, %s fails with %s", p, name, withHint(err))
						}
						return
					}
					t.Errorf("no read needs %s", p)
				})
			}
		})
	}
}

// A change of a table ends before its first statement without one of the privileges that
// the guide grants to a writer, and its error has the GRANT.
func TestApply_withoutAPrivilege(t *testing.T) {
	t.Parallel()
	d := newTable(t, sandbox.Shared(t))
	written := map[string][]privilege{}
	count, rounds := 0, 0
	for _, p := range privilegesOf(t, d, d.Username) {
		if p.verb != privileges.Select { // a read needs it
			written[p.table] = append(written[p.table], p)
			count, rounds = count+1, max(rounds, len(written[p.table]))
		}
	}
	if count < 300 {
		t.Errorf("%d privileges", count)
	}
	s := newStore(t, d)
	on := func(p privilege) planFunc {
		step := change("10.0.0.1", 60, 61)
		step.Table = cluster.Table(p.table)
		return fixedPlan(cluster.Plan{Steps: []cluster.Step{step}})
	}
	for round := range rounds { // in each, every table lacks one
		var lacking []privilege
		for _, all := range written {
			if round < len(all) {
				lacking = append(lacking, all[round])
			}
		}
		without(t, d, d.Username, lacking, func() {
			s.schema.invalidate()
			s.info.invalidate()
			for _, p := range lacking {
				if err := s.Apply(t.Context(), on(p)); !holdsGrant(err, d, p) {
					t.Errorf("without %s: %s", p, withHint(err))
				}
			}
		})
	}
	d.Expect(t, "SELECT COUNT(*) AS n FROM vicidial_admin_log", "| n |\n| 0 |")
	s.schema.invalidate()
	s.info.invalidate()
	if err := s.Apply(t.Context(), on(privilege{table: string(cluster.TableTrunks)})); err != nil {
		t.Errorf("with all privileges: %v", err)
	}
}

// holdsGrant reports whether an error has the statement that grants the privilege.
func holdsGrant(err error, d *sandbox.Database, p privilege) bool {
	return strings.Contains(strings.NewReplacer("`", "", d.Name+"`.", "").Replace(withHint(err)), "GRANT "+p.String())
}

// withHint is what an operator reads of an error.
func withHint(err error) string {
	if err == nil {
		return "no error"
	}
	var hinting interface{ Hint() string }
	if errors.As(err, &hinting) {
		return err.Error() + " " + hinting.Hint()
	}
	return err.Error()
}
