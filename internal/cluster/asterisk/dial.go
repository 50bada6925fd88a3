package asterisk

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Dial is the declaration of a route, from which its dialplan is generated.
type Dial struct {
	Route       string   // name of the route, see [cluster.CheckRouteName]
	Protocol    string   // SIP, PJSIP, PJSIP_WIZ or IAX2
	Endpoint    string   // the section of the account that calls go to
	Prefix      string   // digits that the campaign's dial_prefix puts in front
	Pattern     string   // pattern after the prefix, without the underscore; "X." matches anything
	Strip       int      // characters taken off the front, prefix included
	Prepend     string   // prepended to the rest
	Timeout     int      // seconds the carrier may ring; 0 leaves it to the dialer
	Options     string   // of the application Dial
	CallerID    string   // number shown to the called party; empty leaves the campaign's
	MaxChannels int      // calls at once on one node; 0 for no limit
	Failover    []string // routes to try next, in this order
	NoComments  bool     `json:"-"` // without comments
	RouteOptions
}

// RouteOptions has the less common options of a route.
type RouteOptions struct {
	Numbers         []DialNumber      `json:"numbers,omitempty"`             // further numbers that the route takes
	CallerIDs       []string          `json:"caller_ids,omitempty"`          // one of them at random is shown
	PrefixCallerIDs map[string]string `json:"caller_id_by_prefix,omitempty"` // shown on calls to numbers that begin so, the longest wins
	Peers           map[string]int    `json:"peers,omitempty"`               // sections of the account and their weights; one at random takes the call
	Headers         map[string]string `json:"headers,omitempty"`             // SIP headers that the carrier is sent
	MaxSeconds      int               `json:"max_seconds,omitempty"`         // after which a call ends; 0 for no limit
	Variables       map[string]string `json:"variables,omitempty"`           // channel variables that are set, for scripts and for the called side
	Scripts         []string          `json:"agi_scripts,omitempty"`         // AGI scripts with their arguments, run before the carrier is dialed
}

// DialNumber is one kind of number that a route takes.
type DialNumber struct {
	Prefix  string `json:"prefix"`
	Pattern string `json:"pattern"`
	Strip   int    `json:"strip"`
	Prepend string `json:"prepend,omitempty"`
}

// The defaults of a dial block, as VICIdial's sample carriers have them.
const (
	AnyNumber          = "X."
	DefaultDialOptions = "tTor"
	callLog            = "AGI(agi://127.0.0.1:4577/call_log)"
)

var (
	dialPrefix   = cluster.LazyRegexp(`^[0-9*#+]{0,20}$`)
	dialPattern  = cluster.LazyRegexp(`^(?:[0-9XZN*#+]|\[[0-9-]+\])*[.!]?$`)
	dialPrepend  = cluster.LazyRegexp(`^[0-9*#+]{0,30}$`)
	dialOptions  = cluster.LazyRegexp(`^[A-Za-z0-9:^_().*#-]{0,60}$`)
	dialCaller   = cluster.LazyRegexp(`^\+?[0-9]{2,20}$`)
	dialEndpoint = cluster.LazyRegexp(`^[A-Za-z0-9_.-]{1,60}$`)
	dialDigits   = cluster.LazyRegexp(`^[0-9]{1,15}$`)
	headerName   = cluster.LazyRegexp(`^[A-Za-z][A-Za-z0-9-]{0,39}$`)
	scriptCall   = cluster.LazyRegexp(`^[A-Za-z0-9/][A-Za-z0-9_./:-]{0,99}(?:,[A-Za-z0-9 @:+._=/${}(),-]{0,200})?$`)
	variableName = cluster.LazyRegexp(`^_{0,2}[A-Za-z][A-Za-z0-9_]{0,39}$`)
	headerValue  = cluster.LazyRegexp(`^[A-Za-z0-9 <>@:+._=/${}()-]{1,100}$`)
)

// AttributeViolation is an error in one attribute of a block.
type AttributeViolation struct {
	Attribute string
	Text      string
}

// Violations returns the values that cannot be written as a dialplan, by attribute.
func (d Dial) Violations() []AttributeViolation {
	var violations []AttributeViolation
	wrong := func(bad bool, attribute, format string, args ...any) {
		if bad {
			violations = append(violations, AttributeViolation{Attribute: attribute, Text: fmt.Sprintf(format, args...)})
		}
	}
	err := cluster.CheckRouteName(d.Route)
	wrong(err != nil, "name", "%v", err)
	wrong(!slices.Contains(cluster.GeneratedProtocols, d.Protocol), "protocol", "VICIdial generates no dialplan for %q carriers: use one of %s", d.Protocol, strings.Join(cluster.GeneratedProtocols, ", "))
	wrong(len(d.Peers) == 0 && !dialEndpoint().MatchString(d.Endpoint), "endpoint", "the endpoint must be the name of a section, not %q: give account_entry a [section] or name one in endpoint", d.Endpoint)
	wrong(!dialPrefix().MatchString(d.Prefix), "prefix", "the prefix must be up to 20 of 0-9 * # +, not %q", d.Prefix)
	wrong(d.Prefix == "" && d.Pattern == AnyNumber, "prefix", "a route without a prefix needs a pattern, or it would take every call")
	wrong(d.Pattern == "" || !dialPattern().MatchString(d.Pattern), "pattern",
		"the pattern must be of digits, X, Z, N, [ranges], and . or ! at the end, not %q", d.Pattern)
	wrong(d.Strip < 0 || d.Strip > 40, "strip", "strip must be 0 to 40, not %d", d.Strip)
	wrong(!dialPrepend().MatchString(d.Prepend), "prepend", "prepend must be up to 30 of 0-9 * # +, not %q", d.Prepend)
	wrong(d.Timeout < 0 || d.Timeout > 3600, "timeout", "the timeout must be 0 to 3600 seconds, not %d", d.Timeout)
	wrong(!dialOptions().MatchString(d.Options) || strings.Count(d.Options, "(") != strings.Count(d.Options, ")"), "options", "the options must be those of the application Dial, not %q", d.Options)
	wrong(d.CallerID != "" && !dialCaller().MatchString(d.CallerID), "caller_id", "the caller ID must be 2 to 20 digits, optionally after a +, not %q", d.CallerID)
	wrong(d.MaxChannels < 0 || d.MaxChannels > 32767, "max_channels", "max_channels must be 0 to 32767, not %d", d.MaxChannels)
	seen := map[string]bool{}
	for _, next := range d.Failover {
		err := cluster.CheckRouteName(next)
		wrong(err != nil, "failover", "%v", err)
		wrong(strings.EqualFold(next, d.Route), "failover", "the route cannot fail over to itself")
		wrong(seen[cluster.FoldKey(next)], "failover", "%s is named twice", next)
		seen[cluster.FoldKey(next)] = true
	}
	d.checkOptions(wrong)
	return violations
}

// extension is the pattern under which the route takes calls.
func (d Dial) extension() string { return "_" + d.Prefix + d.Pattern }

// routeExtension is the extension that holds the dialing of a route, so that
// other routes can fail over to it.
func routeExtension(route string) string { return "route_" + route }

// OffersRoute reports whether a dialplan has the dialing of the route. Asterisk compares
// extensions with case.
func OffersRoute(dialplan, route string) bool {
	for _, statement := range dialplanStatements(dialplan) {
		if statement.Extension == routeExtension(route) {
			return true
		}
	}
	return false
}

// Dialplan writes the route. Calls come in under [Dial.extension] and those of
// [RouteOptions.Numbers], are logged once the way VICIdial's own carriers do it, and are
// dialed in a subroutine, so that a route which is congested or unavailable goes on
// to the next with the number as it was dialed, the campaign's caller id, and no
// second log entry. VICIdial's h extension logs the end of the call with DIALSTATUS.
//
// It has no backslashes and single quotes, which the admin page would remove
// (docs/vicidial/measured.md#rewritten-text), and without comments where
// [KeepsComments] is false.
func (d Dial) Dialplan() string {
	var text strings.Builder
	if !d.NoComments {
		fmt.Fprintf(&text, "; route %s, generated from its dial block\n", d.Route)
		text.WriteString(d.declaration())
	}
	d.entry(d.extension(), len(d.Prefix), "").write(&text)
	for _, number := range d.Numbers {
		d.entry("_"+number.Prefix+number.Pattern, len(number.Prefix), fmt.Sprintf("%s${EXTEN:%d}", number.Prepend, number.Strip)).write(&text)
	}
	d.dialing().write(&text)
	d.headerLines().write(&text)
	return text.String()
}

// entry returns the lines of one kind of number. sent is the number that the carrier
// gets; "" is the one of the route.
func (d Dial) entry(extension string, prefix int, sent string) *extensionLines {
	entry := &extensionLines{extension: extension}
	entry.add(callLog)
	if d.MaxSeconds > 0 {
		entry.add(fmt.Sprintf("Set(TIMEOUT(absolute)=%d)", d.MaxSeconds))
	}
	entry.add(fmt.Sprintf("Set(ROUTE_NUMBER=${EXTEN:%d})", prefix))
	if len(d.Numbers) > 0 {
		entry.add("Set(ROUTE_SENT=" + sent + ")")
	}
	if len(d.Failover) > 0 {
		entry.add("Set(ROUTE_CALLERID=${CALLERID(num)})")
	}
	entry.add(gosub(d.Route))
	if len(d.Failover) > 0 && len(d.Numbers) > 0 {
		entry.add("Set(ROUTE_SENT=)") // the next route makes its own number
	}
	// Each failover takes three lines: the question, the caller id, the call.
	end := len(entry.applications) + 3*len(d.Failover) + 1
	for _, next := range d.Failover {
		here := len(entry.applications) + 1
		entry.add(fmt.Sprintf("GotoIf($[x${DIALSTATUS} = xCONGESTION | x${DIALSTATUS} = xCHANUNAVAIL]?%d:%d)", here+1, end))
		entry.add("Set(CALLERID(num)=${ROUTE_CALLERID})")
		entry.add(gosub(next))
	}
	entry.add("Hangup()")
	return entry
}

// dialing returns the subroutine. It sets the group even without a limit, so that a call
// from another route no longer counts there.
func (d Dial) dialing() *extensionLines {
	var body []string
	for _, name := range slices.Sorted(maps.Keys(d.Variables)) {
		body = append(body, "Set("+name+"="+d.Variables[name]+")")
	}
	body = append(body, d.callerID()...)
	for _, script := range d.Scripts {
		body = append(body, "AGI("+script+")")
	}
	body = append(body, d.choosePeer()...)
	options := d.Options
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		if d.Protocol == "SIP" {
			body = append(body, fmt.Sprintf("SIPAddHeader(%s: %s)", name, d.Headers[name]))
		}
	}
	if len(d.Headers) > 0 && d.Protocol != "SIP" {
		options += "b(" + d.headerExtension() + "^1)"
	}
	body = append(body, fmt.Sprintf("Dial(%s,%s,%s)", d.destination(), d.ring(), options), "Return()")

	dialing := &extensionLines{extension: routeExtension(d.Route)}
	dialing.add(fmt.Sprintf("Set(GROUP()=%s)", d.Route))
	if d.MaxChannels > 0 {
		dialing.add(fmt.Sprintf("GotoIf($[${GROUP_COUNT(%s)} > %d]?%d)", d.Route, d.MaxChannels, len(dialing.applications)+len(body)+2))
	}
	dialing.applications = append(dialing.applications, body...)
	if d.MaxChannels > 0 {
		dialing.add("Set(DIALSTATUS=CONGESTION)")
		dialing.add("Return()")
	}
	return dialing
}

func gosub(route string) string { return "Gosub(" + routeExtension(route) + ",1)" }

func (d Dial) ring() string {
	if d.Timeout == 0 {
		return ""
	}
	return strconv.Itoa(d.Timeout)
}

// destination returns the channel to dial. Strip counts from the start of the campaign's
// number. A call that failed over comes without the prefix of its own route, so the part
// of this prefix that is kept is written out.
func (d Dial) destination() string {
	number := "${ROUTE_NUMBER}"
	if d.Strip > len(d.Prefix) {
		number = fmt.Sprintf("${ROUTE_NUMBER:%d}", d.Strip-len(d.Prefix))
	} else {
		number = d.Prefix[max(0, d.Strip):] + number
	}
	number = d.Prepend + number
	if len(d.Numbers) > 0 {
		number = `${IF($["${ROUTE_SENT}" = ""]?` + number + ":${ROUTE_SENT})}"
	}
	endpoint := d.Endpoint
	if len(d.Peers) > 0 {
		endpoint = "${ROUTE_PEER}"
	}
	if strings.HasPrefix(d.Protocol, "PJSIP") {
		return "PJSIP/" + number + "@" + endpoint
	}
	return d.Protocol + "/" + endpoint + "/" + number
}

// extensionLines are the applications of one extension, from priority 1.
type extensionLines struct {
	extension    string
	applications []string
}

func (p *extensionLines) add(application string) {
	p.applications = append(p.applications, application)
}

func (p *extensionLines) write(text *strings.Builder) {
	if p == nil {
		return
	}
	for i, application := range p.applications {
		fmt.Fprintf(text, "exten => %s,%d,%s\n", p.extension, i+1, application)
	}
}
