package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Adopted is the declaration of existing rows. Its plan is empty, or as small as
// the rows allow.
type Adopted struct {
	Seats        Seats
	Nodes        []FloorNode
	NodesPerSeat int
	KeepOrder    bool
	Naming       map[string]string // templates other than those of [DefaultNaming]
	Index        map[string]int    // indexes of nodes that differ from [IndexOf] of the suffix
	phones       []Phone           // with their seats
}

// AdoptFloor returns the declaration of the rows with the given alias ids:
// "2000-2149" or "2200", with the text around the number: "2000x-2149x". An id
// without an alias is the login of a phone.
func AdoptFloor(ids []string, all FloorRows) (Adopted, error) {
	ranges, alias, err := aliasTemplate(ids)
	if err != nil {
		return Adopted{}, err
	}
	seats, err := ParseSeats(ranges)
	if err != nil {
		return Adopted{}, err
	}
	a := adoption{seats: seats, alias: alias, found: Adopted{Seats: seats, Naming: map[string]string{}, Index: map[string]int{}}}
	if err := a.collectPhones(all); err != nil {
		return Adopted{}, err
	}
	if err := a.logins(); err != nil {
		return Adopted{}, err
	}
	a.nodes()
	if err := a.fitNames(slices.Index(all.Columns, "fullname")); err != nil {
		return Adopted{}, err
	}
	a.found.phones = a.phones
	return a.found, nil
}

// IDRanges returns the ids of seats as [AdoptFloor] reads them. A single id with a
// hyphen is written as a range, too: by itself it could be read as one.
func IDRanges(seats Seats, id func(seat string) string) []string {
	var ranges []string
	for _, run := range seats.Runs() {
		first, last := id(run.First()), id(run.Last())
		if first != last || strings.Contains(first, "-") {
			first += "-" + last
		}
		ranges = append(ranges, first)
	}
	return ranges
}

// aliasTemplate splits alias ids into seat ranges and the template of the id.
func aliasTemplate(ids []string) (ranges []string, alias NameTemplate, err error) {
	text := ""
	for _, id := range ids {
		first, last := cutRange(strings.TrimSpace(id))
		before, seat, after := splitAtNumber(first)
		lastBefore, lastSeat, lastAfter := splitAtNumber(last)
		this := before + placeSeat + after
		if seat == "" || before != lastBefore || after != lastAfter || text != "" && text != this {
			return nil, NameTemplate{}, fmt.Errorf("alias ids %q do not have the same text around the number; write them as 2000-2149 or 2000x-2149x", id)
		}
		text = this
		ranges = append(ranges, seat+"-"+lastSeat)
	}
	alias, err = ParseNameTemplate(text)
	return ranges, alias, err
}

// cutRange splits a range at the hyphen that has the same text around a number on both
// sides; other hyphens are part of an id, as in agent-010. Without such a hyphen, and
// without numbers on both sides of the first one, the text is a single id.
func cutRange(id string) (first, last string) {
	for i, letter := range id {
		if letter != '-' {
			continue
		}
		before, number, after := splitAtNumber(id[:i])
		lastBefore, lastNumber, lastAfter := splitAtNumber(id[i+1:])
		if number != "" && lastNumber != "" && before == lastBefore && after == lastAfter {
			return id[:i], id[i+1:]
		}
	}
	first, last, isRange := strings.Cut(id, "-")
	if _, number, _ := splitAtNumber(first); !isRange || number == "" {
		return id, id
	}
	return first, last
}

func splitAtNumber(id string) (before, number, after string) {
	from := strings.IndexAny(id, digits)
	if from < 0 {
		return id, "", ""
	}
	to := from + len(id[from:]) - len(strings.TrimLeft(id[from:], digits))
	return id[:from], id[from:to], id[to:]
}

type adoption struct {
	seats  Seats
	alias  NameTemplate
	found  Adopted
	phones []Phone           // with their seats, by seat in alias order
	titles map[string]string // alias_name by seat
	labels map[string]Label
}

func (a *adoption) collectPhones(all FloorRows) error {
	rows, logins := all.index(), all.byLogin()
	a.titles = map[string]string{}
	var missing []string
	perSeat := map[int]bool{}
	withAlias := 0
	for _, seat := range a.seats.All() {
		id := a.alias.Name(seat, Label{})
		list := []string{id}
		if at, found := rows.aliases()[strings.ToLower(id)]; found {
			list = all.Aliases[at].Logins()
			a.titles[seat] = all.Aliases[at].Name
			withAlias++
		}
		count := 0
		for _, login := range list {
			if phone, found := logins.find(login); found {
				phone.Seat = seat
				a.phones = append(a.phones, phone)
				count++
			}
		}
		if count == 0 {
			missing = append(missing, id)
		}
		perSeat[count] = true
	}
	switch {
	case len(missing) > 0:
		return fmt.Errorf("%w: no alias or phone login %s with phones behind it", cluster.ErrNotFound, strings.Join(cluster.FirstOf(missing, maxViolations), ", "))
	case withAlias != 0 && withAlias != a.seats.Len():
		return fmt.Errorf("%d of %d seats have an alias, the others have not; import them as two placements", withAlias, a.seats.Len())
	}
	counts := slices.Sorted(maps.Keys(perSeat))
	a.found.NodesPerSeat = counts[len(counts)-1]
	if withAlias == 0 {
		a.found.Naming["alias_id"] = ""
	} else {
		a.found.name("alias_id", a.alias.text)
	}
	return nil
}

func (f *Adopted) name(kind, template string) {
	if DefaultNaming[kind] != template {
		f.Naming[kind] = template
	}
}

// logins derives the login template and the suffix of each node.
func (a *adoption) logins() error {
	a.labels = map[string]Label{}
	if a.lettersInFront() {
		return nil
	}
	before := map[string]bool{}
	for _, p := range a.phones {
		front, back, found := strings.Cut(strings.ToLower(p.Login), p.Seat)
		if !found {
			return fmt.Errorf("the login %s of seat %s does not name the seat: such a floor cannot be described by one template", p.Login, p.Seat)
		}
		before[front] = true
		back = p.Login[len(p.Login)-len(back):]
		label, known := a.labels[p.ServerIP]
		if known && !strings.EqualFold(label.Suffix, back) {
			return fmt.Errorf("logins on %s end in %q and in %q: such a floor cannot be described by one suffix for each server", p.ServerIP, label.Suffix, back)
		}
		a.labels[p.ServerIP] = Label{Suffix: back}
	}
	if len(before) > 1 {
		return fmt.Errorf("the logins begin in different ways (%q): import them as several placements", slices.Sorted(maps.Keys(before)))
	}
	front := slices.Sorted(maps.Keys(before))[0]
	login := front + placeSeat + placeSuffix
	if len(a.labels) == 1 && slices.Collect(maps.Values(a.labels))[0].Suffix == "" {
		login = front + placeSeat // one server: no suffix, as create-phone-alias.pl does
		for server := range a.labels {
			a.labels[server] = Label{Suffix: "a"}
		}
	}
	a.found.name("login", login)
	for server, label := range a.labels {
		if label.Suffix == "" {
			return fmt.Errorf("the logins on %s have nothing that tells them from those on other servers", server)
		}
		index, _ := IndexOf(label.Suffix)
		a.labels[server] = Label{Suffix: label.Suffix, Index: index}
	}
	return nil
}

// lettersInFront derives the login template and the suffixes of a floor whose logins
// begin with the letter of the server, such as a101 and b101. It reports false for any
// other floor.
func (a *adoption) lettersInFront() bool {
	fronts := map[string]string{}
	backs := map[string]bool{}
	common, first := "", true
	for _, p := range a.phones {
		i := strings.Index(strings.ToLower(p.Login), strings.ToLower(p.Seat))
		if i <= 0 {
			return false
		}
		front := p.Login[:i]
		if known, ok := fronts[p.ServerIP]; ok && !strings.EqualFold(known, front) {
			return false
		}
		fronts[p.ServerIP], backs[p.Login[i+len(p.Seat):]] = front, true
		if first {
			common, first = front, false
		}
		for !strings.HasPrefix(strings.ToLower(front), strings.ToLower(common)) {
			common = common[:len(common)-1]
		}
	}
	if len(fronts) < 2 || len(backs) != 1 {
		return false
	}
	taken := map[string]bool{}
	labels := map[string]Label{}
	for server, front := range fronts {
		suffix := front[len(common):]
		if suffix == "" || taken[strings.ToLower(suffix)] {
			return false
		}
		taken[strings.ToLower(suffix)] = true
		index, _ := IndexOf(suffix)
		labels[server] = Label{Suffix: suffix, Index: index}
	}
	a.labels = labels
	a.found.name("login", common+placeSuffix+placeSeat+slices.Collect(maps.Keys(backs))[0])
	return true
}

// nodes chooses weights for which [Place] moves no seat: equal ones if possible, as
// floors are usually declared, else the seat counts.
func (a *adoption) nodes() {
	seats := map[string]int{}
	for _, p := range a.phones {
		seats[p.ServerIP]++
	}
	divisor := 0
	for _, count := range seats {
		divisor = gcd(divisor, count)
	}
	now := a.placement()
	floor := Floor{Seats: a.seats, NodesPerSeat: a.found.NodesPerSeat}
	for _, alike := range []bool{true, false} {
		floor.Nodes = nil
		for _, server := range slices.Sorted(maps.Keys(seats)) {
			node := FloorNode{ServerIP: server, Suffix: a.labels[server].Suffix, Weight: 1, Capacity: Unbounded}
			if !alike {
				node.Weight = seats[server] / divisor
			}
			floor.Nodes = append(floor.Nodes, node)
		}
		for _, keep := range []bool{false, true} {
			floor.KeepOrder = keep
			if placed, err := Place(floor, now); err == nil && placed.Equal(now) {
				a.found.Nodes, a.found.KeepOrder = floor.Nodes, floor.KeepOrder
				return
			}
		}
	}
	a.found.Nodes, a.found.KeepOrder = floor.Nodes, true // seats differ in their number of phones
}

func (a *adoption) placement() *Placement {
	now := NewPlacement(a.seats)
	nodes := map[string][]string{}
	for _, p := range a.phones {
		nodes[p.Seat] = append(nodes[p.Seat], p.ServerIP)
	}
	for position, seat := range a.seats.All() {
		now.Set(position, nodes[seat])
	}
	return now
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// AssignsUsers reports whether the users of the seats' numbers log in with their
// seats: at least one does, and none has another phone login.
func (f Adopted) AssignsUsers(all FloorRows) bool {
	naming, err := ParseNaming(f.Naming)
	if err != nil {
		return false
	}
	typed := naming.AliasID
	if !naming.HasAlias() {
		typed = naming.Login
	}
	if typed.perNode() {
		return false // the name depends on the node
	}
	found := false
	for _, user := range all.Users {
		if _, ours := f.Seats.Index(user.User); ours {
			if user.PhoneLogin != typed.Name(user.User, Label{}) {
				return false
			}
			found = true
		}
	}
	return found
}
