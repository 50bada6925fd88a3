package adopt

import (
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// targetOf is the column with the target of a number, by its route.
var targetOf = map[string]string{
	"EXTEN": "extension", "VOICEMAIL": "voicemail_ext", "VMAIL_NO_INST": "voicemail_ext", "AGENT": "user",
	"PHONE": "server_ip", "IN_GROUP": "group_id", "CALLMENU": "menu_id",
}

// adoptNumbers returns a block for inbound numbers with one target, and an object for
// each other number.
func adoptNumbers(in Inventory) (objects []Object, omitted []Omitted) {
	singles, omitted := singleNumbers(in.DIDs)
	routed := map[string][]Object{}
	for _, did := range in.DIDs {
		i := slices.IndexFunc(singles, func(o Object) bool { return o.ID == did["did_pattern"].Text })
		if i < 0 {
			continue
		}
		single := singles[i]
		singles = slices.Delete(singles, i, i+1)
		if cluster.ReservedDID(single.ID) {
			objects = append(objects, single)
			continue
		}
		kind := did["did_route"].Text
		title := strings.TrimSpace(kind + " " + did[targetOf[kind]].Text)
		routed[title] = append(routed[title], single)
	}
	for _, title := range slices.Sorted(maps.Keys(routed)) {
		objects = append(objects, block(title, routed[title])...)
	}
	return objects, omitted
}

// block makes one object of several numbers.
func block(title string, singles []Object) []Object {
	if len(singles) == 1 {
		return singles
	}
	named := strings.NewReplacer("=", "-", ",", "-").Replace(title)
	join := func(some []Object) Object {
		o := Object{Kind: Numbers, Title: named, Seats: make([]string, 0, len(some))}
		for _, single := range some {
			o.Rows = append(o.Rows, single.Rows...)
			o.Seats = append(o.Seats, single.ID)
		}
		o.ID = named + "=" + strings.Join(ranges.Of(o.Seats).Ranges(), ",")
		return o
	}
	all := join(singles)
	all.Parts = singles
	all.Join = func(parts []int) Object {
		chosen := make([]Object, 0, len(parts))
		for _, part := range parts {
			chosen = append(chosen, singles[part])
		}
		return join(chosen)
	}
	return []Object{all}
}
