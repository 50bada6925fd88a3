package asterisk

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Clash is two carriers on one node that say the same thing differently.
type Clash struct {
	Mine, Other string // carrier ids
	ServerIP    string // the node; [cluster.AllServers] where both are on every node
	Extension   string // the extension that both have, or
	Variable    string // the dialplan variable that both set, or
	Section     string // the section that both open
	Route       bool   // the other is a generated route too: two routes with one prefix
}

func (c Clash) String() string {
	where := "server " + c.ServerIP
	if c.ServerIP == cluster.AllServers {
		where = "every server"
	}
	switch {
	case c.Extension != "":
		return fmt.Sprintf("on %s, extension %s is in carrier %s as well: Asterisk keeps the one that is read first", where, c.Extension, c.Other)
	case c.Variable != "":
		return fmt.Sprintf("on %s, carrier %s sets the variable %s as well: the last one counts for both", where, c.Other, c.Variable)
	}
	return fmt.Sprintf("on %s, carrier %s opens the section [%s] as well: Asterisk mixes the two", where, c.Other, c.Section)
}

// Clashes finds what the carriers of a route share with others on the same
// nodes
// (docs/vicidial/generator.md#carrier-clashes). Carriers that generate nothing clash with none.
func Clashes(mine, have cluster.Carriers) []Clash {
	var clashes []Clash
	for _, one := range mine.Sorted() {
		if !one.Generated() {
			continue
		}
		ours := claimsOf(one)
		for _, other := range have.Sorted() {
			if _, same := mine.ByID(other.ID()); same || !other.Generated() || !one.Meets(other) {
				continue
			}
			clashes = append(clashes, clashesOf(one, other, ours)...)
		}
	}
	return clashes
}

func clashesOf(c, other cluster.Carrier, ours claims) []Clash {
	clash := Clash{Mine: c.ID(), Other: other.ID(), ServerIP: c.ServerIP()}
	if c.ServerIP() == cluster.AllServers {
		clash.ServerIP = other.ServerIP()
	}
	var clashes []Clash
	theirs := claimsOf(other)
	for _, extension := range theirs.extensions {
		if slices.Contains(ours.extensions, extension) {
			found := clash
			found.Extension, found.Route = extension, ours.generated && theirs.generated
			clashes = append(clashes, found)
		}
	}
	for _, variable := range theirs.variables {
		if slices.Contains(ours.variables, variable) {
			found := clash
			found.Variable = variable
			clashes = append(clashes, found)
		}
	}
	for _, section := range theirs.sections {
		if slices.Contains(ours.sections, section) {
			found := clash
			found.Section = section
			clashes = append(clashes, found)
		}
	}
	return clashes
}

// claims are the names that a carrier takes on its node, sorted.
type claims struct {
	extensions []string
	variables  []string
	sections   []string // with the file that they are in
	generated  bool     // the dialplan holds the dialing of a route
}

func claimsOf(c cluster.Carrier) claims {
	var found claims
	for _, statement := range Statements(c.Asterisk(cluster.DialplanEntry)) {
		found.extensions = append(found.extensions, sameExtension(statement.Extension))
		found.generated = found.generated || strings.HasPrefix(statement.Extension, RouteExtension(""))
	}
	for _, global := range Globals(c.Asterisk(cluster.GlobalsString)) {
		found.variables = append(found.variables, strings.ToUpper(global.Name))
	}
	for _, section := range AccountSections(c.Asterisk(cluster.AccountEntry)) {
		// PJSIP and PJSIP_WIZ end in one namespace.
		found.sections = append(found.sections, strings.TrimSuffix(c.Protocol(), "_WIZ")+" "+section.Name+sectionType(c, section))
	}
	return claims{
		extensions: cluster.SortedUnique(found.extensions), variables: cluster.SortedUnique(found.variables), sections: cluster.SortedUnique(found.sections),
		generated: found.generated,
	}
}

// sectionType tells the sections of one name apart that PJSIP allows: an
// endpoint, its aor and its auth are often named alike.
func sectionType(c cluster.Carrier, section AccountSection) string {
	if strings.EqualFold(c.Protocol(), "PJSIP") {
		return " (" + section.Get("type") + ")"
	}
	return ""
}

var (
	patternPlace   = regexp.MustCompile(`\[[^\]]*\]|.`)
	patternLetters = map[string]string{"X": "0123456789", "Z": "123456789", "N": "23456789"}
)

// sameExtension is an extension in the form that all of its spellings share:
// Asterisk skips hyphens and blanks, and a pattern takes what characters it
// takes, whether _8[0-9]X says so or _8xx (pbx.c calls them aliased).
func sameExtension(extension string) string {
	name, caller, _ := strings.Cut(extension, "/")
	if caller != "" {
		caller = "/" + caller
	}
	if !strings.HasPrefix(name, "_") {
		return strings.NewReplacer("-", "", " ", "").Replace(name) + caller
	}
	var same strings.Builder
	same.WriteString("_")
	for _, place := range patternPlace.FindAllString(name[1:], -1) {
		switch upper := strings.ToUpper(place); {
		case place == "-" || place == " ":
		case patternLetters[upper] != "":
			same.WriteString(upper)
		case len(place) > 1:
			same.WriteString(patternClass(place[1 : len(place)-1]))
		default:
			same.WriteString(place)
		}
	}
	return same.String() + caller
}

// patternClass is what stands between brackets, sorted, by its letter where it
// has one.
func patternClass(text string) string {
	var taken []rune
	runes := []rune(text)
	for at := 0; at < len(runes); at++ {
		first, last := runes[at], runes[at]
		if at+2 < len(runes) && runes[at+1] == '-' {
			last, at = runes[at+2], at+2
		}
		for char := first; char <= min(last, first+255); char++ {
			taken = append(taken, char)
		}
	}
	slices.Sort(taken)
	characters := string(slices.Compact(taken))
	for letter, all := range patternLetters {
		if characters == all {
			return letter
		}
	}
	if len(characters) == 1 {
		return characters
	}
	return "[" + characters + "]"
}
