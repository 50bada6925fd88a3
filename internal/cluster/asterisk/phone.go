package asterisk

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// endsPlace are the characters that end the place of a phones column in a generated file
// (ADMIN_keepalive_ALL.pl), so that Asterisk would read the rest as something else.
var endsPlace = map[string]struct{ characters, place string }{
	"fullname":                     {`";`, `it is written into callerid="…"`},
	"outbound_cid":                 {`"<>;`, "it is written into callerid=… <…>"},
	"phone_context":                {";", "it is written into context=…"},
	"mohsuggest":                   {";", "it is written into mohsuggest=…"},
	"unavail_dialplan_fwd_exten":   {`,()&|;" `, "it is written into Goto(CONTEXT,…,1)"},
	"unavail_dialplan_fwd_context": {`,()&|;" `, "it is written into Goto(…,EXTENSION,1)"},
	"email":                        {",;", "it is a field of a mailbox, between commas"},
	"voicemail_timezone":           {",;|=", "it is written into tz=…|"},
	"voicemail_options":            {",;", "it is a field of a mailbox, between commas"},
	"template_id":                  {`;"'`, "it is an id"},
}

// CheckPhone returns an error if a text would inject settings or sections into the
// generated files: by a line end, or by a character that ends its place. Columns of lines
// are checked by [Check].
func CheckPhone(column, text string) error {
	if IsText(cluster.TablePhones, column) {
		return nil
	}
	if err := cluster.CheckOneLine(text); err != nil {
		return err
	}
	ends := endsPlace[column]
	if i := strings.IndexAny(text, ends.characters); i >= 0 {
		return fmt.Errorf("%s must not hold %q: %s", column, text[i:i+1], ends.place)
	}
	if column == "codecs_list" {
		if i := strings.IndexFunc(text, func(char rune) bool {
			return !strings.ContainsRune("-,._ ", char) && (char < '0' || char > '9') && (char < 'a' || char > 'z') && (char < 'A' || char > 'Z')
		}); i >= 0 {
			return fmt.Errorf("%s must not hold %q: codecs are letters and digits, with commas between them", column, string([]rune(text[i:])[0]))
		}
	}
	return nil
}
