package sandbox

import (
	"strings"
	"testing"
)

const aTableText = `# a remark
table rooms MyISAM @1606-
  number int(7) unsigned required auto
  name varchar(10) = 'it''s (a) = name' @-1606
  name varchar(20) = '' utf8 @1720-
  kind enum('A','B C') required = 'B C'
  primary (number)
  unique roomname (name, kind) @1720-
  key kinds (kind)
`

func TestParseTables(t *testing.T) {
	t.Parallel()
	tables, err := parseTables(aTableText)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		schema int
		want   string
	}{
		"a table is not there before its time": {1302, ""},
		"a column has the form of its time": {1606, "CREATE TABLE `rooms` (\n" +
			"  `number` int(7) unsigned NOT NULL AUTO_INCREMENT,\n" +
			"  `name` varchar(10) NULL DEFAULT 'it''s (a) = name',\n" +
			"  `kind` enum('A','B C') NOT NULL DEFAULT 'B C',\n" +
			"  PRIMARY KEY (`number`),\n" +
			"  KEY `kinds` (`kind`)\n" +
			") ENGINE=MyISAM DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci"},
		"and its later form later": {1720, "CREATE TABLE `rooms` (\n" +
			"  `number` int(7) unsigned NOT NULL AUTO_INCREMENT,\n" +
			"  `name` varchar(20) CHARACTER SET utf8 COLLATE utf8_unicode_ci NULL DEFAULT '',\n" +
			"  `kind` enum('A','B C') NOT NULL DEFAULT 'B C',\n" +
			"  PRIMARY KEY (`number`),\n" +
			"  UNIQUE KEY `roomname` (`name`, `kind`),\n" +
			"  KEY `kinds` (`kind`)\n" +
			") ENGINE=MyISAM DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if have := strings.Join(createTables(tables, c.schema), ";"); have != c.want {
				t.Errorf("have\n%s", have)
			}
		})
	}
}

func TestParseTables_errors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a column before the first table": {"  name text", "line 1"},
		"a table without an engine":       {"table rooms", "an engine"},
		"a word after the engine":         {"table rooms MyISAM fast", `"fast"`},
		"a column without a type":         {"table rooms MyISAM\n  name", "line 2: table rooms: column name"},
		"a word after the type":           {"table rooms MyISAM\n  name text maybe", `"maybe"`},
		"a default that is missing":       {"table rooms MyISAM\n  name text =", `"="`},
		"a quote that stays open":         {"table rooms MyISAM\n  name text = 'a", "stays open"},
		"a bracket that stays open":       {"table rooms MyISAM\n  name varchar(10", "stays open"},
		"an index over nothing":           {"table rooms MyISAM\n  key names", "key names"},
		"an index without a name":         {"table rooms MyISAM\n  unique (a)", "unique (a)"},
		"a version that is no number":     {"table rooms MyISAM\n  name text @new", `"@new"`},
		"a span that ends in no number":   {"table rooms MyISAM @1302-new", `"@1302-new"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parseTables(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("have %v", err)
			}
		})
	}
}
