package haproxy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configdiff"
)

// sectionKinds begin a section when they are a line's first word.
var sectionKinds = []string{
	"global", "defaults", "frontend", "backend", "listen", "resolvers", "peers", "userlist", "mailers",
	"program", "cache", "ring", "http-errors", "fcgi-app", "log-forward", "crt-store", "traces", "log-profile", "acme",
}

// Parse reads a configuration into a tree. Comments are left out. It follows
// the quoting rules of the manual and knows no keyword but those that begin a
// section, so that a file that somebody else wrote can be read as well.
func Parse(text []byte) (Config, error) {
	var config Config
	number := 0
	for rest := string(text); rest != ""; {
		number++
		var read []string
		var err error
		if read, rest, err = readLine(rest); err != nil {
			return Config{}, fmt.Errorf("line %d: %w", number, err)
		}
		switch {
		case len(read) == 0:
		case slices.Contains(sectionKinds, read[0]):
			config.Sections = append(config.Sections, Section{Kind: read[0], Name: strings.Join(read[1:], " ")})
		case len(config.Sections) == 0:
			return Config{}, fmt.Errorf("line %d: %q stands before the first section", number, read[0])
		default:
			config.Sections[len(config.Sections)-1].add(Line{Words: read})
		}
	}
	return config, nil
}

// readLine takes one line's words off the text. A quote that is open at the
// line's end is an error.
func readLine(text string) (read []string, rest string, err error) {
	var word strings.Builder
	inWord, quoted := false, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\n' && quoted != 0:
			return nil, "", fmt.Errorf("a quote %c is not closed", quoted)
		case c == '\n' || c == '#' && quoted == 0:
			_, rest, _ = strings.Cut(text[i:], "\n")
			if inWord {
				read = append(read, word.String())
			}
			return read, rest, nil
		case quoted == '\'' && c != '\'', quoted == '"' && c != '"' && c != '\\':
			word.WriteByte(c)
		case quoted != 0 && c == quoted:
			quoted = 0
		case c == '\'' || c == '"':
			quoted, inWord = c, true
		case c == '\\':
			taken := escape(text[i+1:], &word)
			i += taken
			inWord = true
		case c == ' ' || c == '\t' || c == '\r':
			if inWord {
				read = append(read, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quoted != 0 {
		return nil, "", fmt.Errorf("a quote %c is not closed", quoted)
	}
	if inWord {
		read = append(read, word.String())
	}
	return read, "", nil
}

// escape writes what a backslash and the text after it stand for, and says how
// much of the text that was. A backslash before anything else is itself.
func escape(after string, word *strings.Builder) int {
	if after == "" {
		word.WriteByte('\\')
		return 0
	}
	switch c := after[0]; c {
	case 'n':
		word.WriteByte('\n')
	case 'r':
		word.WriteByte('\r')
	case 't':
		word.WriteByte('\t')
	case ' ', '\\', '#', '\'', '"', '$':
		word.WriteByte(c)
	default:
		word.WriteByte('\\')
		return 0
	}
	return 1
}

// optionLists are keywords whose later words stand in any order, after as many
// that do not.
var optionLists = map[string]int{"server": 3, "default-server": 1, "bind": 2}

// ordered are keywords whose order matters to another one: a default-server is
// for the servers below it.
var ordered = map[string]string{"default-server": "server"}

// Statements frees a tree from its layout, for comparing.
func (c Config) Statements() []configdiff.Statement {
	var statements []configdiff.Statement
	defaults := 0
	for _, section := range c.Sections {
		place := strings.TrimSpace(section.Kind + " " + section.Name)
		text := place
		// Defaults are for what stands below them.
		switch section.Kind {
		case "defaults":
			defaults++
		case "frontend", "backend", "listen":
			if defaults != 1 {
				text = fmt.Sprintf("%s, below %d defaults", place, defaults)
			}
		}
		statements = append(statements, configdiff.Statement{Section: place, Text: text})
		for _, line := range section.Lines {
			text := line.Words
			if fixed, is := optionLists[text[0]]; is && len(text) > fixed {
				text = slices.Concat(text[:fixed], options(text[fixed:]))
			}
			statements = append(statements, configdiff.Statement{
				Section: place, Keyword: cmp.Or(ordered[text[0]], text[0]), Text: written(text),
			})
		}
	}
	return statements
}

// written joins words so that two lists of words never give one text.
func written(list []string) string {
	quoted := make([]string, 0, len(list))
	for _, word := range list {
		quoted = append(quoted, quote(word))
	}
	return strings.Join(quoted, " ")
}

// flags are options of servers and binds that take no value.
var flags = []string{
	"backup", "check", "disabled", "enabled", "ssl", "check-ssl", "non-stick", "send-proxy", "send-proxy-v2",
	"accept-proxy", "transparent", "v4v6", "v6only", "tfo", "defer-accept",
}

// options sorts a server's options, each with its value.
func options(list []string) []string {
	var pairs [][]string
	for i := 0; i < len(list); i++ {
		if !slices.Contains(flags, list[i]) && i+1 < len(list) {
			pairs = append(pairs, list[i:i+2])
			i++
		} else {
			pairs = append(pairs, list[i:i+1])
		}
	}
	slices.SortFunc(pairs, slices.Compare)
	return slices.Concat(pairs...)
}

// Drift reads a text and says where it differs in meaning from the wanted one:
// a line for each statement, "- " for what is missing, "+ " for what is too
// much, "~ " for what says something else. Layout is no difference.
func Drift(want, have []byte) ([]string, error) {
	wanted, err := Parse(want)
	if err != nil {
		return nil, fmt.Errorf("wanted text: %w", err)
	}
	found, err := Parse(have)
	if err != nil {
		return nil, err
	}
	return configdiff.Differences(wanted.Statements(), found.Statements()), nil
}

// Sum is a checksum of what a text says, whatever its layout.
func Sum(text []byte) (string, error) {
	config, err := Parse(text)
	if err != nil {
		return "", err
	}
	return configdiff.Sum(config.Statements()), nil
}
