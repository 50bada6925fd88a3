package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

const selectUserLogins = `
SELECT user,
       phone_login
  FROM vicidial_users%s
 ORDER BY user`

// renewUsers is [keyed.renew] for users.
func (s *Store) renewUsers(ctx context.Context, users []seating.SeatUser, steps []writtenStep) ([]seating.SeatUser, error) {
	return keyed[seating.SeatUser]{
		columns: []string{"user"},
		column:  func(user seating.SeatUser, _ string) string { return user.User },
		order: func(a, b seating.SeatUser) int {
			return strings.Compare(strings.ToLower(a.User), strings.ToLower(b.User))
		},
		read: s.usersWhere,
	}.renew(ctx, users, steps)
}

func (s *Store) usersWhere(ctx context.Context, where string, args ...any) ([]seating.SeatUser, error) {
	return scanAll(ctx, s, "users", fmt.Sprintf(selectUserLogins, whereClause(where)), args, 2, func(row *rowScanner, user *seating.SeatUser) {
		user.User, user.PhoneLogin = trimKey(row.text(0)), trimKey(row.text(1))
	})
}
