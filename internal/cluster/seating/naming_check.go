package seating

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The characters that the agent login page accepts (www/agc/vicidial.php lines 970
// and 971, docs/vicidial/agent-login.md#login-characters). It drops others
// silently, so that a name with one can be saved but never log in.
const (
	typedCharacters  = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	secretCharacters = typedCharacters + "-_"
	phoneCharacters  = typedCharacters + "-*#.:/@_" // phones.extension, by the admin page
)

// RowViolation is the error of one row of a floor.
type RowViolation struct {
	Table cluster.Table
	Row   string // such as "phone 2000a" or "alias 2000"
	Err   error
	// Existing reports that the row exists, with the wanted name.
	Existing bool
}

func (f *RowViolation) Error() string { return f.Row + ": " + f.Err.Error() }
func (f *RowViolation) Unwrap() error { return f.Err }

// CheckPhonePassword returns an error for a password with which agents could not
// log in.
func CheckPhonePassword(password string) error {
	if len(password) < 2 {
		return errors.New("a phone password has at least 2 characters")
	}
	if strings.Trim(password, secretCharacters) != "" {
		return errors.New("a phone password may hold letters, digits, - and _ only: the agent login page drops every other character")
	}
	return nil
}

func checkName(kind, name, allowed string, least, most int) error {
	switch {
	case len(name) < least:
		return fmt.Errorf("the %s %q has fewer than %d characters", kind, name, least)
	case len(name) > most:
		return fmt.Errorf("the %s %q has %d characters, the column holds %d", kind, name, len(name), most)
	}
	if strange := strings.Trim(name, allowed); strange != "" {
		if i := strings.IndexFunc(name, func(r rune) bool { return !strings.ContainsRune(allowed, r) }); i >= 0 {
			strange = string([]rune(name[i:])[:1])
		}
		return fmt.Errorf("the %s %q holds %q, which VICIdial drops: it would never be found again", kind, name, strange)
	}
	return nil
}

// The widths of the columns in the newest schema (docs/vicidial/schema.md#phones,
// docs/vicidial/schema.md#phones_alias). [cluster.Schema.Check] checks those of
// older schemas, which may be smaller.
const (
	maxLogin          = 15
	maxExtension      = 100
	maxDialplanNumber = 20
	maxVoicemailID    = 10
	maxAliasID        = 20
	maxLoginsList     = 255
)

// check checks the names of one phone. Logins that agents type, without an alias,
// may have only the characters of the login page; it does not filter those in an
// alias.
func (p Phone) check(typed bool) error {
	login := secretCharacters
	if typed {
		login = typedCharacters
	}
	return errors.Join(
		checkName("login", p.Login, login, 2, maxLogin),
		checkName("extension", p.Extension, phoneCharacters, 1, maxExtension),
		checkName("dialplan number", p.DialplanNumber, "0123456789", 1, maxDialplanNumber),
		checkName("voicemail id", p.VoicemailID, typedCharacters, 0, maxVoicemailID),
	)
}

func (a PhoneAlias) check() error {
	err := checkName("alias id", a.ID, typedCharacters, 2, maxAliasID)
	if list := a.List; len(list) > maxLoginsList {
		err = errors.Join(err, fmt.Errorf("its logins make a list of %d characters, the column holds %d: lower nodes_per_seat or shorten the logins",
			len(list), maxLoginsList))
	}
	return err
}

// Check returns the first errors of wanted rows: invalid names, and rows that
// conflict with one another. own are the rows that the floor has.
func (f FloorRows) Check(own FloorRows) []*RowViolation {
	var violations []*RowViolation
	existing, count := own.named(), map[bool]int{}
	logins, dialplans := map[string]string{}, map[string]string{}
	typed := len(f.Aliases) == 0
	add := func(table cluster.Table, row string, err error) {
		stands := existing[row]
		if err != nil && count[stands] < maxViolations {
			violations = append(violations, &RowViolation{Table: table, Row: row, Err: err, Existing: stands})
			count[stands]++
		}
	}
	for _, p := range f.Phones {
		existing[p.title()] = existing[p.title()] && existing[p.names()]
		add(cluster.TablePhones, p.title(), p.check(typed))
		login := strings.ToLower(p.Login)
		if other, taken := logins[login]; taken {
			add(cluster.TablePhones, p.title(), fmt.Errorf("its login is that of seat %s as well", other))
		}
		logins[login] = p.Seat
		number := p.ServerIP + " " + p.DialplanNumber
		if other, taken := dialplans[number]; taken && other != p.Seat {
			add(cluster.TablePhones, p.title(), fmt.Errorf("its dialplan number %s is that of seat %s on this server as well", p.DialplanNumber, other))
		}
		dialplans[number] = p.Seat
	}
	aliases := map[string]string{}
	for _, a := range f.Aliases {
		add(cluster.TableAliases, a.title(), a.check())
		id := strings.ToLower(a.ID)
		if seat, taken := logins[id]; taken {
			add(cluster.TableAliases, a.title(), fmt.Errorf("the phone of seat %s has this login: VICIdial would take it for the alias", seat))
		}
		if seat, taken := aliases[id]; taken {
			add(cluster.TableAliases, a.title(), fmt.Errorf("seat %s has this alias as well", seat))
		}
		aliases[id] = a.Seat
	}
	return violations
}

// named returns the titles of the rows, and the names of each phone.
func (f FloorRows) named() map[string]bool {
	named := make(map[string]bool, 2*len(f.Phones)+len(f.Aliases))
	for _, p := range f.Phones {
		named[p.title()], named[p.names()] = true, true
	}
	for _, a := range f.Aliases {
		named[a.title()] = true
	}
	return named
}

// names returns the columns that name a phone, as one text.
func (p Phone) names() string {
	return strings.Join([]string{p.ServerIP, p.Login, p.Extension, p.DialplanNumber}, "\n")
}

// maxViolations limits the reported rows, since a wrong template makes every row wrong.
const maxViolations = 5
