package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// phoneColumns are the phones as one choice of columns shows them.
type phoneColumns struct {
	columns []string
	phones  []seating.Phone
}

// phones reads all phones with the given columns only, of 107. Each set of columns
// is cached; their number is bounded by the number of placements.
func (s *Store) phones(ctx context.Context, columns []string) (phoneColumns, error) {
	return s.phoneQueries.get(ctx, columns, func(ctx context.Context, columns []string) (phoneColumns, error) {
		return s.readPhones(ctx, columns, "")
	})
}

// renewPhones is [keyed.renew] for phones.
func (s *Store) renewPhones(ctx context.Context, read phoneColumns, steps []writtenStep) (phoneColumns, error) {
	phones, err := keyed[seating.Phone]{
		columns: []string{"login", "extension"},
		column: func(phone seating.Phone, column string) string {
			switch column {
			case "login":
				return phone.Login
			case cluster.ColumnServerIP:
				return phone.ServerIP
			}
			return phone.Extension
		},
		order: []string{"extension", cluster.ColumnServerIP},
		read: func(ctx context.Context, where string, args ...any) ([]seating.Phone, error) {
			return s.phonesWhere(ctx, read.columns, where, args...)
		},
	}.renew(ctx, read.phones, steps)
	return phoneColumns{columns: read.columns, phones: phones}, err
}

// readPhones reads the phones that meet a condition, or all.
func (s *Store) readPhones(ctx context.Context, columns []string, where string, args ...any) (read phoneColumns, err error) {
	err = s.withSchema(ctx, func(schema cluster.Schema) (err error) {
		read.columns = schema.Only(cluster.TablePhones, columns)
		read.phones, err = s.phonesWhere(ctx, read.columns, where, args...)
		return err
	})
	return read, err
}

func (s *Store) phonesWhere(ctx context.Context, columns []string, where string, args ...any) ([]seating.Phone, error) {
	selected := append([]string{"server_ip", "login", "extension", "dialplan_number", "voicemail_id"}, columns...)
	// Phones of a seat follow one another, so that they share their texts and values.
	query := "SELECT " + strings.Join(selected, ", ") + " FROM phones" + whereClause(where) + " ORDER BY extension, server_ip"
	return scanAll(ctx, s, "phones", query, args, len(selected), func(row *rowScanner, phone *seating.Phone) {
		phone.PhoneRow = &seating.PhoneRow{
			ServerIP: trimKey(row.text(0)), Login: trimKey(row.text(1)), Extension: trimKey(row.text(2)),
			DialplanNumber: row.text(3), VoicemailID: row.text(4), Values: row.values(5),
		}
	})
}

// nodePhoneColumns are those of [Store.NodePhones]. DIDs need none, and share the read.
var nodePhoneColumns = []string{"protocol", "active"}

// NodePhones returns the active phones of all nodes, with their names in generated
// files.
func (s *Store) NodePhones(ctx context.Context) (iter.Seq[asterisk.NodePhone], error) {
	read, err := s.phones(ctx, nodePhoneColumns)
	protocol, active := slices.Index(read.columns, "protocol"), slices.Index(read.columns, "active")
	return func(yield func(asterisk.NodePhone) bool) {
		if protocol < 0 || active < 0 {
			return
		}
		for _, phone := range read.phones {
			if phone.Values[active].Yes() && !yield(asterisk.NodePhone{
				ServerIP: phone.ServerIP, Protocol: phone.Values[protocol].Text, Extension: phone.Extension, DialplanNumber: phone.DialplanNumber,
			}) {
				return
			}
		}
	}, err
}

// FloorRows returns all rows of floors: phones with those of the columns that this
// schema has, aliases, users and mailboxes. The result must not be modified.
func (s *Store) FloorRows(ctx context.Context, columns []string) (seating.FloorRows, error) {
	var floor seating.FloorRows
	err := concurrently(
		func() error {
			phones, err := s.phones(ctx, columns)
			floor.Columns, floor.Phones = phones.columns, phones.phones
			return err
		},
		func() (err error) { floor.Aliases, err = s.aliases.get(ctx); return err },
		func() (err error) { floor.Users, err = s.users.get(ctx); return err },
		func() (err error) { floor.Mailboxes, err = s.mailboxes.get(ctx); return err },
	)
	if err != nil {
		return seating.FloorRows{}, err
	}
	return floor, nil
}

// loginsPerQuery is the maximum number of logins in a statement.
const loginsPerQuery = 1000

// PhonesByLogin reads columns of phones by lower-case login. Of phones with the
// same login it returns the first, as the login page does. The values may be
// secrets and are not cached.
func (s *Store) PhonesByLogin(ctx context.Context, logins, columns []string) (map[string][]cluster.Value, error) {
	info, err := s.info.get(ctx)
	if err != nil {
		return nil, err
	}
	columns = info.schema.Only(cluster.TablePhones, columns)
	phones := make(map[string][]cluster.Value, len(logins))
	var mu sync.Mutex
	var reads []func() error
	for chunk := range slices.Chunk(logins, loginsPerQuery) {
		query := "SELECT login, " + strings.Join(columns, ", ") + "\n  FROM phones\n WHERE login IN (" +
			placeholders(len(chunk)) + ")\n ORDER BY server_ip, extension"
		reads = append(reads, func() error {
			return s.query(ctx, "phones", query, argsOf(chunk), func(rows *sql.Rows) error {
				texts, err := scanTexts(rows, 1+len(columns))
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				login := strings.ToLower(trimKey(texts[0].String))
				if _, twice := phones[login]; twice {
					return nil
				}
				for _, text := range texts[1:] {
					phones[login] = append(phones[login], value(text))
				}
				return nil
			})
		})
	}
	return phones, concurrently(reads...)
}

// PhoneDigests returns a hash of what each phone has that no daemon writes, by lower-case
// login. Of a secret only the length counts. Removals that are decided together share one
// read; of phones with the same login it has the first, as [Store.PhonesByLogin].
func (s *Store) PhoneDigests(ctx context.Context) (map[string]string, error) {
	return s.phoneDigests.get(ctx)
}

func (s *Store) readPhoneDigests(ctx context.Context) (map[string]string, error) {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return nil, err
	}
	var values strings.Builder
	for _, column := range seating.InheritedColumns(schema, nil) {
		if cluster.OnlyLengthCounts(column) {
			column = "LENGTH(" + column + ")"
		}
		// Bytes, since columns of several collations are not joined.
		values.WriteString(", COALESCE(CAST(" + column + " AS BINARY), '')")
	}
	digests := map[string]string{}
	query := "SELECT login, CRC32(CONCAT_WS(CHAR(0)" + values.String() + "))\n  FROM phones\n ORDER BY server_ip, extension"
	return digests, s.query(ctx, "phones", query, nil, func(rows *sql.Rows) error {
		var login sql.NullString
		var digest string
		err := rows.Scan(&login, &digest)
		if key := strings.ToLower(trimKey(login.String)); digests[key] == "" {
			digests[key] = digest
		}
		return err
	})
}

// selectLoginPhones reads a salted hash of each password, with a new salt for every
// read, which only shows which phones have equal passwords.
const selectLoginPhones = `
SELECT COALESCE(login, ''),
       COALESCE(server_ip, ''),
       COALESCE(extension, ''),
       COALESCE(dialplan_number, ''),
       COALESCE(protocol, ''),
       COALESCE(active, '') = 'Y',
       SHA2(CONCAT(?, COALESCE(pass, '')), 256),
       %s
  FROM phones
 WHERE COALESCE(login, '') <> ''
 ORDER BY login, server_ip`

// AgentPhones returns all phones with a login, which must not be modified, and all aliases.
func (s *Store) AgentPhones(ctx context.Context) ([]cluster.AgentPhone, []cluster.Alias, error) {
	phones, err := s.loginPhones.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	aliases, err := s.loginLists(ctx)
	return phones, aliases, err
}

func (s *Store) readLoginPhones(ctx context.Context) ([]cluster.AgentPhone, error) {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return nil, err
	}
	query := fmt.Sprintf(selectLoginPhones, column(schema, cluster.TablePhones, "peer_status", "''"))
	return selectAll(ctx, s, "phones", query, []any{rand.Text()}, func(rows *sql.Rows, phone *cluster.AgentPhone) error {
		return rows.Scan(&phone.Login, keyText{&phone.ServerIP}, &phone.Extension, &phone.DialplanNumber, &phone.Protocol, &phone.Active, &phone.Password, &phone.PeerStatus)
	})
}
