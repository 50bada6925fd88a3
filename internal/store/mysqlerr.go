package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// The server's numbers of failed statements; those of failed logins are in conn.
const (
	numberFileWrite        = 3
	numberFileFull         = 20
	numberTableCrashed     = 145
	numberDiskFull         = 1021
	numberErrorOnWrite     = 1026
	numberEngine           = 1030
	numberWrongKeyFile     = 1034
	numberNodeNotReady     = 1047
	numberServerShutdown   = 1053
	numberSyntax           = 1064
	numberTableFull        = 1114
	numberTableDenied      = 1142
	numberColumnDenied     = 1143
	numberCrashed          = 1194
	numberCrashedRepair    = 1195
	numberLockWait         = 1205
	numberDeadlock         = 1213
	numberReadOnly         = 1290
	numberQueryInterrupted = 1317
	numberConnectionKilled = 1927
	numberStatementTimeout = 1969
)

// isLostConnection reports whether the connection was lost or the statement interrupted, so that
// its result is unknown.
func isLostConnection(err error) bool {
	if number, answered := conn.ErrorNumber(err); answered {
		return slices.Contains([]uint16{numberServerShutdown, numberQueryInterrupted, numberConnectionKilled, numberStatementTimeout}, number)
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

// noAnswerError is the error of a statement without a response in time, on a
// working connection.
type noAnswerError struct{ Err error }

func (e *noAnswerError) Error() string {
	return "the database gave no answer in time: " + e.Err.Error()
}

func (e *noAnswerError) Unwrap() error { return e.Err }

func (e *noAnswerError) Hint() string { return tableIsLocked }

const tableIsLocked = "Most often a report, a backup or a repair locks the table, for minutes, since MyISAM locks whole tables. SHOW FULL PROCESSLIST shows which. Run Terraform again when the table is free."

// advice is what to do about an error of a statement, by its number.
var advice = map[uint16]string{
	numberReadOnly:      "Point the provider at the primary database, or set read_only = true to look for drift only.",
	numberLockWait:      tableIsLocked,
	numberDeadlock:      "Another session writes the same rows again and again; on a Galera cluster it may do so through another node. The statement was tried several times, and has changed nothing. Run Terraform again, and let one node take all writes of the admin pages and of Terraform.",
	numberNodeNotReady:  "This node of a Galera cluster is not in the primary component, or still catches up. SHOW STATUS LIKE 'wsrep%' on it says why. Run Terraform again when wsrep_ready is ON, or point the provider at another node; always the same one, since the lock that keeps two applies apart is each node's own.",
	numberTableCrashed:  isCrashed,
	numberWrongKeyFile:  isCrashed,
	numberCrashed:       isCrashed,
	numberCrashedRepair: isCrashed,
	numberFileWrite:     isFull,
	numberFileFull:      isFull,
	numberDiskFull:      isFull,
	numberErrorOnWrite:  isFull,
	numberTableFull:     isFull,
}

const (
	isCrashed = "The table's files are damaged, most often since the database or its machine was not shut down properly. Let a database administrator run REPAIR TABLE on the table that the message names (with USE_FRM where its index file has no header left). VICIdial waits for the table meanwhile. Then run Terraform again: the plan shows the rows that the repair could not save."
	isFull    = "The disk of the database server is full, or the table has reached its limit. VICIdial cannot write either. Let an administrator free space on the file system of the data directory and of tmpdir, and CHECK TABLE the table. Then run Terraform again."
)

// waitsForSpace is in the state of a statement that MyISAM repeats until the disk has
// space. No error tells the client.
const waitsForSpace = "free space"

var errWaitsForSpace error = &adviceError{Why: "the database waits for space on its disk", Advice: isFull}

// errorInMessage matches the number of an error of a storage engine or of the operating
// system in the text of a general error.
var errorInMessage = cluster.LazyRegexp(`(?:[Ee]rror|[Ee]rrcode:?) (\d+)`)

// damaged are the numbers of MyISAM's errors of a damaged file.
var damaged = []string{"126", "127", "130", "134", "136", "144", "145"}

// withAdvice adds to an error of a statement what an operator can do about it, if
// anything. Errors of connections have their own advice.
func withAdvice(err error) error {
	var connection *conn.Error
	if errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &connection) {
		return &noAnswerError{err}
	}
	number, _ := conn.ErrorNumber(err)
	if slices.Contains(damaged, strconv.Itoa(int(number))) {
		number = numberTableCrashed
	}
	switch number {
	case numberTableDenied, numberColumnDenied:
		return &adviceError{Why: err.Error(), Advice: grantAdvice(err)}
	case numberEngine:
		switch inner := errorInMessage().FindStringSubmatch(strings.TrimPrefix(err.Error(), fmt.Sprintf("Error %d", number))); {
		case inner == nil:
			return err
		case inner[1] == "28", inner[1] == "135":
			number = numberDiskFull
		case slices.Contains(damaged, inner[1]):
			number = numberTableCrashed
		}
	}
	if advice, ok := advice[number]; ok {
		return &adviceError{Why: err.Error(), Advice: advice}
	}
	return err
}

// deniedOn matches the text of a denied statement, which is the only place that has
// the table and the column. A column that is not there is denied, too, to a user with
// privileges on columns.
var deniedOn = cluster.LazyRegexp("(\\w+) command denied to user .* for (?:column '([^']+)' in )?table ['`](.+)['`]$")

// grantAdvice says what to grant after a statement was denied.
func grantAdvice(err error) string {
	const guide = `The script in the guide "Least privilege" writes all GRANT statements for this database; run it again after an upgrade of VICIdial.`
	parts := deniedOn().FindStringSubmatch(err.Error())
	if parts == nil {
		return guide
	}
	table := parts[3][strings.LastIndexAny(parts[3], "`.")+1:]
	verb := strings.ToUpper(parts[1])
	grant := fmt.Sprintf("GRANT %s (%s) ON %s", verb, parts[2], table)
	switch {
	case parts[2] == "" && verb == privileges.Select:
		grant = grantToRead(cluster.Table(table))
	case parts[2] == "":
		grant = fmt.Sprintf("GRANT %s ON %s", verb, table)
	}
	return fmt.Sprintf("Let a database administrator run %s TO the provider's user. %s", grant, guide)
}

// grantToRead is the privilege to read a table, as far as its columns are declared.
func grantToRead(table cluster.Table) string {
	if columns := privileges.Of(table).Columns(); len(columns) > 0 && table != cluster.TablePhones {
		return fmt.Sprintf("GRANT %s (%s) ON %s", privileges.Select, strings.Join(columns, ", "), table)
	}
	return fmt.Sprintf("GRANT %s ON %s", privileges.Select, table)
}
