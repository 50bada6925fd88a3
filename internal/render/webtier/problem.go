package webtier

import (
	"fmt"
	"strings"
)

// Place is the path of a value in a tier, outermost first, with the names of the
// resource's attributes.
type Place []Step

// Step is one element of a place.
type Step struct {
	Name  string // an attribute's name, or a map's key
	IsKey bool
}

// At returns the place of nested attributes.
func At(names ...string) Place {
	place := make(Place, 0, len(names))
	for _, name := range names {
		place = append(place, Step{Name: name})
	}
	return place
}

// Key returns the place of a map entry.
func (p Place) Key(key string) Place { return append(p[:len(p):len(p)], Step{Name: key, IsKey: true}) }

// Attribute returns the place of an attribute of an object.
func (p Place) Attribute(name string) Place { return append(p[:len(p):len(p)], Step{Name: name}) }

// String formats a place as Terraform does: nodes["web1"].address.
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

// Problem is an error or a warning about one value.
type Problem struct {
	Place   Place
	Text    string
	Warning bool
}

func (p Problem) String() string { return p.Place.String() + ": " + p.Text }

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

func (f *findings) refuse(place Place, format string, args ...any) {
	f.found = append(f.found, Problem{Place: place, Text: fmt.Sprintf(format, args...)})
}

func (f *findings) warn(place Place, format string, args ...any) {
	f.found = append(f.found, Problem{Place: place, Text: fmt.Sprintf(format, args...), Warning: true})
}
