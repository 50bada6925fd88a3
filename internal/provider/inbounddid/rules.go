package inbounddid

import (
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Characters that the admin page would remove from a new value are refused, or warned of
// in a description (docs/vicidial/admin-page.md#character-filter). The schema of the
// database has the members of enums.
var (
	identifier  = cluster.Matches(`^[-_.0-9a-zA-Z]*$`, "letters, digits and - _ .; VICIdial's admin page strips other characters")
	digits      = cluster.Matches(`^[0-9]*$`, "digits only")
	extension   = cluster.Matches(`^[-*#.:/@_0-9a-zA-Z]*$`, "letters, digits and - * # . : / @ _; VICIdial's admin page strips other characters")
	address     = cluster.RuleOf(checkAddress)
	listID      = cluster.Between(0, 99999999999999)
	plainText   = cluster.PlainText.Advised()
	customText  = cluster.PageKeeps(`- .:/@_`, 0, "letters, digits, spaces and - . : / @ _").Advised().StrippedByPage(" ", 1404)
	dialContext = identifier.StrippedByPage(".", 0)
)

func checkAddress(ip string) error {
	if strings.TrimSpace(ip) == "" {
		return nil
	}
	return cluster.CheckServerIP(ip)
}

var rules = cluster.Rules{
	"did_pattern":                        cluster.Matches(`^[:+*#._0-9a-zA-Z]{2,50}$`, "2 to 50 digits, letters and : + * # . _; VICIdial matches the number exactly, without wildcards").StrippedByPage("+", 1404).StrippedByPage(":", 1513),
	"did_description":                    plainText,
	"extension":                          extension,
	"exten_context":                      dialContext,
	"voicemail_ext":                      digits,
	"phone":                              extension,
	"server_ip":                          address,
	"user":                               identifier,
	"user_route_settings_ingroup":        identifier,
	"group_id":                           identifier,
	"call_handle_method":                 identifier,
	"list_id":                            listID,
	"entry_list_id":                      listID,
	"campaign_id":                        identifier,
	"phone_code":                         digits,
	"menu_id":                            identifier,
	"no_agent_ingroup_id":                identifier,
	"no_agent_ingroup_extension":         extension,
	"max_queue_ingroup_id":               identifier,
	"max_queue_ingroup_extension":        extension,
	"pre_filter_phone_group_id":          identifier,
	"pre_filter_extension":               extension,
	"pre_filter_recent_call":             cluster.OneLine,
	"pre_filter_recent_extension":        extension,
	"did_carrier_description":            plainText,
	"custom_one":                         customText,
	"custom_two":                         customText,
	"custom_three":                       customText,
	"custom_four":                        customText,
	"custom_five":                        customText,
	"user_group":                         identifier.NamesUserGroup(),
	"filter_phone_group_id":              identifier,
	"filter_url":                         cluster.Line,
	"filter_dnc_campaign":                identifier,
	"filter_extension":                   extension,
	"filter_exten_context":               dialContext,
	"filter_voicemail_ext":               digits,
	"filter_phone":                       extension,
	"filter_server_ip":                   address,
	"filter_user":                        identifier,
	"filter_user_route_settings_ingroup": identifier,
	"filter_group_id":                    identifier,
	"filter_call_handle_method":          identifier,
	"filter_list_id":                     listID,
	"filter_entry_list_id":               listID,
	"filter_campaign_id":                 identifier,
	"filter_phone_code":                  digits,
	"filter_menu_id":                     identifier,
	"filter_clean_cid_number":            plainText,
}
