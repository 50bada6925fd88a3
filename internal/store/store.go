package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
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

	expecting sync.Mutex
	expected  cluster.Servers // planned by this run, not in the table yet
	replaced  []string        // server_ids that this run removes for others, in lower case

	expectedRoutes    map[string]expectedRoute
	expectedTemplates cluster.Templates

	home      family[home]
	servers   family[cluster.Servers]
	trunks    family[cluster.Trunks]
	campaigns family[cluster.Campaigns]
	rooms     family[map[cluster.Engine]cluster.Rooms]
	choices   family[cluster.Settings]

	carriers     family[cluster.Carriers]
	templates    family[cluster.Templates]
	dids         family[cluster.DIDs]
	remoteAgents family[[]cluster.RemoteAgents]
	directory    family[cluster.Directory]
	aliases      family[[]cluster.PhoneAlias]
	users        family[[]cluster.SeatUser]
	mailboxes    family[[]string]

	choosing     sync.Mutex
	phoneChoices map[string]*family[phoneColumns] // by the columns that were asked for
}

// New prepares a store; nothing is dialled yet.
func New(settings Settings) *Store {
	settings.LockTimeout = cmp.Or(settings.LockTimeout, DefaultLockTimeout)
	settings.AuditUser = cmp.Or(settings.AuditUser, DefaultAuditUser)
	settings.Database = settings.database()
	s := &Store{
		settings: settings.withoutSecrets(),
		connect:  func() (*sql.DB, func() error, error) { return open(settings) },
		at: func(host string, port int) *Store {
			there := settings
			there.Socket, there.Host, there.Port = "", host, port
			return New(there)
		},
		writing: make(chan struct{}, 1),
		pauses:  pauses,
	}
	s.home.read = s.readHome
	s.servers.read = s.readServers
	s.trunks.read = s.readTrunks
	s.campaigns.read = s.readCampaigns
	s.rooms.read = s.readRooms
	s.choices.read = s.readChoices
	s.carriers.read = s.readCarriers
	s.templates.read = s.readTemplates
	s.dids.read = s.readDIDs
	s.remoteAgents.read = s.readRemoteAgents
	s.directory.read = s.readDirectory
	s.aliases.read = s.readAliases
	s.users.read = s.readUsers
	s.mailboxes.read = s.readMailboxes
	return s
}

// pool returns the connections, or the [Fault] or [NoDatabase] for which there
// are none.
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

// forget drops all that was read of the tables, but not what the database is.
func (s *Store) forget() {
	s.servers.forget()
	s.trunks.forget()
	s.campaigns.forget()
	s.rooms.forget()
	s.choices.forget()
	s.carriers.forget()
	s.templates.forget()
	s.dids.forget()
	s.remoteAgents.forget()
	s.directory.forget()
	s.aliases.forget()
	s.users.forget()
	s.mailboxes.forget()
	s.forgetPhones()
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

// value reads a nullable column.
func value(column sql.NullString) cluster.Value {
	if !column.Valid {
		return cluster.Null
	}
	return cluster.Text(column.String)
}
