package seating

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// CheckWidths checks the longest name of each column against the column's width,
// which is smaller in older schemas. Each error is a [RowViolation].
func (f FloorRows) CheckWidths(schema cluster.Schema) []error {
	columns := map[string]func(Phone) string{
		"login":           func(p Phone) string { return p.Login },
		"extension":       func(p Phone) string { return p.Extension },
		"dialplan_number": func(p Phone) string { return p.DialplanNumber },
		"voicemail_id":    func(p Phone) string { return p.VoicemailID },
	}
	if i := slices.Index(f.Columns, "fullname"); i >= 0 {
		columns["fullname"] = func(p Phone) string { return p.Values[i].Text }
	}
	longest := map[string]Phone{}
	for _, p := range f.Phones {
		for column, text := range columns {
			if known, found := longest[column]; !found || len(text(p)) > len(text(known)) {
				longest[column] = p
			}
		}
	}
	var violations []error
	for _, column := range slices.Sorted(maps.Keys(longest)) {
		p := longest[column]
		if err := schema.Check(cluster.TablePhones, column, cluster.Text(columns[column](p))); err != nil {
			violations = append(violations, &RowViolation{Table: cluster.TablePhones, Row: "phone " + p.Login, Err: err})
		}
	}
	alias := PhoneAlias{AliasRow: &AliasRow{}}
	for _, a := range f.Aliases {
		if len(a.List) > len(alias.List) {
			alias = a
		}
	}
	if alias.ID == "" {
		return violations
	}
	row := cluster.Row{"alias_id": cluster.Text(alias.ID), "logins_list": cluster.Text(alias.List), "alias_name": cluster.Text(alias.Name)}
	for _, err := range schema.CheckRow(cluster.TableAliases, row) {
		violations = append(violations, &RowViolation{Table: cluster.TableAliases, Row: "alias " + alias.ID, Err: err})
	}
	return violations
}
