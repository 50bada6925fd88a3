package conn

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	// The time until a connection is usable: SSH, TLS and login. A server may look
	// its clients up in a slow name service.
	connectTimeout = 30 * time.Second
	// The time until a machine answers.
	dialTimeout = 10 * time.Second
	// After a timeout as long as this, connecting fails at once for a while: a
	// plan of hundreds of objects would time out as often, for an hour.
	minTimeout   = 5 * time.Second
	breakerReset = time.Minute
	// The time until a statement is answered. VICIdial's reports lock MyISAM tables
	// for minutes, and after a timeout it is unknown whether the statement ran.
	// Keepalives find a peer that is gone.
	statementTimeout = 5 * time.Minute
	lockWait         = 4 * time.Minute
	writeTimeout     = time.Minute
	// Idle connections are closed: the database has few, and VICIdial's daemons
	// need them.
	idleTimeout = 10 * time.Second
)

var dialer = net.Dialer{
	Timeout:         dialTimeout,
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 15 * time.Second, Count: 4},
}

// Open returns a pool of connections and does not connect: a plan that needs no
// database must not fail without one. The returned function closes the pool and the
// SSH connection. An error is a [Violation] or a [*NoDatabase].
func Open(settings Settings) (*sql.DB, func() error, error) {
	if missing := settings.missing(); len(missing) > 0 {
		return nil, nil, &NoDatabase{missing}
	}
	encryption, err := settings.TLS.config(settings.Host)
	if err != nil {
		return nil, nil, err
	}
	connector := &connector{
		config:    driverConfig(settings),
		tls:       encryption,
		preferred: settings.TLS.mode() == TLSPreferred,
		dial:      dialDirectly,
		target:    "database " + settings.address(),
		first:     newFirst(),
	}
	closeTunnel := func() error { return nil }
	if settings.SSH != nil {
		jump, err := newTunnel(*settings.SSH)
		if err != nil {
			return nil, nil, err
		}
		connector.dial = jump.dial
		connector.target += " over " + settings.SSH.target()
		closeTunnel = jump.close
	}

	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(settings.maxConnections())
	db.SetMaxIdleConns(settings.maxConnections())
	db.SetConnMaxIdleTime(idleTimeout)
	return db, func() error { return errors.Join(db.Close(), closeTunnel()) }, nil
}

// driverConfig is everything about a session except how it is encrypted.
func driverConfig(settings Settings) *mysql.Config {
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", settings.address()
	if settings.Socket != "" {
		config.Net = "unix"
	}
	config.User, config.Passwd, config.DBName = settings.Username, settings.Password, settings.DatabaseName()

	// Values are bound, but written into the statement on our side: one round
	// trip instead of three, and no prepared statement stays behind.
	config.InterpolateParams = true
	// An UPDATE that finds a row counts 1 even where nothing changes, so that
	// zero always means that the row is another one.
	config.ClientFoundRows = true
	// VICIdial has zero dates; text is what the rows hold.
	config.ParseTime = false
	config.MultiStatements = false
	config.AllowNativePasswords = true // MariaDB's usual method
	config.AllowCleartextPasswords = false
	config.AllowOldPasswords = false
	config.ConnectionAttributes = "program_name:terraform-provider-vicidial"
	config.ReadTimeout = max(statementTimeout, settings.AnswerTimeout)
	config.WriteTimeout = writeTimeout
	return config
}

// session are the variables of a session that statements rely on, whatever the server
// gives a new one.
var session = map[string]string{
	// Those of SET NAMES: a server may ignore the character set of the handshake.
	"character_set_client": "utf8mb4", "character_set_connection": "utf8mb4", "character_set_results": "utf8mb4",
	// The server's own mode is often empty, which cuts long values off and turns a
	// wrong enum member into "".
	"sql_mode": "'" + SQLMode + "'",
	// Without it, what is written to a table that was converted to InnoDB is undone.
	"autocommit": "1",
	// It would silently leave rows out, and end a query of many rows.
	"sql_select_limit": "18446744073709551615",
	"sql_big_selects":  "1",
	// It would find the row of the last INSERT for IS NULL.
	"sql_auto_is_null": "0",
	// It refuses an UPDATE or DELETE whose WHERE names no key; not every table of
	// VICIdial has one. The rest is for MariaDB alone: max_statement_time ends a
	// statement in the middle, and MyISAM keeps the rows that it had changed.
	"sql_safe_updates": "0 /*M! , max_statement_time = 0 */",
	// The server ends the wait for a table before we do: a statement that we left
	// waiting would run later.
	"lock_wait_timeout": strconv.Itoa(int(lockWait.Seconds())),
}

// setSession sets the variables of the session in one statement.
var setSession = func() string {
	set := make([]string, 0, len(session))
	for _, name := range slices.Sorted(maps.Keys(session)) {
		set = append(set, name+" = "+session[name])
	}
	return "SET " + strings.Join(set, ", ")
}()

// SQLMode is the sql_mode of every session. A statement that finds another one ran in
// another session: a proxy pools sessions.
const SQLMode = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"

// connector makes connections. It wraps the driver's own connector, which keeps
// a server's TLS state for later connections, writes the cause of a broken
// handshake to a log only, and does not try without TLS when the handshake
// fails.
type connector struct {
	config    *mysql.Config
	tls       *tls.Config
	preferred bool
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	target    string
	breaker   breaker
	first     *firstConnection
}

// firstConnection lets one connection be accepted before others are opened: a server that refuses
// a login is asked once, however many connections are needed at the same time.
type firstConnection struct {
	token    chan struct{} // has a value while nobody opens the first connection
	tried    chan struct{} // closed when one attempt has ended
	end      sync.Once
	accepted atomic.Bool
	failed   time.Time
	err      error
}

func newFirst() *firstConnection {
	token := make(chan struct{}, 1)
	token <- struct{}{}
	return &firstConnection{token: token, tried: make(chan struct{})}
}

type afterFirst struct{}

// AfterFirst returns a context with which a connection is opened after another caller's
// attempt to open the first one, or when the context of that caller has ended. A connection
// that waits takes a place of the pool: the other caller needs one, too.
func AfterFirst(ctx, other context.Context) context.Context {
	return context.WithValue(ctx, afterFirst{}, other.Done())
}

type besideFirst struct{}

// BesideFirst returns a context with which a connection is opened at once, beside the first one.
func BesideFirst(ctx context.Context) context.Context {
	return context.WithValue(ctx, besideFirst{}, true)
}

// begin waits until another caller has opened the first connection, and returns its
// error. Otherwise the caller opens one, and calls end when it is accepted or refused.
func (f *firstConnection) begin(ctx context.Context) (end func(error), err error) {
	arrived := time.Now()
	if ended, waits := ctx.Value(afterFirst{}).(<-chan struct{}); waits && !f.accepted.Load() {
		select {
		case <-f.tried:
		case <-ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	switch {
	case f.accepted.Load():
		return func(error) {}, nil
	case ctx.Value(besideFirst{}) != nil:
		return func(err error) {
			if err == nil {
				f.accepted.Store(true)
				f.end.Do(func() { close(f.tried) })
			}
		}, nil
	}
	select {
	case <-f.token:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	release := sync.OnceFunc(func() { f.token <- struct{}{} })
	switch {
	case f.accepted.Load():
		release()
	case !f.failed.Before(arrived):
		defer release()
		return nil, f.err
	}
	return func(err error) {
		if err == nil {
			f.accepted.Store(true)
		} else if !f.accepted.Load() && ctx.Err() == nil { // it is not that of a caller who gave up
			f.failed, f.err = time.Now(), err
		}
		release()
		f.end.Do(func() { close(f.tried) })
	}, nil
}

// breaker is a circuit breaker: it keeps the timeout of a database that does not
// answer, and returns it at once for breakerReset.
type breaker struct {
	lock  sync.Mutex
	since time.Time
	err   error
}

// open returns the timeout of a short while ago, nil where there is none.
func (b *breaker) open() error {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.err == nil || time.Since(b.since) > breakerReset {
		return nil
	}
	return b.err
}

// record records the result of an attempt. It ignores the timeout of a caller's own
// context.
func (b *breaker) record(began time.Time, err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	failed := (*Error)(nil)
	switch {
	case err == nil:
		b.err = nil
	case errors.As(err, &failed) && failed.Failure == TimedOut && time.Since(began) >= minTimeout:
		b.err, b.since = err, time.Now()
	}
}

// Driver implements [driver.Connector].
func (c *connector) Driver() driver.Driver { return mysql.MySQLDriver{} }

// Connect makes one connection. Its errors are an [*Error], or the context's own
// where that was cancelled. A timeout is returned at once for breakerReset.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	end, err := c.first.begin(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := c.connect(ctx, func() { end(nil) })
	end(err)
	return conn, err
}

// connect is Connect, and calls accepted after the login.
func (c *connector) connect(ctx context.Context, accepted func()) (driver.Conn, error) {
	if err := c.breaker.open(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()

	began := time.Now()
	conn, encrypting, err := c.attempt(limited, c.tls, accepted)
	if err != nil && c.preferred && encrypting && mayBeEncryption(limited, err) {
		conn, encrypting, err = c.attempt(limited, nil, accepted)
	}
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
		err = explain(limited, c.target, encrypting, err)
	}
	c.breaker.record(began, err)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// attempt connects once. encrypting is true if encryption was requested and not
// established.
func (c *connector) attempt(ctx context.Context, encryption *tls.Config, accepted func()) (conn driver.Conn, encrypting bool, err error) {
	config := c.config.Clone()
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := c.dial(ctx, network, address)
		if err != nil {
			return nil, networkError(ctx, c.target, err)
		}
		return conn, nil
	}
	log := &driverLog{}
	config.Logger = log
	if encryption != nil {
		encrypting = true
		config.TLS = encryption.Clone()
		config.TLS.VerifyConnection = func(state tls.ConnectionState) error {
			if encryption.VerifyConnection != nil {
				if err := encryption.VerifyConnection(state); err != nil {
					return err
				}
			}
			encrypting = false
			return nil
		}
		config.AllowFallbackToPlaintext = c.preferred
	}

	inner, err := mysql.NewConnector(config)
	if err != nil {
		return nil, encrypting, err
	}
	if conn, err = inner.Connect(ctx); err == nil {
		accepted()
		if _, err = conn.(driver.ExecerContext).ExecContext(ctx, setSession, nil); err != nil { //nolint:forcetypeassert // the driver's connections execute statements
			_ = conn.Close()
		}
	}
	if cause := log.last(); err != nil && cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	if err != nil && encryption != nil && !encrypting && len(encryption.Certificates) > 0 && ctx.Err() == nil && isNetworkError(err) {
		// A server that refuses the client's certificate says so after the
		// handshake, and hangs up: its message is often lost with the connection.
		err = &Error{Failure: TLSFailed, Target: c.target, Err: fmt.Errorf("the server hung up when it had seen the client's certificate: %w", err)}
	}
	return conn, encrypting, err
}

// dialDirectly reaches a host, or a socket of this machine.
func dialDirectly(ctx context.Context, network, address string) (net.Conn, error) {
	return dialer.DialContext(ctx, network, address)
}

// driverLog is the driver's log for one attempt. It keeps the last error: the
// driver returns "invalid connection" to its caller, and logs the reason only.
type driverLog struct {
	lock sync.Mutex
	err  error
}

// Print implements [mysql.Logger].
func (l *driverLog) Print(values ...any) {
	l.lock.Lock()
	defer l.lock.Unlock()
	for _, value := range values {
		if err, ok := value.(error); ok {
			l.err = err
		}
	}
}

func (l *driverLog) last() error {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.err
}
