package store

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	// The whole way to a usable connection: jump, encryption, login. A server
	// that looks its clients up in a slow name service takes its time.
	connectTimeout = 30 * time.Second
	// One step of the way to a machine. One that is there answers at once.
	dialTimeout = 10 * time.Second
	// A way that led nowhere for so long is not tried again for a while: a plan of
	// hundreds of objects would wait as often, and an hour for its first word.
	longWait = 5 * time.Second
	tiredFor = time.Minute
	// How long a statement may be silent. VICIdial's reports lock MyISAM
	// tables for minutes, and a read that gave up too early would leave open
	// whether the statement ran. A peer that is gone is found by keepalives.
	statementTimeout = 5 * time.Minute
	writeTimeout     = time.Minute
	// A connection that nobody uses is closed before a firewall forgets it.
	idleTimeout = time.Minute
)

var dialer = net.Dialer{
	Timeout:         dialTimeout,
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 15 * time.Second, Count: 4},
}

// open prepares a pool of connections and dials nothing: a plan that needs no
// database must not fail for want of one. The returned function closes the
// pool and the way to it. An error is a [Fault] or a [NoDatabase].
func open(settings Settings) (*sql.DB, func() error, error) {
	if missing := settings.Unset(); len(missing) > 0 {
		return nil, nil, &NoDatabase{missing}
	}
	encryption, err := settings.TLS.config(settings.Host)
	if err != nil {
		return nil, nil, err
	}
	way := &connector{
		config:    driverConfig(settings),
		tls:       encryption,
		preferred: settings.TLS.mode() == TLSPreferred,
		dial:      dialDirectly,
		target:    "database " + settings.address(),
	}
	closeTunnel := func() error { return nil }
	if settings.SSH != nil {
		jump, err := newTunnel(*settings.SSH)
		if err != nil {
			return nil, nil, err
		}
		way.dial = jump.dial
		way.target += " over " + settings.SSH.target()
		closeTunnel = jump.close
	}

	db := sql.OpenDB(way)
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
	config.User, config.Passwd, config.DBName = settings.Username, settings.Password, settings.database()

	// Values are bound, but written into the statement on our side: one round
	// trip instead of three, and no prepared statement stays behind.
	config.InterpolateParams = true
	// An UPDATE that finds a row says 1 even where nothing changed, so that
	// zero always means that somebody moved the row.
	config.ClientFoundRows = true
	// VICIdial has zero dates; text is what the rows hold.
	config.ParseTime = false
	config.MultiStatements = false
	config.AllowNativePasswords = true // MariaDB's usual method
	config.AllowCleartextPasswords = false
	config.AllowOldPasswords = false
	config.ConnectionAttributes = "program_name:terraform-provider-vicidial"
	// The server's own mode is unknown and often empty, which cuts long values
	// off and turns a wrong enum member into "".
	config.Params = map[string]string{"sql_mode": "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'"}
	// The error that Apply could return is for options other than this one.
	_ = config.Apply(mysql.Charset("utf8mb4", ""))

	config.ReadTimeout = max(statementTimeout, settings.lockTimeout()+time.Minute)
	config.WriteTimeout = writeTimeout
	return config
}

// connector makes connections. It stands around the driver's own because that
// one keeps what it learned about a server's TLS for later connections, tells
// the cause of a broken handshake to a log only, and does not try without TLS
// when the handshake fails.
type connector struct {
	config    *mysql.Config
	tls       *tls.Config
	preferred bool
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	target    string
	dead      deadEnd
}

// deadEnd remembers a way on which nobody answered.
type deadEnd struct {
	lock  sync.Mutex
	since time.Time
	err   error
}

// told is why nobody answered a short while ago, nil where somebody did.
func (d *deadEnd) told() error {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.err == nil || time.Since(d.since) > tiredFor {
		return nil
	}
	return d.err
}

// note remembers how an attempt ended that began then. A caller who gave up soon
// says nothing of the way.
func (d *deadEnd) note(began time.Time, err error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	failed := (*ConnectError)(nil)
	switch {
	case err == nil:
		d.err = nil
	case errors.As(err, &failed) && failed.Failure == TimedOut && time.Since(began) >= longWait:
		d.err, d.since = err, time.Now()
	}
}

// Driver implements [driver.Connector].
func (c *connector) Driver() driver.Driver { return mysql.MySQLDriver{} }

// Connect makes one connection. Its errors are a [*ConnectError], or the
// context's own where the caller gave up. Where nobody answered, the same is said
// at once for a minute.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.dead.told(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()

	began := time.Now()
	conn, encrypting, err := c.attempt(limited, c.tls)
	if err != nil && c.preferred && encrypting && mayBeEncryption(limited, err) {
		conn, encrypting, err = c.attempt(limited, nil)
	}
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
		err = explain(limited, c.target, encrypting, err)
	}
	if c.dead.note(began, err); err != nil {
		return nil, err
	}
	return conn, nil
}

// attempt connects once. encrypting says that encryption was asked for and has
// not come about, so that a failure before can be told from one after.
func (c *connector) attempt(ctx context.Context, encryption *tls.Config) (conn driver.Conn, encrypting bool, err error) {
	config := c.config.Clone()
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := c.dial(ctx, network, address)
		if err != nil {
			return nil, lineError(ctx, c.target, err)
		}
		return conn, nil
	}
	cause := &lastCause{}
	config.Logger = cause
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
	conn, err = inner.Connect(ctx)
	if told := cause.last(); err != nil && told != nil && !errors.Is(err, told) {
		err = fmt.Errorf("%w: %w", err, told)
	}
	if err != nil && encryption != nil && !encrypting && len(encryption.Certificates) > 0 && ctx.Err() == nil && isLineError(err) {
		// A server tells that it does not want the client's certificate after the
		// handshake, and hangs up: its word is often lost with the line.
		err = &ConnectError{Failure: TLSFailed, Target: c.target, Err: fmt.Errorf("the server hung up when it had seen the client's certificate: %w", err)}
	}
	return conn, encrypting, err
}

// dialDirectly reaches a host, or a socket of this machine.
func dialDirectly(ctx context.Context, network, address string) (net.Conn, error) {
	return dialer.DialContext(ctx, network, address)
}

// lastCause stands where the driver's log would be. Nothing it is told goes
// anywhere, but for the last error: the driver says "invalid connection" to
// its caller, and the reason only here.
type lastCause struct {
	lock  sync.Mutex
	cause error
}

// Print implements [mysql.Logger].
func (l *lastCause) Print(told ...any) {
	l.lock.Lock()
	defer l.lock.Unlock()
	for _, part := range told {
		if err, ok := part.(error); ok {
			l.cause = err
		}
	}
}

func (l *lastCause) last() error {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.cause
}
