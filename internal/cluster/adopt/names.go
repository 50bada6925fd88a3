package adopt

import (
	"strconv"
	"strings"
)

// Names gives objects names that a configuration can hold. The zero value has given
// none. One object after the other in a fixed order gets the same names again.
type Names struct{ given map[string]bool }

// beginning is put before a name that would begin with a digit.
var beginning = map[string]string{
	Server: "server", Template: "template", Settings: "settings", Split: "campaign", Route: "carrier", Floor: "floor", Remote: "agents", Number: "did", Numbers: "numbers",
}

// Of returns a name for an object: its title in lower case, with what no name holds
// made an underscore, and a number behind it where another object has that name.
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

// letters are what becomes of letters that no name holds, as they are spoken.
var letters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "á", "a", "à", "a", "â", "a", "ã", "a", "å", "a",
	"í", "i", "ì", "i", "ó", "o", "ò", "o", "ô", "o", "õ", "o", "ø", "o", "ú", "u", "ù", "u", "ñ", "n", "ç", "c", "æ", "ae")

func identifier(title string) string {
	var name strings.Builder
	apart := false
	for _, letter := range letters.Replace(strings.ToLower(title)) {
		if letter >= 'a' && letter <= 'z' || letter >= '0' && letter <= '9' {
			if apart && name.Len() > 0 {
				name.WriteByte('_')
			}
			name.WriteRune(letter)
			apart = false
			continue
		}
		apart = true
	}
	return name.String()
}
