package sandbox

import "strings"

// ColumnForm is a column as it is from a schema version on.
type ColumnForm struct {
	Type    string // "smallint(5) unsigned", "enum('Y','N')"
	Default string // as SQL; empty for none
	From    int    // the first of the known schemas that has this form
}

// ColumnForms returns the forms of a column in the known schemas, the oldest first.
// Letter case of the name does not count. It returns none for an unknown column.
func ColumnForms(tableName, name string) []ColumnForm {
	tables, err := facts()
	if err != nil {
		return nil // NewDatabase returns the error
	}
	var forms []ColumnForm
	for _, t := range tables {
		if t.name != tableName {
			continue
		}
		for _, schema := range schemas {
			for _, c := range t.columns {
				if !strings.EqualFold(c.name, name) || !t.spans.include(schema) || !c.spans.include(schema) {
					continue
				}
				form := ColumnForm{Type: c.kind, Default: c.preset, From: schema}
				if len(forms) == 0 || forms[len(forms)-1].Type != form.Type || forms[len(forms)-1].Default != form.Default {
					forms = append(forms, form)
				}
			}
		}
	}
	return forms
}
