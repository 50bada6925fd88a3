package agentplacement

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// seatRanges validates all ranges together, with the error at the invalid one.
var seatRanges = tfhelper.RangesValidator("ranges of seats that do not overlap", "Invalid seats", checkRanges)

func checkRanges(texts []string) error {
	_, err := seating.ParseSeats(texts)
	return err
}

func checkSeats(text string) error { return checkRanges([]string{text}) }

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
