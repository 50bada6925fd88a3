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
	if _, err := s.info.get(ctx); err != nil {
		return nil, err
	}
	var users []seating.SeatUser
	err := s.query(ctx, "users", selectUserLogins, nil, func(rows *sql.Rows) error {
		var user seating.SeatUser
		if err := rows.Scan(&user.User, &user.PhoneLogin); err != nil {
			return err
		}
		user.User, user.PhoneLogin = trimKey(user.User), trimKey(user.PhoneLogin)
		users = append(users, user)
		return nil
	})
	return users, err
}
