package store

import (
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

const selectUserLogins = `
SELECT user,
       COALESCE(phone_login, '')
  FROM vicidial_users
 ORDER BY user`

func (s *Store) readUsers(ctx context.Context) ([]seating.SeatUser, error) {
	return selectAll(ctx, s, "users", selectUserLogins, nil, func(rows *sql.Rows, user *seating.SeatUser) error {
		return rows.Scan(keyText{&user.User}, keyText{&user.PhoneLogin})
	})
}
