package seating

import (
	"errors"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The characters that the phone form keeps in columns, as within the brackets of a
// regular expression, beside letters and digits (docs/vicidial/page-filters.md#fields).
var phoneMarks = map[string]string{
	"- .,_": "status phone_type fullname company picture codecs_list",
	"-_": "phone_context login_user login_campaign VICIDIAL_park_on_filename ext_context mohsuggest unavail_dialplan_fwd_exten " +
		"unavail_dialplan_fwd_context voicemail_timezone",
	"-.:/@_":         "email dtmf_send_extension call_out_number_group client_browser install_directory",
	"- =*#.,:/|@_":   "voicemail_options",
	"-/|._":          "voicemail_greeting nva_error_filename",
	"":               "nva_new_status",
	allButLineBreaks: "webphone_layout nva_call_url local_web_callerID_URL",
	onlyDigits: "outbound_cid outbound_alt_cid voicemail_exten voicemail_dump_exten voicemail_dump_exten_no_inst park_on_extension conf_on_extension " +
		"VICIDIAL_park_on_extension monitor_prefix recording_exten nva_new_phone_code",
	nothing:        "VICIDIAL_web_URL",
	noCommentsKept: "conf_override",
}

const (
	allButLineBreaks = "all"
	onlyDigits       = "digits"
	nothing          = "none"
	noCommentsKept   = "no ;"
)

// PhoneForm are the rules of what the phone form keeps, by column. What breaks one is
// worth a warning: the row holds it until somebody saves the form.
var PhoneForm = phoneForm()

func phoneForm() cluster.Rules {
	rules := cluster.Rules{}
	for marks, columns := range phoneMarks {
		rule := cluster.Rule{Check: cluster.PageKeeps(marks, 0, "letters, digits and "+marks+" only").Check}
		switch marks {
		case "":
			rule = cluster.PageKeeps("", 0, "letters and digits only")
		case onlyDigits:
			rule = cluster.Matches(`^[0-9]*$`, "digits only; VICIdial's admin page strips other characters")
		case allButLineBreaks:
			rule = cluster.Matches(`^[^\x00-\x1f"]*$`, `one line without ", at which VICIdial's admin page ends it`)
		case noCommentsKept:
			rule = cluster.Rule{Check: cluster.Rule{}.StrippedByPage(";", 0).Advice}
		case nothing:
			rule = cluster.RuleOf(func(text string) error {
				if text == "" {
					return nil
				}
				return errors.New("no field of VICIdial's phone form has it, and each save of the form empties it; the next plan puts it back (docs/vicidial/page-filters.md#web-url)")
			})
		}
		for column := range strings.FieldsSeq(columns) {
			rules[column] = rule
		}
	}
	return rules
}
