package cluster

import (
	"strings"
	"testing"
)

func TestSchemaCheck(t *testing.T) {
	schema := Schema{Version: 1606, Tables: map[Table]map[string]Column{TableServers: {
		"conf_secret":         {Type: "varchar(20)", Length: 20},
		"active":              {Type: "enum('Y','N')", Length: 1},
		"odd":                 {Type: "enum('it''s','(b)')", Length: 4},
		"max_vicidial_trunks": {Type: "smallint(4)"},
		"rank":                {Type: "tinyint(3) unsigned"},
		"room":                {Type: "int(7) unsigned"},
		"limit":               {Type: "mediumint(8)"},
		"note":                {Type: "text", Length: 65535},
		"when":                {Type: "datetime"},
	}}}
	for _, c := range []struct {
		name   string
		column string
		value  Value
		says   string // empty: it fits
	}{
		{"text as wide as the column fits", "conf_secret", Text(strings.Repeat("x", 20)), ""},
		{"characters count, not bytes", "conf_secret", Text(strings.Repeat("ä", 20)), ""},
		{"wider text does not", "conf_secret", Text(strings.Repeat("x", 21)), "servers.conf_secret of this database holds 20 characters, these are 21"},
		{"in a text column bytes count", "note", Text(strings.Repeat("ä", 40000)), "holds 65535 bytes, these are 80000"},
		{"a member fits", "active", Text("Y"), ""},
		{"other letters are no member", "active", Text("y"), `cannot hold "y"; it holds Y, N`},
		{"a member may have a quote in it", "odd", Text("it's"), ""},
		{"and a bracket", "odd", Text("(b)"), ""},
		{"the largest number fits", "max_vicidial_trunks", Number(32767), ""},
		{"one more does not", "max_vicidial_trunks", Number(32768), "holds whole numbers from -32768 to 32767, not 32768"},
		{"the smallest fits", "max_vicidial_trunks", Number(-32768), ""},
		{"without a sign nothing is below 0", "rank", Number(-1), "from 0 to 255"},
		{"without a sign the range is twice as large", "room", Number(4294967295), ""},
		{"three bytes hold what three bytes hold", "limit", Number(8388608), "from -8388608 to 8388607"},
		{"text is no number", "rank", Text("many"), "not many"},
		{"NULL is left to the database", "rank", Null, ""},
		{"a type without bounds takes anything", "when", Text("2024-01-01 00:00:00"), ""},
		{"a column that came later is reported with its version", "conf_engine", Text("MEETME"), "the column servers.conf_engine is not in this database: it came with schema 1664, the database has schema 1606"},
		{"an unknown column may be hidden", "secret", Text(""), "is not in this database (schema 1606), or the database user has no SELECT (secret) on servers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := schema.Check(TableServers, c.column, c.value)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	t.Run("all that is wrong with a row is reported at once, sorted", func(t *testing.T) {
		errs := schema.CheckRow(TableServers, Row{"rank": Number(256), "active": Text("?"), "conf_secret": Text("fine")})
		if len(errs) != 2 || !strings.Contains(errs[0].Error(), "servers.active") || !strings.Contains(errs[1].Error(), "servers.rank") {
			t.Errorf("%v", errs)
		}
	})
}

func TestSchemaCheck_letters(t *testing.T) {
	for _, c := range []struct {
		letters, text string
		fine          bool
	}{
		{"latin1", "Ein Büro für 5 €, „Süd“", true},
		{"latin1", "Łódź", false},
		{"latin1", "agents → dial1", false},
		{"utf8mb3", "Łódź → 東京", true},
		{"utf8mb3", "📞", false},
		{"utf8", "📞", false},
		{"utf8mb4", "📞", true},
		{"", "📞", true},
	} {
		schema := Schema{Tables: map[Table]map[string]Column{TableServers: {"server_description": {Type: "varchar(255)", Length: 255, Charset: c.letters}}}}
		err := schema.Check(TableServers, "server_description", Text(c.text))
		if (err == nil) != c.fine {
			t.Errorf("%s and %q: %v", c.letters, c.text, err)
		}
		if err != nil && !strings.HasSuffix(err.Error(), "its character set is "+c.letters) {
			t.Error(err)
		}
	}
}

func TestParseDefault(t *testing.T) {
	text := func(value string) *Value { v := Text(value); return &v }
	for said, want := range map[string]*Value{
		"NULL": &Null, "'5.00'": text("5.00"), "''": text(""), "'it''s'": text("it's"), "23": text("23"), "-1": text("-1"), "current_timestamp()": nil,
	} {
		got := ParseDefault(said, true)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s is %v, want %v", said, got, want)
		}
	}
	if got := ParseDefault("", false); got != nil {
		t.Errorf("no default is %v", got)
	}
}

func TestEquivalent(t *testing.T) {
	for _, c := range []struct {
		name, column string
		a, b         Value
		want         bool
	}{
		{"NULL is the empty text, since a save in the form makes it so", "ara_url", Null, Text(""), true},
		{"NULL is not 0", "max_vicidial_trunks", Null, Number(0), false},
		{"a line ends in LF or in CR LF", "custom_dialplan_entry", Text("a\r\nb"), Text("a\nb"), true},
		{"a flag that is neither is no", "active", Text(""), YesNo(false), true},
		{"a flag of NULL is no", "active", Null, YesNo(false), true},
		{"yes is not no", "active", YesNo(true), YesNo(false), false},
		{"an offset may have decimals", "local_gmt", Text("-5"), Text("-5.00"), true},
		{"another offset is another", "local_gmt", Text("-5.00"), Text("-4.00"), false},
		{"an id is the same in other letters", "server_id", Text("DIAL1"), Text("dial1"), true},
		{"other text is not", "ext_context", Text("Default"), Text("default"), false},
		{"blanks count", "server_description", Text("a"), Text("a "), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if TableServers.Equivalent(c.column, c.a, c.b) != c.want || TableServers.Equivalent(c.column, c.b, c.a) != c.want {
				t.Errorf("%s and %s: not %v", c.a, c.b, c.want)
			}
			if normal := TableServers.Normal(c.column, c.a); !TableServers.Equivalent(c.column, normal, c.a) || TableServers.Normal(c.column, normal) != normal {
				t.Errorf("%s is normally %s", c.a, normal)
			}
		})
	}
	t.Run("a number and a flag of servers are text in another table", func(t *testing.T) {
		if !TableDIDs.Equivalent("telnet_port", Null, Text("")) || TableDIDs.Equivalent("active", Text(""), YesNo(false)) {
			t.Error("a column of another table is a number or a flag")
		}
	})
}

func TestServerIP(t *testing.T) {
	for ip, padded := range map[string]string{"10.10.10.15": "010*010*010*015", "1.2.3.4": "001*002*003*004", "255.255.255.255": "255*255*255*255"} {
		if got, err := PaddedIP(ip); err != nil || got != padded {
			t.Errorf("%s is %s, %v", ip, got, err)
		}
	}
	for _, ip := range []string{"", "010.1.2.3", "10.1.2", "10.1.2.3.4", "256.1.1.1", "::1", "::ffff:10.0.0.1", "10.0.0.1 ", "dial1", "0.0.0.0"} {
		if got, err := PaddedIP(ip); err == nil || got != "" {
			t.Errorf("%q is taken for %q", ip, got)
		}
	}
}
