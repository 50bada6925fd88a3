package asterisk

import "github.com/vicidial/terraform-provider-vicidial/internal/cluster"

// The columns that hold Asterisk text besides those of carriers and templates.
const (
	ConfOverride   cluster.AsteriskText = "conf_override"
	CustomDialplan cluster.AsteriskText = "custom_dialplan_entry"
)
