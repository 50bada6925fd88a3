package cluster

import (
	"fmt"
	"strings"
)

// Misspelled is an error for a key that differs from its row in case or in trailing
// blanks. VICIdial's collations compare both as equal
// (docs/vicidial/schema.md#collations), Terraform does not.
type Misspelled struct {
	Noun string // what the key names, such as "campaign"
	Row  string // the key as the row spells it
}

func (m *Misspelled) Error() string {
	return fmt.Sprintf("VICIdial writes this %s %s; write it so here too, since to its tables both are one", m.Noun, m.Row)
}

// CheckSpelling returns a [Misspelled] unless a key is spelled as in the row that has it.
func CheckSpelling(noun, key, row string) error {
	if key == row {
		return nil
	}
	return &Misspelled{Noun: noun, Row: row}
}

// CheckUserGroup returns a [Misspelled] where a user group is spelled otherwise than its
// row. It returns nil for one without a row.
func (s Schema) CheckUserGroup(group string) error {
	name, found := findSpelling(append([]string{"---ALL---"}, s.UserGroups...), group)
	if !found {
		return nil
	}
	return CheckSpelling("user group", group, name)
}

// FoldKey returns a key as the database compares it.
func FoldKey(key string) string { return strings.ToLower(strings.TrimRight(key, " ")) }
