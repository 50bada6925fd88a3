package webtier

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Version is a proxy's version: "2.6", "1.25.1" or "3.5-dev5". A version without a
// third number is the first of its line.
type Version struct {
	Major, Minor, Patch int
	Dev                 int // of "-dev5", which comes before the first of its line; 0 for a release
}

var versionPattern = cluster.LazyRegexp(`^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})(?:\.(0|[1-9]\d{0,2})|-dev([1-9]\d{0,2}))?$`)

// ParseVersion reads "2.6", "1.25.1" or "3.5-dev5".
func ParseVersion(text string) (Version, error) {
	parts := versionPattern().FindStringSubmatch(text)
	if parts == nil {
		return Version{}, fmt.Errorf("version %q: want two or three numbers, such as 2.6, 1.25.1 or 3.5-dev5", text)
	}
	var numbers [4]int
	for i, part := range parts[1:] {
		numbers[i], _ = strconv.Atoi(part) // of digits, or empty for 0
	}
	return Version{Major: numbers[0], Minor: numbers[1], Patch: numbers[2], Dev: numbers[3]}, nil
}

// String writes the version as ParseVersion reads it, without a patch of 0.
func (v Version) String() string {
	switch {
	case v.Dev > 0:
		return fmt.Sprintf("%d.%d-dev%d", v.Major, v.Minor, v.Dev)
	case v.Patch == 0:
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// Compare orders versions: 3.4.9, 3.5-dev1, 3.5-dev2, 3.5, 3.5.1.
func (v Version) Compare(other Version) int {
	order := func(v Version) int {
		if v.Dev > 0 {
			return v.Dev - 1000
		}
		return v.Patch
	}
	return cmp.Or(cmp.Compare(v.Major, other.Major), cmp.Compare(v.Minor, other.Minor), cmp.Compare(order(v), order(other)))
}

// AtLeast reports whether v is the given version or a later one.
func (v Version) AtLeast(major, minor, patch int) bool {
	return v.Compare(Version{Major: major, Minor: minor, Patch: patch}) >= 0
}
