package seating

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fitNames derives the templates of the other names: the first that matches all
// rows, else none. The extension is part of the key of a phone, so a template must
// match.
func (a *adoption) fitNames(fullname int) error {
	number := func(p Phone) string { return p.DialplanNumber }
	if !a.fit("dialplan_number", number,
		placeSeat+placeIndex, placeSeat, placeIndexNot+placeSeat, placeIndex+placeSeat, placeSeat+placeIndexNot) && !a.countedNumbers() {
		a.indexNodes("dialplan_number", number)
	}
	extension := func(p Phone) string { return p.Extension }
	if !a.fit("extension", extension, placeSeat, placeSeat+placeSuffix, placeSuffix+placeSeat,
		placeSeat+placeIndex, placeIndexNot+placeSeat, placeIndex+placeSeat, a.naming("login"), a.naming("dialplan_number")) &&
		(a.usesIndex("dialplan_number") || !a.indexNodes("extension", extension)) {
		first := a.phones[0]
		return fmt.Errorf("the extension %s of phone %s and those of the others are not made of the seat in one way: such a floor cannot be described by one template", first.Extension, first.Login)
	}
	if !a.fit("voicemail_id", func(p Phone) string { return p.VoicemailID }, placeSeat, placeSeat+placeIndex, placeSeat+placeSuffix, a.naming("dialplan_number"), a.naming("extension")) {
		a.found.Naming["voicemail_id"] = ""
	}
	if fullname < 0 || !a.fit("fullname", func(p Phone) string { return p.Values[fullname].Text }, DefaultNaming["fullname"], placeSeat, "ext "+placeSeat) {
		a.found.Naming["fullname"] = ""
	}
	if len(a.titles) > 0 && !a.fit("alias_name", func(p Phone) string { return a.titles[p.Seat] }, DefaultNaming["alias_name"], placeSeat, a.alias.text) {
		a.found.Naming["alias_name"] = ""
	}
	return nil
}

// naming is the template that was found for a name.
func (a *adoption) naming(kind string) string {
	if text, own := a.found.Naming[kind]; own {
		return text
	}
	return DefaultNaming[kind]
}

func (a *adoption) usesIndex(kind string) bool {
	template, err := ParseNameTemplate(a.naming(kind))
	return err == nil && template.usesIndex()
}

// fit tries templates, and then those made from the first phone.
func (a *adoption) fit(kind string, name func(Phone) string, templates ...string) bool {
	if front, back, found := strings.Cut(name(a.phones[0]), a.phones[0].Seat); found {
		templates = append(templates, front+placeSeat+back, front+placeSeat+placeSuffix)
	}
	if a.seats.Len() == 1 && kind != "fullname" && kind != "alias_name" {
		templates = append(templates, name(a.phones[0]))
	}
	for _, text := range templates {
		template, err := ParseNameTemplate(text)
		if err != nil {
			continue
		}
		same := strings.EqualFold
		if kind == "fullname" || kind == "alias_name" { // for people, not for joins
			same = func(a, b string) bool { return a == b }
		}
		if !slices.ContainsFunc(a.phones, func(p Phone) bool { return !same(template.Name(p.Seat, a.labels[p.ServerIP]), name(p)) }) {
			a.found.name(kind, text)
			return true
		}
	}
	return false
}

// countedNumbers derives the index of each node where the dialplan numbers of a seat are
// its number and then others at equal distances, such as 101, 201 and 301.
func (a *adoption) countedNumbers() bool {
	above := map[string]int{}
	step := 0
	for _, p := range a.phones {
		seat, err := strconv.Atoi(p.Seat)
		number, wrong := strconv.Atoi(p.DialplanNumber)
		if err != nil || wrong != nil || number < seat {
			return false
		}
		if known, ok := above[p.ServerIP]; ok && known != number-seat {
			return false
		}
		above[p.ServerIP] = number - seat
		step = gcd(step, number-seat)
	}
	if step == 0 {
		return false
	}
	before := maps.Clone(a.labels)
	index := map[string]int{}
	differ := false
	for server, distance := range above {
		index[server] = distance / step
		differ = differ || a.labels[server].Index != index[server]
		a.labels[server] = Label{Suffix: a.labels[server].Suffix, Index: index[server]}
	}
	if !a.fit("dialplan_number", func(p Phone) string { return p.DialplanNumber }, fmt.Sprintf("{seat+%d}", step)) {
		a.labels = before
		return false
	}
	if differ {
		a.found.Index = index
	}
	return true
}

// indexNodes derives the index of each node from a name, when it differs from the
// index of the suffix. It reports false where the name has none.
func (a *adoption) indexNodes(kind string, name func(Phone) string) bool {
	for _, template := range []string{placeSeat + placeIndex, placeIndexNot + placeSeat, placeIndex + placeSeat} {
		numbers := map[string]int{}
		fits := true
		for _, p := range a.phones {
			front, back, found := strings.Cut(name(p), p.Seat)
			rest := back
			if template != placeSeat+placeIndex {
				rest = front
			}
			number, _ := strconv.Atoi(rest) // 0 for the empty text
			if known, counted := numbers[p.ServerIP]; !found || strings.Trim(rest, digits) != "" || len(rest) > 3 || counted && known != number {
				fits = false
				break
			}
			numbers[p.ServerIP] = number
		}
		if !fits {
			continue
		}
		before := maps.Clone(a.labels)
		for server, number := range numbers {
			a.labels[server] = Label{Suffix: a.labels[server].Suffix, Index: number}
		}
		if a.fit(kind, name, template) {
			a.found.Index = numbers
			return true
		}
		a.labels = before
	}
	return false
}
