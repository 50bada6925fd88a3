package tfhelper

import (
	"cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Blank is the value that stands for an empty string in an attribute where null
// means something else, such as "left alone" or "as on the other nodes": generated
// configuration writes an empty text as null. VICIdial's own API has the same word.
// The empty text means the same.
const Blank = "--BLANK--"

// FromBlank returns the value that a text of such an attribute stands for.
func FromBlank(text string) cluster.Value {
	if text == Blank {
		return cluster.Text("")
	}
	return cluster.Text(text)
}

// ToBlank is the reverse of [FromBlank].
func ToBlank(text string) string { return cmp.Or(text, Blank) }
