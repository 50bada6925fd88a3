package agentplacement

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// seatRanges validates all ranges together, with the error at the invalid one.
type seatRanges struct{}

func (seatRanges) Description(context.Context) string { return "ranges of seats that do not overlap" }

func (seatRanges) MarkdownDescription(context.Context) string {
	return "ranges of seats that do not overlap"
}

func (seatRanges) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	var texts []string
	for _, element := range req.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsUnknown() || text.IsNull() {
			return
		}
		texts = append(texts, text.ValueString())
	}
	_, err := seating.ParseSeats(texts)
	at := req.Path
	if wrong := (*ranges.Error)(nil); errors.As(err, &wrong) {
		at = at.AtListIndex(wrong.Index)
	}
	resp.Diagnostics.Append(tfhelper.DiagnoseAt(at, "Invalid seats", err)...)
}

func checkSeats(text string) error {
	_, err := seating.ParseSeats([]string{text})
	return err
}

func checkSuffix(text string) error {
	if text == "" || len(text) > 5 {
		return fmt.Errorf("the suffix %q has %d characters; it must have 1 to 5", text, len(text))
	}
	if strings.Trim(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fmt.Errorf("the suffix %q may contain letters and digits only: the agent login page removes all other characters", text)
	}
	return nil
}

// checkSecret refuses characters of a registration password that would end its line in
// the generated configuration.
func checkSecret(text string) error {
	strange := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(";\"'\\,", r) }
	if strings.ContainsFunc(text, strange) {
		return errors.New("a registration password may contain letters, digits and punctuation of ASCII, but no blank, quote, comma, backslash or semicolon: it becomes a line of Asterisk configuration")
	}
	return nil
}
