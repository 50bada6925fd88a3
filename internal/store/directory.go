package store

import (
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

const (
	selectInGroups = `SELECT group_id FROM vicidial_inbound_groups ORDER BY group_id`
	selectMenus    = `SELECT menu_id FROM vicidial_call_menu ORDER BY menu_id`
)

// Directory returns the names of the targets of DIDs and remote agents.
func (s *Store) Directory(ctx context.Context) (cluster.Directory, error) {
	return s.directory.get(ctx)
}

func (s *Store) readDirectory(ctx context.Context) (cluster.Directory, error) {
	var directory cluster.Directory
	names := func(subject, query string, into *[]string) func() error {
		return func() error {
			var err error
			*into, err = selectAll(ctx, s, subject, query, nil, func(rows *sql.Rows, name *string) error { return rows.Scan(keyText{name}) })
			return err
		}
	}
	err := concurrently(
		func() error {
			campaigns, err := s.campaigns.get(ctx)
			for _, campaign := range campaigns {
				directory.Campaigns = append(directory.Campaigns, campaign.ID)
			}
			return err
		},
		func() error {
			users, err := s.users.get(ctx)
			for _, user := range users {
				directory.Users = append(directory.Users, user.User)
			}
			return err
		},
		names("in-groups", selectInGroups, &directory.InGroups),
		names("call menus", selectMenus, &directory.Menus),
	)
	return directory, err
}
