package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Referencing counts the rows that name a server.
func (s *Store) Referencing(ctx context.Context, ip string) (cluster.Referencing, error) {
	found, err := s.references.get(ctx)
	if err != nil {
		return nil, err
	}
	counts := make(cluster.Referencing, len(found))
	for i, reference := range found {
		counts[i] = cluster.ReferencingRows{Reference: reference.Reference, Rows: reference.rows[cluster.FoldKey(ip)]}
	}
	return counts, nil
}

// referenceRows are the numbers of rows of a reference that name each server.
type referenceRows struct {
	cluster.Reference
	rows map[string]int // by folded server_ip
}

// readReferences counts the rows that name any server in one statement: a run that
// removes a whole site asks once for all. Addresses are compared as bytes, since the
// columns of a UNION may have different collations.
func (s *Store) readReferences(ctx context.Context) ([]referenceRows, error) {
	var found []referenceRows
	var parts []string
	var args []any
	for _, reference := range cluster.References {
		if exists, err := s.has(ctx, reference.Table); err != nil {
			return nil, err
		} else if !exists {
			continue
		}
		where, values := conditions(reference.Where, " AND ", "<=>")
		switch {
		case where != "" && reference.Unlike:
			where = " AND NOT (" + where + ")"
		case where != "":
			where = " AND " + where
		}
		parts = append(parts, fmt.Sprintf("SELECT %d, CAST(%s AS BINARY), COUNT(*) FROM %s WHERE %s <> ''%s GROUP BY 2",
			len(found), reference.Column, reference.Table, reference.Column, where))
		args = append(args, values...)
		found = append(found, referenceRows{reference, map[string]int{}})
	}
	err := s.query(ctx, "rows that name servers", strings.Join(parts, " UNION ALL "), args, func(rows *sql.Rows) error {
		var at, count int
		var ip string
		err := rows.Scan(&at, &ip, &count)
		if err == nil {
			found[at].rows[cluster.FoldKey(ip)] += count
		}
		return err
	})
	return found, err
}

// Clashes counts, in one statement, the rows that cannot move from one address to another
// because a row with the same unique key exists there.
func (s *Store) Clashes(ctx context.Context, from, to string) (cluster.Referencing, error) {
	var clashes cluster.Referencing
	var parts []string
	var args []any
	for _, reference := range cluster.References {
		beside, unique := reference.Unique()
		if exists, err := s.has(ctx, reference.Table); err != nil {
			return nil, err
		} else if !exists || !unique {
			continue
		}
		sameKey := "TRUE"
		if beside != "" {
			sameKey = fmt.Sprintf("there.%s = here.%s", beside, beside)
		}
		clashes = append(clashes, cluster.ReferencingRows{Reference: reference})
		parts = append(parts, fmt.Sprintf("(SELECT COUNT(*) FROM %s AS here JOIN %s AS there ON %s WHERE here.%s = ? AND there.%s = ?)",
			reference.Table, reference.Table, sameKey, reference.Column, reference.Column))
		args = append(args, from, to)
	}
	counts := make([]any, len(clashes))
	for i := range clashes {
		counts[i] = &clashes[i].Rows
	}
	err := s.query(ctx, "rows of the address "+to, "SELECT "+strings.Join(parts, ", "), args, func(rows *sql.Rows) error {
		return rows.Scan(counts...)
	})
	return clashes, err
}

// forgetRemovals drops the cached reads for removals of servers and seats: agents and calls leave
// no entry in the change log, nor do all changes of phones. Changes that are decided together
// share one read.
func (s *Store) forgetRemovals() {
	s.references.invalidate()
	s.onPhones.invalidate()
	s.phoneDigests.invalidate()
	s.live.invalidate() // after that which it is made from
}

// Removal reads the input of a removal of a server, unless there is none with the server_id.
func (s *Store) Removal(ctx context.Context, id string) (removal cluster.Removal, found bool, err error) {
	s.prefetch(ctx, s.live, s.references, s.settingsRow)
	servers, err := s.Servers(ctx)
	if removal.Server, found = servers.ByID(id); !found {
		return removal, false, err
	}
	server, ip := removal.Server, removal.Server.IP()
	if other, shares := servers.WithSameAddress(server); shares {
		removal.SameAddress = other.ID()
		return removal, true, nil // rows with the address belong to the other server
	}
	if err := concurrently(
		func() error {
			live, err := s.live.get(ctx)
			removal.Live = live[cluster.FoldKey(ip)]
			return err
		},
		func() (err error) { removal.Referencing, err = s.Referencing(ctx, ip); return err },
		func() (err error) { removal.Voicemail, err = s.VoicemailServer(ctx); return err },
	); err != nil {
		return removal, true, err
	}
	for _, other := range servers {
		if other.Row["active_twin_server_ip"].Text == ip && s.IsServerRemoved(other.ID()) {
			removal.Twins++
		}
	}
	if !slices.ContainsFunc(removal.Referencing, func(rows cluster.ReferencingRows) bool {
		return rows.Table == cluster.TablePhones && rows.Rows > 0
	}) {
		return removal, true, nil
	}
	phones, err := s.phones(ctx, nil)
	for _, phone := range phones.phones {
		if cluster.FoldKey(phone.ServerIP) == cluster.FoldKey(ip) && phone.Login != "" {
			removal.Logins = append(removal.Logins, phone.Login)
		}
	}
	if len(removal.Logins) == 0 {
		return removal, true, err
	}
	slices.Sort(removal.Logins)
	removal.Aliases, err = s.loginLists(ctx)
	return removal, true, err
}
