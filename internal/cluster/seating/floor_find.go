package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// FoundFloor is a floor among all rows, with a name that nothing else has.
type FoundFloor struct {
	Name string
	Adopted
}

// FindFloors gathers all aliases that lead to phones into floors: those that are
// numbered alike and whose logins name the servers alike. An alias whose logins
// do not name its number is no seat; a floor that one declaration cannot describe
// is left out.
func FindFloors(all FloorRows) []FoundFloor {
	rows := all.index()
	groups := map[string][]*seatGroup{}
	for _, alias := range all.Aliases {
		before, number, after := aroundNumber(alias.ID)
		front, suffixes, named := namesOf(alias, number, all, rows)
		if number == "" || !named {
			continue
		}
		key := before + placeSeat + after
		at := slices.IndexFunc(groups[key], func(g *seatGroup) bool { return g.takes(front, suffixes) })
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

// seatGroup is aliases that one declaration may hold.
type seatGroup struct {
	ids      []string
	front    string            // what logins have before the seat
	suffixes map[string]string // and after it, by server_ip
}

// takes says whether logins fit: one suffix for each server, and one server for
// each suffix.
func (g *seatGroup) takes(front string, suffixes map[string]string) bool {
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

// namesOf reads what the logins of an alias have around its number.
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
