package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Servers returns all rows of the table servers.
func (s *Store) Servers(ctx context.Context) (cluster.Servers, error) { return s.servers.get(ctx) }

// serversWhere reads the columns that this schema has. It reads no secrets, only
// whether they are the defaults.
func (s *Store) serversWhere(ctx context.Context, where string, values ...any) ([]cluster.Server, error) {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return nil, err
	}
	columns := schema.Only(cluster.TableServers, slices.Concat(cluster.ServerColumns, cluster.ServerStatusColumns))
	secrets := schema.Only(cluster.TableServers, []string{cluster.ServerSecret, cluster.ManagerSecret})
	selected := slices.Clone(columns)
	args := make([]any, 0, len(secrets))
	for _, secret := range secrets {
		selected = append(selected, secret+" <=> ?")
		args = append(args, cluster.DefaultSecrets[secret])
	}
	query := "SELECT " + strings.Join(selected, ", ") + " FROM servers" + whereClause(where) + " ORDER BY server_id, server_ip"
	args = append(args, values...)

	return selectAll(ctx, s, "servers", query, args, func(rows *sql.Rows, server *cluster.Server) error {
		found, err := scanTexts(rows, len(selected))
		if err != nil {
			return err
		}
		server.Row = make(cluster.Row, len(columns))
		for i, column := range columns {
			server.Row[column] = value(found[i])
		}
		for _, column := range []string{"server_id", "server_ip"} {
			server.Row[column] = cluster.Text(trimKey(server.Row[column].Text))
		}
		for i, secret := range secrets {
			if found[len(columns)+i].String == "1" {
				server.DefaultSecrets = append(server.DefaultSecrets, secret)
			}
		}
		return nil
	})
}

// selectRooms reads addresses as bytes, since the tables may have different collations.
const selectRooms = `
SELECT '%s',
       CAST(server_ip AS BINARY),
       conf_exten,
       COALESCE(extension, '') <> ''
  FROM %s%s`

// Rooms returns all conference rooms of both engines.
func (s *Store) Rooms(ctx context.Context) (map[cluster.Engine]cluster.Rooms, error) {
	return s.rooms.get(ctx)
}

func (s *Store) readRooms(ctx context.Context) (map[cluster.Engine]cluster.Rooms, error) {
	all := map[cluster.Engine]cluster.Rooms{cluster.Meetme: {}, cluster.Confbridge: {}}
	var queries []string
	for engine := range all {
		exists, err := s.has(ctx, engine.Table())
		if err != nil {
			return nil, err
		}
		if exists {
			queries = append(queries, fmt.Sprintf(selectRooms, engine, engine.Table(), ""))
		}
	}
	if len(queries) == 0 {
		return all, nil
	}
	return all, s.scanRooms(ctx, all, strings.Join(queries, "\n UNION ALL"))
}

func (s *Store) scanRooms(ctx context.Context, into map[cluster.Engine]cluster.Rooms, query string, args ...any) error {
	return s.query(ctx, "conference rooms", query+"\n ORDER BY 2, 3", args, func(rows *sql.Rows) error {
		var engine cluster.Engine
		var ip string
		var room cluster.Room
		if err := rows.Scan(&engine, &ip, &room.Number, &room.InUse); err != nil {
			return err
		}
		into[engine][trimKey(ip)] = append(into[engine][trimKey(ip)], room)
		return nil
	})
}
