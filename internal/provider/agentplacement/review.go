package agentplacement

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/bridge"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// runsShown bounds the changed runs that a plan lists; the attribute assignments
// holds them all.
const runsShown = 20

// reviewed is a placement and what it was worked out from.
type reviewed struct {
	placed   *cluster.Placement
	suffixes cluster.Suffixes
	have     declared
	before   view
}

// review places the seats, and tells what moves.
func (r *Resource) review(ctx context.Context, want *declared, prior *model, kept memory, s secrets) (reviewed, diag.Diagnostics) {
	var found reviewed
	failed := func(err error) diag.Diagnostics {
		return bridge.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	if prior != nil {
		var diags diag.Diagnostics
		if found.have, diags = prior.declared(); diags.HasError() {
			return found, diags
		}
		var err error
		if found.before, err = r.look(ctx, found.have, kept.and(want.style.Labels).Labels, s); err != nil {
			return found, failed(err)
		}
		found.before.now = renamed(found.before.now, want.replaced(found.have))
	}
	diags, err := r.reviewServers(ctx, want)
	if err != nil {
		return found, failed(err)
	}
	if diags.HasError() {
		return found, diags
	}
	diags.Append(r.reviewReplaced(ctx, *want, found.have, found.before)...)
	placed, more := r.place(ctx, *want, found.before)
	found.placed, found.suffixes = placed, want.style.knowing(labelsOf(kept, &found.have)).suffixes()
	diags.Append(more...)
	return found, diags
}

// place places the seats; those in use keep the phone in use unless they may
// move.
func (r *Resource) place(ctx context.Context, want declared, before view) (*cluster.Placement, diag.Diagnostics) {
	placed, err := cluster.Place(want.floor, cluster.Sitting{Placement: before.now})
	if err != nil {
		return nil, bridge.DiagnoseAt(path.Root("servers"), "Seats do not fit", err)
	}
	if before.now == nil {
		return placed, nil
	}
	moves := cluster.MovesBetween(before.now, placed)
	if moves.Moved+moves.Removed == 0 {
		return placed, nil
	}
	agents, err := r.topology.LiveAgents(ctx)
	if err != nil {
		return nil, bridge.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	live, _ := before.own.Occupied(agents)
	touched := movedAway(before.now, placed, live)
	if len(touched) > 0 && !want.MoveLiveAgents.ValueBool() {
		if placed, err = cluster.Place(want.floor, cluster.Sitting{Placement: before.now, Live: live}); err != nil {
			return nil, bridge.DiagnoseAt(path.Root("servers"), "Seats do not fit", err)
		}
		moves = cluster.MovesBetween(before.now, placed)
	}
	var diags diag.Diagnostics
	if moves.Moved+moves.Removed > 0 {
		suffixes := want.style.suffixes()
		for server, label := range before.labels(want) {
			suffixes[server] = label
		}
		diags.AddWarning("Seats of placement "+want.name()+" move", strings.Join(moves.Summary(suffixes, runsShown), "\n"))
	}
	diags.Append(tellLive(want, before, placed, live, touched)...)
	return placed, diags
}

// reviewReplaced refuses to let a server take the place of one that agents are
// logged in on: their phones go with it, and so do their calls.
func (r *Resource) reviewReplaced(ctx context.Context, want, have declared, before view) diag.Diagnostics {
	moved := want.replaced(have)
	if len(moved) == 0 || want.MoveLiveAgents.ValueBool() {
		return nil
	}
	agents, err := r.topology.LiveAgents(ctx)
	if err != nil {
		return bridge.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	agents = slices.DeleteFunc(agents, func(a cluster.LiveAgent) bool { return moved[a.ServerIP] == "" })
	if _, who := before.own.Occupied(agents); len(who) > 0 {
		return bridge.DiagnoseAt(path.Root("servers"), "Agents are using phones that would go away",
			fmt.Errorf("%s: wait until they have left, or set move_live_agents = true", short(who)))
	}
	return nil
}

// labels names the servers of the seats now that are declared no more.
func (v view) labels(want declared) cluster.Suffixes {
	suffixes := cluster.Suffixes{}
	for _, p := range v.own.Phones {
		if _, declared := want.style.Labels[p.ServerIP]; declared || suffixes[p.ServerIP] != "" {
			continue
		}
		suffixes[p.ServerIP] = strings.Replace(p.Login, p.Seat, "", 1)
	}
	return suffixes
}

// movedAway lists the seats whose phone in use would go.
func movedAway(before, after *cluster.Placement, live map[string]string) []string {
	var seats []string
	for _, seat := range slices.Sorted(maps.Keys(live)) {
		if slices.Contains(before.Of(seat), live[seat]) && !slices.Contains(after.Of(seat), live[seat]) {
			seats = append(seats, seat)
		}
	}
	return seats
}

func tellLive(want declared, before view, placed *cluster.Placement, live map[string]string, touched []string) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(touched) == 0 {
		return diags
	}
	names := make([]string, 0, len(touched))
	var gone []string
	for _, seat := range touched {
		names = append(names, seat+" on "+live[seat])
		if _, stays := want.floor.Seats.Index(seat); !stays {
			gone = append(gone, seat)
		}
	}
	if want.MoveLiveAgents.ValueBool() {
		diags.Append(bridge.WarnAt(path.Root("move_live_agents"), "Agents are using phones that go away",
			"These seats are in use now: "+short(names)+". Their phones are removed all the same, since move_live_agents is set; the calls on them may be lost.")...)
		return diags
	}
	if len(gone) > 0 {
		diags.Append(bridge.DiagnoseAt(path.Root("seats"), "Agents are using seats that would be removed",
			fmt.Errorf("an agent is logged in on seat %s; wait until they have left, or set move_live_agents = true", short(gone)))...)
		return diags
	}
	if held := len(touched) - len(movedAway(before.now, placed, live)); held > 0 {
		diags.Append(bridge.WarnAt(path.Root("servers"), "Seats in use stay where they are",
			"An agent is using these seats now: "+short(names)+". They keep that phone. Apply again when the agents have left, or set move_live_agents = true.")...)
	}
	return diags
}

func short(names []string) string {
	if len(names) > 10 {
		return strings.Join(names[:10], ", ") + fmt.Sprintf(" and %d more", len(names)-10)
	}
	return strings.Join(names, ", ")
}

// reviewServers looks at the servers, and bounds their capacity by their rooms.
func (r *Resource) reviewServers(ctx context.Context, want *declared) (diag.Diagnostics, error) {
	var diags diag.Diagnostics
	servers, err := r.topology.Expected(ctx)
	if err != nil {
		return diags, err
	}
	there, err := r.topology.Servers(ctx)
	if err != nil {
		return diags, err
	}
	rooms, err := r.topology.Rooms(ctx)
	if err != nil {
		return diags, err
	}
	perSeat := want.floor.NodesPerSeat
	if perSeat == 0 {
		perSeat = len(want.floor.Nodes)
	}
	engines := map[cluster.Engine][]string{}
	for i := range want.floor.Nodes {
		node := &want.floor.Nodes[i]
		at := path.Root("servers").AtMapKey(node.ServerIP)
		server, known := servers.ByIP(node.ServerIP)
		if !known {
			diags.Append(bridge.DiagnoseAt(at, "Unknown server", fmt.Errorf("server %s is neither in the table servers nor planned by now; where this configuration makes it, refer to vicidial_server.NAME.server_ip instead of writing the address", node.ServerIP))...)
			continue
		}
		engines[server.Engine()] = append(engines[server.Engine()], node.ServerIP)
		if _, written := there.ByIP(node.ServerIP); !written {
			continue // its rooms are planned in this very run
		}
		count := len(rooms[server.Engine()][node.ServerIP])
		if count == 0 {
			diags.Append(bridge.WarnAt(at, "Server without conference rooms", fmt.Sprintf("Server %s has no %s room: VICIdial sends no agent there. Set conference.rooms of its vicidial_server.", node.ServerIP, server.Engine()))...)
			continue
		}
		if most := count * perSeat; node.Capacity < 0 || node.Capacity > most {
			node.Capacity = most
		}
	}
	if len(engines) > 1 && perSeat > 1 {
		diags.Append(bridge.DiagnoseAt(path.Root("servers"), "Two conference engines in one alias",
			fmt.Errorf("servers %s mix calls with MEETME, %s with CONFBRIDGE: once VICIdial has looked at a CONFBRIDGE server of an alias, it finds no room on the MEETME ones that follow; use one engine, two placements, or nodes_per_seat = 1",
				strings.Join(engines[cluster.Meetme], ", "), strings.Join(engines[cluster.Confbridge], ", ")))...)
	}
	return diags, nil
}

// reviewRows makes the rows and plans them, as apply will.
func (r *Resource) reviewRows(ctx context.Context, want declared, found reviewed, isNew bool, kept memory, s secrets) diag.Diagnostics {
	schema, err := r.topology.Schema(ctx)
	if err != nil {
		return bridge.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	diags := reviewColumns(schema, want)
	labels := labelsOf(kept, &found.have)
	rows, err := want.rows(found.placed, found.before.own, s, labels)
	diags.Append(bridge.Diagnose("Unable to plan agent placement", want.name(), err)...)
	if diags.HasError() {
		return diags
	}
	for _, fault := range rows.Check() {
		diags.Append(bridge.DiagnoseAt(faultPath(fault), "Rows that cannot work", fault)...)
	}
	for _, fault := range checkWidths(schema, rows) {
		diags.Append(bridge.DiagnoseAt(faultPath(fault), "The database cannot hold this", fault)...)
	}
	if diags.HasError() {
		return diags
	}
	all := found.before.all
	if isNew {
		if all, err = r.topology.Floor(ctx, want.columns(s)); err != nil {
			return bridge.Diagnose("Unable to plan agent placement", want.name(), err)
		}
	}
	plan, err := cluster.PlanFloor(want.owned(found.before.own), all, rows, cluster.FloorPlan{})
	diags.Append(bridge.DiagnoseAt(path.Root("seats"), "Unable to plan agent placement "+want.name(), err)...)
	if err == nil && addsPhones(plan) {
		diags.Append(reviewSecrets(schema, rows, s)...)
	}
	if who := plan.Relogged(); len(who) > 0 && !found.have.style.Users {
		diags.Append(bridge.WarnAt(path.Root("assign_users"), "Users get another phone login",
			"assign_users gives these users their seat in place of the phone login that they have: "+short(who)+".")...)
	}
	return diags
}

func addsPhones(plan cluster.Plan) bool {
	return slices.ContainsFunc(plan.Steps, func(step cluster.Step) bool {
		return step.Table == cluster.TablePhones && step.Verb == cluster.Insert
	})
}

func faultPath(fault error) path.Path {
	var row *cluster.RowFault
	if errors.As(fault, &row) && row.Table == cluster.TableAliases {
		return path.Root("naming").AtName("alias_id")
	}
	return path.Root("naming")
}

func reviewColumns(schema cluster.Schema, want declared) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, column := range cluster.PhoneColumns {
		if value, set := want.style.Phone[column.Name]; set {
			diags.Append(bridge.DiagnoseAt(path.Root("phone").AtName(attributeOf(column)), "The database cannot hold this", schema.Check(cluster.TablePhones, column.Name, value))...)
		}
	}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		for _, err := range schema.CheckRow(cluster.TablePhones, want.style.Seats[seat]) {
			diags.Append(bridge.DiagnoseAt(path.Root("seat_overrides"), "The database cannot hold this", fmt.Errorf("seat %s: %w", seat, err))...)
		}
		if len(diags) > 5 {
			break // a range of seats repeats it
		}
	}
	if want.style.AliasGroup != "" {
		diags.Append(bridge.DiagnoseAt(path.Root("alias_user_group"), "The database cannot hold this", schema.Check(cluster.TableAliases, "user_group", cluster.Text(want.style.AliasGroup)))...)
	}
	return diags
}

// checkWidths holds the longest names against the widths of this database, which
// in older ones are smaller.
func checkWidths(schema cluster.Schema, rows cluster.FloorRows) []error {
	longest := map[string]cluster.Phone{}
	keep := func(what, text string, p cluster.Phone, best func(cluster.Phone) string) {
		if known, ok := longest[what]; !ok || len(text) > len(best(known)) {
			longest[what] = p
		}
	}
	columns := map[string]func(cluster.Phone) string{
		"login": func(p cluster.Phone) string { return p.Login }, "extension": func(p cluster.Phone) string { return p.Extension },
		"dialplan_number": func(p cluster.Phone) string { return p.DialplanNumber }, "voicemail_id": func(p cluster.Phone) string { return p.VoicemailID },
	}
	for _, p := range rows.Phones {
		for what, of := range columns {
			keep(what, of(p), p, of)
		}
	}
	var faults []error
	for _, column := range slices.Sorted(maps.Keys(longest)) {
		p := longest[column]
		if err := schema.Check(cluster.TablePhones, column, cluster.Text(columns[column](p))); err != nil {
			faults = append(faults, &cluster.RowFault{Table: cluster.TablePhones, Row: "phone " + p.Login, Err: err})
		}
	}
	var alias cluster.PhoneAlias
	for _, a := range rows.Aliases {
		if len(a.List()) > len(alias.List()) {
			alias = a
		}
	}
	if alias.ID != "" {
		for column, text := range map[string]string{"alias_id": alias.ID, "logins_list": alias.List(), "alias_name": alias.Name} {
			if err := schema.Check(cluster.TableAliases, column, cluster.Text(text)); err != nil {
				faults = append(faults, &cluster.RowFault{Table: cluster.TableAliases, Row: "alias " + alias.ID, Err: err})
			}
		}
	}
	return faults
}

// reviewSecrets looks at the passwords that new phones get.
func reviewSecrets(schema cluster.Schema, rows cluster.FloorRows, s secrets) diag.Diagnostics {
	var diags diag.Diagnostics
	at := slices.Index(rows.Columns, "pass")
	for _, p := range rows.Phones {
		if p.Values[at].Text == "" {
			diags.Append(bridge.DiagnoseAt(path.Root("phone").AtName("pass_wo"), "Phones without a password",
				fmt.Errorf("new phones of seat %s would have no password, and nobody could log in with them; set phone.pass_wo, or the seat in seat_passwords_wo", p.Seat))...)
			break
		}
		if err := schema.Check(cluster.TablePhones, "pass", p.Values[at]); err != nil {
			diags.Append(bridge.DiagnoseAt(path.Root("phone").AtName("pass_wo"), "The database cannot hold this", errors.New("phones.pass of this database is narrower than the password"))...)
			break
		}
	}
	if !s.managedSecret {
		diags.Append(bridge.WarnAt(path.Root("phone"), "Phones register with the shipped password",
			"New phones get conf_secret = \""+cluster.ShippedPhoneSecret+"\", which every VICIdial ships: anybody who reaches the servers can register as one of them. Set phone.conf_secret_wo.")...)
	}
	return diags
}
