package astguiclient

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		claim string
		text  string
		want  map[string]string
	}{
		{"a line as install.pl writes it", "VARDB_server => 10.10.10.5\n", map[string]string{"VARDB_server": "10.10.10.5"}},
		{"the last line may lack its newline", "VARDB_port => 3306", map[string]string{"VARDB_port": "3306"}},
		{"a line from Windows", "VARDB_user => cron\r\nVARDB_pass => 1234\r\n", map[string]string{"VARDB_user": "cron", "VARDB_pass": "1234"}},
		{"a comment is no value", "# VARDB_server => 10.0.0.1\n; VARDB_port => 1\n", map[string]string{}},
		{"a comment ends a value in its middle", "VARDB_pass => abc#def\nVARDB_user => cr;on\n", map[string]string{"VARDB_pass": "abc", "VARDB_user": "cr"}},
		{"a comment may come after the value", "VARDB_port => 3307   # not the usual one\n", map[string]string{"VARDB_port": "3307"}},
		{"blanks and tabs go everywhere", "\t VARDB_ pass\t=> se cr\tet \n", map[string]string{"VARDB_pass": "secret"}},
		{"an angle bracket is removed from the value as well", "VARDB_pass => a>b\n", map[string]string{"VARDB_pass": "ab"}},
		{"a bare equals sign will do", "VARDB_database=asterisk\n", map[string]string{"VARDB_database": "asterisk"}},
		{"only what follows the last equals sign counts", "VARDB_pass => abc=def\n", map[string]string{"VARDB_pass": "def"}},
		{"a value that ends in an equals sign is empty", "VARDB_pass => abc=\n", map[string]string{"VARDB_pass": ""}},
		{"a key without a value is empty, not absent", "VARCS_server => \n", map[string]string{"VARCS_server": ""}},
		{"the later line wins", "VARDB_server => 10.0.0.1\nVARDB_server => 10.0.0.2\n", map[string]string{"VARDB_server": "10.0.0.2"}},
		{"a longer key is taken for the known one", "VARDB_server => 10.0.0.1\nVARDB_server_old => 10.0.0.9\n", map[string]string{"VARDB_server": "10.0.0.9", "VARDB_server_old": "10.0.0.9"}},
		{"a known key in the middle of a line is ignored", "myVARDB_server => 10.0.0.9\n", map[string]string{"myVARDB_server": "10.0.0.9"}},
		{"a known key without an equals sign is its own value", "VARDB_pass\n", map[string]string{"VARDB_pass": "VARDB_pass"}},
		{"an unknown word without an equals sign is ignored", "hello\n", map[string]string{}},
		{"a value without a key is nothing", "=> lonely\n", map[string]string{}},
		{"an unknown key is kept for who asks", "MyOwnKey => x\n", map[string]string{"MyOwnKey": "x"}},
		{"keys are case-sensitive", "vardb_server => 10.0.0.1\n", map[string]string{"vardb_server": "10.0.0.1"}},
		{"a no-break space stays, since the readers know only the plain one", "VARDB_pass => a\u00a0b\n", map[string]string{"VARDB_pass": "a\u00a0b"}},
		{"an empty file", "", map[string]string{}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Parse(c.text)); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestKnownKeys(t *testing.T) {
	t.Run("none is the beginning of another, else one line would set two", func(t *testing.T) {
		sorted := slices.Sorted(slices.Values(knownKeys))
		for i := 1; i < len(sorted); i++ {
			if strings.HasPrefix(sorted[i], sorted[i-1]) {
				t.Errorf("%s begins with %s", sorted[i], sorted[i-1])
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("VARDB_server => 10.0.0.1 # here\nVARDB_pass=>a=b;c\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		for key, value := range Parse(text) {
			if strings.ContainsAny(key+value, " >\t\r\n#;") {
				t.Errorf("%q: %q holds what the readers delete", key, value)
			}
			if key == "" || strings.Contains(key, "=") || strings.Contains(value, "=") {
				t.Errorf("%q: %q: an equals sign divides key and value", key, value)
			}
		}
	})
}
