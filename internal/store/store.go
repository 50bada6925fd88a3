package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// Store is one VICIdial database. Making one dials nothing: the first read
// does, so that a plan with an unknown host and terraform validate work.
type Store struct {
	settings Settings // without the secrets
	// connect knows the secrets. It is a function because fmt looks into every
	// field of a struct, and calls no String of what is not exported.
	connect func() (*sql.DB, func() error, error)
	// at knows them too: it opens the same database on another server.
	at      func(host string, port int) *Store
	once    sync.Once
	db      *sql.DB
	hangUp  func() error
	failure error

	// writing is held for the length of one plan, by one writer of this process;
	// GET_LOCK does the same among processes.
	writing chan struct{}
	pauses  []time.Duration // before each try of a statement

	planned.Changes // by this run, not in the tables yet

	home *family[home] // what the database is: read once and never forgotten

	servers      *family[cluster.Servers]
	trunks       *family[cluster.Trunks]
	campaigns    *family[cluster.Campaigns]
	rooms        *family[map[cluster.Engine]cluster.Rooms]
	choices      *family[cluster.Settings]
	carriers     *family[cluster.Carriers]
	templates    *family[cluster.Templates]
	dids         *family[cluster.DIDs]
	remoteAgents *family[[]cluster.RemoteAgents]
	directory    *family[cluster.Directory]
	aliases      *family[[]cluster.PhoneAlias]
	users        *family[[]cluster.SeatUser]
	mailboxes    *family[[]string]
	forgetting   []func() // one for each of them

	choosing     sync.Mutex
	phoneChoices map[string]*family[phoneColumns] // by the columns that were asked for
}

// New prepares a store; nothing is dialled yet.
func New(settings Settings) *Store {
	settings.LockTimeout = cmp.Or(settings.LockTimeout, DefaultLockTimeout)
	settings.AuditUser = cmp.Or(settings.AuditUser, DefaultAuditUser)
	settings.Database = settings.DatabaseName()
	settings.AnswerTimeout = settings.LockTimeout + time.Minute // the lock is waited for in a statement
	s := &Store{
		settings: settings,
		connect:  func() (*sql.DB, func() error, error) { return conn.Open(settings.Settings) },
		at: func(host string, port int) *Store {
			there := settings
			there.Socket, there.Host, there.Port = "", host, port
			return New(there)
		},
		writing: make(chan struct{}, 1),
		pauses:  pauses,
	}
	s.settings.Settings = settings.WithoutSecrets()
	s.home = &family[home]{read: s.readHome}
	s.servers = tables(s, s.readServers)
	s.trunks = tables(s, s.readTrunks)
	s.campaigns = tables(s, s.readCampaigns)
	s.rooms = tables(s, s.readRooms)
	s.choices = tables(s, s.readChoices)
	s.carriers = tables(s, s.readCarriers)
	s.templates = tables(s, s.readTemplates)
	s.dids = tables(s, s.readDIDs)
	s.remoteAgents = tables(s, s.readRemoteAgents)
	s.directory = tables(s, s.readDirectory)
	s.aliases = tables(s, s.readAliases)
	s.users = tables(s, s.readUsers)
	s.mailboxes = tables(s, s.readMailboxes)
	s.forgetting = append(s.forgetting, s.forgetPhones)
	return s
}

// pool returns the connections, or the [conn.Fault] or [conn.NoDatabase] for
// which there are none.
func (s *Store) pool() (*sql.DB, error) {
	s.once.Do(func() { s.db, s.hangUp, s.failure = s.connect() })
	return s.db, s.failure
}

// Close ends every connection.
func (s *Store) Close() error {
	if _, err := s.pool(); err != nil {
		return nil //nolint:nilerr // what never opened needs no closing
	}
	return s.hangUp()
}

// tables makes a read of tables that everybody shares until a write.
func tables[T any](s *Store, read func(context.Context) (T, error)) *family[T] {
	f := &family[T]{read: read}
	s.forgetting = append(s.forgetting, f.forget)
	return f
}

// forget drops all that was read of the tables, but not what the database is.
func (s *Store) forget() {
	for _, forget := range s.forgetting {
		forget()
	}
}

// query runs a read and hands each row to scan.
func (s *Store) query(ctx context.Context, what, query string, args []any, scan func(*sql.Rows) error) error {
	db, err := s.pool()
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("reading %s: %w", what, plain(err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("reading %s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", what, plain(err))
	}
	return nil
}

// key reads a column by which VICIdial joins. Its collations do not count blanks
// at the end, so neither do we (docs/vicidial/schema.md#collations).
func key(text string) string { return strings.TrimRight(text, " ") }

// value reads a nullable column.
func value(column sql.NullString) cluster.Value {
	if !column.Valid {
		return cluster.Null
	}
	return cluster.Text(column.String)
}
