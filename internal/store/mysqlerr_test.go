package store

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// The texts are those of MariaDB 10.11 with a full disk, damaged files and so on.
func TestWithAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number        uint16
		text, advises string
	}{
		{1021, `Disk full (./asterisk/servers.MYD); waiting for someone to free some space... (errno: 28 "No space left on device")`, "free space"},
		{1030, `Got error 28 "No space left on device" from storage engine MyISAM`, "free space"},
		{3, `Error writing file './asterisk/servers.MYD' (Errcode: 28 "No space left on device")`, "free space"},
		{1114, "The table 'servers' is full", "free space"},
		{145, "Table './asterisk/servers' is marked as crashed and should be repaired", "REPAIR TABLE"},
		{126, "Index for table './asterisk/servers' is corrupt; try to repair it", "REPAIR TABLE"},
		{1213, "Deadlock found when trying to get lock; try restarting transaction", "Galera"},
		{130, "Incorrect file format 'servers'", "REPAIR TABLE"},
		{1194, "Table 'servers' is marked as crashed and should be repaired", "REPAIR TABLE"},
		{1195, "Table 'servers' is marked as crashed and last (automatic?) repair failed", "REPAIR TABLE"},
		{1034, "Index for table 'servers' is corrupt; try to repair it", "REPAIR TABLE"},
		{1030, `Got error 127 "Record file is crashed" from storage engine MyISAM`, "REPAIR TABLE"},
		{1205, "Lock wait timeout exceeded; try restarting transaction", "SHOW FULL PROCESSLIST"},
		{1290, "The MariaDB server is running with the --read-only option so it cannot execute this statement", "primary"},
		{1047, "WSREP has not yet prepared node for application use", "wsrep_ready"},
		{1030, `Got error 1 "Operation not permitted" from storage engine MyISAM`, ""},
		{1054, "Unknown column 'a' in 'field list'", ""},
	} {
		cause := &mysql.MySQLError{Number: c.number, Message: c.text}
		err := withAdvice(cause)
		var advised *adviceError
		if got := errors.As(err, &advised); got != (c.advises != "") {
			t.Errorf("%d %s: advice %v", c.number, c.text, got)
			continue
		}
		if !strings.Contains(err.Error(), c.text) {
			t.Errorf("%d: the cause is not in %q", c.number, err)
		}
		if advised != nil && !strings.Contains(advised.Advice, c.advises) {
			t.Errorf("%d %s: %q", c.number, c.text, advised.Advice)
		}
	}
}

func TestLost(t *testing.T) {
	t.Parallel()
	for number, want := range map[uint16][2]bool{ // lost, retryable
		1053: {true, false}, 1317: {true, false}, 1927: {true, false}, 1969: {true, false},
		1205: {false, true}, 1213: {false, true}, 1062: {false, false}, 1021: {false, false},
	} {
		err := &mysql.MySQLError{Number: number}
		if got := [2]bool{isLostConnection(err), isRetryable(err)}; got != want {
			t.Errorf("%d: lost and retryable are %v", number, got)
		}
	}
	if !isLostConnection(mysql.ErrInvalidConn) || isRetryable(mysql.ErrInvalidConn) || isLostConnection(errors.New("other")) {
		t.Error("a broken connection is lost, and another error is not")
	}
}
