package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// Store is a VICIdial database. New does not connect; the first read does, so that
// terraform validate and a plan with an unknown host work.
type Store struct {
	settings Settings // without the secrets
	// The closures hold the secrets, since fmt prints every field of a struct and calls
	// String of exported ones only.
	connect    func() (*sql.DB, func() error, error)
	onHost     func(host string, port int) *Store // the same database on another server
	readOnly   func() *Store
	once       sync.Once
	db         *sql.DB
	closeConn  func() error
	openErr    error
	prefetches sync.WaitGroup // reads that nobody waits for

	queue  changeQueue
	log    logs
	pauses []time.Duration // before each try of a statement
	// The position in the change log of the goroutine that serves the queue, and when
	// it last released the lock.
	newestEntry    int64
	released       time.Time
	maxUnlockedAge time.Duration
	maxFreshAge    time.Duration
	lockLinger     time.Duration
	maxLockAge     time.Duration
	firstPosition  atomic.Pointer[position] // before any rows were cached, nil if unknown

	planned.Changes   // planned rows of this run
	planned.Instances // in Terraform's state
	splits            planned.Waiting[planFunc]
	failovers         planned.Waiting[failoverCheck]
	hasWritten        atomic.Bool // in this run
	planned.Actions               // that have written

	// The description of the database is read once.
	schema  *cachedQuery[cluster.Schema] // its tables and columns only
	info    *cachedQuery[serverInfo]
	replica *cachedQuery[bool]

	logPosition *cachedQuery[int64] // forgotten after a write that fails
	lastEntry   atomic.Int64        // admin_log_id of the last line that was written

	servers        *cachedQuery[cluster.Servers]
	trunks         *cachedQuery[cluster.Trunks]
	campaigns      *cachedQuery[cluster.Campaigns]
	rooms          *cachedQuery[map[cluster.Engine]cluster.Rooms]
	settingsRow    *cachedQuery[cluster.Settings]
	carriers       *cachedQuery[cluster.Carriers]
	carrierRows    *cachedQuery[[]cluster.CarrierRow]
	templates      *cachedQuery[cluster.Templates]
	dids           *cachedQuery[cluster.DIDs]
	templatePhones *cachedQuery[map[string][]cluster.TemplatePhone]
	phoneDigests   *cachedQuery[map[string]string]
	remoteAgents   *cachedQuery[[]cluster.RemoteAgents]
	directory      *cachedQuery[cluster.Directory]
	loginPhones    *cachedQuery[[]cluster.AgentPhone]
	aliases        *cachedQuery[[]seating.PhoneAlias]
	users          *cachedQuery[[]seating.SeatUser]
	mailboxes      *cachedQuery[[]string]
	didPhones      *cachedQuery[didPhones]
	references     *cachedQuery[[]referenceRows]
	live           *cachedQuery[map[string]cluster.Live]
	onPhones       *cachedQuery[[]cluster.LiveAgent]
	caches         []interface { // all but didPhones
		invalidate()
		written(ctx context.Context, steps []writtenStep)
	}

	phoneQueries  *cachedColumns[phoneColumns]
	numberQueries *cachedColumns[numbers.Table]
	changeQueries *cachedColumns[recentChanges] // by the sections of the entries
}

// New returns a store. It does not connect.
func New(settings Settings) *Store {
	settings.LockTimeout = cmp.Or(settings.LockTimeout, DefaultLockTimeout)
	settings.AuditUser = cmp.Or(settings.AuditUser, DefaultAuditUser)
	settings.Database = settings.DatabaseName()
	settings.AnswerTimeout = settings.LockTimeout + time.Minute // a statement waits for the lock
	s := &Store{
		settings: settings,
		connect:  func() (*sql.DB, func() error, error) { return conn.Open(settings.Settings) },
		onHost: func(host string, port int) *Store {
			other := settings
			other.Socket, other.Host, other.Port = "", host, port
			return New(other)
		},
		readOnly: func() *Store {
			other := settings
			other.ReadOnly = true
			return New(other)
		},
		pauses:         pauses,
		newestEntry:    unknown,
		maxUnlockedAge: maxUnlockedAge,
		maxFreshAge:    maxFreshAge,
		lockLinger:     lockLinger,
		maxLockAge:     maxLockAge,
		log:            newLogs(settings.Log),
	}
	s.settings.Settings = settings.WithoutSecrets()
	s.schema = &cachedQuery[cluster.Schema]{read: s.readSchema, log: s.log.cache("schema")}
	s.info = &cachedQuery[serverInfo]{read: s.readServerInfo, log: s.log.cache("server information")}
	s.replica = &cachedQuery[bool]{read: s.isReplica, log: s.log.cache("replica status")}
	s.logPosition = &cachedQuery[int64]{read: s.readLogPosition, log: s.log.cache("admin change log")}
	s.servers = cachedKeyed[cluster.Servers](s, "servers", cluster.TableServers, keyed[cluster.Server]{
		columns: []string{"server_id"}, order: []string{"server_id", cluster.ColumnServerIP}, read: s.serversWhere,
		column: func(server cluster.Server, column string) string { return server.Row[column].Text },
	})
	s.trunks = cachedKeyed[cluster.Trunks](s, "trunks", cluster.TableTrunks, keyed[cluster.Trunk]{
		columns: []string{"campaign_id", cluster.ColumnServerIP}, read: s.trunksWhere, // all rows of a campaign, since no key is unique
		column: func(trunk cluster.Trunk, column string) string {
			if column == cluster.ColumnServerIP {
				return trunk.ServerIP
			}
			return trunk.CampaignID
		},
	})
	s.campaigns = cached(s, "campaigns", s.readCampaigns, cluster.TableCampaigns)
	s.rooms = cached(s, "rooms", s.readRooms, cluster.TableMeetmeRooms, cluster.TableConfbridges)
	s.rooms.renew = s.renewRooms
	s.settingsRow = cached(s, "system settings", s.readSystemSettings, cluster.TableSettings, cluster.TableContainers)
	s.carriers = cachedRows[cluster.Carriers](s, "carriers", cluster.TableCarriers, cluster.CarrierColumns, "carrier_id")
	s.carrierRows = cached(s, "carriers of data sources", s.readCarrierRows, cluster.TableCarriers, cluster.TableTemplates)
	s.templates = cachedRows[cluster.Templates](s, "templates", cluster.TableTemplates, cluster.TemplateColumns, "template_id")
	s.templatePhones = cached(s, "phones of templates", s.readTemplatePhones, cluster.TablePhones)
	s.phoneDigests = cached(s, "digests of phones", s.readPhoneDigests, cluster.TablePhones)
	s.dids = cachedRows[cluster.DIDs](s, "DIDs", cluster.TableDIDs, cluster.DIDColumns, "did_id", "did_pattern")
	s.remoteAgents = cachedRows[[]cluster.RemoteAgents](s, "remote agents", cluster.TableRemoteAgents, cluster.RemoteAgentsColumns, "remote_agent_id", "user_start")
	// Of users, a step writes the phone_login only.
	s.directory = cached(s, "directory", s.readDirectory, cluster.TableInGroups, cluster.TableCallMenus)
	s.loginPhones = cached(s, "phones with a login", s.readLoginPhones, cluster.TablePhones)
	s.aliases = cachedKeyed[[]seating.PhoneAlias](s, "phone aliases", cluster.TableAliases, keyed[seating.PhoneAlias]{
		columns: []string{"alias_id"}, order: []string{"alias_id"}, read: s.aliasesWhere,
		column: func(alias seating.PhoneAlias, _ string) string { return alias.ID },
	})
	s.users = cachedKeyed[[]seating.SeatUser](s, "users", cluster.TableUsers, keyed[seating.SeatUser]{
		columns: []string{"user"}, order: []string{"user"}, read: s.usersWhere,
		column: func(user seating.SeatUser, _ string) string { return user.User },
	})
	s.mailboxes = cached(s, "mailboxes", s.readMailboxes, cluster.TableVoicemail)
	s.didPhones = &cachedQuery[didPhones]{read: s.readDIDPhones, log: s.log.cache("phones of DIDs"), tables: []cluster.Table{cluster.TablePhones, cluster.TableVoicemail}}
	s.references = cached(s, "rows that name servers", s.readReferences, cluster.ReferencingTables()...)
	s.onPhones = cached(s, "agents", s.readLiveAgents)
	s.live = cached(s, "agents and calls", func(ctx context.Context) (map[string]cluster.Live, error) { return s.countLive(ctx, s.LiveAgents) })
	s.phoneQueries = &cachedColumns[phoneColumns]{log: s.log.cache("phones"), table: cluster.TablePhones, renew: s.renewPhones}
	s.numberQueries = &cachedColumns[numbers.Table]{log: s.log.cache("inbound numbers"), table: cluster.TableDIDs, renew: s.renewNumbers}
	s.changeQueries = &cachedColumns[recentChanges]{log: s.log.cache("recent changes")}
	s.caches = append(s.caches, s.phoneQueries, s.numberQueries, s.changeQueries)
	return s
}

// ReadOnlyCopy returns another store of the same database, which has read and planned nothing,
// and writes nothing.
func (s *Store) ReadOnlyCopy() *Store { return s.readOnly() }

// pool returns the connections, or an error, which may be a [conn.Violation] or
// [conn.NoDatabase].
func (s *Store) pool() (*sql.DB, error) {
	s.once.Do(func() { s.db, s.closeConn, s.openErr = s.connect() })
	return s.db, s.openErr
}

// Close closes all connections.
func (s *Store) Close() error {
	s.prefetches.Wait()
	s.once.Do(func() { s.openErr = sql.ErrConnDone }) // one that was never used
	if s.db == nil {
		return nil
	}
	return s.closeConn()
}

// cached makes a read that is shared until a write to its tables. It waits for the schema,
// with which the position in the change log is read, and runs beside the rest of the description
// of the database.
func cached[T any](s *Store, name string, read func(context.Context) (T, error), tables ...cluster.Table) *cachedQuery[T] {
	after := func(ctx context.Context) (rows T, err error) {
		err = s.withSchema(ctx, func(cluster.Schema) (err error) { rows, err = read(ctx); return err })
		return rows, err
	}
	q := &cachedQuery[T]{read: after, log: s.log.cache(name), tables: tables}
	s.caches = append(s.caches, q)
	return q
}

// withSchema calls read with the schema, beside the rest of the description of the database. If
// both fail, the error is that of the description, which says what privileges are missing.
func (s *Store) withSchema(ctx context.Context, read func(cluster.Schema) error) error {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return err
	}
	return concurrently(
		func() error { _, err := s.info.get(ctx); return err },
		func() error { return read(schema) },
	)
}

// Prefetch starts to read the servers and what refers to them, so that these tables are
// read at the same time.
func (s *Store) Prefetch(ctx context.Context) {
	s.prefetch(ctx, s.servers, s.trunks, s.campaigns, s.rooms)
}

// PrefetchPlan is Prefetch with what [Store.Writable] reads.
func (s *Store) PrefetchPlan(ctx context.Context) {
	s.Prefetch(ctx)
	s.prefetchWritable(ctx)
}

func (s *Store) prefetchWritable(ctx context.Context) {
	if !s.settings.ReadOnly {
		s.prefetch(ctx, s.replica)
	}
}

// PrefetchDIDs starts to read the DIDs and the targets of their routes.
func (s *Store) PrefetchDIDs(ctx context.Context) {
	s.PrefetchPlan(ctx)
	s.prefetch(ctx, s.dids, s.directory, s.settingsRow, s.didPhones)
}

// PrefetchRemovals starts to read what plans of removals read. A destroy removes objects of
// most kinds, each of which would read its tables after those of the last one.
func (s *Store) PrefetchRemovals(ctx context.Context) {
	s.prefetchWritable(ctx)
	s.prefetch(ctx, s.servers, s.trunks, s.carriers, s.templates, s.live, s.references, s.dids, s.mailboxes, s.settingsRow)
}

// prefetch starts the queries whose results are not there, unless there is one connection
// only. Close waits for them.
func (s *Store) prefetch(ctx context.Context, queries ...interface {
	begun() bool
	load(ctx context.Context)
},
) {
	if s.settings.SingleConnection() {
		return
	}
	for _, q := range queries {
		if !q.begun() {
			s.prefetches.Go(func() { q.load(ctx) })
		}
	}
}

// Forget drops the cached reads of all tables, but not the server information.
func (s *Store) Forget() {
	for _, cache := range s.caches {
		cache.invalidate()
	}
	s.didPhones.invalidate() // after those that it is made from
}

// query runs a read and calls scan for each row.
func (s *Store) query(ctx context.Context, subject, query string, args []any, scan func(*sql.Rows) error) error {
	db, err := s.pool()
	if err != nil {
		return err
	}
	on := querier(db)
	if w := writerOf(ctx); w != nil {
		conn, release := w.use()
		defer release()
		if conn != nil {
			on = conn
		}
	}
	if err := retryWhenFull(ctx, func() error { return scanRows(ctx, on, query, args, scan, s.log) }); err != nil {
		return readError(subject, err)
	}
	return nil
}

func readError(subject string, err error) error {
	return fmt.Errorf("reading %s: %w", subject, withAdvice(err))
}

// querier is a pool or one of its connections.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanRows runs a query, calls scan for each row, and logs it.
func scanRows(ctx context.Context, on querier, query string, args []any, scan func(*sql.Rows) error, log logs) (err error) {
	began, count := time.Now(), int64(0)
	defer func() { log.statement(ctx, query, began, count, err) }()
	rows, err := on.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
		count++
	}
	return rows.Err()
}

// selectAll runs a read and returns the scanned rows. Unlike a slice that grows, it copies
// each of them once: of 20,000 phones, append would leave four times their size behind.
func selectAll[T any](ctx context.Context, s *Store, subject, query string, args []any, scan func(*sql.Rows, *T) error) ([]T, error) {
	var chunks [][]T
	err := s.query(ctx, subject, query, args, func(rows *sql.Rows) error {
		last := len(chunks) - 1
		if last < 0 || len(chunks[last]) == cap(chunks[last]) {
			last++
			chunks = append(chunks, make([]T, 0, 16<<min(last, 8)))
		}
		chunks[last] = chunks[last][:len(chunks[last])+1]
		return scan(rows, &chunks[last][len(chunks[last])-1])
	})
	if len(chunks) == 1 {
		return chunks[0], err
	}
	return slices.Concat(chunks...), err
}

// scanTexts scans all columns of a row.
func scanTexts(rows *sql.Rows, columns int) ([]sql.NullString, error) {
	texts := make([]sql.NullString, columns)
	return texts, rows.Scan(pointers(texts)...)
}

// pointers returns the arguments of Scan for the elements of a slice.
func pointers[T any](elements []T) []any {
	dest := make([]any, len(elements))
	for i := range elements {
		dest[i] = &elements[i]
	}
	return dest
}

// concurrently runs independent reads at once, each over its own connection as far as
// there are any. Of several errors it returns that of the first read in the list.
func concurrently(reads ...func() error) error {
	errs := make([]error, len(reads))
	var all sync.WaitGroup
	for i, read := range reads {
		all.Go(func() { errs[i] = read() })
	}
	all.Wait()
	return cmp.Or(errs...)
}

// together runs functions at once, or one after the other where they have one connection.
func (s *Store) together(run ...func()) {
	if s.settings.SingleConnection() {
		for _, each := range run {
			each()
		}
		return
	}
	var all sync.WaitGroup
	for _, each := range run {
		all.Go(each)
	}
	all.Wait()
}

// trimKey trims the trailing blanks of a key, which VICIdial's collations ignore
// (docs/vicidial/schema.md#collations).
func trimKey(text string) string { return strings.TrimRight(text, " ") }

// keyText scans a key without its trailing blanks.
type keyText struct{ text *string }

// Scan implements [sql.Scanner].
func (k keyText) Scan(source any) error {
	var column sql.NullString
	err := column.Scan(source)
	*k.text = trimKey(column.String)
	return err
}

// value returns the value of a nullable column.
func value(column sql.NullString) cluster.Value {
	if !column.Valid {
		return cluster.Null
	}
	return cluster.Text(column.String)
}

// failoverCheck checks the routes that a carrier route fails over to. missing describes
// those that do not exist after the run as far as it is planned; settled reports whether
// that is final.
type failoverCheck = func(context.Context) (missing []string, settled bool)

// WaitingSplits are the writes of trunk splits, by campaign, that need more trunks than
// the servers have left.
func (s *Store) WaitingSplits() *planned.Waiting[planFunc] { return &s.splits }

// WaitingFailovers are the checks of routes that fail over to routes which are not planned yet.
func (s *Store) WaitingFailovers() *planned.Waiting[failoverCheck] { return &s.failovers }

// BeginRun begins another run.
func (s *Store) BeginRun() { s.hasWritten.Store(false) }

// HasWritten reports whether this run has written, and so applies its plan.
func (s *Store) HasWritten() bool { return s.hasWritten.Load() }
