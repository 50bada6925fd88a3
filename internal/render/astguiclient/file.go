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
	// Values are those of the keys that install.pl knows, by key. A key that
	// is left out is written with install.pl's own value; the passwords of the
	// database, for which that would be a shipped one, with a placeholder.
	Values map[string]string
	// Extra are keys that install.pl does not know. They stay in their order.
	Extra []Setting
}

// Value returns what the file will say for a key, and whether it will say
// anything.
func (f File) Value(name string) (string, bool) {
	if value, set := f.Values[name]; set {
		return value, true
	}
	known, found := find(name)
	switch {
	case !found:
		return "", false
	case known.standard != "" || known.kind.check(""):
		return known.standard, true
	case IsSecret(name):
		return Placeholder(name), true
	default:
		return "", false
	}
}

// Check says all that is wrong with the file, each by its key: values that the
// readers would mangle, keys that they would take for others, a node that does
// not say who it is.
func (f File) Check() error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if _, known := find(name); !known {
			faults = append(faults, fmt.Errorf("key %s: install.pl does not know it", name))
			continue
		}
		faults = append(faults, CheckValue(name, f.Values[name]))
	}
	for _, name := range []string{"VARserver_ip", "VARactive_keepalives"} {
		if _, said := f.Value(name); !said {
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

// Text returns the file as bytes: every key that install.pl writes, in its
// order, then the extra ones. The same file gives the same text every time.
func (f File) Text() (string, error) {
	if err := f.Check(); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("# Written by Terraform. What is changed here is lost with the next apply.\n")
	for _, section := range sections {
		var lines strings.Builder
		for _, key := range section.keys {
			if value, said := f.Value(key.name); said {
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

// Placeholders returns the keys whose password is filled in on the node.
func (f File) Placeholders() []string {
	return slices.DeleteFunc(Secrets(), func(name string) bool {
		value, _ := f.Value(name)
		return value != Placeholder(name)
	})
}

// Read reads a file as VICIdial's programs do and keeps what they do not know,
// in its order. The notes tell, by key, where the file says something else
// than it seems to.
func Read(text string) (File, []string) {
	file := File{Values: map[string]string{}}
	var notes []string
	values := Parse(text)
	for _, name := range Keys() {
		if value, said := values[name]; said {
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
