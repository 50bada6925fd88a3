package store

import (
	"errors"

	"github.com/go-sql-driver/mysql"
)

// The server's error numbers that a connection can fail with. Numbers are read
// in this file and nowhere else.
const (
	numberTooManyConnections     = 1040
	numberNoAccessToDatabase     = 1044
	numberAccessDenied           = 1045
	numberUnknownDatabase        = 1049
	numberHostBlocked            = 1129
	numberHostNotAllowed         = 1130
	numberTooManyUserConnections = 1203
	numberUserLimitReached       = 1226
	numberSecureTransport        = 3159
)

// errNumber returns the server's number of an error; false where the error did
// not come from the server.
func errNumber(err error) (uint16, bool) {
	var answer *mysql.MySQLError
	if !errors.As(err, &answer) {
		return 0, false
	}
	return answer.Number, true
}
