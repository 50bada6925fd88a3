package agentplacement

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// published is the result of publish.
type published struct {
	style      seating.FloorStyle
	now        *seating.Placement
	suffixes   seating.Suffixes
	deviations []seating.Deviation
}

// publish sets the state from the rows, or removes a placement without rows from
// it.
func (r *Resource) publish(ctx context.Context, m model, saved privateState, to tfhelper.Response) (published, bool) {
	unable := func(err error) (published, bool) {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read agent placement", m.name(), err)...)
		return published{}, false
	}
	if r.store == nil {
		return unable(tfhelper.ErrUnconfigured)
	}
	d, diags := m.declaration()
	if diags.HasError() {
		to.Diagnostics.Append(diags...)
		return published{}, false
	}
	var s secrets
	s.setManaged(m)
	v, err := r.readRows(ctx, d, saved.Labels, s)
	if err != nil {
		return unable(err)
	}
	if len(v.own.Phones) == 0 && len(v.own.Aliases) == 0 {
		to.RemoveResource(ctx, m.identity())
		return published{}, false
	}
	deviations, err := d.styled(s, saved.Labels).Deviations(v.byAddress, v.own, v.all)
	if err != nil {
		return unable(err)
	}
	suffixes := d.style.WithLabels(saved.Labels).Suffixes()
	to.SetState(ctx, m.identity(), m.withComputed(v.now, suffixes, deviationTexts(deviations)), updatedState(d, v, saved))
	return published{d.style.WithLabels(saved.Labels), v.now, d.style.ReadingSuffixes(saved.Labels), deviations}, true
}

// updatedState returns the servers that have phones of the placement, declared or not.
func updatedState(d declaration, v currentPlacement, saved privateState) privateState {
	known := d.style.WithLabels(saved.Labels).Labels
	labels := maps.Clone(d.style.Labels)
	for _, p := range v.own.Phones {
		if label, found := known[p.ServerIP]; found {
			labels[p.ServerIP] = label
		}
	}
	return privateState{Labels: labels, NotMoved: saved.NotMoved}
}

func deviationTexts(deviations []seating.Deviation) map[string]string {
	texts := make(map[string]string, len(deviations))
	for _, d := range deviations {
		texts[d.Seat] = strings.Join(d.Texts, "; ")
	}
	return texts
}

// maxAttributed limits the lines of a warning with an author, since each of them reads
// rows of the admin change log.
const maxAttributed = 5

// drift warns of the seats that have changed, and names the author if the admin change
// log has one. Seats in notMoved, which an apply did not move, are not drift.
func (r *Resource) drift(ctx context.Context, m model, notMoved []string, now published, since int64) diag.Diagnostics {
	var lines []string
	add := func(line string, logged []seating.LogRecord) {
		if len(lines) < maxAttributed {
			line += r.lastChange(ctx, logged, since)
		}
		lines = append(lines, line)
	}
	before, err := seating.ParseAssignments(stringsOf(m.Assignments), now.suffixes)
	if err == nil {
		before.CopyFrom(notMoved, now.now)
		for _, run := range seating.MovesBetween(before, now.now).Runs {
			seat, _, _ := strings.Cut(run.Seats, "-")
			add(fmt.Sprintf("seats %s: %s → %s", run.Seats, orNone(now.suffixes, run.Before), orNone(now.suffixes, run.After)),
				now.style.LogRecords(seat, slices.Concat(run.Before, run.After)...))
		}
	}
	known := stringsOf(m.Deviations)
	password := false
	for _, d := range now.deviations {
		text := strings.Join(d.Texts, "; ")
		if known[d.Seat] == text {
			continue
		}
		add("seat "+d.Seat+": "+text, d.Logged)
		password = password || d.Password
	}
	lines = cluster.FirstOf(lines, runsShown)
	if password {
		lines = append(lines, "\nAgents cannot log in with the alias on a phone whose password differs from the others. An agent who changes a mailbox password by telephone changes the password of the phone. "+
			"The next apply restores the floor's password; with ignore_password_drift = true it does not.")
	}
	return tfhelper.WarnChanged("agent placement "+m.name(), lines)
}

// reportMoves adds to the deviations in state the seats that somebody has moved since
// the state was written.
func (r *Resource) reportMoves(ctx context.Context, m model, now published, to *tfsdk.State) diag.Diagnostics {
	before, err := seating.ParseAssignments(stringsOf(m.Assignments), now.suffixes)
	if err != nil || before.Equal(now.now) && len(m.Deviations.Elements()) == 0 {
		return nil
	}
	d, diags := m.declaration()
	if diags.HasError() {
		return diags
	}
	reviewed, err := r.reviewServers(ctx, &d, now.now)
	if err != nil || reviewed.HasError() {
		return nil // the plan reports it
	}
	placed, err := seating.Place(d.floor, now.now)
	if err != nil {
		return nil // the plan reports it
	}
	texts := deviationTexts(now.deviations)
	for _, run := range seating.MovesBetween(now.now, placed).Runs {
		if texts[run.Seats] == "" {
			texts[run.Seats] = fmt.Sprintf("is on %s, not %s", orNone(now.suffixes, run.Before), orNone(now.suffixes, run.After))
		}
	}
	return to.SetAttribute(ctx, path.Root("deviations"), tfhelper.StringMap(texts))
}

func orNone(suffixes seating.Suffixes, nodes []string) string {
	if len(nodes) == 0 {
		return "none"
	}
	return suffixes.Pattern(nodes)
}

// lastChange returns the newest change of any of the rows in the admin change log.
func (r *Resource) lastChange(ctx context.Context, logged []seating.LogRecord, since int64) string {
	var newest cluster.ChangeLogEntry
	for _, row := range logged {
		change, found, err := r.store.LastChange(ctx, cluster.ChangeLogFilter{After: since, Sections: []string{row.Section}, Records: []string{row.Record}})
		if err != nil {
			return ""
		}
		if found && change.When > newest.When {
			newest = change
		}
	}
	if newest.When == "" {
		return tfhelper.NoAuthor
	}
	return ", last changed " + newest.String()
}

// warnRemoved warns of a placement without rows. It names who deleted the rows of the
// last seat if the admin change log has an entry.
func (r *Resource) warnRemoved(ctx context.Context, m model, saved privateState, since int64) diag.Diagnostics {
	d, diags := m.declaration()
	if diags.HasError() {
		return diags
	}
	last := d.floor.Seats.At(d.floor.Seats.Len() - 1)
	records := d.style.WithLabels(saved.Labels).LogRecords(last, slices.Sorted(maps.Keys(saved.Labels))...)
	return tfhelper.WarnDeleted("agent placement "+m.name(), "Its phones and aliases do not exist any more", r.lastChange(ctx, records, since))
}

// ImportState accepts a name and the aliases of the seats: "floor1=2000-2149,2200".
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var id identity
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
	} else {
		name, aliases, found := strings.Cut(req.ID, "=")
		if !found || name == "" || aliases == "" {
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import agent placement", req.ID,
				errors.New(`the import id is a name and the aliases of the seats, like "floor1=2000-2149,2200", or "floor1=2000x-2149x" if alias ids end in x`))...)
			return
		}
		id = identity{types.StringValue(name), types.StringValue(aliases)}
	}
	ids := strings.Split(id.AliasIDs.ValueString(), ",")
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), id.Name)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("seats"), ids)...) // Read derives the declaration
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, id)...)
	}
}

// adopt derives the declaration from the rows that an import finds.
func (r *Resource) adopt(ctx context.Context, m model) (model, diag.Diagnostics) {
	all, defaults, err := readAdoptable(ctx, r.store)
	if err != nil {
		return m, tfhelper.Diagnose("Unable to import agent placement", m.name(), err)
	}
	found, err := seating.AdoptFloor(m.ranges(), all)
	if err != nil {
		return m, tfhelper.Diagnose("Unable to import agent placement", m.name(), err)
	}
	m = adoptModel(m.Name, found, all, defaults)
	return m, r.warnOfImport(ctx, m, found, all)
}

// warnOfImport warns of imported rows that break a rule.
func (r *Resource) warnOfImport(ctx context.Context, m model, found seating.Adopted, all seating.FloorRows) diag.Diagnostics {
	d, diags := m.declaration()
	if diags.HasError() {
		return diags
	}
	now := d.style.PlacementOf(d.style.Own(all, found.Seats), found.Seats)
	warned, err := r.reviewServers(ctx, &d, now)
	if err != nil {
		return tfhelper.Diagnose("Unable to import agent placement", m.name(), err)
	}
	if shared := found.Shared(all); len(shared) > 0 {
		warned.Append(tfhelper.WarnAt(path.Root("seats"), "Phones that share values", strings.Join(cluster.FirstOf(shared, 5), "\n"))...)
	}
	return warned.Warnings()
}

// readAdoptable reads all rows with every column that a declaration can contain, and the
// values of a new phone without a declaration.
func readAdoptable(ctx context.Context, store store) (all seating.FloorRows, defaults cluster.Row, err error) {
	schema, err := store.Schema(ctx)
	if err != nil {
		return all, nil, err
	}
	columns := make([]string, 0, len(seating.PhoneColumns)+1)
	for _, column := range seating.PhoneColumns {
		columns = append(columns, column.Name)
	}
	defaults = schema.Defaults(cluster.TablePhones, columns)
	maps.Copy(defaults, seating.NewPhoneDefaults())
	all, err = store.FloorRows(ctx, append(columns, "pass"))
	return all, defaults, err
}

// adoptColumns sets phone and seat_overrides.
func (m model) adoptColumns(found seating.AdoptedColumns) model {
	overrides := map[string]attr.Value{}
	for seats, row := range found.Ranges() {
		columns := map[string]string{}
		for name, value := range row {
			columns[strings.ToLower(name)] = tfhelper.ToBlank(value.Text)
		}
		overrides[seats] = tfhelper.StringMap(columns)
	}
	if len(overrides) > 0 {
		m.SeatOverrides = types.MapValueMust(types.MapType{ElemType: types.StringType}, overrides)
	}
	if len(found.Phone) == 0 {
		return m
	}
	attributes := map[string]attr.Value{
		"pass_wo": types.StringNull(), "pass_wo_version": types.Int64Null(),
		"conf_secret_wo": types.StringNull(), "conf_secret_wo_version": types.Int64Null(),
	}
	for _, column := range seating.PhoneColumns {
		attributes[attributeOf(column)] = attributeValue(column, found.Phone)
	}
	m.Phone = types.ObjectValueMust(phoneTypes(), attributes)
	return m
}

// attributeValue returns the attribute for a column of a row; null if the row does not
// have it.
func attributeValue(column seating.PhoneColumn, row cluster.Row) attr.Value {
	value, set := row[column.Name]
	switch column.Kind {
	case seating.KindNumber:
		number, _ := value.Int()
		if !set {
			return types.Int64Null()
		}
		return types.Int64Value(number)
	case seating.KindYesNo, seating.KindSwitch:
		if !set {
			return types.BoolNull()
		}
		return types.BoolValue(value.Yes() || value.Text == "1")
	case seating.KindText:
	}
	if !set {
		return types.StringNull()
	}
	return types.StringValue(tfhelper.ToBlank(value.Text))
}

// importable reports whether an import can write a value into the configuration: it
// must be valid, and contain no secret.
func importable(column, text string) bool {
	return asterisk.CheckPhone(column, text) == nil && !asterisk.HasSecret(text)
}

func adoptModel(name types.String, found seating.Adopted, all seating.FloorRows, defaults cluster.Row) model {
	m := model{
		Name: name, NodesPerSeat: tfhelper.Int64(found.NodesPerSeat), AliasOrder: types.StringValue(orderSpread),
		Phone: types.ObjectNull(phoneTypes()), SeatOverrides: types.MapNull(types.MapType{ElemType: types.StringType}),
		SeatPasswords: types.MapNull(types.StringType), Servers: map[string]serverModel{},
		AssignUsers: types.BoolValue(false), MoveLiveAgents: types.BoolValue(false), IgnorePasswordDrift: types.BoolValue(false),
	}
	m.Seats = tfhelper.StringList(found.Seats.Ranges())
	if found.KeepOrder {
		m.AliasOrder = types.StringValue(orderKeep)
	}
	for _, node := range found.Nodes {
		server := serverModel{Suffix: types.StringValue(node.Suffix)}
		if node.Weight != 1 {
			server.Weight = tfhelper.Int64(node.Weight)
		}
		if index, own := found.Index[node.ServerIP]; own {
			server.Index = tfhelper.Int64(index)
		}
		m.Servers[node.ServerIP] = server
	}
	if len(found.Naming) > 0 {
		m.Naming = &namingModel{}
		for name, field := range m.Naming.fields() {
			if text, set := found.Naming[name]; set {
				*field = types.StringValue(cmp.Or(text, seating.Omitted(name)))
			}
		}
	}
	m.AssignUsers = types.BoolValue(found.AssignsUsers(all))
	m.IgnorePasswordDrift = types.BoolValue(found.PasswordsDiffer(all))
	return m.adoptColumns(found.Columns(all, defaults, importable))
}
