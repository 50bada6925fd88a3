package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

const selectUserLogins = `
SELECT user,
       phone_login
  FROM vicidial_users
 ORDER BY user`

func (s *Store) readUsers(ctx context.Context) ([]seating.SeatUser, error) {
	return scanAll(ctx, s, "users", selectUserLogins, nil, 2, func(row *rowScanner, user *seating.SeatUser) {
		user.User, user.PhoneLogin = trimKey(row.text(0)), trimKey(row.text(1))
	})
}
