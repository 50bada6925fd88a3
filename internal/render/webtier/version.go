package webtier

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a proxy's version: "2.6" or "1.25.1". A version without a third
// number is the first of its line.
type Version struct{ Major, Minor, Patch int }

// ParseVersion reads "2.6" or "1.25.1".
func ParseVersion(text string) (Version, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 2 && len(parts) != 3 {
		return Version{}, fmt.Errorf("version %q: want two or three numbers, such as 2.6 or 1.25.1", text)
	}
	var numbers [3]int
	for i, part := range parts {
		number, err := strconv.Atoi(part)
		if err != nil || number < 0 || number > 999 || strconv.Itoa(number) != part {
			return Version{}, fmt.Errorf("version %q: %q is not a number", text, part)
		}
		numbers[i] = number
	}
	return Version{Major: numbers[0], Minor: numbers[1], Patch: numbers[2]}, nil
}

// String writes the version as ParseVersion reads it, without a patch of 0.
func (v Version) String() string {
	if v.Patch == 0 {
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// Compare orders versions.
func (v Version) Compare(other Version) int {
	return cmp.Or(cmp.Compare(v.Major, other.Major), cmp.Compare(v.Minor, other.Minor), cmp.Compare(v.Patch, other.Patch))
}

// AtLeast says whether v is the given version or a later one.
func (v Version) AtLeast(major, minor, patch int) bool {
	return v.Compare(Version{Major: major, Minor: minor, Patch: patch}) >= 0
}
