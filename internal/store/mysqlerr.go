package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// The server's numbers of failed statements; those of failed logins are in conn.
const (
	numberSyntax           = 1064
	numberServerShutdown   = 1053
	numberTableDenied      = 1142
	numberColumnDenied     = 1143
	numberLockWait         = 1205
	numberDeadlock         = 1213
	numberReadOnly         = 1290
	numberQueryInterrupted = 1317
	numberConnectionKilled = 1927
)

// lost reports whether the connection was lost, so that the result of the statement
// is unknown.
func lost(err error) bool {
	if number, answered := conn.ErrorNumber(err); answered {
		return slices.Contains([]uint16{numberServerShutdown, numberQueryInterrupted, numberConnectionKilled}, number)
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}

// isRetryable reports whether the statement failed on a lock or a deadlock. It has
// changed nothing and may be sent again.
func isRetryable(err error) bool {
	number, answered := conn.ErrorNumber(err)
	return answered && (number == numberDeadlock || number == numberLockWait)
}

// NoAnswerError is the error of a statement without a response in time, on a
// working connection.
type NoAnswerError struct{ Err error }

func (h *NoAnswerError) Error() string {
	return "the database gave no answer in time: " + h.Err.Error()
}

func (h *NoAnswerError) Unwrap() error { return h.Err }

// Hint returns advice for the operator.
func (h *NoAnswerError) Hint() string {
	return "Most often a report, a backup or a repair holds the table, for minutes, since MyISAM locks whole tables. SHOW FULL PROCESSLIST shows which. Run Terraform again when the table is free."
}

// withAdvice adds advice to an error of a statement, where an operator can do something
// about it. Errors of the connection have theirs already.
func withAdvice(err error) error {
	var connection *conn.Error
	if errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &connection) {
		return &NoAnswerError{err}
	}
	number, _ := conn.ErrorNumber(err)
	switch number {
	case numberTableDenied, numberColumnDenied:
		return &NotWritable{Why: err.Error(), Advice: grantAdvice(err)}
	case numberReadOnly:
		return &NotWritable{Why: err.Error(), Advice: "Point the provider at the primary database, or set read_only = true to look for drift only."}
	}
	return err
}

// deniedOn matches the text of a denied statement, which is the only place that has
// the table and the column. A column that is not there is denied, too, to a user with
// privileges on columns.
var deniedOn = regexp.MustCompile("(\\w+) command denied to user .* for (?:column '([^']+)' in )?table ['`](.+)['`]$")

// grantAdvice says what to grant after a statement was denied.
func grantAdvice(err error) string {
	const guide = `The script in the guide "Least privilege" writes all GRANT statements for this database; run it again after an upgrade of VICIdial.`
	parts := deniedOn.FindStringSubmatch(err.Error())
	if parts == nil {
		return guide
	}
	table := parts[3][strings.LastIndexAny(parts[3], "`.")+1:]
	columns := ""
	if parts[2] != "" {
		columns = " (" + parts[2] + ")"
	}
	return fmt.Sprintf("Let a database administrator run GRANT %s%s ON %s TO the provider's user. %s", strings.ToUpper(parts[1]), columns, table, guide)
}
