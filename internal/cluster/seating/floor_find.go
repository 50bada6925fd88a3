package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// FoundFloor is a floor among all rows, with a unique name.
type FoundFloor struct {
	Name string
	Adopted
}

// FindFloors groups the aliases that have phones into floors: those with the same
// text around the number and the same suffix for each server. It omits aliases
// whose logins do not contain the number, and floors that one declaration cannot
// describe.
func FindFloors(all FloorRows) []FoundFloor {
	rows := all.index()
	groups := map[string][]*seatGroup{}
	for _, alias := range all.Aliases {
		before, number, after := splitAtNumber(alias.ID)
		front, suffixes, named := namesOf(alias, number, all, rows)
		if number == "" || !named {
			continue
		}
		key := before + placeSeat + after
		at := slices.IndexFunc(groups[key], func(g *seatGroup) bool { return g.accepts(front, suffixes) })
		if at < 0 {
			at = len(groups[key])
			groups[key] = append(groups[key], &seatGroup{front: front, suffixes: map[string]string{}})
		}
		group := groups[key][at]
		maps.Copy(group.suffixes, suffixes)
		group.ids = append(group.ids, alias.ID)
	}
	var floors []FoundFloor
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		name := "floor"
		if rest := strings.ReplaceAll(key, placeSeat, ""); rest != "" {
			name += "-" + rest
		}
		found := 0
		for _, group := range groups[key] {
			adopted, err := AdoptFloor(group.ids, all)
			if err != nil {
				continue
			}
			one := FoundFloor{Name: name, Adopted: adopted}
			if found++; found > 1 {
				one.Name = fmt.Sprintf("%s-%d", name, found)
			}
			floors = append(floors, one)
		}
	}
	return floors
}

// seatGroup is a group of aliases that one declaration can describe.
type seatGroup struct {
	ids      []string
	front    string            // what logins have before the seat
	suffixes map[string]string // and after it, by server_ip
}

// accepts reports whether logins match: one suffix for each server, and one server
// for each suffix.
func (g *seatGroup) accepts(front string, suffixes map[string]string) bool {
	if g.front != front {
		return false
	}
	for server, suffix := range suffixes {
		for other, taken := range g.suffixes {
			if (server == other) != (suffix == taken) {
				return false
			}
		}
	}
	return true
}

// namesOf returns the text of an alias' logins before and after its number.
func namesOf(alias PhoneAlias, number string, all FloorRows, rows floorIndex) (front string, suffixes map[string]string, named bool) {
	suffixes = map[string]string{}
	for _, login := range alias.Logins {
		at, found := rows.logins[strings.ToLower(strings.TrimSpace(login))]
		if !found {
			continue
		}
		phone := all.Phones[at]
		before, suffix, has := strings.Cut(strings.ToLower(phone.Login), number)
		if !has || len(suffixes) > 0 && before != front {
			return "", nil, false
		}
		front, suffixes[phone.ServerIP] = before, suffix
	}
	return front, suffixes, len(suffixes) > 0
}
