package astguiclient

import "strings"

// Environment is the file on a node from which user data takes the passwords
// that are not in it, as lines of the form VARDB_pass='...'.
const Environment = "/root/astguiclient.env"

const crontabPath = "/root/vicidial.crontab"

// userData returns the cloud-init user data of a node: it writes the file and the
// crontab, fills in passwords if fill is not "", installs VICIdial, and then
// installs the crontab, so that no program runs with an incomplete configuration.
func userData(conf, crontab, fill, install string) string {
	var text strings.Builder
	text.WriteString("#cloud-config\nwrite_files:\n")
	file := func(path, permissions, content string) {
		text.WriteString("  - path: " + path + "\n    owner: root:root\n    permissions: '" + permissions + "'\n    content: |\n")
		block(&text, "      ", content)
	}
	file(Path, "0644", conf) // the web pages read it as another user
	file(crontabPath, "0600", crontab)
	var script strings.Builder
	if fill != "" {
		script.WriteString("if [ -r " + Environment + " ]; then set -a; . " + Environment + "; set +a; fi\n")
		script.WriteString("{ " + fill + "; } || exit 1\n")
	}
	script.WriteString("{ " + install + "; } || exit 1\n")
	script.WriteString("crontab " + crontabPath + "\n")
	text.WriteString("runcmd:\n  - - sh\n    - -c\n    - |\n")
	block(&text, "      ", script.String())
	return text.String()
}

// block returns a YAML literal block, whose lines need no quotes. No line of the
// files begins with a blank or contains a control character, so that the first line
// determines the indentation.
func block(to *strings.Builder, indent, content string) {
	for line := range strings.Lines(content) {
		if strings.TrimRight(line, "\n") != "" {
			to.WriteString(indent)
		}
		to.WriteString(line)
	}
}
