package asterisk

import (
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The columns that hold Asterisk text besides those of carriers and templates.
const (
	ConfOverride   cluster.AsteriskText = "conf_override"
	CustomDialplan cluster.AsteriskText = "custom_dialplan_entry"
)

// textColumns are the columns whose lines VICIdial copies into files of Asterisk
// (ADMIN_keepalive_ALL.pl). [Check] reads them. What is copied into one line must be one
// line ([cluster.CheckOneLine]).
var textColumns = map[cluster.Table][]string{
	cluster.TableCarriers:  {"globals_string", "dialplan_entry", "registration_string", "account_entry"},
	cluster.TableTemplates: {"template_contents"},
	cluster.TablePhones:    {"conf_override"},
	cluster.TableServers:   {"custom_dialplan_entry"},
	cluster.TableSettings:  {"custom_dialplan_entry"},
	cluster.TableCallMenus: {"custom_dialplan_entry"},
}

// IsText reports whether a column holds lines that Asterisk reads.
func IsText(table cluster.Table, column string) bool {
	return slices.Contains(textColumns[table], column)
}
