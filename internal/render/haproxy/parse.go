package haproxy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configdiff"
)

// sectionKinds are the first words of section lines.
var sectionKinds = []string{
	"global", "defaults", "frontend", "backend", "listen", "resolvers", "peers", "userlist", "mailers",
	"program", "cache", "ring", "http-errors", "fcgi-app", "log-forward", "crt-store", "traces", "log-profile", "acme",
}

// Parse parses a configuration into a tree without comments. It follows the quoting
// rules of the manual and knows only the keywords that begin a section, so that it
// can parse any file.
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
			return Config{}, fmt.Errorf("line %d: %q is before the first section", number, read[0])
		default:
			config.Sections[len(config.Sections)-1].add(Line{Words: read})
		}
	}
	return config, nil
}

// readLine parses the words of one line. An unclosed quote is an error.
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

// escape returns the value of an escape sequence and its length. A backslash before
// any other character is itself.
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

// optionLists maps keywords with options in any order to the number of ordered
// words before them.
var optionLists = map[string]int{"server": 3, "default-server": 1, "bind": 2}

// ordered are keywords whose order relative to others matters: a default-server
// applies to the servers below it.
var ordered = map[string]string{"default-server": "server"}

// Statements returns the statements of a tree in canonical form, for comparison.
func (c Config) Statements() []configdiff.Statement {
	var statements []configdiff.Statement
	defaults := 0
	for _, section := range c.Sections {
		place := strings.TrimSpace(section.Kind + " " + section.Name)
		text := place
		// Defaults apply to the sections below them.
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
			if fixed, ok := optionLists[text[0]]; ok && len(text) > fixed {
				text = slices.Concat(text[:fixed], options(text[fixed:]))
			}
			statements = append(statements, configdiff.Statement{
				Section: place, Keyword: cmp.Or(ordered[text[0]], text[0]), Text: joinWords(text),
			})
		}
	}
	return statements
}

// joinWords joins words unambiguously.
func joinWords(list []string) string {
	quoted := make([]string, 0, len(list))
	for _, word := range list {
		quoted = append(quoted, quote(word))
	}
	return strings.Join(quoted, " ")
}

// flags are options of servers and binds without a value.
var flags = []string{
	"backup", "check", "disabled", "enabled", "ssl", "check-ssl", "non-stick", "send-proxy", "send-proxy-v2",
	"accept-proxy", "transparent", "v4v6", "v6only", "tfo", "defer-accept",
}

// options sorts the options of a server with their values.
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

// Diff compares a text with the wanted one, ignoring layout, as
// [configdiff.Diff] does.
func Diff(want, have []byte) ([]string, error) { return configdiff.Diff(parseStatements, want, have) }

// Sum returns a checksum of a text that ignores layout.
func Sum(text []byte) (string, error) { return configdiff.Sum(parseStatements, text) }

func parseStatements(text []byte) ([]configdiff.Statement, error) {
	config, err := Parse(text)
	return config.Statements(), err
}
