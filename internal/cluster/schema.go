package cluster

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Column is the definition of a column in the connected database.
type Column struct {
	Type   string // as in information_schema.COLUMNS.COLUMN_TYPE
	Length int    // characters; 0 where the type has no width
	// Charset is the character set; empty where the type has none.
	Charset string
	// Default is what a new row holds if an INSERT leaves the column out; nil where the
	// database computes it.
	Default *Value
}

// Schema is the schema of the connected database, as read from it. A table or column that
// is missing here is missing there, or hidden from the database user, and is not used.
type Schema struct {
	Version int // system_settings.db_schema_version
	// NonLatin reports whether the admin page keeps letters of any script:
	// system_settings.use_non_latin is 1.
	NonLatin bool
	// UserGroups are vicidial_user_groups.user_group, as the rows spell them.
	UserGroups []string
	Tables     map[Table]map[string]Column
}

// Has reports whether the column exists.
func (s Schema) Has(table Table, column string) bool {
	_, ok := s.Tables[table][column]
	return ok
}

// Only returns those of the columns that exist, in their order.
func (s Schema) Only(table Table, columns []string) []string {
	return slices.DeleteFunc(slices.Clone(columns), func(column string) bool { return !s.Has(table, column) })
}

// Unseen returns those of the columns that this version of the schema has and that are
// not in the connected database, or hidden from the database user. All have come with
// the oldest version where nothing else is known.
func (s Schema) Unseen(table Table, columns []string) []string {
	return slices.DeleteFunc(slices.Clone(columns), func(column string) bool { return s.Has(table, column) || s.Version < came(table, column) })
}

func came(table Table, column string) int { return max(since[table][""], since[table][column]) }

// Defaults returns what a new row holds in these columns if an INSERT leaves them out.
func (s Schema) Defaults(table Table, columns []string) Row {
	row := Row{}
	for _, column := range columns {
		if found, ok := s.Tables[table][column]; ok && found.Default != nil {
			row[column] = *found.Default
		}
	}
	return row
}

// ParseDefault reads information_schema.COLUMNS.COLUMN_DEFAULT, which MariaDB
// writes as SQL: quoted text, a number, NULL or an expression. An absent
// text is a column without a default. The result for an expression is nil.
func ParseDefault(text string, exists bool) *Value {
	switch {
	case !exists:
		return nil
	case strings.EqualFold(text, "NULL"):
		null := Null
		return &null
	case len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'':
		value := Text(strings.ReplaceAll(text[1:len(text)-1], "''", "'"))
		return &value
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return nil
	}
	value := Text(text)
	return &value
}

// since is the schema version that brought a column, or a table (its column is empty);
// older ones are left out (docs/vicidial/schema.md#schema-versions). Where the number is
// not known it is that of the next snapshot.
var since = map[Table]map[string]int{
	TableServers: {
		"user_group": 1308, "svn_revision": 1329, "auto_restart_asterisk": 1360, "voicemail_dump_exten_no_inst": 1366,
		"gather_asterisk_output": 1443, "web_socket_url": 1455, "conf_qualify": 1484, "routing_prefix": 1501,
		"external_web_socket_url": 1561, "conf_engine": 1664, "conf_update_interval": 1664, "ara_url": 1678,
	},
	TablePhones:                  {"peer_status": 1636, "ping_time": 1636},
	TableWebServers:              {"": 1363},
	TableConfbridges:             {"": 1664},
	TableContainers:              {"": 1562},
	"vicidial_automated_reports": {"": 1562},
	"vicidial_drop_lists":        {"": 1562},
	TableSettings: {
		"disable_auto_dial": 1353, ColumnReload: 1369, "did_system_filter": 1517, "require_password_length": 1587, "allowed_sip_stacks": 1642,
	},
	TableCarriers:  {"user_group": 1308},
	TableTemplates: {"user_group": 1308},
	TableDIDs: {
		"user_group": 1308, "filter_dnc_campaign": 1371, "filter_url_did_redirect": 1371, "no_agent_ingroup_redirect": 1382,
		"no_agent_ingroup_id": 1382, "no_agent_ingroup_extension": 1382, "pre_filter_phone_group_id": 1382,
		"pre_filter_extension": 1382, "entry_list_id": 1407, "filter_entry_list_id": 1407, "max_queue_ingroup_calls": 1418,
		"max_queue_ingroup_id": 1418, "max_queue_ingroup_extension": 1418, "did_carrier_description": 1431,
		"inbound_route_answer": 1598, "pre_filter_recent_call": 1659, "pre_filter_recent_extension": 1659,
	},
}

var (
	enumMember = regexp.MustCompile(`'((?:[^']|'')*)'`)
	textLimit  = map[string]int{"tinytext": 255, "text": 65535}
)

// Check returns an error if the connected database cannot hold the value. Without strict
// mode MariaDB would truncate it without an error, and it would differ in each plan
// (docs/vicidial/measured.md#silent-truncation).
func (s Schema) Check(table Table, column string, value Value) error {
	found, ok := s.Tables[table][column]
	if !ok {
		if version := came(table, column); version > s.Version {
			return fmt.Errorf("the column %s.%s is not in this database: it came with schema %d, the database has schema %d", table, column, version, s.Version)
		}
		return fmt.Errorf("the column %s.%s is not in this database (schema %d), or the database user has no SELECT (%s) on %s", table, column, s.Version, column, table)
	}
	if value.Null {
		return nil
	}
	return found.check(table, column, value)
}

func (c Column) check(table Table, column string, value Value) error {
	if letter, lacks := c.lacks(value.Text); lacks {
		return fmt.Errorf("%s.%s of this database cannot hold %q: its character set is %s", table, column, letter, c.Charset)
	}
	kind, _, _ := strings.Cut(c.Type, "(")
	switch {
	case kind == "enum":
		members := c.members()
		if !slices.Contains(members, value.Text) {
			return fmt.Errorf("%s.%s of this database cannot hold %q; it holds %s", table, column, value.Text, strings.Join(members, ", "))
		}
	case strings.HasSuffix(kind, "int"):
		least, most := c.bounds(kind)
		number, ok := value.Int()
		if !ok || number < least || number > most {
			return fmt.Errorf("%s.%s of this database holds whole numbers from %d to %d, not %s", table, column, least, most, value.Text)
		}
	case textLimit[kind] > 0:
		if len(value.Text) > textLimit[kind] {
			return fmt.Errorf("%s.%s of this database holds %d bytes, these are %d", table, column, textLimit[kind], len(value.Text))
		}
	case c.Length > 0:
		if length := utf8.RuneCountInString(value.Text); length > c.Length {
			return fmt.Errorf("%s.%s of this database holds %d characters, these are %d", table, column, c.Length, length)
		}
	}
	return nil
}

// western are the letters that MariaDB's latin1 has beyond those below U+0100.
const western = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"

// lacks finds a letter that the column's character set does not have. VICIdial's
// tables are latin1 or the utf8 that ends at U+FFFF, according to their age.
func (c Column) lacks(text string) (rune, bool) {
	for _, letter := range text {
		fits := true
		switch c.Charset {
		case "latin1":
			fits = letter < 0x80 || letter >= 0xa0 && letter <= 0xff || strings.ContainsRune(western, letter)
		case "utf8", "utf8mb3":
			fits = letter <= 0xffff
		}
		if !fits {
			return letter, true
		}
	}
	return 0, false
}

func (c Column) members() []string {
	var members []string
	for _, match := range enumMember.FindAllStringSubmatch(c.Type, -1) {
		members = append(members, strings.ReplaceAll(match[1], "''", "'"))
	}
	return members
}

var integerBits = map[string]int{"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 63}

func (c Column) bounds(kind string) (least, most int64) {
	bits := integerBits[kind]
	if strings.Contains(c.Type, "unsigned") {
		return 0, 1<<bits - 1
	}
	return -1 << (bits - 1), 1<<(bits-1) - 1
}

// CheckRow checks all columns of a row and returns all errors.
func (s Schema) CheckRow(table Table, row Row) []error {
	var errs []error
	for _, column := range slices.Sorted(maps.Keys(row)) {
		if err := s.Check(table, column, row[column]); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// String returns the version for a message.
func (s Schema) String() string { return "schema " + strconv.Itoa(s.Version) }
