package agentplacement

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// declaration is a model in the types of package seating.
type declaration struct {
	model
	floor seating.Floor
	style seating.FloorStyle
}

// declaration converts the model, and returns the errors that it finds without the
// database.
func (m model) declaration() (declaration, diag.Diagnostics) {
	d := declaration{model: m}
	seats, err := seating.ParseSeats(m.ranges())
	diags := tfhelper.DiagnoseAt(path.Root("seats"), "Invalid seats", err)
	naming, err := seating.ParseNaming(m.Naming.templates())
	diags.Append(diagnoseNaming(err)...)
	if diags.HasError() {
		return d, diags
	}
	d.floor = seating.Floor{
		Seats: seats, NodesPerSeat: int(m.NodesPerSeat.ValueInt64()),
		KeepOrder: m.AliasOrder.ValueString() == orderKeep,
	}
	d.style.Naming = naming
	d.style.Labels = map[string]seating.Label{}
	d.style.AliasGroup = m.AliasUserGroup.ValueString()
	d.style.Users = m.AssignUsers.ValueBool()
	for _, ip := range slices.Sorted(maps.Keys(m.Servers)) {
		node, label, err := m.Servers[ip].node(ip, naming)
		if broken := checkSuffix(node.Suffix); err != nil && broken != nil {
			diags.Append(tfhelper.DiagnoseAt(path.Root("servers").AtMapKey(ip).AtName("suffix"), "Invalid value", broken)...)
		} else {
			diags.Append(tfhelper.DiagnoseAt(path.Root("servers").AtMapKey(ip), "Missing index", err)...)
		}
		d.floor.Nodes = append(d.floor.Nodes, node)
		d.style.Labels[ip] = label
	}
	perSeat := d.floor.NodesPerSeat
	if perSeat == 0 {
		perSeat = len(d.floor.Nodes)
	}
	diags.Append(diagnoseNaming(naming.Check(seats.Len(), perSeat))...)
	d.style.Phone = phoneRow(m.Phone)
	diags.Append(d.addOverrides(m.SeatOverrides)...)
	return d, diags
}

func diagnoseNaming(err error) diag.Diagnostics {
	at := path.Root("naming")
	if wrong := (*seating.NamingError)(nil); errors.As(err, &wrong) {
		at = at.AtName(wrong.Name)
	}
	return tfhelper.DiagnoseAt(at, "Invalid names", err)
}

func (s serverModel) node(ip string, naming seating.Naming) (seating.FloorNode, seating.Label, error) {
	node := seating.FloorNode{ServerIP: ip, Suffix: s.Suffix.ValueString(), Weight: 1, Capacity: seating.Unbounded}
	if !s.Weight.IsNull() {
		node.Weight = int(s.Weight.ValueInt64())
	}
	if !s.Capacity.IsNull() {
		node.Capacity = int(s.Capacity.ValueInt64())
	}
	label := seating.Label{Suffix: node.Suffix}
	index, isLetter := seating.IndexOf(node.Suffix)
	switch {
	case !s.Index.IsNull():
		label.Index = int(s.Index.ValueInt64())
	case isLetter:
		label.Index = index
	case naming.UsesIndex():
		return node, label, fmt.Errorf("the suffix %q is not a single letter, and the names contain the server's number: set index", node.Suffix)
	}
	return node, label, nil
}

// phoneRow returns the columns that all phones share.
func phoneRow(phone types.Object) cluster.Row {
	row := cluster.Row{}
	attributes := phone.Attributes()
	for _, column := range seating.PhoneColumns {
		if value, set := valueOf(column, attributes[attributeOf(column)]); set {
			row[column.Name] = value
		}
	}
	return row
}

// addOverrides adds the overrides of single seats. Each of their columns must be set for
// all phones, too: otherwise the value after the end of an override would be unknown.
func (d *declaration) addOverrides(overrides types.Map) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, ranges := range slices.Sorted(maps.Keys(overrides.Elements())) {
		at := path.Root("seat_overrides").AtMapKey(ranges)
		columns, ok := overrides.Elements()[ranges].(types.Map)
		seats, err := seating.ParseSeats([]string{ranges})
		diags.Append(tfhelper.DiagnoseAt(at, "Invalid seats", err)...)
		if !ok || err != nil {
			continue
		}
		row := cluster.Row{}
		for attribute, text := range stringsOf(columns) {
			column, known := columnByAttribute(attribute)
			if !known {
				diags.Append(tfhelper.DiagnoseAt(at.AtMapKey(attribute), "Unknown column", fmt.Errorf("%q is not an attribute of phone", attribute))...)
				continue
			}
			if _, shared := d.style.Phone[column.Name]; !shared && column.Name != "fullname" {
				diags.Append(tfhelper.DiagnoseAt(at.AtMapKey(attribute), "Missing common value", fmt.Errorf("%s is overridden on seats %s, but phone.%s does not set it for the other seats", attribute, ranges, attribute))...)
			}
			row[column.Name] = overridden(column, text)
		}
		for _, seat := range seats.All() {
			if _, placed := d.floor.Seats.Index(seat); !placed {
				diags.Append(tfhelper.DiagnoseAt(at, "Unknown seat", fmt.Errorf("seat %s is not among the seats of this placement", seat))...)
				break
			}
			if d.style.Seats == nil {
				d.style.Seats = map[string]cluster.Row{}
			}
			both := maps.Clone(row)
			maps.Copy(both, d.style.Seats[seat])
			d.style.Seats[seat] = both
		}
	}
	return diags
}

// overridden converts the text of an override; bools are written as in HCL.
func overridden(column seating.PhoneColumn, text string) cluster.Value {
	yes := map[string]string{"true": "Y", "false": "N"}
	if column.Kind == seating.KindSwitch {
		yes = map[string]string{"true": "1", "false": "0"}
	}
	if value, isBool := yes[text]; isBool && (column.Kind == seating.KindYesNo || column.Kind == seating.KindSwitch) {
		return cluster.Text(value)
	}
	return tfhelper.FromBlank(text)
}

// secrets are the write-only values of the configuration.
type secrets struct {
	pass, confSecret types.String
	seats            map[string]string
	renewPass        bool
	renewSecret      bool
	perSeat          bool
	managed          bool // a password is or was declared
	managedSecret    bool
}

func readSecrets(ctx context.Context, config tfsdk.Config, m model, prior *model) (secrets, diag.Diagnostics) {
	var s secrets
	var diags diag.Diagnostics
	var seats types.Map
	in := path.Root("phone")
	if !m.Phone.IsNull() {
		diags.Append(config.GetAttribute(ctx, in.AtName("pass_wo"), &s.pass)...)
		diags.Append(config.GetAttribute(ctx, in.AtName("conf_secret_wo"), &s.confSecret)...)
	}
	diags.Append(config.GetAttribute(ctx, path.Root("seat_passwords_wo"), &seats)...)
	s.seats = stringsOf(seats)
	for _, seat := range slices.Sorted(maps.Keys(s.seats)) {
		diags.Append(tfhelper.DiagnoseAt(path.Root("seat_passwords_wo").AtMapKey(seat), "Invalid password", seating.CheckPhonePassword(s.seats[seat]))...)
	}
	s.setManaged(m)
	if prior != nil {
		s.renewPass = !versionOf(m.Phone, "pass_wo_version").Equal(versionOf(prior.Phone, "pass_wo_version")) ||
			!m.SeatPasswordsVersion.Equal(prior.SeatPasswordsVersion)
		s.renewSecret = !versionOf(m.Phone, "conf_secret_wo_version").Equal(versionOf(prior.Phone, "conf_secret_wo_version"))
	}
	return s, diags
}

// checkDeclaredSeats returns errors for passwords of seats that are not declared.
func (s secrets) checkDeclaredSeats(d declaration) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, seat := range slices.Sorted(maps.Keys(s.seats)) {
		if _, placed := d.floor.Seats.Index(seat); !placed {
			diags.Append(tfhelper.DiagnoseAt(path.Root("seat_passwords_wo").AtMapKey(seat), "Unknown seat", fmt.Errorf("seat %s is not among the seats of this placement", seat))...)
		}
	}
	return diags
}

func (s *secrets) setManaged(m model) {
	s.perSeat = !m.SeatPasswordsVersion.IsNull()
	s.managed = s.perSeat || !versionOf(m.Phone, "pass_wo_version").IsNull()
	s.managedSecret = !versionOf(m.Phone, "conf_secret_wo_version").IsNull()
}

func versionOf(phone types.Object, name string) types.Int64 {
	if number, ok := phone.Attributes()[name].(types.Int64); ok {
		return number
	}
	return types.Int64Null()
}

func (s secrets) password(seat string) (cluster.Value, bool) {
	if password, found := s.seats[seat]; found {
		return cluster.Text(password), true
	}
	if s.pass.IsNull() || s.pass.IsUnknown() {
		return cluster.Value{}, false
	}
	return cluster.Text(s.pass.ValueString()), true
}

func (s secrets) registration(string) (cluster.Value, bool) {
	if s.confSecret.IsNull() || s.confSecret.IsUnknown() {
		return cluster.Value{}, false
	}
	return cluster.Text(s.confSecret.ValueString()), true
}

// columns returns the further columns of phones to read. The password is always one of
// them, since the phones of an alias must share it.
func (d declaration) columns(s secrets) []string { return d.styled(s, nil).Columns() }

// styled returns the style with the labels of servers that are declared no longer, and
// with the secrets. A password that is not declared is the most frequent one of the seat.
func (d declaration) styled(s secrets, labels map[string]seating.Label) seating.FloorStyle {
	styled := d.style.WithLabels(labels)
	styled.Secrets = []seating.Secret{{
		Column: "pass", Given: s.password, Renew: s.renewPass, PerSeat: s.perSeat || !s.managed,
		Ignore: d.IgnorePasswordDrift.ValueBool(),
	}}
	if s.managedSecret {
		styled.Secrets = append(styled.Secrets, seating.Secret{Column: "conf_secret", Given: s.registration, Renew: s.renewSecret})
	}
	return styled
}
