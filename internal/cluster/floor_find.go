package cluster

import (
	"maps"
	"slices"
	"strings"
)

// FoundFloor is a floor among all rows, with a name that nothing else has.
type FoundFloor struct {
	Name string
	Adopted
}

// FindFloors groups all aliases that lead to phones into floors: those that are
// numbered alike. A group that one declaration cannot describe is left out.
func FindFloors(all FloorRows) []FoundFloor {
	rows := all.index()
	groups := map[string][]string{}
	for _, alias := range all.Aliases {
		before, number, after := aroundNumber(alias.ID)
		if number == "" {
			continue
		}
		if slices.ContainsFunc(alias.Logins, func(login string) bool {
			_, found := rows.logins[strings.ToLower(login)]
			return found
		}) {
			key := before + placeSeat + after
			groups[key] = append(groups[key], alias.ID)
		}
	}
	var floors []FoundFloor
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		if found, err := AdoptFloor(groups[key], all); err == nil {
			name := "floor"
			if rest := strings.ReplaceAll(key, placeSeat, ""); rest != "" {
				name += "-" + rest
			}
			floors = append(floors, FoundFloor{Name: name, Adopted: found})
		}
	}
	return floors
}
