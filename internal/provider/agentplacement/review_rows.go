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
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reviewRows computes the rows and their plan, as the apply does.
func (r *Resource) reviewRows(ctx context.Context, want declaration, found reviewResult, isNew bool, saved privateState, s secrets) diag.Diagnostics {
	schema, err := r.store.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	var before currentPlacement
	if !isNew {
		if before, err = r.readRows(ctx, found.have, saved.withLabels(want.style.Labels).Labels, s); err != nil {
			return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
		}
	}
	diags := r.reviewReplaced(ctx, want, found.have, before.own)
	diags.Append(r.warnMoves(ctx, want, found, before.own)...)
	diags.Append(reviewColumns(schema, want)...)
	if isNew || !want.Phone.Equal(found.have.Phone) || !want.SeatOverrides.Equal(found.have.SeatOverrides) {
		diags.Append(warnForm(schema, want)...)
	}
	diags.Append(reviewUserGroups(schema, want, found.have)...)
	diags.Append(reviewSecretWidths(schema, s)...)
	labels := labelsOf(saved, &found.have)
	rows, err := want.styled(s, labels).Rows(found.placed, before.own)
	diags.Append(tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)...)
	if diags.HasError() {
		return diags
	}
	for _, fault := range rows.Check(before.own) {
		diags.Append(tfhelper.DiagnoseNew(faultPath(fault), "Invalid rows", fault, fault.Existing)...)
	}
	phone, err := r.checkPhoneTexts(ctx, want, found.have, s)
	diags.Append(phone...)
	diags.Append(tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)...)
	for _, fault := range rows.CheckWidths(schema) {
		diags.Append(tfhelper.DiagnoseAt(faultPath(fault), "Value not supported by the database", fault)...)
	}
	if diags.HasError() {
		return diags
	}
	removable, spared, err := r.removable(ctx, want, before, rows)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	var own, all seating.FloorRows
	var plan cluster.Plan
	tfhelper.Await(ctx, func() (again bool) { // other placements may release rows
		if all, err = r.store.FloorRows(ctx, want.columns(s)); err != nil {
			return false
		}
		own = r.withReceived(removable, all, want)
		all = r.store.FloorAfter(all, want.claim(seating.FloorKept, nil))
		plan, err = seating.PlanFloor(own, all, rows, seating.PlanOptions{})
		return cluster.IsTemporary(err) && !r.store.HasWritten()
	})
	if cluster.IsTemporary(err) && r.store.HasWritten() {
		return diags // the first plan of this run included the placement that releases the rows
	}
	diags.Append(tfhelper.DiagnoseAt(path.Root("seats"), "Unable to plan agent placement "+want.name(), err)...)
	if err == nil && addsPhones(plan) {
		_, fresh := seating.Siblings(own, all, rows)
		diags.Append(reviewSecrets(rows, s, fresh)...)
	}
	if len(spared) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("servers"), "Phones in use are not removed yet",
			"These phones belong to no seat of the placement, but an agent is using them: "+joinFirst(spared)+". Apply again when the agents have left, or set move_live_agents = true.")...)
	}
	if logins := seating.ReplacedLogins(plan); len(logins) > 0 && !found.have.style.Users {
		diags.Append(tfhelper.WarnAt(path.Root("assign_users"), "Users get another phone login",
			"assign_users replaces the phone login of these users by their seat: "+joinFirst(logins)+".")...)
	}
	diags.Append(warnDangling(plan, all)...)
	return diags
}

// warnDangling warns of references to phones and aliases that are removed.
func warnDangling(plan cluster.Plan, all seating.FloorRows) diag.Diagnostics {
	references := seating.DanglingReferences(plan, all)
	if len(references) == 0 {
		return nil
	}
	return tfhelper.WarnAt(path.Root("seats"), "References to phones that are removed",
		"These rows do not belong to this placement and do not change, but refer to phones or aliases that will not exist: "+joinFirst(references)+".")
}

func addsPhones(plan cluster.Plan) bool {
	return slices.ContainsFunc(plan.Steps, func(step cluster.Step) bool {
		return step.Table == cluster.TablePhones && step.Verb == cluster.Insert
	})
}

func faultPath(fault error) path.Path {
	var row *seating.RowViolation
	if errors.As(fault, &row) && row.Table == cluster.TableAliases {
		return path.Root("naming").AtName("alias_id")
	}
	return path.Root("naming")
}

// checkPhoneTexts returns errors for texts of phone and of seat_overrides that generated
// files cannot contain, and warnings for those that phones of the placement have
// already.
func (r *Resource) checkPhoneTexts(ctx context.Context, want, before declaration, s secrets) (diag.Diagnostics, error) {
	var diags diag.Diagnostics
	for _, column := range seating.PhoneColumns {
		value, set := want.style.Phone[column.Name]
		if !set || column.Kind != seating.KindText {
			continue
		}
		broken := asterisk.CheckPhone(column.Name, value.Text)
		if broken == nil {
			continue
		}
		all, err := r.store.FloorRows(ctx, want.columns(s))
		if err != nil {
			return nil, err
		}
		i, own := slices.Index(all.Columns, column.Name), want.style.Own(all, want.floor.Seats)
		existing := i >= 0 && len(own.Phones) > 0 && !slices.ContainsFunc(own.Phones, func(p seating.Phone) bool { return p.Values[i].Text != value.Text })
		diags.Append(tfhelper.DiagnoseNew(path.Root("phone").AtName(attributeOf(column)), "Invalid value", broken, existing)...)
	}
	fullname, former := want.style.Naming.FullName.String(), before.style.Naming.FullName.String()
	diags.Append(tfhelper.DiagnoseNew(path.Root("naming").AtName("fullname"), "Invalid value", asterisk.CheckPhone("fullname", fullname), fullname == former)...)
	reported := map[cluster.Value]bool{}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		row := want.style.Seats[seat]
		for _, column := range slices.Sorted(maps.Keys(row)) {
			broken := asterisk.CheckPhone(column, row[column].Text)
			if broken == nil || reported[row[column]] {
				continue
			}
			reported[row[column]] = true
			former, existed := before.style.Seats[seat][column]
			diags.Append(tfhelper.DiagnoseNew(path.Root("seat_overrides"), "Text that generated files cannot contain", fmt.Errorf("seat %s: %w", seat, broken), existed && former == row[column])...)
		}
	}
	return diags, nil
}

func reviewColumns(schema cluster.Schema, want declaration) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, column := range seating.PhoneColumns {
		if value, set := want.style.Phone[column.Name]; set {
			diags.Append(tfhelper.DiagnoseAt(path.Root("phone").AtName(attributeOf(column)), "Value not supported by the database", schema.Check(cluster.TablePhones, column.Name, value))...)
		}
	}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		for _, err := range schema.CheckRow(cluster.TablePhones, want.style.Seats[seat]) {
			diags.Append(tfhelper.DiagnoseAt(path.Root("seat_overrides"), "Value not supported by the database", fmt.Errorf("seat %s: %w", seat, err))...)
		}
		if len(diags) > 5 {
			break // every seat of a range has the same error
		}
	}
	if want.style.AliasGroup != "" {
		diags.Append(tfhelper.DiagnoseAt(path.Root("alias_user_group"), "Value not supported by the database", schema.Check(cluster.TableAliases, "user_group", cluster.Text(want.style.AliasGroup)))...)
	}
	return diags
}

// warnForm warns of values that VICIdial's phone form changes.
func warnForm(schema cluster.Schema, want declaration) diag.Diagnostics {
	var diags diag.Diagnostics
	reported := map[string]bool{}
	warn := func(at path.Path, row cluster.Row, before string) {
		for _, column := range slices.Sorted(maps.Keys(row)) {
			rule, ruled := seating.PhoneForm[column]
			if !ruled {
				continue
			}
			err := rule.Check(schema, row[column])
			if err == nil || reported[column+row[column].Text] {
				continue
			}
			reported[column+row[column].Text] = true
			diags.Append(tfhelper.WarnAt(at, "Value that VICIdial may change", before+column+": "+err.Error())...)
		}
	}
	warn(path.Root("phone"), want.style.Phone, "")
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		warn(path.Root("seat_overrides"), want.style.Seats[seat], "seat "+seat+": ")
	}
	return diags
}

// reviewSecretWidths checks the secrets against the column widths of the database, which
// would truncate them silently.
func reviewSecretWidths(schema cluster.Schema, s secrets) diag.Diagnostics {
	var diags diag.Diagnostics
	check := func(at path.Path, column string, secret types.String) {
		if !secret.IsNull() && !secret.IsUnknown() {
			diags.Append(tfhelper.DiagnoseAt(at, "Value not supported by the database", schema.Check(cluster.TablePhones, column, cluster.Text(secret.ValueString())))...)
		}
	}
	check(path.Root("phone").AtName("pass_wo"), "pass", s.pass)
	check(path.Root("phone").AtName("conf_secret_wo"), "conf_secret", s.confSecret)
	for _, seat := range slices.Sorted(maps.Keys(s.seats)) {
		check(path.Root("seat_passwords_wo").AtMapKey(seat), "pass", types.StringValue(s.seats[seat]))
	}
	return diags
}

// warnSecrets warns of the phones whose password is written again.
func warnSecrets(want declaration, placed *seating.Placement, s secrets) diag.Diagnostics {
	perServer := placed.PerServer()
	var phones []string
	for _, server := range slices.Sorted(maps.Keys(perServer)) {
		phones = append(phones, fmt.Sprintf("%d on %s", perServer[server], server))
	}
	rows := "the phones of seats " + want.floor.Seats.String() + " (" + strings.Join(phones, ", ") + ")"
	in := path.Root("phone")
	var diags diag.Diagnostics
	if s.renewPass {
		at := in.AtName("pass_wo_version")
		if s.perSeat {
			at = path.Root("seat_passwords_wo_version")
		}
		diags.Append(tfhelper.WarnSecret(at, "pass", rows)...)
	}
	if s.renewSecret {
		diags.Append(tfhelper.WarnSecret(in.AtName("conf_secret_wo_version"), "conf_secret", rows)...)
	}
	return diags
}

// reviewSecrets checks the passwords of new phones.
func reviewSecrets(rows seating.FloorRows, s secrets, fresh bool) diag.Diagnostics {
	var diags diag.Diagnostics
	i := slices.Index(rows.Columns, "pass")
	for _, p := range rows.Phones {
		if p.Values[i].Text == "" {
			diags.Append(tfhelper.DiagnoseAt(path.Root("phone").AtName("pass_wo"), "Missing password",
				fmt.Errorf("new phones of seat %s would have no password, and nobody could log in with them; set phone.pass_wo, or the seat in seat_passwords_wo", p.Seat))...)
			break
		}
	}
	if fresh && !s.managedSecret {
		diags.Append(tfhelper.WarnAt(path.Root("phone"), "Default password",
			"New phones get conf_secret = \""+seating.DefaultPhoneSecret+"\", VICIdial's default: anybody who can connect to the servers can register as one of them. Set phone.conf_secret_wo.")...)
	}
	return diags
}
