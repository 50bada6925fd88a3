package webtier

import (
	"fmt"
	"strings"
)

// Path is the path of a value in a tier, outermost first, with the names of the
// resource's attributes.
type Path []Step

// Step is one element of a path.
type Step struct {
	Name  string // an attribute's name, or a map's key
	IsKey bool
}

// Root returns the path of nested attributes.
func Root(names ...string) Path {
	path := make(Path, 0, len(names))
	for _, name := range names {
		path = append(path, Step{Name: name})
	}
	return path
}

// Key returns the path of a map entry.
func (p Path) Key(key string) Path { return append(p[:len(p):len(p)], Step{Name: key, IsKey: true}) }

// Attribute returns the path of an attribute of an object.
func (p Path) Attribute(name string) Path { return append(p[:len(p):len(p)], Step{Name: name}) }

// String formats a path as Terraform does: nodes["web1"].address.
func (p Path) String() string {
	var text strings.Builder
	for i, step := range p {
		switch {
		case step.IsKey:
			fmt.Fprintf(&text, "[%q]", step.Name)
		case i > 0:
			text.WriteString("." + step.Name)
		default:
			text.WriteString(step.Name)
		}
	}
	return text.String()
}

// Problem is an error or a warning about one value.
type Problem struct {
	Path    Path
	Text    string
	Warning bool
}

func (p Problem) String() string { return p.Path.String() + ": " + p.Text }

// Dialect is the proxy of a tier. Some attributes are for one of them only.
type Dialect int

// The proxies.
const (
	HAProxy Dialect = iota
	Nginx
)

func (d Dialect) String() string {
	if d == Nginx {
		return "nginx"
	}
	return "HAProxy"
}

// Tested is the range of versions with which the text was tested.
func (d Dialect) Tested() (oldest, newest Version) {
	if d == Nginx {
		return Version{Major: 1, Minor: 18}, Version{Major: 1, Minor: 31}
	}
	return Version{Major: 2, Minor: 4}, Version{Major: 3, Minor: 5}
}

// Problems returns all errors and warnings of a tier, in the order of its
// attributes. Without errors, both renderers return a text that their proxy
// accepts.
func (t Tier) Problems(dialect Dialect) []Problem {
	f := &findings{tier: t, dialect: dialect}
	f.names()
	f.target()
	f.nodes()
	f.nodeTLS()
	f.routes()
	f.listen()
	f.access()
	f.health()
	f.audioStore()
	f.limits()
	f.process()
	f.vrrp()
	return f.found
}

// Err returns the first error among the problems, or nil.
func (t Tier) Err(dialect Dialect) error {
	for _, problem := range t.Problems(dialect) {
		if !problem.Warning {
			return fmt.Errorf("web tier %q: %s", t.Name, problem)
		}
	}
	return nil
}

type findings struct {
	tier    Tier
	dialect Dialect
	found   []Problem
}

func (f *findings) errorf(at Path, format string, args ...any) {
	f.found = append(f.found, Problem{Path: at, Text: fmt.Sprintf(format, args...)})
}

func (f *findings) warnf(at Path, format string, args ...any) {
	f.found = append(f.found, Problem{Path: at, Text: fmt.Sprintf(format, args...), Warning: true})
}
