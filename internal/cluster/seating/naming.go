package seating

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// NameTemplate is a template for the name of a seat on a node, with the
// placeholders {seat}, {suffix}, {index}, {index?} and {seat+N}. {index} is the index
// of the suffix (a is 0, b is 1, aa is 26) unless the node has its own; {index?} is the
// same, and empty for 0. {seat+100} is the number of the seat plus 100 times the index.
//
// All conventions of docs/vicidial/agent-login.md#naming-conventions are templates.
// VICIdial's sample of 151 phones has logins {seat}{suffix} and dialplan numbers
// {seat}{index}; the bulk page has dialplan numbers {index?}{seat};
// create-phone-alias.pl has extensions {seat}{suffix} and alias ids {seat}x.
type NameTemplate struct {
	text  string
	parts []string // alternating literal text and placeholders, beginning with text
}

const (
	placeSeat     = "{seat}"
	placeSuffix   = "{suffix}"
	placeIndex    = "{index}"
	placeIndexNot = "{index?}"
)

var seatPlus = regexp.MustCompile(`^\{seat\+([1-9][0-9]{0,6})\}$`)

// plus returns the seat plus the step of {seat+STEP} for each index, as wide as the
// seat; a seat that is no number stays as it is.
func plus(place, seat string, index int) string {
	step, _ := strconv.Atoi(seatPlus.FindStringSubmatch(place)[1])
	number, err := strconv.Atoi(seat)
	if err != nil {
		return seat
	}
	return fmt.Sprintf("%0*d", len(seat), number+step*index)
}

// ParseNameTemplate parses a template. The error names the invalid part.
func ParseNameTemplate(text string) (NameTemplate, error) {
	if err := cluster.CheckOneLine(text); err != nil {
		return NameTemplate{}, fmt.Errorf("%q %w", text, err)
	}
	t := NameTemplate{text: text, parts: []string{""}}
	for rest := text; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			t.parts[len(t.parts)-1] += rest
			break
		}
		t.parts[len(t.parts)-1] += rest[:open]
		end := strings.IndexByte(rest[open:], '}')
		if rest[open] == '}' || end < 0 {
			return NameTemplate{}, fmt.Errorf("%q: unmatched brace", text)
		}
		place := rest[open : open+end+1]
		if !slices.Contains([]string{placeSeat, placeSuffix, placeIndex, placeIndexNot}, place) && !seatPlus.MatchString(place) {
			return NameTemplate{}, fmt.Errorf("%q: %s is not one of %s, %s, %s, %s, {seat+N}", text, place, placeSeat, placeSuffix, placeIndex, placeIndexNot)
		}
		t.parts = append(t.parts, place, "")
		rest = rest[open+end+1:]
	}
	return t, nil
}

func (t NameTemplate) String() string { return t.text }

// perNode reports whether names depend on the node.
func (t NameTemplate) perNode() bool {
	return strings.Contains(t.text, placeSuffix) || t.usesIndex()
}

// perSeat reports whether names depend on the seat.
func (t NameTemplate) perSeat() bool { return strings.Contains(t.text, placeSeat) || t.counts() }

// counts reports whether the template has a {seat+N}.
func (t NameTemplate) counts() bool { return strings.Contains(t.text, "{seat+") }

// usesIndex reports whether names depend on the index of the node.
func (t NameTemplate) usesIndex() bool {
	return strings.Contains(t.text, placeIndex) || strings.Contains(t.text, placeIndexNot) || t.counts()
}

// Name returns the name of a seat on a node.
func (t NameTemplate) Name(seat string, label Label) string {
	name := ""
	for i := range t.parts {
		name += t.part(i, seat, label)
	}
	return name
}

// is reports whether a name is that of a seat on a node, ignoring case.
func (t NameTemplate) is(name, seat string, label Label) bool {
	for i := range t.parts {
		part := t.part(i, seat, label)
		if len(name) < len(part) || !strings.EqualFold(name[:len(part)], part) {
			return false
		}
		name = name[len(part):]
	}
	return name == ""
}

// part returns a part of the name of a seat on a node.
func (t NameTemplate) part(i int, seat string, label Label) string {
	switch part := t.parts[i]; {
	case i%2 == 0:
		return part
	case part == placeSeat:
		return seat
	case part == placeSuffix:
		return label.Suffix
	case part == placeIndexNot && label.Index == 0:
		return ""
	case part == placeIndex, part == placeIndexNot:
		return strconv.Itoa(label.Index)
	default:
		return plus(part, seat, label.Index)
	}
}

// Label is the suffix and index of a node.
type Label struct {
	Suffix string
	Index  int
}

// IndexOf returns the index of a suffix of up to three letters: a is 0, z is 25, aa is 26.
// It reports false for any other suffix, whose node has to set its index.
func IndexOf(suffix string) (int, bool) {
	if suffix == "" || len(suffix) > 3 {
		return 0, false
	}
	index := 0
	for _, letter := range []byte(strings.ToLower(suffix)) {
		if letter < 'a' || letter > 'z' {
			return 0, false
		}
		index = index*26 + int(letter-'a') + 1
	}
	return index - 1, true
}

// Naming has the templates of the names of a floor.
type Naming struct {
	Login          NameTemplate
	Extension      NameTemplate
	DialplanNumber NameTemplate
	VoicemailID    NameTemplate // voicemail_id is not managed if empty; a new phone takes that of its seat
	FullName       NameTemplate // fullname is not managed if empty
	AliasID        NameTemplate // if empty, seats have no alias and agents type the login
	AliasName      NameTemplate // alias_name is not managed if empty
}

// UsesIndex reports whether some name depends on the index of the node.
func (n Naming) UsesIndex() bool {
	return n.Login.usesIndex() || n.Extension.usesIndex() || n.DialplanNumber.usesIndex() || n.VoicemailID.usesIndex() || n.FullName.usesIndex()
}

// HasAlias reports whether seats have an alias.
func (n Naming) HasAlias() bool { return n.AliasID.text != "" }

// DefaultNaming has the templates of VICIdial's sample of 151 phones on three
// servers (docs/vicidial/agent-login.md#sample-aliases).
var DefaultNaming = map[string]string{
	"login": "{seat}{suffix}", "extension": "{seat}", "dialplan_number": "{seat}{index}", "voicemail_id": "{seat}",
	"fullname": "station {seat}", "alias_id": "{seat}", "alias_name": "{seat} phone",
}

// Omitted returns the keyword that omits a name. An empty string means the same, but
// generated configuration writes it as null, which is the default.
func Omitted(name string) string {
	switch name {
	case "alias_id":
		return "none" // seats have no alias
	case "fullname", "alias_name", "voicemail_id":
		return "keep" // the column is not managed
	}
	return ""
}

// ParseNaming parses templates by the names of [DefaultNaming], which has the
// default of each. An error is a [NamingError].
func ParseNaming(texts map[string]string) (Naming, error) {
	var n Naming
	for _, template := range n.templates() {
		text, given := texts[template.name]
		if !given {
			text = DefaultNaming[template.name]
		}
		if text == Omitted(template.name) {
			text = ""
		}
		parsed, err := ParseNameTemplate(text)
		if err != nil {
			return Naming{}, &NamingError{Name: template.name, Err: err}
		}
		*template.NameTemplate = parsed
	}
	return n, nil
}

type namedTemplate struct {
	name string
	*NameTemplate
}

// templates returns the templates in the order in which their errors are reported.
func (n *Naming) templates() []namedTemplate {
	return []namedTemplate{
		{"login", &n.Login},
		{"extension", &n.Extension},
		{"dialplan_number", &n.DialplanNumber},
		{"voicemail_id", &n.VoicemailID},
		{"alias_id", &n.AliasID},
		{"fullname", &n.FullName},
		{"alias_name", &n.AliasName},
	}
}

// NamingError is the error of one template.
type NamingError struct {
	Name string // as in [DefaultNaming]
	Err  error
}

func (e *NamingError) Error() string { return e.Name + " " + e.Err.Error() }
func (e *NamingError) Unwrap() error { return e.Err }

// Check returns the error of the first template that is invalid for a number of seats
// with perSeat nodes each. A single seat may have names without its number, as phones
// have that were named after a person; its login has the number.
func (n Naming) Check(seats, perSeat int) error {
	wrong := func(name string, t NameTemplate, why string) error {
		return &NamingError{Name: name, Err: fmt.Errorf("%q %s", t.text, why)}
	}
	for _, t := range n.templates()[:5] { // the names of a phone and of an alias differ from seat to seat
		alone := seats == 1 && t.text != "" && t.name != "login" && t.name != "alias_id"
		switch {
		case !t.perSeat() && !alone && (t.text != "" || Omitted(t.name) == ""):
			return wrong(t.name, *t.NameTemplate, "does not name the seat: every seat would have the same; write {seat} into it")
		case t.counts() && (t.name == "login" || t.name == "extension"):
			return wrong(t.name, *t.NameTemplate, "has {seat+N}, from which the seat cannot be derived; only dialplan_number, voicemail_id and fullname may have it")
		}
	}
	switch {
	case n.AliasID.perNode():
		return wrong("alias_id", n.AliasID, "names the node, but a seat has one alias for all its nodes")
	case n.AliasName.perNode():
		return wrong("alias_name", n.AliasName, "names the node, but a seat has one alias for all its nodes")
	case !n.HasAlias() && perSeat > 1:
		return wrong("alias_id", n.AliasID, "gives no alias, but only an alias can list more than one node per seat")
	case perSeat > 1 && !n.Login.perNode():
		return wrong("login", n.Login, "is the same on each node of a seat; write {suffix} into it")
	case n.HasAlias() && n.AliasID.text == n.Login.text:
		return wrong("alias_id", n.AliasID, "is the login itself: VICIdial would never reach the phone behind the alias")
	}
	return nil
}
