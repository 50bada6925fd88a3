package astguiclient

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// kind is the kind of values of a key.
type kind struct {
	description string
	check       func(value string) bool
}

func (k kind) checked(name, value string) error {
	if k.check(value) {
		return nil
	}
	return fmt.Errorf("%s %q: it is not %s", name, value, k.description)
}

var (
	folder      = kind{"an absolute folder", matches(`^(/[A-Za-z0-9._-]+)+$`)}
	remote      = kind{"a folder", matches(`^[A-Za-z0-9._/-]+$`)}
	address     = kind{"an IPv4 address", isServerIP}
	host        = kind{"a host name or IPv4 address", matches(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)}
	hostOrNone  = kind{"a host name, an IPv4 address or nothing", matches(`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)?$`)}
	name        = kind{"a name of letters, digits and ._@$-", matches(`^[A-Za-z0-9._@$-]+$`)}
	secret      = kind{"one or more characters", matches(`.`)}
	port        = kind{"a port from 1 to 65535", numberTo(65535)}
	count       = kind{"a whole number from 1 to 999999", numberTo(999999)}
	letters     = kind{"keepalive letters 1 to 9, E, C and S, or X alone", matches(`^(X|[1-9ECS]+)$`)}
	version     = kind{"a version such as 18.X", matches(`^[0-9][A-Za-z0-9._-]*$`)}
	webAddress  = kind{"an http or https address", matches(`^https?://[A-Za-z0-9][A-Za-z0-9._:/?&%~+-]*$`)}
	schemaCount = kind{"a schema version such as 1720", numberTo(999999)}
	flag        = kind{"0 or 1", matches(`^[01]$`)}
)

// key is a line that install.pl writes: its default there
// (docs/vicidial/node-files.md#keys) and the kind of its value.
type key struct {
	name   string
	preset string
	kind   kind
}

// section is a group of keys under one comment.
type section struct {
	comment string
	keys    []key
}

// sections are all keys of the file, in its order.
var sections = []section{
	{"Folders", []key{
		{"PATHhome", "/usr/share/astguiclient", folder},
		{"PATHlogs", "/var/log/astguiclient", folder},
		{"PATHagi", "/var/lib/asterisk/agi-bin", folder},
		{"PATHweb", "/usr/local/apache2/htdocs", folder},
		{"PATHsounds", "/var/lib/asterisk/sounds", folder},
		{"PATHmonitor", "/var/spool/asterisk/monitor", folder},
		{"PATHDONEmonitor", "/var/spool/asterisk/monitorDONE", folder},
	}},
	{"This node: the server_ip of its row in the servers table", []key{
		{"VARserver_ip", "", address},
	}},
	{"The cluster's database", []key{
		{"VARDB_server", "localhost", host},
		{"VARDB_database", "asterisk", name},
		{"VARDB_user", "cron", name},
		{"VARDB_pass", "", secret},
		{"VARDB_custom_user", "custom", name},
		{"VARDB_custom_pass", "", secret},
		{"VARDB_port", "3306", port},
	}},
	{"Cold storage of old rows, where there is one", []key{
		{"VARCS_server", "", hostOrNone},
		{"VARCS_database", "asterisk_coldstorage", name},
		{"VARCS_user", "coldstorage", name},
		{"VARCS_pass", "cs1234", secret},
		{"VARCS_port", "3306", port},
	}},
	{"Programs that are kept running here; 5, 7, 9 and E on one node of the cluster only, X alone for none", []key{
		{"VARactive_keepalives", "", letters},
	}},
	{"The Asterisk that VICIdial drives here", []key{
		{"VARasterisk_version", "13.X", version},
	}},
	{"Archive of recordings", []key{
		{"VARFTP_host", "10.0.0.4", host},
		{"VARFTP_user", "cron", name},
		{"VARFTP_pass", "test", secret},
		{"VARFTP_port", "21", port},
		{"VARFTP_dir", "RECORDINGS", remote},
		{"VARHTTP_path", "http://10.0.0.4", webAddress},
	}},
	{"Where reports are sent", []key{
		{"VARREPORT_host", "10.0.0.4", host},
		{"VARREPORT_user", "cron", name},
		{"VARREPORT_pass", "test", secret},
		{"VARREPORT_port", "21", port},
		{"VARREPORT_dir", "REPORTS", remote},
	}},
	{"The logging server that the dialplan calls (keepalive 6)", []key{
		{"VARfastagi_log_min_servers", "3", count},
		{"VARfastagi_log_max_servers", "16", count},
		{"VARfastagi_log_min_spare_servers", "2", count},
		{"VARfastagi_log_max_spare_servers", "8", count},
		{"VARfastagi_log_max_requests", "1000", count},
		{"VARfastagi_log_checkfordead", "30", count},
		{"VARfastagi_log_checkforwait", "60", count},
	}},
	{"The database schema that the installed code was made for", []key{
		{"ExpectedDBSchema", "", schemaCount},
	}},
	{"Boards of other makers", []key{
		{"KhompEnabled", "0", flag},
	}},
}

// Keys returns the keys that install.pl writes, in the order of the file.
func Keys() []string {
	var names []string
	for _, section := range sections {
		for _, key := range section.keys {
			names = append(names, key.name)
		}
	}
	return names
}

// Secrets returns the keys whose value is a password, in the order of the file.
func Secrets() []string {
	return slices.DeleteFunc(Keys(), func(name string) bool { return !IsSecret(name) })
}

// IsSecret reports whether the value of the key is a password.
func IsSecret(name string) bool { return strings.HasSuffix(name, "_pass") }

// Default returns install.pl's default of the key; "" if it has no generally valid
// one.
func Default(name string) string {
	known, _ := find(name)
	return known.preset
}

// Placeholder returns the placeholder of a password that is filled in on the node.
func Placeholder(name string) string { return "@@" + name + "@@" }

func find(name string) (key, bool) {
	for _, section := range sections {
		for _, key := range section.keys {
			if key.name == name {
				return key, true
			}
		}
	}
	return key{}, false
}

// CheckKey returns an error for a key that begins with a key of install.pl: parsers
// match known keys at the start of a line, so VARDB_password would overwrite
// VARDB_pass.
func CheckKey(name string) error {
	if !keyName(name) {
		return fmt.Errorf("key %q: a key is a letter followed by letters, digits and underscores", name)
	}
	for _, known := range Keys() {
		if name != known && strings.HasPrefix(name, known) {
			return fmt.Errorf("key %s: VICIdial takes the line for %s, since it looks only at how a line begins", name, known)
		}
	}
	return nil
}

var keyName = matches(`^[A-Za-z][A-Za-z0-9_]*$`)

// CheckValue returns an error for a value that cannot be in the file: because its
// parsers would drop a part of it (docs/vicidial/node-files.md#syntax), or because
// VICIdial cannot use it under that key. The error never shows a secret.
func CheckValue(name, value string) error {
	for _, character := range value {
		if effect := parserEffect(character); effect != "" {
			return fmt.Errorf("key %s: the value holds %s, and VICIdial's readers %s", name, describe(character), effect)
		}
	}
	known, found := find(name)
	if found && !known.kind.check(value) {
		if IsSecret(name) {
			return fmt.Errorf("key %s: the value is empty", name)
		}
		return fmt.Errorf("key %s: %q is not %s", name, value, known.kind.description)
	}
	return nil
}

// parserEffect describes what parsers do with a character of a value, or returns "" if they
// keep it.
func parserEffect(character rune) string {
	switch {
	case strings.ContainsRune(" \t\r>", character):
		return "delete it"
	case character == '\n':
		return "end the line there"
	case character == '#' || character == ';':
		return "take what follows for a comment"
	case character == '=':
		return "keep only what follows the last one"
	case unicode.IsControl(character), unicode.IsSpace(character), character == unicode.ReplacementChar:
		return "keep it although it is invisible"
	}
	return ""
}

func describe(character rune) string {
	switch character {
	case ' ':
		return "a blank"
	case '\t':
		return "a tab"
	case '\n', '\r':
		return "a line break"
	}
	if unicode.IsPrint(character) && character != unicode.ReplacementChar {
		return strconv.QuoteRune(character)
	}
	return fmt.Sprintf("the character U+%04X", character)
}

func matches(pattern string) func(string) bool {
	compiled := cluster.LazyRegexp(pattern)
	return func(text string) bool { return compiled().MatchString(text) }
}

func numberTo(highest int) func(string) bool {
	digits := matches(`^[1-9][0-9]*$`)
	return func(value string) bool {
		number, err := strconv.Atoi(value)
		return err == nil && digits(value) && number <= highest
	}
}

func isServerIP(value string) bool { return cluster.CheckServerIP(value) == nil }
