package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Phone is one row of phones: a seat on a node.
type Phone struct {
	Seat      string // the seat of the phone; not a column
	*PhoneRow        // not to be modified: copies of the phone share it
}

// PhoneRow has the columns of a phone.
type PhoneRow struct {
	ServerIP       string
	Login          string
	Extension      string
	DialplanNumber string
	VoicemailID    string
	// Values are the columns that [FloorRows.Columns] lists, in that order.
	Values []cluster.Value
}

// phoneKey is the unique key of a phone, extension and server_ip, ignoring case
// (docs/vicidial/schema.md#collations).
type phoneKey struct{ server, extension string }

func (p Phone) key() phoneKey { return phoneKey{p.ServerIP, strings.ToLower(p.Extension)} }

func (p Phone) title() string { return "phone " + p.Login + " on " + p.ServerIP }

// PhoneAlias is one row of phones_alias, whose id the agent of a seat types.
type PhoneAlias struct {
	Seat      string // not a column
	*AliasRow        // not to be modified: copies of the alias share it
}

// AliasRow has the columns of an alias.
type AliasRow struct {
	ID    string
	Name  string
	List  string // logins_list, in the order that decides ties
	Group string // user_group
}

// Logins returns the logins of the list.
func (a PhoneAlias) Logins() []string {
	if a.List == "" {
		return nil
	}
	return strings.Split(a.List, ",")
}

func (a PhoneAlias) title() string { return "alias " + a.ID }

// SeatUser is the phone login of one row of vicidial_users.
type SeatUser struct {
	Seat       string // not a column
	User       string
	PhoneLogin string
}

// FloorRows are rows of phones, phones_alias and vicidial_users: the wanted ones of
// a declaration, the owned ones, or all.
type FloorRows struct {
	Columns []string // the further columns of the phones
	Phones  []Phone  // of a declaration: by seat, then in alias order
	Aliases []PhoneAlias
	Users   []SeatUser
	// Mailboxes are ids in vicidial_voicemail, which share a namespace with the
	// voicemail ids of phones (docs/vicidial/schema.md#mailbox-namespace). They are
	// set only when the value has all rows.
	Mailboxes []string
}

// FloorStyle describes the rows of a floor.
type FloorStyle struct {
	Naming Naming
	Labels map[string]Label // of each node, by server_ip
	Phone  cluster.Row      // columns that all phones share
	// Secrets are further columns, whose values depend on the existing rows.
	Secrets []Secret
	// Seats has the overrides of single seats, by seat.
	Seats      map[string]cluster.Row
	AliasGroup string // user_group of the aliases; not managed if empty
	Users      bool   // whether users of the seats' numbers get their login
}

// Columns returns the phone columns that the style sets, sorted.
func (s FloorStyle) Columns() []string {
	columns := map[string]bool{}
	if s.Naming.FullName.text != "" {
		columns["fullname"] = true
	}
	for column := range s.Phone {
		columns[column] = true
	}
	for _, secret := range s.Secrets {
		columns[secret.Column] = true
	}
	for _, row := range s.Seats {
		for column := range row {
			columns[column] = true
		}
	}
	return slices.Sorted(maps.Keys(columns))
}

// Rows returns the rows of a placement; own are those that the floor has. A column that
// is overridden for single seats must be set for all phones too.
func (s FloorStyle) Rows(p *Placement, own FloorRows) (FloorRows, error) {
	var rows FloorRows
	if seats := p.Seats().Len(); seats > 0 {
		rows = FloorRows{Phones: make([]Phone, 0, seats*max(1, len(p.at(0)))), Aliases: make([]PhoneAlias, 0, seats)}
	}
	return s.appendRows(rows, p, own, func(int, []Phone, []PhoneAlias) bool { return true })
}

// appendRows appends all users, and the phones and aliases of the seats that keep wants.
func (s FloorStyle) appendRows(rows FloorRows, p *Placement, own FloorRows, keep func(position int, phones []Phone, aliases []PhoneAlias) bool) (FloorRows, error) {
	rows.Columns = s.Columns()
	shared := make([]cluster.Value, len(rows.Columns))
	for i, column := range rows.Columns {
		shared[i] = s.Phone[column]
	}
	// Of one seat, and used again unless they are kept.
	var phoneRows []PhoneRow
	var values []cluster.Value
	aliasRow, logins := new(AliasRow), []string(nil)
	fullname := slices.Index(rows.Columns, "fullname")
	_, named := s.Phone["fullname"]
	named = named || s.Naming.FullName.text == ""
	fillers := make([]func([]Phone), 0, len(s.Secrets))
	for _, secret := range s.Secrets {
		fillers = append(fillers, secret.filler(slices.Index(rows.Columns, secret.Column), own))
	}
	for position, seat := range p.Seats().All() {
		nodes := p.at(position)
		phones, aliases, login := len(rows.Phones), len(rows.Aliases), ""
		phoneRows, values, logins = slices.Grow(phoneRows[:0], len(nodes)), slices.Grow(values[:0], len(nodes)*len(shared)), logins[:0]
		for _, node := range nodes {
			label, known := s.Labels[node]
			if !known {
				return FloorRows{}, fmt.Errorf("seat %s: server %s has no suffix", seat, node)
			}
			values = append(values, shared...)
			phoneRows = append(phoneRows, PhoneRow{
				ServerIP:       node,
				Login:          s.Naming.Login.Name(seat, label),
				Extension:      s.Naming.Extension.Name(seat, label),
				DialplanNumber: s.Naming.DialplanNumber.Name(seat, label),
				VoicemailID:    s.Naming.VoicemailID.Name(seat, label),
				Values:         slices.Clip(values[len(values)-len(shared):]),
			})
			phone := Phone{seat, &phoneRows[len(phoneRows)-1]}
			if !named {
				phone.Values[fullname] = cluster.Text(s.Naming.FullName.Name(seat, label))
			}
			if own := s.Seats[seat]; len(own) > 0 {
				for i, column := range rows.Columns {
					if value, set := own[column]; set {
						phone.Values[i] = value
					}
				}
			}
			rows.Phones = append(rows.Phones, phone)
			logins = append(logins, phone.Login)
			login = phone.Login
		}
		if s.Naming.HasAlias() && len(nodes) > 0 {
			*aliasRow = AliasRow{s.Naming.AliasID.Name(seat, Label{}), s.Naming.AliasName.Name(seat, Label{}), strings.Join(logins, ","), s.AliasGroup}
			login = aliasRow.ID
			rows.Aliases = append(rows.Aliases, PhoneAlias{seat, aliasRow})
		}
		if s.Users && len(nodes) > 0 {
			rows.Users = append(rows.Users, SeatUser{Seat: seat, User: seat, PhoneLogin: login})
		}
		for _, fill := range fillers {
			fill(rows.Phones[phones:])
		}
		if keep(position, rows.Phones[phones:], rows.Aliases[aliases:]) {
			phoneRows, values, aliasRow = nil, nil, new(AliasRow)
		} else {
			rows.Phones, rows.Aliases = rows.Phones[:phones], rows.Aliases[:aliases]
		}
	}
	return rows, nil
}
