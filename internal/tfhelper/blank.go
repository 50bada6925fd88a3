package tfhelper

import (
	"cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Blank represents an empty string in an attribute where null means "not managed" or "as
// on the other nodes": generated configuration writes an empty string as null.
// VICIdial's own API uses the same word. The empty string is accepted, too.
const Blank = "--BLANK--"

// FromBlank returns the value that the text of such an attribute represents.
func FromBlank(text string) cluster.Value {
	if text == Blank {
		return cluster.Text("")
	}
	return cluster.Text(text)
}

// ToBlank is the reverse of [FromBlank].
func ToBlank(text string) string { return cmp.Or(text, Blank) }
