package asterisk

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// endsPlace are the characters that end the place in which a column of phones stands in
// a generated file (ADMIN_keepalive_ALL.pl), so that the rest becomes something else.
var endsPlace = map[string]struct{ characters, place string }{
	"fullname":                     {`";`, `it stands in callerid="…"`},
	"outbound_cid":                 {`"<>;`, "it stands in callerid=… <…>"},
	"phone_context":                {";", "it stands in context=…"},
	"mohsuggest":                   {";", "it stands in mohsuggest=…"},
	"unavail_dialplan_fwd_exten":   {`,()&|;" `, "it stands in Goto(CONTEXT,…,1)"},
	"unavail_dialplan_fwd_context": {`,()&|;" `, "it stands in Goto(…,EXTENSION,1)"},
	"email":                        {",;", "it stands among the fields of a mailbox, between commas"},
	"voicemail_timezone":           {",;|=", "it stands in tz=…|"},
	"voicemail_options":            {",;", "it stands among the fields of a mailbox, between commas"},
	"template_id":                  {`;"'`, "it is an id"},
}

// CheckPhone keeps the text of a column from becoming more than it is in the files that
// are generated from it: a line end would let it write settings, or sections, of its
// own, and a bracket or a quote would end the place in which it stands. A column that
// is lines is for [Check].
func CheckPhone(column, text string) error {
	if IsText(cluster.TablePhones, column) {
		return nil
	}
	if err := cluster.CheckOneLine(text); err != nil {
		return err
	}
	ends := endsPlace[column]
	if at := strings.IndexAny(text, ends.characters); at >= 0 {
		return fmt.Errorf("%s must not hold %q: %s", column, text[at:at+1], ends.place)
	}
	if column == "codecs_list" {
		if at := strings.IndexFunc(text, func(char rune) bool {
			return !strings.ContainsRune("-,._ ", char) && (char < '0' || char > '9') && (char < 'a' || char > 'z') && (char < 'A' || char > 'Z')
		}); at >= 0 {
			return fmt.Errorf("%s must not hold %q: codecs are letters and digits, with commas between them", column, string([]rune(text[at:])[0]))
		}
	}
	return nil
}
