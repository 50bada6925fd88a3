package nginx

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	crossplane "github.com/nginxinc/nginx-go-crossplane"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configdiff"
)

// Parse parses a configuration into a tree without comments and included files.
func Parse(text []byte) (Config, error) {
	options := parseOptions(text)
	options.SkipDirectiveContextCheck, options.SkipDirectiveArgsCheck = true, true
	parsed, err := parse(options)
	if err != nil {
		return Config{}, err
	}
	return Config{Directives: tree(parsed)}, nil
}

func parseOptions(text []byte) *crossplane.ParseOptions {
	return &crossplane.ParseOptions{
		SingleFile: true,
		Open:       func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil },
	}
}

func parse(options *crossplane.ParseOptions) (crossplane.Directives, error) {
	payload, err := crossplane.Parse("nginx.conf", options)
	if err != nil {
		return nil, fmt.Errorf("nginx configuration: %w", err)
	}
	var all []error
	for _, problem := range payload.Errors {
		all = append(all, problem.Error)
	}
	if len(all) > 0 {
		return nil, fmt.Errorf("nginx configuration: %w", errors.Join(all...))
	}
	if len(payload.Config) != 1 {
		return nil, fmt.Errorf("nginx configuration: read %d files instead of one", len(payload.Config))
	}
	return payload.Config[0].Parsed, nil
}

func tree(parsed crossplane.Directives) []Directive {
	directives := make([]Directive, 0, len(parsed))
	for _, p := range parsed {
		d := Directive{Name: unescape(p.Directive), IsBlock: p.IsBlock(), Block: tree(p.Block)}
		for _, word := range p.Args {
			d.Words = append(d.Words, unescape(word))
		}
		if !d.IsBlock {
			d.Block = nil
		}
		directives = append(directives, d)
	}
	return directives
}

// unescape removes the escapes that crossplane leaves; crossplane unescapes quotes
// only.
func unescape(word string) string {
	if !strings.Contains(word, `\`) {
		return word
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`, `\'`, "'").Replace(word)
}

// together are directives whose relative order matters although their names differ.
var together = map[string]string{
	"if": "rewrite phase", "return": "rewrite phase", "rewrite": "rewrite phase", "set": "rewrite phase", "break": "rewrite phase",
	"allow": "access phase", "deny": "access phase",
}

// numbered are blocks that may occur several times with the same words.
var numbered = []string{"server", "if"}

// Statements returns the statements of a tree in canonical form, for comparison.
func (c Config) Statements() []configdiff.Statement { return statements(c.Directives, "main") }

func statements(directives []Directive, section string) []configdiff.Statement {
	var list []configdiff.Statement
	count := map[string]int{}
	for _, d := range directives {
		list = append(list, configdiff.Statement{Section: section, Keyword: cmp.Or(together[d.Name], d.Name), Text: statementText(options(d, section))})
		if !d.IsBlock {
			continue
		}
		place := statementText(d)
		if slices.Contains(numbered, d.Name) {
			count[place]++
			place = fmt.Sprintf("%s#%d", place, count[place])
		}
		if section != "main" {
			place = section + " > " + place
		}
		list = append(list, statements(d.Block, place)...)
	}
	return list
}

// options sorts the words whose order does not matter: those of an upstream's
// server and of listen, after the address.
func options(d Directive, section string) Directive {
	if d.Name == "server" && strings.Contains(section, "upstream ") || d.Name == "listen" {
		d.Words = slices.Clone(d.Words)
		slices.Sort(d.Words[min(1, len(d.Words)):])
	}
	return d
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
