package seating

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// valuesPerStep bounds the bound values of one statement. MariaDB takes 65,535,
// and a statement of this size stays far below max_allowed_packet.
const valuesPerStep = 12_000

// rowsPerStep bounds the rows of a statement in which each has its own value:
// the database looks through all of them for each row.
const rowsPerStep = 250

// FloorPlan is what [PlanFloor] is told besides the rows.
type FloorPlan struct {
	// Born are columns that a phone gets when it is added, and which are nobody's
	// business afterwards.
	Born cluster.Row
	// Inherit takes the place of Born in the new phones of seats that have others.
	Inherit Inheritance
	// Voicemail is system_settings.active_voicemail_server: its files list all
	// mailboxes.
	Voicemail string
	// Everywhere says that the dialplan of every node reaches the phones of all
	// others (system_settings.generate_cross_server_exten): a phone then is in the
	// files of all nodes (docs/vicidial/generator.md#who-is-flagged).
	Everywhere bool
	// Flag names servers whose files must be built anew in any case, since an
	// apply that was cut off may have written their rows and not their flag.
	Flag []string
}

// PlanFloor leads from the rows as they are seen to those that are wanted. have
// are the rows that the floor owns by what it last knew; nobody else's are
// touched.
//
// The order keeps every agent able to log in at every moment, and after a cut at
// any of them: phones are added before an alias lists them; aliases and then
// users' phone logins follow; users let go of seats that disappear, then their
// aliases go, and phones go when no alias lists them any more.
//
// A wanted row whose names are taken, or that is there and says something else
// without being owned, is a [*Refused] that lists a few such rows; so is a phone
// whose login would have to change in place, which cannot be done without a
// moment in which its alias leads nowhere.
func PlanFloor(have, seen, want FloorRows, how FloorPlan) (cluster.Plan, error) {
	return planFloor(have, seen, want, how, valuesPerStep, rowsPerStep)
}

func planFloor(have, seen, want FloorRows, how FloorPlan, values, rows int) (cluster.Plan, error) {
	d := diffFloor(have, seen, want)
	if err := d.refusal(have); err != nil {
		return cluster.Plan{}, err
	}
	p := &floorPlanner{floorDiff: d, how: how, values: values, rows: rows}
	p.insertPhones()
	p.change(cluster.Grow, cluster.TablePhones, "login", d.phones)
	p.insertAliases()
	p.change(cluster.Grow, cluster.TableAliases, "alias_id", d.aliases)
	p.change(cluster.Grow, cluster.TableUsers, "user", d.users)
	p.change(cluster.Remove, cluster.TableUsers, "user", d.freed)
	p.deleteAliases()
	p.deletePhones()
	p.flag(have)
	return p.plan, nil
}

func (d floorDiff) refusal(have FloorRows) error {
	if len(d.renamed) > 0 {
		return &cluster.Refused{
			Subject: "a phone cannot change its login in place",
			Reasons: few(textsOf(d.renamed)),
			Advice: "Its alias would lead nowhere for a moment. Take the server out of the placement and apply, so that its seats go to the others; " +
				"then put it back with the new suffix. Another login template makes another placement.",
		}
	}
	if len(d.refused) == 0 {
		return nil
	}
	advice := "If these rows are this floor, import it (terraform import) so that it is adopted as it is. Otherwise choose other seats or another naming."
	if len(have.Phones)+len(have.Aliases) > 0 {
		advice = "If they are the floor's own and somebody gave them other names by hand, give them back what they were called, or remove them, and apply again. Otherwise choose other seats."
	}
	return &cluster.Refused{Subject: "rows of other phones are in the way", Reasons: few(textsOf(d.refused)), Advice: "Nothing was written. " + advice}
}

func few(lines []string) []string {
	if len(lines) <= mostFaults {
		return lines
	}
	return append(slices.Clone(lines[:mostFaults]), fmt.Sprintf("and %d more", len(lines)-mostFaults))
}

type floorPlanner struct {
	floorDiff
	how          FloorPlan
	values, rows int
	plan         cluster.Plan
}

func (p *floorPlanner) step(step cluster.Step) { p.plan.Steps = append(p.plan.Steps, step) }

// insertPhones adds first the phones of seats that have none, then those of seats
// that have: a statement inserts rows of the same columns.
func (p *floorPlanner) insertPhones() {
	var fresh, further []Phone
	for _, phone := range p.addPhones {
		inherited, has := p.how.Inherit.Values[phone.Seat]
		if !has {
			fresh = append(fresh, phone)
			continue
		}
		phone.Values = slices.Concat(phone.Values, inherited)
		further = append(further, phone)
	}
	p.insert(fresh, p.want.Columns, p.how.Born)
	born := maps.Clone(p.how.Born)
	maps.DeleteFunc(born, func(column string, _ cluster.Value) bool { return slices.Contains(p.how.Inherit.Columns, column) })
	p.insert(further, slices.Concat(p.want.Columns, p.how.Inherit.Columns), born)
}

func (p *floorPlanner) insert(phones []Phone, columns []string, born cluster.Row) {
	width := len(columns) + len(born) + 6
	common, own := commonColumns(phones, columns)
	maps.Copy(common, born)
	for chunk := range slices.Chunk(phones, max(1, p.values/width)) {
		rows := make([]cluster.Row, 0, len(chunk))
		for _, phone := range chunk {
			row := make(cluster.Row, len(own)+5)
			for _, i := range own {
				row[columns[i]] = phone.Values[i]
			}
			row["server_ip"], row["login"], row["extension"] = cluster.Text(phone.ServerIP), cluster.Text(phone.Login), cluster.Text(phone.Extension)
			row["dialplan_number"], row["voicemail_id"] = cluster.Text(phone.DialplanNumber), cluster.Text(phone.VoicemailID)
			rows = append(rows, row)
		}
		p.step(cluster.Step{
			Phase: cluster.Add, Verb: cluster.Insert, Table: cluster.TablePhones, Rows: rows, Common: common,
			Key:   cluster.Row{"extension": cluster.Text(chunk[0].Extension), "server_ip": cluster.Text(chunk[0].ServerIP)},
			Audit: auditFloor("PHONES", "ADD", "ADMIN BULK ADD PHONE", chunk[0].Extension, chunk[len(chunk)-1].Extension, len(chunk)),
		})
	}
}

// commonColumns are what all phones say alike, and the indexes of the columns in
// which they differ.
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
	for chunk := range slices.Chunk(p.addAliases, max(1, p.values/4)) {
		rows := make([]cluster.Row, 0, len(chunk))
		for _, alias := range chunk {
			row := cluster.Row{"alias_id": cluster.Text(alias.ID), "alias_name": cluster.Text(cmp.Or(alias.Name, alias.ID)), "logins_list": cluster.Text(alias.List())}
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

// change updates one column of many rows per step. Rows of one seat stay in one
// statement, so that the phones of an alias share their password at any moment.
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
			end := min(len(cells), p.rows)
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
				step.Was = append(step.Was, c.was)
				step.Become = append(step.Become, c.become)
			}
			p.step(step)
		}
	}
}

func (p *floorPlanner) deleteAliases() {
	for chunk := range slices.Chunk(p.dropAlias, p.rows) {
		step := cluster.Step{
			Phase: cluster.Remove, Verb: cluster.Delete, Table: cluster.TableAliases, InColumn: "alias_id", Column: "logins_list",
			Audit: auditFloor("PHONEALIASES", "DELETE", "ADMIN DELETE PHONE ALIAS", chunk[0].ID, chunk[len(chunk)-1].ID, len(chunk)),
		}
		for _, alias := range chunk {
			step.In = append(step.In, cluster.Text(alias.ID))
			step.Was = append(step.Was, cluster.Text(alias.List()))
		}
		p.step(step)
	}
}

func (p *floorPlanner) deletePhones() {
	phones := slices.Clone(p.drop)
	slices.SortStableFunc(phones, func(a, b Phone) int { return cmp.Compare(a.ServerIP, b.ServerIP) })
	for len(phones) > 0 {
		server := phones[0].ServerIP
		end := 1
		for end < len(phones) && end < p.rows && phones[end].ServerIP == server {
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
			step.Was = append(step.Was, cluster.Text(phone.Login))
		}
		p.step(step)
	}
}

// flag names the nodes whose phones change, by what is written now and by what
// differs from what was last known: the latter may have been written by an apply
// that never came to its flags.
func (p *floorPlanner) flag(have FloorRows) {
	servers := slices.Clone(p.how.Flag)
	for _, phone := range slices.Concat(p.addPhones, p.drop) {
		servers = append(servers, phone.ServerIP)
	}
	for _, c := range p.phones {
		servers = append(servers, c.server)
	}
	owned, wanted := have.index(), p.want.index()
	for _, phone := range p.want.Phones {
		if _, known := owned.phones[phone.key()]; !known {
			servers = append(servers, phone.ServerIP)
		}
	}
	for _, phone := range have.Phones {
		if _, stays := wanted.phones[phone.key()]; !stays {
			servers = append(servers, phone.ServerIP)
		}
	}
	if len(servers) > 0 && p.how.Voicemail != "" {
		servers = append(servers, p.how.Voicemail)
	}
	if p.plan.Rebuild.All = p.how.Everywhere && len(servers) > 0; !p.plan.Rebuild.All {
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
