package cluster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The members of vicidial_server_trunks.trunk_restriction. MaximumLimit caps
// the campaign on that server; OverflowAllowed caps nothing and merely
// withholds the lines from every other campaign there (bin/AST_VDauto_dial.pl
// lines 928-959; docs/vicidial/dialer.md#trunk-limits).
const (
	MaximumLimit    = "MAXIMUM_LIMIT"
	OverflowAllowed = "OVERFLOW_ALLOWED"
)

// Limit is the limit of one row of vicidial_server_trunks for a campaign on a server.
// With a MaximumLimit of 0 the campaign must not dial there.
type Limit struct {
	Dedicated   int // lines
	Restriction string
	// Unset reports that dedicated_trunks is NULL. It reserves nothing, and is no
	// limit either, which 0 is: the dialer tests whether there is a number
	// (bin/AST_VDauto_dial.pl line 1442).
	Unset bool `json:",omitempty"`
}

func (l Limit) row() Row {
	row := Row{"dedicated_trunks": Number(int64(l.Dedicated)), "trunk_restriction": Text(l.Restriction)}
	if l.Unset {
		row["dedicated_trunks"] = Null
	}
	return row
}

// Caps reports whether the row limits its campaign.
func (l Limit) Caps() bool { return !l.Unset && l.Effect() == MaximumLimit }

// Effect is the restriction that the row has for the dialer, which tests for MaximumLimit
// alone: NULL and invalid values do not limit.
func (l Limit) Effect() string {
	if l.Restriction == MaximumLimit {
		return MaximumLimit
	}
	return OverflowAllowed
}

// Trunk is one row of vicidial_server_trunks.
type Trunk struct {
	ServerIP   string
	CampaignID string
	Limit
}

// Trunks are all rows of vicidial_server_trunks, in the order of the table.
type Trunks []Trunk

// Split is one campaign's part of the table, by server_ip. No key of the table
// forbids a second row for the same server, so each may have several
// (docs/vicidial/schema.md#duplicate-trunk-rows).
type Split map[string][]Limit

// OfCampaign returns the rows of one campaign.
func (t Trunks) OfCampaign(campaign string) Split {
	split := Split{}
	key := FoldKey(campaign)
	for _, trunk := range t {
		if trunk.CampaignID == campaign || FoldKey(trunk.CampaignID) == key {
			split[trunk.ServerIP] = append(split[trunk.ServerIP], trunk.Limit)
		}
	}
	return split
}

func (t Trunks) byServer() Split {
	split := Split{}
	for _, trunk := range t {
		split[trunk.ServerIP] = append(split[trunk.ServerIP], trunk.Limit)
	}
	return split
}

// Campaigns lists the campaigns that have rows, sorted. One with
// several spellings is listed once, with the spelling that sorts first.
func (t Trunks) Campaigns() []string {
	ids := make([]string, 0, len(t))
	for _, trunk := range t {
		ids = append(ids, trunk.CampaignID)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(strings.Compare(FoldKey(a), FoldKey(b)), strings.Compare(a, b))
	})
	return slices.CompactFunc(ids, func(a, b string) bool { return FoldKey(a) == FoldKey(b) })
}

// On returns the rows on servers.
func (t Trunks) On(ips []string) Trunks {
	var on Trunks
	for _, trunk := range t {
		if slices.Contains(ips, trunk.ServerIP) {
			on = append(on, trunk)
		}
	}
	return on
}

// With returns the table as it is when the campaign's rows are exactly these.
func (t Trunks) With(campaign string, limits map[string]Limit) Trunks {
	id := FoldKey(campaign)
	rest := slices.DeleteFunc(slices.Clone(t), func(trunk Trunk) bool { return FoldKey(trunk.CampaignID) == id })
	for _, server := range slices.Sorted(maps.Keys(limits)) {
		rest = append(rest, Trunk{ServerIP: server, CampaignID: campaign, Limit: limits[server]})
	}
	return rest
}

// Moved returns the table as it is when servers have changed their addresses,
// which takes their rows along; see [ChangedAddresses].
func (t Trunks) Moved(moves map[string]string) Trunks {
	if len(moves) == 0 {
		return t
	}
	moved := slices.Clone(t)
	for i, trunk := range moved {
		moved[i].ServerIP = cmp.Or(moves[trunk.ServerIP], trunk.ServerIP)
	}
	return moved
}

// Moved returns the split as it is when servers have changed their addresses.
func (s Split) Moved(moves map[string]string) Split {
	moved := make(Split, len(s))
	for _, server := range slices.Sorted(maps.Keys(s)) {
		address := cmp.Or(moves[server], server)
		moved[address] = slices.Concat(moved[address], s[server])
	}
	return moved
}

// SplitOf makes a split of one row a server.
func SplitOf(limits map[string]Limit) Split {
	split := make(Split, len(limits))
	for server, limit := range limits {
		split[server] = []Limit{limit}
	}
	return split
}

// Effective is the limit of a server's rows for the campaign itself: the zero Limit where
// it has none. The dialer uses the last row that caps; rows that do not cap withhold
// their sum from other campaigns (bin/AST_VDauto_dial.pl lines 933-945;
// docs/vicidial/measured.md#duplicate-rows).
func (s Split) Effective(server string) Limit {
	rows := s[server]
	if len(rows) == 0 {
		return Limit{}
	}
	effective := Limit{Restriction: OverflowAllowed, Unset: true}
	if len(rows) == 1 {
		effective.Restriction = rows[0].Restriction
	}
	for _, row := range rows {
		if row.Effect() == MaximumLimit {
			effective = row
		} else if effective.Effect() != MaximumLimit && !row.Unset {
			effective.Dedicated, effective.Unset = effective.Dedicated+row.Dedicated, false
		}
	}
	return effective
}

// Reserved returns the sum of a server's rows: the lines that they withhold from other
// campaigns. Both restrictions count, and so do duplicate rows, as in VICIdial's own sum
// (docs/vicidial/admin-page.md#server-trunks).
func (s Split) Reserved(server string) int {
	sum := 0
	for _, limit := range s[server] {
		sum += limit.Dedicated
	}
	return sum
}

// Duplicates counts the rows of each server that has more than one.
func (s Split) Duplicates() map[string]int {
	duplicates := map[string]int{}
	for server, limits := range s {
		if len(limits) > 1 {
			duplicates[server] = len(limits)
		}
	}
	return duplicates
}

// PlanSplit returns the steps from a campaign's present rows (have) to the wanted ones;
// seen are the rows when the change was planned. A row that is neither as seen nor as
// wanted is a [Conflict]. Rows that are as wanted already, such as those of an interrupted
// apply, are not written.
func PlanSplit(campaign string, have, seen Split, want map[string]Limit) (Plan, error) {
	var plan Plan
	concerned := SortedUnique(slices.Collect(maps.Keys(seen)), slices.Collect(maps.Keys(want)))
	for _, server := range concerned {
		rows := have[server]
		limit, wanted := want[server]
		if wanted && len(rows) == 1 && rows[0] == limit || !wanted && len(rows) == 0 {
			continue
		}
		if !sameRows(rows, seen[server]) {
			return Plan{}, trunkConflict(campaign, server, rows, len(seen[server]) == 0)
		}
		steps := trunkSteps{campaign, server}
		switch {
		case !wanted:
			plan.Steps = append(plan.Steps, steps.remove(Remove, rows)...)
		case len(rows) == 0:
			plan.Steps = append(plan.Steps, steps.add(limit))
		default:
			kept, removed := steps.removeDuplicates(rows, limit)
			plan.Steps = append(plan.Steps, removed...)
			if kept != limit {
				plan.Steps = append(plan.Steps, steps.update(kept, limit))
			}
		}
	}
	return plan, nil
}

func trunkConflict(campaign, server string, rows []Limit, isNew bool) error {
	conflict := &Conflict{Subject: fmt.Sprintf("the trunk row of campaign %s on server %s", campaign, server)}
	found := make([]string, 0, len(rows))
	for _, row := range rows {
		found = append(found, row.Describe())
	}
	switch {
	case len(rows) == 0:
		conflict.Found = "was deleted by somebody else"
	case isNew:
		conflict.Found = "already exists with " + strings.Join(found, ", ")
		conflict.Advice = "Nothing was overwritten. Bring the rows under Terraform with: terraform import ADDRESS " + campaign
	default:
		conflict.Found = "was changed by somebody else to " + strings.Join(found, ", ")
	}
	return conflict
}

// sameRows compares without regard to order, which a table does not guarantee.
func sameRows(a, b []Limit) bool {
	order := func(x, y Limit) int {
		return strings.Compare(x.Describe(), y.Describe())
	}
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}

// trunkSteps makes the steps for one campaign on one server.
type trunkSteps struct{ campaign, server string }

func (t trunkSteps) key() Row {
	return Row{"server_ip": Text(t.server), "campaign_id": Text(t.campaign)}
}

func (t trunkSteps) audit(section, kind, verb string) Audit {
	campaign := "Campaign: "
	if kind == "ADD" { // the admin page writes it in lower case here only (docs/vicidial/admin-page.md#log-sections)
		campaign = "campaign: "
	}
	return Audit{Section: section, Type: kind, Record: t.server, Code: "ADMIN " + verb + " SERVER TRUNK", Notes: campaign + t.campaign}
}

func (t trunkSteps) add(limit Limit) Step {
	row := t.key()
	maps.Copy(row, limit.row())
	return Step{
		Phase: Add, Verb: Insert, Table: TableTrunks, Key: t.key(), Rows: []Row{row},
		Audit: t.audit("SERVERS_TRUNK", "ADD", "ADD"),
	}
}

// update shrinks a limit before others grow, so that at no time more trunks are reserved
// than the server has.
func (t trunkSteps) update(from, to Limit) Step {
	phase := Grow
	if to.Dedicated < from.Dedicated {
		phase = Release
	}
	return Step{
		Phase: phase, Verb: Update, Table: TableTrunks, Key: t.key(), From: from.row(), To: to.row(),
		Audit: t.audit("SERVERTRUNKS", "MODIFY", "MODIFY"),
	}
}

// remove deletes rows. The last row of a campaign on a server is removed in the phase
// Remove: without it the campaign is not limited there, so its new limits must be written
// before.
func (t trunkSteps) remove(phase Phase, rows []Limit) []Step {
	steps := make([]Step, 0, len(rows))
	for i, row := range rows {
		if slices.Contains(rows[:i], row) {
			continue // the step deletes all equal rows
		}
		steps = append(steps, Step{
			Phase: phase, Verb: Delete, Table: TableTrunks, Key: t.key(), From: row.row(),
			Audit: t.audit("SERVERTRUNKS", "DELETE", "DELETE"),
		})
	}
	return steps
}

// removeDuplicates keeps one of several rows: the one that is as wanted, or else the one
// that the dialer uses, or else the smallest. All of them are counted against other
// campaigns (docs/vicidial/measured.md#duplicate-rows), so their removal releases lines.
func (t trunkSteps) removeDuplicates(rows []Limit, want Limit) (Limit, []Step) {
	kept := slices.MinFunc(rows, func(a, b Limit) int { return cmp.Compare(a.Dedicated, b.Dedicated) })
	for _, preferred := range []Limit{want, (Split{t.server: rows}).Effective(t.server)} {
		if slices.Contains(rows, preferred) {
			kept = preferred
			break
		}
	}
	others := slices.DeleteFunc(slices.Clone(rows), func(row Limit) bool { return row == kept })
	steps := t.remove(Release, others)
	if len(rows)-len(others) > 1 {
		steps = append(steps, Step{
			Phase: Release, Verb: DeleteDuplicates, Table: TableTrunks, Key: t.key(), From: kept.row(),
			Audit: t.audit("SERVERTRUNKS", "DELETE", "DELETE"),
		})
	}
	return kept, steps
}

// Describe returns the limit for a message.
func (l Limit) Describe() string {
	dedicated := strconv.Itoa(l.Dedicated)
	if l.Unset {
		dedicated = "NULL"
	}
	return dedicated + " " + cmp.Or(l.Restriction, "without a restriction")
}
