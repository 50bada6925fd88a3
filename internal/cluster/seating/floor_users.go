package seating

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// WithoutUsersOf returns the rows without the users of the given seats, who keep their
// login when the floor stops assigning users.
func (f FloorRows) WithoutUsersOf(stay Seats) FloorRows {
	f.Users = slices.DeleteFunc(slices.Clone(f.Users), func(u SeatUser) bool {
		_, stays := stay.Index(u.Seat)
		return stays
	})
	return f
}

// PreviousUsers returns the users that still have the login of f, with the login that
// they had before.
func (f FloorRows) PreviousUsers(before, now FloorRows) []SeatUser {
	indexBefore, indexNow := before.index(), now.index()
	var users []SeatUser
	for _, u := range f.Users {
		earlier, known := indexBefore.users()[strings.ToLower(u.User)]
		at, found := indexNow.users()[strings.ToLower(u.User)]
		if known && found && now.Users[at].PhoneLogin == u.PhoneLogin {
			users = append(users, SeatUser{Seat: u.Seat, User: now.Users[at].User, PhoneLogin: before.Users[earlier].PhoneLogin})
		}
	}
	return users
}

// ReplacedLogins describes the users whose phone login a plan replaces.
func ReplacedLogins(p cluster.Plan) []string {
	var users []string
	for _, step := range p.Steps {
		if step.Table != cluster.TableUsers || step.Verb != cluster.Update {
			continue
		}
		for i, user := range step.In {
			if old := step.Old[i].Text; old != "" && step.New[i].Text != "" {
				users = append(users, user.Text+" (now "+old+")")
			}
		}
	}
	return users
}

// DanglingReferences describes other aliases and users that refer to phones and aliases
// which a plan deletes. VICIdial does not check this, and they could not log in. A
// login that another phone has as well, or one that the plan inserts, as on the new
// address of a server, leads somewhere still.
func DanglingReferences(p cluster.Plan, all FloorRows) []string {
	logins, aliases, written := map[string]bool{}, map[string]bool{}, map[string]bool{}
	phones := map[string]int{}
	for _, phone := range all.Phones {
		phones[strings.ToLower(phone.Login)]++
	}
	for _, step := range p.Steps {
		for _, row := range step.Rows {
			if step.Table == cluster.TablePhones {
				phones[strings.ToLower(row["login"].Text)]++
			}
		}
		for i, in := range step.In {
			switch {
			case step.Table == cluster.TableUsers, step.Table == cluster.TableAliases && step.Column == "logins_list" && step.Verb == cluster.Update:
				written[string(step.Table)+strings.ToLower(in.Text)] = true
			case step.Verb == cluster.Delete && step.Table == cluster.TablePhones:
				login := strings.ToLower(step.Old[i].Text)
				phones[login]--
				logins[login] = true
			case step.Verb == cluster.Delete && step.Table == cluster.TableAliases:
				aliases[strings.ToLower(in.Text)] = true
			}
		}
	}
	maps.DeleteFunc(logins, func(login string, _ bool) bool { return phones[login] > 0 })
	if len(logins)+len(aliases) == 0 {
		return nil
	}
	var references []string
	for _, a := range all.Aliases {
		id := strings.ToLower(a.ID)
		listed := a.Logins()
		index := slices.IndexFunc(listed, func(login string) bool { return logins[strings.ToLower(login)] })
		if index >= 0 && !aliases[id] && !written[string(cluster.TableAliases)+id] {
			references = append(references, "alias "+a.ID+" lists "+listed[index])
		}
	}
	for _, u := range all.Users {
		login := strings.ToLower(u.PhoneLogin)
		if (aliases[login] && phones[login] <= 0 || logins[login]) && !written[string(cluster.TableUsers)+strings.ToLower(u.User)] {
			references = append(references, "user "+u.User+" logs in with "+u.PhoneLogin)
		}
	}
	return references
}
