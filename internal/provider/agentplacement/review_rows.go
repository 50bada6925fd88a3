package agentplacement

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// reviewRows computes the rows and their plan, as apply does.
func (r *Resource) reviewRows(ctx context.Context, want declaration, found reviewResult, isNew bool, kept privateState, s secrets) diag.Diagnostics {
	schema, err := r.topology.Schema(ctx)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	diags := reviewColumns(schema, want)
	if isNew || !want.Phone.Equal(found.have.Phone) || !want.SeatOverrides.Equal(found.have.SeatOverrides) {
		diags.Append(warnForm(schema, want)...)
	}
	diags.Append(reviewSecretWidths(schema, s)...)
	labels := labelsOf(kept, &found.have)
	rows, err := want.rows(found.placed, found.before.own, s, labels)
	diags.Append(tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)...)
	if diags.HasError() {
		return diags
	}
	for _, fault := range rows.Check() {
		diags.Append(tfhelper.DiagnoseAt(faultPath(fault), "Rows that cannot work", fault)...)
	}
	for _, fault := range rows.CheckWidths(schema) {
		diags.Append(tfhelper.DiagnoseAt(faultPath(fault), "The database cannot hold this", fault)...)
	}
	if diags.HasError() {
		return diags
	}
	all := found.before.all
	if isNew {
		if all, err = r.topology.ExpectedFloor(ctx, want.columns(s)); err != nil {
			return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
		}
	}
	own, spared, err := r.removable(ctx, want, found.before, rows)
	if err != nil {
		return tfhelper.Diagnose("Unable to plan agent placement", want.name(), err)
	}
	plan, err := seating.PlanFloor(own, all, rows, seating.PlanOptions{})
	diags.Append(tfhelper.DiagnoseAt(path.Root("seats"), "Unable to plan agent placement "+want.name(), err)...)
	if err == nil && addsPhones(plan) {
		_, fresh := seating.Siblings(own, all, rows)
		diags.Append(reviewSecrets(rows, s, fresh)...)
	}
	if len(spared) > 0 {
		diags.Append(tfhelper.WarnAt(path.Root("servers"), "Phones in use stay for now",
			"Nothing places these seats there, but an agent is using the phone: "+joinFirst(spared)+". Apply again when the agents have left, or set move_live_agents = true.")...)
	}
	if who := seating.ReplacedLogins(plan); len(who) > 0 && !found.have.style.Users {
		diags.Append(tfhelper.WarnAt(path.Root("assign_users"), "Users get another phone login",
			"assign_users gives these users their seat in place of the phone login that they have: "+joinFirst(who)+".")...)
	}
	diags.Append(warnDangling(plan, all)...)
	return diags
}

// warnDangling warns of references to phones and aliases that are removed.
func warnDangling(plan cluster.Plan, all seating.FloorRows) diag.Diagnostics {
	who := seating.DanglingReferences(plan, all)
	if len(who) == 0 {
		return nil
	}
	return tfhelper.WarnAt(path.Root("seats"), "Others name phones that go away",
		"These are not of this placement and stay as they are, but lead nowhere afterwards: "+joinFirst(who)+".")
}

func addsPhones(plan cluster.Plan) bool {
	return slices.ContainsFunc(plan.Steps, func(step cluster.Step) bool {
		return step.Table == cluster.TablePhones && step.Verb == cluster.Insert
	})
}

func faultPath(fault error) path.Path {
	var row *seating.RowFault
	if errors.As(fault, &row) && row.Table == cluster.TableAliases {
		return path.Root("naming").AtName("alias_id")
	}
	return path.Root("naming")
}

func reviewColumns(schema cluster.Schema, want declaration) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, column := range seating.PhoneColumns {
		if value, set := want.style.Phone[column.Name]; set {
			diags.Append(tfhelper.DiagnoseAt(path.Root("phone").AtName(attributeOf(column)), "The database cannot hold this", schema.Check(cluster.TablePhones, column.Name, value))...)
		}
	}
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		for _, err := range schema.CheckRow(cluster.TablePhones, want.style.Seats[seat]) {
			diags.Append(tfhelper.DiagnoseAt(path.Root("seat_overrides"), "The database cannot hold this", fmt.Errorf("seat %s: %w", seat, err))...)
		}
		if len(diags) > 5 {
			break // every seat of a range has the same error
		}
	}
	if want.style.AliasGroup != "" {
		diags.Append(tfhelper.DiagnoseAt(path.Root("alias_user_group"), "The database cannot hold this", schema.Check(cluster.TableAliases, "user_group", cluster.Text(want.style.AliasGroup)))...)
	}
	return diags
}

// warnForm warns of values that VICIdial's phone form does not keep.
func warnForm(schema cluster.Schema, want declaration) diag.Diagnostics {
	var diags diag.Diagnostics
	value := map[string]bool{}
	warn := func(at path.Path, row cluster.Row, before string) {
		for _, column := range slices.Sorted(maps.Keys(row)) {
			rule, ruled := seating.PhoneForm[column]
			if !ruled {
				continue
			}
			err := rule.Broken(schema, row[column])
			if err == nil || value[column+row[column].Text] {
				continue
			}
			value[column+row[column].Text] = true
			diags.Append(tfhelper.WarnAt(at, "A value that VICIdial may change", before+column+": "+err.Error())...)
		}
	}
	warn(path.Root("phone"), want.style.Phone, "")
	for _, seat := range slices.Sorted(maps.Keys(want.style.Seats)) {
		warn(path.Root("seat_overrides"), want.style.Seats[seat], "seat "+seat+": ")
	}
	return diags
}

// reviewSecretWidths checks the secrets against the column widths of the database,
// which would cut them silently.
func reviewSecretWidths(schema cluster.Schema, s secrets) diag.Diagnostics {
	var diags diag.Diagnostics
	check := func(at path.Path, column string, secret types.String) {
		if !secret.IsNull() && !secret.IsUnknown() {
			diags.Append(tfhelper.DiagnoseAt(at, "The database cannot hold this", schema.Check(cluster.TablePhones, column, cluster.Text(secret.ValueString())))...)
		}
	}
	check(path.Root("phone").AtName("pass_wo"), "pass", s.pass)
	check(path.Root("phone").AtName("conf_secret_wo"), "conf_secret", s.confSecret)
	for _, seat := range slices.Sorted(maps.Keys(s.seats)) {
		check(path.Root("seat_passwords_wo").AtMapKey(seat), "pass", types.StringValue(s.seats[seat]))
	}
	return diags
}

// reviewSecrets checks the passwords of new phones.
func reviewSecrets(rows seating.FloorRows, s secrets, fresh bool) diag.Diagnostics {
	var diags diag.Diagnostics
	at := slices.Index(rows.Columns, "pass")
	for _, p := range rows.Phones {
		if p.Values[at].Text == "" {
			diags.Append(tfhelper.DiagnoseAt(path.Root("phone").AtName("pass_wo"), "Phones without a password",
				fmt.Errorf("new phones of seat %s would have no password, and nobody could log in with them; set phone.pass_wo, or the seat in seat_passwords_wo", p.Seat))...)
			break
		}
	}
	if fresh && !s.managedSecret {
		diags.Append(tfhelper.WarnAt(path.Root("phone"), "Phones register with the shipped password",
			"New phones get conf_secret = \""+seating.ShippedPhoneSecret+"\", which every VICIdial ships: anybody who reaches the servers can register as one of them. Set phone.conf_secret_wo.")...)
	}
	return diags
}
