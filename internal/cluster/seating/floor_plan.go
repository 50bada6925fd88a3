package seating

import (
	"cmp"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// stepLimits are how many values a statement binds, and how many rows have a value of
// their own in it.
type stepLimits struct{ values, cases int }

// Columns that a statement names for each phone besides the managed ones and the
// defaults, and those of an alias.
const (
	phoneColumns = 5
	aliasColumns = 4
)

// PlanOptions has the options of [PlanFloor].
type PlanOptions struct {
	// Defaults has columns that are set on new phones and not managed afterwards.
	Defaults cluster.Row
	// Inherit replaces columns of Defaults in new phones of seats that have other
	// phones.
	Inherit Inheritance
	// Voicemail is system_settings.active_voicemail_server, whose files list all
	// mailboxes.
	Voicemail string
	// AllNodes is system_settings.generate_cross_server_exten: the dialplan of
	// every node contains the phones of all nodes
	// (docs/vicidial/generator.md#who-is-flagged).
	AllNodes bool
	// Flag lists servers to flag in any case, since an interrupted apply may have
	// written their rows and not their flag.
	Flag []string
}

// PlanFloor returns the steps from the existing rows to the wanted ones. It changes and
// deletes owned rows only: those that the floor had when they were last read.
//
// The order of the steps keeps every agent able to log in, also when the plan is
// interrupted: phones are inserted before an alias lists them; aliases and then
// phone logins of users follow; users of deleted seats lose the login, then their
// aliases are deleted, and phones are deleted when no alias lists them.
//
// A wanted row whose names are taken, or that exists with other values and is not
// owned, is a [cluster.Refused] error that lists the first such rows. So is a phone
// whose login would change in place, since its alias would have no phone for a
// moment.
func PlanFloor(have, seen, want FloorRows, options PlanOptions) (cluster.Plan, error) {
	return planFloor(have, seen, want, options, stepLimits{cluster.MaxStepValues, cluster.MaxStepCases})
}

func planFloor(have, seen, want FloorRows, options PlanOptions, limits stepLimits) (cluster.Plan, error) {
	d := diffFloor(have, seen, want)
	if err := d.conflictError(); err != nil {
		return cluster.Plan{}, err
	}
	p := &floorPlanner{floorDiff: d, options: options, limits: limits, mailboxes: map[string]string{}}
	for _, phone := range slices.Backward(have.Phones) {
		p.mailboxes[phone.Seat] = phone.VoicemailID
	}
	p.insertPhones()
	p.change(cluster.Grow, cluster.TablePhones, "login", d.changedPhones)
	p.insertAliases()
	p.change(cluster.Grow, cluster.TableAliases, "alias_id", d.changedAliases)
	p.change(cluster.Grow, cluster.TableUsers, "user", d.changedUsers)
	p.change(cluster.Remove, cluster.TableUsers, "user", d.clearedUsers)
	p.deleteAliases()
	p.deletePhones()
	p.flag()
	p.plan.Reads = slices.Concat(have.keys(), want.keys())
	return p.plan, nil
}

// keys returns the keys of the rows, under which other plans write them.
func (f FloorRows) keys() []cluster.AccessKey {
	keys := make([]cluster.AccessKey, 0, len(f.Phones)+len(f.Aliases)+len(f.Users))
	for _, p := range f.Phones {
		keys = append(keys, cluster.LoginKey(p.Login))
	}
	for _, a := range f.Aliases {
		keys = append(keys, cluster.LoginKey(a.ID))
	}
	for _, u := range f.Users {
		keys = append(keys, cluster.UserKey(u.User))
	}
	return keys
}

func (d floorDiff) conflictError() error {
	if len(d.renames) > 0 {
		return &cluster.Refused{
			Subject: "a phone cannot change its login in place",
			Reasons: cluster.FirstOf(textsOf(d.renames), maxViolations),
			Advice: "Its alias would lead nowhere for a moment. Take the server out of the placement and apply, so that its seats go to the others; " +
				"then put it back with the new suffix. Another login template makes another placement.",
		}
	}
	if len(d.conflicts) == 0 {
		return nil
	}
	advice := "If these rows belong to this floor, import it (terraform import). Otherwise choose other seats or another naming."
	if len(d.have.Phones)+len(d.have.Aliases) > 0 {
		advice = "If the rows belong to the floor and somebody renamed them by hand, give them their former names or remove them, and apply again. Otherwise choose other seats."
	}
	return &cluster.Refused{Subject: "other rows have the names of the floor", Reasons: cluster.FirstOf(textsOf(d.conflicts), maxViolations), Advice: "Nothing was written. " + advice, Temporary: true}
}

type floorPlanner struct {
	floorDiff
	options   PlanOptions
	limits    stepLimits
	mailboxes map[string]string // by seat
	plan      cluster.Plan
}

func (p *floorPlanner) step(step cluster.Step) { p.plan.Steps = append(p.plan.Steps, step) }

// insertPhones inserts the first phones of seats, then further ones, since a
// statement inserts rows with the same columns.
func (p *floorPlanner) insertPhones() {
	var initial, further []Phone
	for _, phone := range p.addedPhones {
		inherited, ok := p.options.Inherit.Values[phone.Seat]
		if !ok {
			initial = append(initial, phone)
			continue
		}
		row := *phone.PhoneRow
		row.Values = slices.Concat(row.Values, inherited)
		further = append(further, Phone{phone.Seat, &row})
	}
	p.insert(initial, p.want.Columns, p.options.Defaults)
	defaults := maps.Clone(p.options.Defaults)
	maps.DeleteFunc(defaults, func(column string, _ cluster.Value) bool { return slices.Contains(p.options.Inherit.Columns, column) })
	p.insert(further, slices.Concat(p.want.Columns, p.options.Inherit.Columns), defaults)
}

func (p *floorPlanner) insert(phones []Phone, columns []string, defaults cluster.Row) {
	width := len(columns) + len(defaults) + phoneColumns
	common, own := commonColumns(phones, columns)
	maps.Copy(common, defaults)
	for chunk := range slices.Chunk(phones, max(1, p.limits.values/width)) {
		rows := make([]cluster.Row, 0, len(chunk))
		for _, phone := range chunk {
			row := make(cluster.Row, len(own)+phoneColumns)
			for _, i := range own {
				row[columns[i]] = phone.Values[i]
			}
			row["server_ip"], row["login"], row["extension"] = cluster.Text(phone.ServerIP), cluster.Text(phone.Login), cluster.Text(phone.Extension)
			row["dialplan_number"], row["voicemail_id"] = cluster.Text(phone.DialplanNumber), cluster.Text(cmp.Or(phone.VoicemailID, p.mailboxes[phone.Seat], phone.Seat))
			rows = append(rows, row)
		}
		p.step(cluster.Step{
			Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TablePhones, Rows: rows, Common: common,
			Key:   cluster.Row{"extension": cluster.Text(chunk[0].Extension), "server_ip": cluster.Text(chunk[0].ServerIP)},
			Audit: auditFloor("PHONES", "ADD", "ADMIN BULK ADD PHONE", chunk[0].Extension, chunk[len(chunk)-1].Extension, len(chunk)),
		})
	}
}

// commonColumns returns the columns in which all phones are equal, and the indexes
// of the others.
func commonColumns(phones []Phone, columns []string) (cluster.Row, []int) {
	common, own := cluster.Row{}, []int{}
	for i, column := range columns {
		if slices.ContainsFunc(phones, func(phone Phone) bool { return phone.Values[i] != phones[0].Values[i] }) {
			own = append(own, i)
		} else if len(phones) > 0 {
			common[column] = phones[0].Values[i]
		}
	}
	return common, own
}

func (p *floorPlanner) insertAliases() {
	for chunk := range slices.Chunk(p.addedAliases, max(1, p.limits.values/aliasColumns)) {
		rows := make([]cluster.Row, 0, len(chunk))
		for _, alias := range chunk {
			row := cluster.Row{"alias_id": cluster.Text(alias.ID), "alias_name": cluster.Text(cmp.Or(alias.Name, alias.ID)), "logins_list": cluster.Text(alias.List)}
			if alias.Group != "" {
				row["user_group"] = cluster.Text(alias.Group)
			}
			rows = append(rows, row)
		}
		p.step(cluster.Step{
			Phase: cluster.Grow, Verb: cluster.Insert, Table: cluster.TableAliases, Rows: rows, Key: cluster.Row{"alias_id": cluster.Text(chunk[0].ID)},
			Audit: auditFloor("PHONEALIASES", "ADD", "ADMIN ADD BULK PHONE ALIAS", chunk[0].ID, chunk[len(chunk)-1].ID, len(chunk)),
		})
	}
}

// change updates one column of many rows per step. Rows of a seat are in one
// statement, so that the phones of an alias have the same password at any moment.
func (p *floorPlanner) change(phase cluster.Phase, table cluster.Table, key string, cells []cellChange) {
	byColumn := map[string][]cellChange{}
	for _, c := range cells {
		byColumn[c.column] = append(byColumn[c.column], c)
	}
	var section, code string
	switch table {
	case cluster.TableAliases:
		section, code = "PHONEALIASES", "ADMIN MODIFY PHONE ALIAS"
	case cluster.TableUsers:
		section, code = "USERS", "ADMIN MODIFY USER"
	default:
		section, code = "PHONES", "ADMIN MODIFY PHONE"
	}
	for _, column := range slices.Sorted(maps.Keys(byColumn)) {
		cells := byColumn[column]
		for len(cells) > 0 {
			end := min(len(cells), p.limits.cases)
			for end < len(cells) && cells[end].seat == cells[end-1].seat {
				end++
			}
			chunk := cells[:end]
			cells = cells[end:]
			step := cluster.Step{
				Phase: phase, Verb: cluster.Update, Table: table, InColumn: key, Column: column,
				Audit: auditFloor(section, "MODIFY", code, chunk[0].record, chunk[len(chunk)-1].record, len(chunk)),
			}
			for _, c := range chunk {
				step.In = append(step.In, cluster.Text(c.key))
				step.Old = append(step.Old, c.from)
				step.New = append(step.New, c.to)
			}
			p.step(step)
		}
	}
}

func (p *floorPlanner) deleteAliases() {
	for chunk := range slices.Chunk(p.deletedAliases, p.limits.cases) {
		step := cluster.Step{
			Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableAliases, InColumn: "alias_id", Column: "logins_list",
			Audit: auditFloor("PHONEALIASES", "DELETE", "ADMIN DELETE PHONE ALIAS", chunk[0].ID, chunk[len(chunk)-1].ID, len(chunk)),
		}
		for _, alias := range chunk {
			step.In = append(step.In, cluster.Text(alias.ID))
			step.Old = append(step.Old, cluster.Text(alias.List))
		}
		p.step(step)
	}
}

func (p *floorPlanner) deletePhones() {
	phones := slices.Clone(p.deletedPhones)
	slices.SortStableFunc(phones, func(a, b Phone) int { return cmp.Compare(a.ServerIP, b.ServerIP) })
	for len(phones) > 0 {
		server := phones[0].ServerIP
		end := 1
		for end < len(phones) && end < p.limits.cases && phones[end].ServerIP == server {
			end++
		}
		chunk := phones[:end]
		phones = phones[end:]
		step := cluster.Step{
			Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TablePhones, Key: cluster.Row{"server_ip": cluster.Text(server)}, InColumn: "extension", Column: "login",
			Audit: auditFloor("PHONES", "DELETE", "ADMIN DELETE PHONE", chunk[0].Extension, chunk[len(chunk)-1].Extension, len(chunk)),
		}
		for _, phone := range chunk {
			step.In = append(step.In, cluster.Text(phone.Extension))
			step.Old = append(step.Old, cluster.Text(phone.Login))
		}
		p.step(step)
	}
}

// flag flags the nodes whose phones change, and those whose phones differ from the
// last known ones: an interrupted apply may have written them without flags.
func (p *floorPlanner) flag() {
	servers := slices.Clone(p.options.Flag)
	for _, phone := range slices.Concat(p.addedPhones, p.deletedPhones, missing(p.want.Phones, p.owned), missing(p.have.Phones, p.wanted)) {
		servers = append(servers, phone.ServerIP)
	}
	for _, c := range p.changedPhones {
		servers = append(servers, c.server)
	}
	if len(servers) > 0 && p.options.Voicemail != "" {
		servers = append(servers, p.options.Voicemail)
	}
	if p.plan.Rebuild.All = p.options.AllNodes && len(servers) > 0; !p.plan.Rebuild.All {
		p.plan.Rebuild.Servers = cluster.SortedUnique(servers)
	}
}

func auditFloor(section, kind, code, first, last string, count int) cluster.Audit {
	record := first
	if count > 1 {
		record += "-" + last
	}
	return cluster.Audit{Section: section, Type: kind, Record: record, Code: code, Notes: cluster.Plural(count, "row") + " by Terraform"}
}
