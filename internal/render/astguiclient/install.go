package astguiclient

import (
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// Path is the path of the file.
const Path = "/etc/astguiclient.conf"

// installCommand returns the command that installs VICIdial on a node from the
// sources in a folder, for the shell. The file must be in its place before:
// install.pl takes the passwords from there, which keeps them off the command
// line, and a lone X as well, which its option --active_keepalives ignores
// (install.pl:538). Nothing runs while a placeholder is left in it. Keys that
// install.pl does not know are put back after it.
//
// samples has the sample files of Asterisk's configuration copied over what is
// there: right for a first installation, wrong for an upgrade. pages has the web
// pages installed whatever the node's roles.
func installCommand(node nodes.Node, file File, sources string, samples, pages bool) string {
	install := []string{"perl", "install.pl", "--no-prompt"}
	switch {
	case node.WebOnly:
		install = append(install, "--web-only")
	case !node.Is(nodes.RoleWeb) && !pages:
		install = append(install, "--without-web")
	}
	if samples && node.Is(nodes.RoleTelephony) {
		install = append(install, "--copy_sample_conf_files")
	}
	for _, option := range []struct{ flag, key string }{
		{"--server_ip", "VARserver_ip"},
		{"--DB_server", "VARDB_server"},
		{"--DB_database", "VARDB_database"},
		{"--DB_port", "VARDB_port"},
		{"--active_keepalives", "VARactive_keepalives"},
		{"--asterisk_version", "VARasterisk_version"},
	} {
		value, _ := file.Value(option.key)
		if len(value) > 1 { // install.pl passes over shorter ones
			install = append(install, shellWord(option.flag+"="+value))
		}
	}
	command := strings.Join(install, " ")
	if len(file.Extra) > 0 {
		keys := make([]string, len(file.Extra))
		for i, extra := range file.Extra {
			keys[i] = extra.Key
		}
		keep := "grep -E '^(" + strings.Join(keys, "|") + ") ' " + Path + " > " + Path + ".kept"
		command = keep + " && " + command + " && cat " + Path + ".kept >> " + Path
	}
	ready := "test -s " + Path
	if len(file.placeholders()) > 0 { // install.pl would take them for passwords
		ready += " && ! grep -q '@@[A-Za-z_]*_pass@@' " + Path
	}
	return ready + " && cd " + sources + " && " + command
}

var plainWord = matches(`^[A-Za-z0-9._/=:@-]+$`)

// shellWord is a word that a shell takes as it is: names may have a $ in them.
func shellWord(word string) string {
	if plainWord(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// FillCommand returns the command that fills the passwords in on the node from
// environment variables of the keys' names, for the shell; "" where there is
// nothing to fill in. It touches nothing when a variable is missing or holds
// what VICIdial's readers would lose.
func FillCommand(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return `perl -i -pe 'BEGIN { for (qw(` + strings.Join(keys, " ") + `)) { ` +
		`die "$_ is not set\n" unless length $ENV{$_}; ` +
		`die "$_ holds a character that VICIdial would lose\n" if $ENV{$_} =~ /[\s>#;=]/ } } ` +
		`s/\@\@(\w+_pass)\@\@/$ENV{$1}/' ` + Path
}
