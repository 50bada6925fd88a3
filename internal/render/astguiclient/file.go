package astguiclient

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Setting is a line of the file: a key and its value.
type Setting struct{ Key, Value string }

// File is the astguiclient.conf of one node.
type File struct {
	// Values are the values of install.pl's keys. A missing key gets install.pl's
	// default; the passwords of the database, whose defaults are known to everyone,
	// get a placeholder.
	Values map[string]string
	// Extra are keys that install.pl does not know, in their order.
	Extra []Setting
}

// Value returns the value of a key in the file, and whether the file has it.
func (f File) Value(name string) (string, bool) {
	if value, set := f.Values[name]; set {
		return value, true
	}
	known, found := find(name)
	switch {
	case !found:
		return "", false
	case known.preset != "" || known.kind.check(""):
		return known.preset, true
	case IsSecret(name):
		return Placeholder(name), true
	default:
		return "", false
	}
}

// check returns all errors of the file by key: values that parsers would change,
// keys that they would confuse with others, a node without an address.
func (f File) check() error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if _, known := find(name); !known {
			faults = append(faults, fmt.Errorf("key %s: install.pl does not know it", name))
			continue
		}
		faults = append(faults, CheckValue(name, f.Values[name]))
	}
	for _, name := range []string{"VARserver_ip", "VARactive_keepalives"} {
		if _, set := f.Value(name); !set {
			faults = append(faults, fmt.Errorf("key %s: it has no value", name))
		}
	}
	seen := map[string]bool{}
	for _, extra := range f.Extra {
		faults = append(faults, CheckKey(extra.Key), CheckValue(extra.Key, extra.Value))
		if _, known := find(extra.Key); known || seen[extra.Key] {
			faults = append(faults, fmt.Errorf("key %s: it is in the file already", extra.Key))
		}
		seen[extra.Key] = true
	}
	return errors.Join(faults...)
}

// Text returns the text of the file: every key of install.pl, in its order, then
// the extra ones. Equal files have equal texts.
func (f File) Text() (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("# Written by Terraform. What is changed here is lost with the next apply.\n")
	for _, section := range sections {
		var lines strings.Builder
		for _, key := range section.keys {
			if value, set := f.Value(key.name); set {
				lines.WriteString(line(key.name, value))
			}
		}
		if lines.Len() > 0 {
			text.WriteString("\n# " + section.comment + "\n" + lines.String())
		}
	}
	if len(f.Extra) > 0 {
		text.WriteString("\n# Keys that install.pl does not know and leaves out when it writes this file\n")
		for _, extra := range f.Extra {
			text.WriteString(line(extra.Key, extra.Value))
		}
	}
	return text.String(), nil
}

func line(name, value string) string {
	return strings.TrimRight(name+" => "+value, " ") + "\n"
}

// placeholders returns the keys whose password is filled in on the node.
func (f File) placeholders() []string {
	return slices.DeleteFunc(Secrets(), func(name string) bool {
		value, _ := f.Value(name)
		return value != Placeholder(name)
	})
}

// Read parses a file as VICIdial's programs do and keeps unknown keys in their
// order. The notes describe, by key, values that differ from what the file seems to
// have.
func Read(text string) (File, []string) {
	file := File{Values: map[string]string{}}
	var notes []string
	values := Parse(text)
	for _, name := range Keys() {
		if value, set := values[name]; set {
			file.Values[name] = value
		}
	}
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		for name := range Parse(line) {
			if _, known := find(name); known || seen[name] {
				continue
			}
			seen[name] = true
			if err := CheckKey(name); err != nil {
				notes = append(notes, err.Error())
				continue
			}
			file.Extra = append(file.Extra, Setting{name, values[name]})
		}
	}
	return file, notes
}
