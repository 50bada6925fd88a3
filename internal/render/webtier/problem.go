package webtier

import (
	"fmt"
	"strings"
)

// Place is where in a tier a value stands, outermost first: the words are the
// names of the resource's attributes.
type Place []Step

// Step is one level of a place.
type Step struct {
	Name  string // an attribute's name, or a map's key
	IsKey bool
}

// At starts a place at attributes, one inside the other.
func At(names ...string) Place {
	place := make(Place, 0, len(names))
	for _, name := range names {
		place = append(place, Step{Name: name})
	}
	return place
}

// Key goes to one entry of a map.
func (p Place) Key(key string) Place { return append(p[:len(p):len(p)], Step{Name: key, IsKey: true}) }

// Attribute goes to an attribute of an object.
func (p Place) Attribute(name string) Place { return append(p[:len(p):len(p)], Step{Name: name}) }

// String writes a place as Terraform does: nodes["web1"].address.
func (p Place) String() string {
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

// Problem is what is wrong, or at least worth knowing, about one value.
type Problem struct {
	Place   Place
	Text    string
	Warning bool
}

func (p Problem) String() string { return p.Place.String() + ": " + p.Text }

// Dialect is the proxy that a tier is for: a few attributes mean something to
// one of them only.
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

// Tested is the range of versions that the text was tried against.
func (d Dialect) Tested() (oldest, newest Version) {
	if d == Nginx {
		return Version{Major: 1, Minor: 18}, Version{Major: 1, Minor: 31}
	}
	return Version{Major: 2, Minor: 4}, Version{Major: 3, Minor: 5}
}

// Problems says everything that is wrong with a tier, in the order of its
// attributes. Without an error among them, both renderers write a text that
// their proxy accepts.
func (t Tier) Problems(dialect Dialect) []Problem {
	f := &findings{tier: t, dialect: dialect}
	f.words()
	f.target()
	f.nodes()
	f.nodeTLS()
	f.routes()
	f.entrance()
	f.access()
	f.health()
	f.audioStore()
	f.limits()
	f.process()
	f.pair()
	return f.found
}

// Err is the first error among the problems, or nil.
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

func (f *findings) refuse(place Place, format string, args ...any) {
	f.found = append(f.found, Problem{Place: place, Text: fmt.Sprintf(format, args...)})
}

func (f *findings) warn(place Place, format string, args ...any) {
	f.found = append(f.found, Problem{Place: place, Text: fmt.Sprintf(format, args...), Warning: true})
}
