package asterisk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// checkOptions calls wrong for the values of [RouteOptions] that cannot be written as a dialplan.
func (d Dial) checkOptions(wrong func(bad bool, attribute, format string, args ...any)) {
	taken := map[string]bool{sameExtension(d.extension()): true}
	for _, number := range d.Numbers {
		wrong(!dialPrefix().MatchString(number.Prefix), "numbers", "the prefix must be up to 20 of 0-9 * # +, not %q", number.Prefix)
		wrong(number.Prefix == "" && number.Pattern == AnyNumber, "numbers", "a number without a prefix needs a pattern, or it would take every call")
		wrong(number.Pattern == "" || !dialPattern().MatchString(number.Pattern), "numbers", "the pattern must be of digits, X, Z, N, [ranges], and . or ! at the end, not %q", number.Pattern)
		wrong(number.Strip < 0 || number.Strip > 40, "numbers", "strip must be 0 to 40, not %d", number.Strip)
		wrong(!dialPrepend().MatchString(number.Prepend), "numbers", "prepend must be up to 30 of 0-9 * # +, not %q", number.Prepend)
		key := sameExtension("_" + number.Prefix + number.Pattern)
		wrong(taken[key], "numbers", "%s%s is taken twice", number.Prefix, number.Pattern)
		taken[key] = true
	}
	wrong(d.CallerID != "" && len(d.CallerIDs) > 0, "caller_ids", "there is a caller_id, too: name one number there or several here")
	wrong(len(d.CallerIDs) > 100, "caller_ids", "%d numbers are more than the 100 that one line holds", len(d.CallerIDs))
	for _, number := range d.CallerIDs {
		wrong(!dialCaller().MatchString(number), "caller_ids", "the caller ID must be 2 to 20 digits, optionally after a +, not %q", number)
	}
	for _, prefix := range slices.Sorted(maps.Keys(d.PrefixCallerIDs)) {
		wrong(!dialDigits().MatchString(prefix), "caller_id_by_prefix", "each prefix must be 1 to 15 digits, not %q", prefix)
		wrong(!dialCaller().MatchString(d.PrefixCallerIDs[prefix]), "caller_id_by_prefix", "the caller ID must be 2 to 20 digits, optionally after a +, not %q", d.PrefixCallerIDs[prefix])
	}
	for _, peer := range slices.Sorted(maps.Keys(d.Peers)) {
		wrong(!dialEndpoint().MatchString(peer), "peers", "each peer must be the name of a section, not %q", peer)
		wrong(d.Peers[peer] < 1 || d.Peers[peer] > 1000, "peers", "the weight of %s must be 1 to 1000, not %d", peer, d.Peers[peer])
	}
	for _, name := range slices.Sorted(maps.Keys(d.Variables)) {
		wrong(!variableName().MatchString(name), "variables", "the name of a variable must be a letter, then letters, digits and _, optionally after _ or __ to inherit it, not %q", name)
		wrong(strings.HasPrefix(strings.TrimLeft(strings.ToUpper(name), "_"), "ROUTE_"), "variables", "%s is one that the dialplan of a route sets itself: take another name", name)
		wrong(!headerValue().MatchString(d.Variables[name]) || !closes(d.Variables[name]), "variables", "a value must be of letters, digits, blanks and < > @ : + . _ = / - and ${VARIABLE}, not %q", d.Variables[name])
	}
	for _, script := range d.Scripts {
		wrong(!scriptCall().MatchString(script) || !closes(script), "agi_scripts", "an AGI script must be NAME or NAME,ARGUMENTS of letters, digits, blanks and @ : + . _ = / - and ${VARIABLE}, not %q", script)
	}
	wrong(len(d.Headers) > 0 && d.Protocol == "IAX2", "headers", "IAX2 has no SIP headers")
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		wrong(!headerName().MatchString(name), "headers", "the name of a header must be letters, digits and -, not %q", name)
		wrong(!headerValue().MatchString(d.Headers[name]) || !closes(d.Headers[name]), "headers",
			"the value of a header must be of letters, digits, blanks and < > @ : + . _ = / - and ${VARIABLE}, not %q", d.Headers[name])
	}
	wrong(d.MaxSeconds < 0 || d.MaxSeconds > 86400, "max_seconds", "max_seconds must be 0 to 86400, not %d", d.MaxSeconds)
}

// closes reports whether a text has as many closing braces and parentheses as opening ones.
func closes(text string) bool {
	return strings.Count(text, "{") == strings.Count(text, "}") && strings.Count(text, "(") == strings.Count(text, ")")
}

const declarationStart = "; dial "

// declaration returns a comment with the declaration, which [ReadDial] parses. It is
// empty for a route without [RouteOptions], which is parsed from its lines.
func (d Dial) declaration() string {
	var encoded strings.Builder
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false) // the admin page drops backslashes
	if more, err := json.Marshal(d.RouteOptions); err != nil || string(more) == "{}" || encoder.Encode(d) != nil {
		return ""
	}
	return declarationStart + encoded.String()
}

// declared parses the comment.
func declared(text string) (Dial, bool) {
	var dial Dial
	for line := range strings.SplitSeq(cluster.NormalText(text), "\n") {
		if encoded, ok := strings.CutPrefix(line, declarationStart); ok {
			return dial, json.Unmarshal([]byte(encoded), &dial) == nil
		}
	}
	return dial, false
}

// callerID returns the lines that choose the caller id.
func (d Dial) callerID() []string {
	var lines []string
	switch {
	case d.CallerID != "":
		lines = append(lines, fmt.Sprintf("Set(CALLERID(num)=%s)", d.CallerID))
	case len(d.CallerIDs) > 0:
		lines = append(lines,
			"Set(ROUTE_CALLERIDS="+strings.Join(d.CallerIDs, "&")+")",
			fmt.Sprintf("Set(CALLERID(num)=${CUT(ROUTE_CALLERIDS,&,${RAND(1,%d)})})", len(d.CallerIDs)))
	}
	prefixes := slices.SortedFunc(maps.Keys(d.PrefixCallerIDs), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	for _, prefix := range prefixes {
		lines = append(lines, fmt.Sprintf("ExecIf($[\"${ROUTE_NUMBER:0:%d}\" = \"%s\"]?Set(CALLERID(num)=%s))", len(prefix), prefix, d.PrefixCallerIDs[prefix]))
	}
	return lines
}

// choosePeer returns the lines that choose a section of the account by weight.
func (d Dial) choosePeer() []string {
	if len(d.Peers) == 0 {
		return nil
	}
	total := 0
	for _, weight := range d.Peers {
		total += weight
	}
	lines := []string{fmt.Sprintf("Set(ROUTE_RANDOM=${RAND(1,%d)})", total)}
	below := 0
	for _, peer := range slices.Sorted(maps.Keys(d.Peers)) {
		if below == 0 {
			lines = append(lines, "Set(ROUTE_PEER="+peer+")")
		} else {
			lines = append(lines, fmt.Sprintf("ExecIf($[${ROUTE_RANDOM} > %d]?Set(ROUTE_PEER=%s))", below, peer))
		}
		below += d.Peers[peer]
	}
	return lines
}

func (d Dial) headerExtension() string { return "headers_" + d.Route }

// headerLines returns the lines that set PJSIP headers on the channel to the carrier
// before it is dialed.
func (d Dial) headerLines() *extensionLines {
	if len(d.Headers) == 0 || d.Protocol == "SIP" {
		return nil
	}
	lines := &extensionLines{extension: d.headerExtension()}
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		lines.add(fmt.Sprintf("Set(PJSIP_HEADER(add,%s)=%s)", name, d.Headers[name]))
	}
	lines.add("Return()")
	return lines
}
