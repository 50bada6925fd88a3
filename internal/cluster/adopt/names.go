package adopt

import (
	"strconv"
	"strings"
)

// Names returns unique names for objects in a configuration. The zero value has no name.
// The same objects in the same order get the same names.
type Names struct{ given map[string]bool }

// beginning is put before a name that would begin with a digit.
var beginning = map[string]string{
	Server: "server", Template: "template", Settings: "settings", Split: "campaign", Route: "carrier", Floor: "floor", Remote: "agents", Number: "did", Numbers: "numbers",
}

// Of returns a name for an object: its title in lower case, with an underscore for
// invalid characters, and a number at the end if another object has the name.
func (n *Names) Of(kind, title string) string {
	name := identifier(title)
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = strings.TrimSuffix(beginning[kind]+"_"+name, "_")
	}
	for i, plain := 2, name; !n.Reserve(kind, name); i++ {
		name = plain + "_" + strconv.Itoa(i)
	}
	return name
}

// Reserve marks a name as used. It returns false if it is used already.
func (n *Names) Reserve(kind, name string) bool {
	if n.given == nil {
		n.given = map[string]bool{}
	}
	if n.given[kind+"."+name] {
		return false
	}
	n.given[kind+"."+name] = true
	return true
}

// letters replaces letters that are invalid in names.
var letters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "á", "a", "à", "a", "â", "a", "ã", "a", "å", "a",
	"í", "i", "ì", "i", "ó", "o", "ò", "o", "ô", "o", "õ", "o", "ø", "o", "ú", "u", "ù", "u", "ñ", "n", "ç", "c", "æ", "ae")

func identifier(title string) string {
	var name strings.Builder
	separate := false
	for _, letter := range letters.Replace(strings.ToLower(title)) {
		if letter >= 'a' && letter <= 'z' || letter >= '0' && letter <= '9' {
			if separate && name.Len() > 0 {
				name.WriteByte('_')
			}
			name.WriteRune(letter)
			separate = false
			continue
		}
		separate = true
	}
	return name.String()
}
