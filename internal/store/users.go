package store

import (
	"context"
	"fmt"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

const selectUserLogins = `
SELECT user,
       phone_login
  FROM vicidial_users%s
 ORDER BY user`

func (s *Store) usersWhere(ctx context.Context, where string, args ...any) ([]seating.SeatUser, error) {
	return scanAll(ctx, s, "users", fmt.Sprintf(selectUserLogins, whereClause(where)), args, 2, func(row *rowScanner, user *seating.SeatUser) {
		user.User, user.PhoneLogin = trimKey(row.text(0)), trimKey(row.text(1))
	})
}
