package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Referencing counts, in one statement, the rows that name a server.
func (s *Store) Referencing(ctx context.Context, ip string) (cluster.Referencing, error) {
	info, err := s.info.get(ctx)
	if err != nil {
		return nil, err
	}
	var mentions cluster.Referencing
	var parts []string
	var args []any
	for _, reference := range cluster.References {
		if !info.schema.Has(reference.Table, reference.Column) {
			continue
		}
		mentions = append(mentions, cluster.ReferencingRows{Reference: reference})
		where, values := conditions(reference.Where, " AND ", "<=>")
		switch {
		case where != "" && reference.Unlike:
			where = " AND NOT (" + where + ")"
		case where != "":
			where = " AND " + where
		}
		parts = append(parts, fmt.Sprintf("(SELECT COUNT(*) FROM %s WHERE %s = ?%s)", reference.Table, reference.Column, where))
		args = append(append(args, ip), values...)
	}
	into := make([]any, len(mentions))
	for i := range mentions {
		into[i] = &mentions[i].Rows
	}
	err = s.query(ctx, "rows that name server "+ip, "SELECT "+strings.Join(parts, ", "), args, func(rows *sql.Rows) error {
		return rows.Scan(into...)
	})
	return mentions, err
}

// Clashes counts, in one statement, the rows that cannot move from one address
// to another since a unique key already holds their like there.
func (s *Store) Clashes(ctx context.Context, from, to string) (cluster.Referencing, error) {
	info, err := s.info.get(ctx)
	if err != nil {
		return nil, err
	}
	var clashes cluster.Referencing
	var parts []string
	var args []any
	for _, reference := range cluster.References {
		beside, unique := reference.Unique()
		if !unique || !info.schema.Has(reference.Table, reference.Column) {
			continue
		}
		like := "TRUE"
		if beside != "" {
			like = fmt.Sprintf("there.%s = here.%s", beside, beside)
		}
		clashes = append(clashes, cluster.ReferencingRows{Reference: reference})
		parts = append(parts, fmt.Sprintf("(SELECT COUNT(*) FROM %s AS here JOIN %s AS there ON %s WHERE here.%s = ? AND there.%s = ?)",
			reference.Table, reference.Table, like, reference.Column, reference.Column))
		args = append(args, from, to)
	}
	into := make([]any, len(clashes))
	for i := range clashes {
		into[i] = &clashes[i].Rows
	}
	err = s.query(ctx, "rows that stand in the way at "+to, "SELECT "+strings.Join(parts, ", "), args, func(rows *sql.Rows) error {
		return rows.Scan(into...)
	})
	return clashes, err
}

// Removal reads the input of a removal of a server.
func (s *Store) Removal(ctx context.Context, server cluster.Server) (cluster.Removal, error) {
	removal := cluster.Removal{Server: server}
	ip := server.IP()
	servers, err := s.Servers(ctx)
	if err != nil {
		return removal, err
	}
	if other, shares := servers.Sharing(server); shares {
		removal.Heir = other.ID()
		return removal, nil // what names the address is the other's
	}
	if removal.Live, err = s.Live(ctx, ip); err != nil {
		return removal, err
	}
	if removal.Referencing, err = s.Referencing(ctx, ip); err != nil {
		return removal, err
	}
	if removal.Voicemail, err = s.VoicemailServer(ctx); err != nil {
		return removal, err
	}
	for _, other := range servers {
		if other.Row["active_twin_server_ip"].Text == ip && s.ServerLeaves(other.ID()) {
			removal.Twins++
		}
	}
	phones, err := s.readPhones(ctx, nil, "server_ip = ? AND login <> ''", ip)
	if err != nil || len(phones.phones) == 0 {
		return removal, err
	}
	for _, phone := range phones.phones {
		removal.Logins = append(removal.Logins, phone.Login)
	}
	slices.Sort(removal.Logins)
	removal.Aliases, err = s.loginLists(ctx)
	return removal, err
}
