package astguiclient_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

func aFile() astguiclient.File {
	return astguiclient.File{Values: map[string]string{"VARserver_ip": "10.0.1.1", "VARactive_keepalives": "123468"}}
}

// drawText draws values of every kind, with the characters that readers mangle.
func drawText() *rapid.Generator[string] {
	return rapid.StringOf(rapid.SampledFrom([]rune("ab1X/.-_ \t\r\n\x00\x0b>#;=@%'\"\\$`é\u00a0\u2028")))
}

func TestFile_whatIsWrittenIsWhatIsRead(t *testing.T) {
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		file := aFile()
		key := rapid.SampledFrom(astguiclient.Keys()).Draw(t, "key")
		file.Values[key] = rapid.OneOf(drawText(), rapid.Just(astguiclient.Default(key))).Draw(t, "value")
		if rapid.Bool().Draw(t, "extra") {
			name := rapid.OneOf(rapid.Just("MINE"), rapid.Just("VARDB_password"), drawText()).Draw(t, "name")
			file.Extra = []astguiclient.Setting{{Key: name, Value: drawText().Draw(t, "extra value")}}
		}
		text, err := file.Text()
		if err != nil {
			return // refused: nothing is written
		}
		written++
		values := astguiclient.Parse(text)
		for _, name := range astguiclient.Keys() {
			want, said := file.Value(name)
			if got, found := values[name]; got != want || found != said {
				t.Errorf("%s is written %q (%t) and read %q (%t)", name, want, said, got, found)
			}
		}
		for _, extra := range file.Extra {
			if values[extra.Key] != extra.Value {
				t.Errorf("extra key %s is written %q and read %q", extra.Key, extra.Value, values[extra.Key])
			}
		}
		known := len(file.Extra)
		for _, name := range astguiclient.Keys() {
			if _, said := file.Value(name); said {
				known++
			}
		}
		if len(values) != known {
			t.Errorf("%d keys are written and %d read", known, len(values))
		}
	})
	if written == 0 {
		t.Error("every file was refused, so nothing was tested")
	}
}

func TestCheckValue(t *testing.T) {
	for name, test := range map[string]struct{ key, value, want string }{
		"a blank":                           {"VARDB_pass", "a b", "a blank, and VICIdial's readers delete it"},
		"a tab":                             {"VARDB_pass", "a\tb", "a tab"},
		"an angle bracket":                  {"VARDB_pass", "a>b", `'>', and VICIdial's readers delete it`},
		"a hash":                            {"VARDB_pass", "a#b", "take what follows for a comment"},
		"a semicolon":                       {"VARDB_pass", "a;b", "take what follows for a comment"},
		"an equals sign":                    {"VARDB_pass", "a=b", "keep only what follows the last one"},
		"a new line":                        {"VARDB_pass", "a\nVARDB_server => evil", "a line break"},
		"a control character":               {"VARDB_pass", "a\x00b", "U+0000"},
		"a no-break space":                  {"VARDB_pass", "a\u00a0b", "U+00A0"},
		"a path that is not absolute":       {"PATHhome", "usr/share", "is not an absolute folder"},
		"an empty path":                     {"PATHhome", "", "is not an absolute folder"},
		"a host with a port":                {"VARDB_server", "db:3307", "is not a host name"},
		"a port that there is not":          {"VARDB_port", "70000", "is not a port"},
		"a port with a leading zero":        {"VARDB_port", "03306", "is not a port"},
		"X beside other letters":            {"VARactive_keepalives", "12X", "is not keepalive letters"},
		"a letter that means nothing":       {"VARactive_keepalives", "123e", "is not keepalive letters"},
		"a server_ip of six bytes":          {"VARserver_ip", "fe80::1", "is not an IPv4 address"},
		"a server_ip that no row can match": {"VARserver_ip", "10.0.0.010", "is not an IPv4 address"},
		"a web path of another protocol":    {"VARHTTP_path", "ftp://10.0.0.4", "is not an http or https address"},
		"an empty password":                 {"VARDB_pass", "", "the value is empty"},
		"a flag that is neither":            {"KhompEnabled", "yes", "is not 0 or 1"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			err := astguiclient.CheckValue(test.key, test.value)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.key) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("takes what install.pl writes", func(t *testing.T) {
		for _, key := range astguiclient.Keys() {
			if standard := astguiclient.Default(key); standard != "" {
				if err := astguiclient.CheckValue(key, standard); err != nil {
					t.Error(err)
				}
			}
		}
	})
	t.Run("takes a password of odd characters that readers keep", func(t *testing.T) {
		if err := astguiclient.CheckValue("VARDB_pass", "p@ss!'\"\\$`%é&|<"); err != nil {
			t.Error(err)
		}
	})
	t.Run("never shows a password", func(t *testing.T) {
		if err := astguiclient.CheckValue("VARDB_pass", "hush#hush"); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRead(t *testing.T) {
	text := `# a file that somebody edited
PATHhome => /opt/vicidial
  VARserver_ip=10.0.1.1
SITE_name => anchor
VARDB_pass => first   # a comment
VARDB_password => second
SITE_name => harbour
RACK_unit => 17
VARactive_keepalives => 12 34
`
	file, notes := astguiclient.Read(text)
	t.Run("reads values as VICIdial does", func(t *testing.T) {
		want := map[string]string{
			"PATHhome": "/opt/vicidial", "VARserver_ip": "10.0.1.1", "VARDB_pass": "second", "VARactive_keepalives": "1234",
		}
		if diff := cmp.Diff(want, file.Values); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("keeps unknown keys in their order, with the value that wins", func(t *testing.T) {
		want := []astguiclient.Setting{{Key: "SITE_name", Value: "harbour"}, {Key: "RACK_unit", Value: "17"}}
		if diff := cmp.Diff(want, file.Extra); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("notes the lines that are parsed in an unexpected way", func(t *testing.T) {
		if len(notes) != 1 || !strings.Contains(notes[0], "VARDB_password") {
			t.Errorf("got %q", notes)
		}
	})
	t.Run("what it read writes the same file again and again", func(t *testing.T) {
		once, err := file.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, notes := astguiclient.Read(once)
		twice, err := again.Text()
		if err != nil || len(notes) != 0 {
			t.Fatal(err, notes)
		}
		if diff := cmp.Diff(once, twice); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFillCommand(t *testing.T) {
	keys := []string{"VARDB_pass", "VARDB_custom_pass"}
	// run has the command work on a copy, since it names /etc/astguiclient.conf.
	run := func(t *testing.T, environment ...string) (string, string, error) {
		t.Helper()
		text, err := aFile().Text()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "astguiclient.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.Command("sh", "-c", strings.ReplaceAll(astguiclient.FillCommand(keys), astguiclient.Path, path))
		command.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environment...)
		said, failure := command.CombinedOutput()
		filled, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(filled), string(said), failure
	}
	t.Run("fills in passwords as they are", func(t *testing.T) {
		filled, said, err := run(t, `VARDB_pass=p@s$1\/'"&`, "VARDB_custom_pass=other")
		if err != nil {
			t.Fatal(err, said)
		}
		values := astguiclient.Parse(filled)
		if values["VARDB_pass"] != `p@s$1\/'"&` || values["VARDB_custom_pass"] != "other" {
			t.Errorf("got %q and %q", values["VARDB_pass"], values["VARDB_custom_pass"])
		}
		if strings.Contains(filled, "@@") {
			t.Error("a placeholder is left")
		}
	})
	for name, environment := range map[string][]string{
		"a variable that is missing":                 {"VARDB_pass=x"},
		"a password that the readers would mangle":   {"VARDB_pass=a b", "VARDB_custom_pass=other"},
		"a password that would be taken for comment": {"VARDB_pass=a#b", "VARDB_custom_pass=other"},
	} {
		t.Run("leaves the file alone at "+name, func(t *testing.T) {
			before, err := aFile().Text()
			if err != nil {
				t.Fatal(err)
			}
			after, said, err := run(t, environment...)
			if err == nil || said == "" {
				t.Errorf("got no error, output %q", said)
			}
			if after != before {
				t.Errorf("the file was changed:\n%s", after)
			}
		})
	}
	t.Run("is nothing where nothing is to be filled in", func(t *testing.T) {
		if got := astguiclient.FillCommand(nil); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestKeys_areThoseThatParseLooksFor(t *testing.T) {
	var text strings.Builder
	for _, key := range astguiclient.Keys() {
		text.WriteString(key + "_tail => x\n") // read by its beginning, if the key is looked for at all
	}
	values := astguiclient.Parse(text.String())
	for _, key := range astguiclient.Keys() {
		if values[key] != "x" {
			t.Errorf("Parse does not look for %s", key)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if known := strings.TrimSuffix(name, "_tail"); !slices.Contains(astguiclient.Keys(), known) {
			t.Errorf("Parse looks for %s, which is never written", name)
		}
	}
}
