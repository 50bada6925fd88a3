package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

// serverInfo describes the database: its schema, the account of the provider, and
// what the account may write. It is read once.
type serverInfo struct {
	schema     cluster.Schema
	firstLogin bool // the first-login wizard has not run (docs/vicidial/admin-page.md#first-login-wizard)

	otherSession bool   // the session is not the one that was opened
	account      string // CURRENT_USER(), as in a GRANT
	address      string // the client's address, if it is IPv4
	readOnly     bool   // @@read_only is set, and the account cannot bypass it
	granted      grants
}

const selectColumns = `
SELECT TABLE_NAME,
       COLUMN_NAME,
       COLUMN_TYPE,
       COALESCE(CHARACTER_MAXIMUM_LENGTH, 0),
       COALESCE(CHARACTER_SET_NAME, ''),
       COLUMN_DEFAULT
  FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = DATABASE()`

// unionPositionAndGroups adds rows without a table: the position in the change log, and then the user
// groups.
const unionPositionAndGroups = `
 UNION ALL
SELECT '', '', '', COALESCE(MAX(admin_log_id), 0), '', NULL
  FROM vicidial_admin_log
 UNION ALL
SELECT '', CONVERT(user_group USING utf8mb4), '', 0, '', NULL
  FROM vicidial_user_groups
 WHERE user_group <> ''`

const selectSettings = `
SELECT @@sql_mode,
       @@read_only,
       CURRENT_USER(),
       SUBSTRING_INDEX(USER(), '@', -1),
       COALESCE(db_schema_version, 0),
       COALESCE(first_login_trigger, '') = 'Y',
       COALESCE(use_non_latin, '') = '1'
  FROM system_settings
 LIMIT 2`

const selectUserGroups = `
SELECT user_group
  FROM vicidial_user_groups
 ORDER BY user_group`

// notVICIdial is the error of a database that is not a VICIdial database.
type notVICIdial struct {
	Database string
	Why      string
}

func (n *notVICIdial) Error() string {
	return fmt.Sprintf("database %q is not a VICIdial database: %s", n.Database, n.Why)
}

func (n *notVICIdial) Hint() string {
	return "VICIdial's database is called asterisk on most systems (VARDB_database in /etc/astguiclient.conf). Set the provider's database to it, and grant the database user SELECT on its tables."
}

// readServerInfo describes the database in a fixed number of queries, after that of the
// schema.
func (s *Store) readServerInfo(ctx context.Context) (serverInfo, error) {
	var info serverInfo
	var settings settingsAndSession
	var err error
	if info.schema, err = s.schema.get(ctx); err != nil {
		return info, err
	}
	reads := []func() error{
		func() (err error) { settings, err = s.readSettings(ctx); return err },
		func() (err error) { info.granted, err = s.readGrants(ctx); return err },
	}
	if info.schema.UserGroups == nil && info.schema.Has(cluster.TableUserGroups, "user_group") {
		reads = append(reads, func() (err error) { info.schema.UserGroups, err = s.readUserGroups(ctx); return err })
	}
	err = concurrently(reads...)
	if err != nil {
		return serverInfo{}, err
	}
	info.otherSession, info.account, info.address = settings.mode != conn.SQLMode, settings.account, "127.0.0.1"
	if address, err := netip.ParseAddr(settings.host); err == nil && address.Unmap().Is4() {
		info.address = address.Unmap().String()
	}
	info.firstLogin, info.schema.Version, info.schema.NonLatin = settings.firstLogin, settings.version, settings.nonLatin
	visible := slices.Sorted(maps.Keys(info.schema.Tables))
	if err := s.privilegesError(info, info.granted.unseen(info.schema, append(visible, cluster.TableUserGroups)...)); err != nil {
		return serverInfo{}, err
	}
	info.readOnly = refusesWrites(settings.readOnly, info.granted.bypassesReadOnly())
	return info, nil
}

// refusesWrites parses @@read_only: 0 or 1, and since MariaDB 12.0 one of four
// words, of which the last is for all accounts.
func refusesWrites(readOnly string, bypasses bool) bool {
	switch strings.ToUpper(readOnly) {
	case "0", "OFF":
		return false
	case "NO_LOCK_NO_ADMIN":
		return true
	default:
		return !bypasses
	}
}

// readSchema reads the schema, and with it the user groups and the position in the change
// log before rows are cached: so the first writer can tell whether somebody has written
// since. An error leaves these unknown: the account may lack a privilege.
func (s *Store) readSchema(ctx context.Context) (schema cluster.Schema, err error) {
	reading, ended := context.WithCancel(ctx)
	defer ended()
	s.openOthers(reading)
	for _, more := range []string{unionPositionAndGroups, ""} {
		at, entry := time.Now(), int64(unknown)
		schema = cluster.Schema{Tables: map[cluster.Table]map[string]cluster.Column{}}
		err = s.query(ctx, "the schema", selectColumns+more, nil, func(rows *sql.Rows) error {
			var table cluster.Table
			var name string
			var column cluster.Column
			var length int64 // LONGTEXT has 4294967295
			var byDefault sql.NullString
			if err := rows.Scan(&table, &name, &column.Type, &length, &column.Charset, &byDefault); err != nil {
				return err
			}
			switch {
			case table == "" && name == "":
				entry, schema.UserGroups = length, []string{}
				return nil
			case table == "":
				schema.UserGroups = append(schema.UserGroups, trimKey(name))
				return nil
			}
			column.Length = int(length)
			column.Default = cluster.ParseDefault(byDefault.String, byDefault.Valid)
			if schema.Tables[table] == nil {
				schema.Tables[table] = map[string]cluster.Column{}
			}
			schema.Tables[table][name] = column
			return nil
		})
		if entry != unknown {
			s.firstPosition.Store(&position{entry, at})
			s.logPosition.set(entry)
		}
		if _, refused := conn.ErrorNumber(err); !refused {
			break
		}
	}
	if err != nil {
		return cluster.Schema{}, err
	}
	for _, needed := range []cluster.Table{cluster.TableServers, cluster.TableSettings, cluster.TableTrunks} {
		if len(schema.Tables[needed]) == 0 {
			return cluster.Schema{}, &notVICIdial{
				Database: s.settings.Database,
				Why:      fmt.Sprintf("the table %s does not exist, or the database user may not see it (%s)", needed, grantToRead(needed)),
			}
		}
	}
	slices.Sort(schema.UserGroups)
	return schema, nil
}

// openOthers opens all connections while the first one reads the schema: the tables are read
// next, over all of them, and a read that found none would open one, which takes longer than to
// wait for one. An apply that has read nothing opens another one meanwhile, for the lock. Whoever
// needs one finds the error. Where the server gives fewer, the pool has no more from then on,
// but the two that an apply needs.
func (s *Store) openOthers(reading context.Context) {
	db, err := s.pool()
	if err != nil {
		return
	}
	others := db.Stats().MaxOpenConnections - 1
	if s.hasWritten.Load() {
		others--
	}
	var opening sync.WaitGroup
	var refused atomic.Bool
	for range others {
		opening.Go(func() {
			opened, err := db.Conn(conn.AfterFirst(context.WithoutCancel(reading), reading))
			switch {
			case err == nil:
				_ = opened.Close()
			case hasNoConnectionLeft(err):
				refused.Store(true)
			}
		})
	}
	s.prefetches.Go(func() {
		opening.Wait()
		if refused.Load() {
			db.SetMaxOpenConns(max(2, db.Stats().OpenConnections))
		}
	})
}

func (s *Store) readUserGroups(ctx context.Context) ([]string, error) {
	return selectAll(ctx, s, "user groups", selectUserGroups, nil, func(rows *sql.Rows, group *string) error { return rows.Scan(keyText{group}) })
}

// settingsAndSession are the settings of the system and the variables of the session.
type settingsAndSession struct {
	mode, readOnly, account, host string
	version                       int
	firstLogin, nonLatin          bool
}

func (s *Store) readSettings(ctx context.Context) (found settingsAndSession, err error) {
	count := 0
	err = s.query(ctx, "system settings", selectSettings, nil, func(rows *sql.Rows) error {
		count++
		return rows.Scan(&found.mode, &found.readOnly, &found.account, &found.host, &found.version, &found.firstLogin, &found.nonLatin)
	})
	switch {
	case err == nil && count == 0:
		err = &notVICIdial{Database: s.settings.Database, Why: "system_settings has no row"}
	case err == nil && count > 1:
		err = &notVICIdial{Database: s.settings.Database, Why: "system_settings has several rows instead of one"}
	}
	return found, err
}

// isReplica reports whether the server replicates from another one, or is set up to.
// A user without the privilege to read that sees running replication only; that it
// may not read the status is no error. It waits for the schema first.
func (s *Store) isReplica(ctx context.Context) (bool, error) {
	if _, err := s.schema.get(ctx); err != nil {
		return false, err
	}
	status, _ := s.replication(ctx)
	return status.both || status.applying || status.sources > 0, nil
}

// Schema returns the tables and columns of the connected database.
func (s *Store) Schema(ctx context.Context) (cluster.Schema, error) {
	info, err := s.info.get(ctx)
	return info.schema, err
}

// FirstLoginPending reports whether VICIdial's first-login wizard has not run. It
// overwrites the secrets of all servers and phones
// (docs/vicidial/admin-page.md#first-login-wizard).
func (s *Store) FirstLoginPending(ctx context.Context) (bool, error) {
	info, err := s.info.get(ctx)
	return info.firstLogin, err
}

// adviceError is an error that says what to do.
type adviceError struct {
	Why    string
	Advice string
}

func (n *adviceError) Error() string { return n.Why }

func (n *adviceError) Hint() string { return n.Advice }

// Writable returns an error at plan time if these tables cannot be written. It
// returns none for a read-only provider, which is used to detect drift; its writes
// fail.
func (s *Store) Writable(ctx context.Context, tables ...cluster.Table) error {
	if s.settings.ReadOnly {
		return nil
	}
	info, err := s.info.get(ctx)
	if err != nil {
		return err
	}
	replica, err := s.replica.get(ctx)
	if err != nil {
		return err
	}
	switch {
	case info.otherSession:
		return sessionPoolingError("the variables that it sets for a session do not hold for the next statement")
	case replica:
		return &adviceError{
			Why:    "this database is a replica: what is written here never reaches the primary, and replication breaks",
			Advice: "Point the provider at the primary (VARDB_server in /etc/astguiclient.conf of the nodes), or set read_only = true to look for drift only.",
		}
	case info.readOnly:
		return &adviceError{
			Why:    "this database server is set read_only",
			Advice: "Point the provider at the primary, or set read_only = true to look for drift only.",
		}
	}
	if s.settings.AuditEnabled {
		tables = append(slices.Clone(tables), privileges.AdminLog)
	}
	return s.privilegesError(info, info.granted.missingPrivileges(info.schema, tables))
}

// has reports whether the connected database has a table, or returns an error if the
// user may not see it.
func (s *Store) has(ctx context.Context, table cluster.Table) (bool, error) {
	schema, err := s.schema.get(ctx)
	if err != nil || len(schema.Tables[table]) > 0 || privileges.Denied(table) {
		return len(schema.Tables[table]) > 0, err
	}
	info, err := s.info.get(ctx)
	if err != nil {
		return false, err
	}
	return false, s.privilegesError(info, info.granted.unseen(info.schema, table))
}

// privilegesError is the error of privileges that the user lacks, if there are any.
func (s *Store) privilegesError(info serverInfo, missing []missing) error {
	if len(missing) == 0 {
		return nil
	}
	advice := make([]string, 0, len(missing))
	for _, m := range missing {
		advice = append(advice, fmt.Sprintf("GRANT %s ON `%s`.`%s` TO %s;", strings.Join(m.parts, ", "), s.settings.Database, m.table, quoteAccount(info.account)))
	}
	return &adviceError{
		Why:    fmt.Sprintf("the database user %s lacks privileges on %s", quoteAccount(info.account), describeMissing(missing)),
		Advice: "Let a database administrator run: " + strings.Join(advice, " "),
	}
}
