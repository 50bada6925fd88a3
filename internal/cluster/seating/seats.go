package seating

import (
	"fmt"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

// MaxSeats is the maximum number of seats of a declaration.
const MaxSeats = ranges.Max

// maxSeatWidth is the width of phones.voicemail_id
// (docs/vicidial/schema.md#phones), which contains the seat.
const maxSeatWidth = 10

// Seats is a set of seats. A seat is text, since "0200" and "200" are two phones.
type Seats = ranges.Set

const digits = "0123456789"

// ParseSeats parses ranges like "2000-2149" and single seats like "2200". The error is a
// [*ranges.Error], as that of [ranges.Parse].
func ParseSeats(texts []string) (Seats, error) {
	for index, text := range texts {
		first, last, isRange := strings.Cut(text, "-")
		if !isRange {
			last = first
		}
		for _, end := range []string{first, last} {
			if end == "" || strings.Trim(end, digits) != "" {
				return Seats{}, &ranges.Error{Index: index, Range: text, Reason: `is neither a number like "2200" nor a range like "2000-2149"`}
			}
			if len(end) > maxSeatWidth {
				return Seats{}, &ranges.Error{Index: index, Range: text, Reason: fmt.Sprintf("%s has more than %d digits", end, maxSeatWidth)}
			}
		}
	}
	return ranges.Parse(texts)
}
