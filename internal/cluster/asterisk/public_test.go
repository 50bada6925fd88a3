package asterisk

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// publicDialplan is what the dialplan of a carrier that somebody published does
// with a call. The texts themselves are not kept here: they are other people's.
type publicDialplan struct {
	what   string
	routes []Dial // the first takes the call; none where a dial block cannot do it
	why    string // it cannot
	calls  map[string][]string
}

// inNorthAmerica is a route that takes 1NXXNXXXXXX behind a prefix and sends it
// without the first strip digits.
func inNorthAmerica(prefix string, strip int, options string, with func(*Dial)) []Dial {
	dial := Dial{Route: "MAIN", Protocol: "SIP", Endpoint: "telco", Prefix: prefix, Pattern: "1NXXNXXXXXX", Strip: strip, Options: options}
	if with != nil {
		with(&dial)
	}
	return []Dial{dial}
}

func anything(prefix string, strip int, options string, with func(*Dial)) []Dial {
	dials := inNorthAmerica(prefix, strip, options, func(d *Dial) { d.Pattern = AnyNumber })
	if with != nil {
		with(&dials[0])
	}
	return dials
}

// publicDialplans are dialplans of VICIdial carriers from its own sample rows, from
// guides of carriers and consultants, and from public repositories, each kind once.
var publicDialplans = []publicDialplan{
	{what: "VICIdial's SIP sample: one area code, two digits off", routes: inNorthAmerica("91999", 2, "tTor", func(d *Dial) { d.Pattern = "NXXXXXX" }), calls: map[string][]string{
		"919995550100": {"SIP/telco/9995550100,,tTor"},
	}},
	{what: "VICIdial's IAX2 sample", routes: inNorthAmerica("71999", 2, "tTor", func(d *Dial) { d.Protocol, d.Pattern = "IAX2", "NXXXXXX" }), calls: map[string][]string{
		"719995550100": {"IAX2/telco/9995550100,,tTor"},
	}},
	{what: "VICIdial's call progress sample: four digits off", routes: inNorthAmerica("5591999", 4, "tTor", func(d *Dial) { d.Pattern = "NXXXXXX" }), calls: map[string][]string{
		"55919995550100": {"SIP/telco/9995550100,,tTor"},
	}},
	{what: "VICIdial's old extensions.conf: local, area code and countries over one trunk", routes: inNorthAmerica("9", 1, "To", func(d *Dial) {
		d.Numbers = []DialNumber{
			{Prefix: "9", Pattern: "NXXXXXX", Strip: 1, Prepend: "1727"},
			{Prefix: "9727", Pattern: "NXXXXXX", Strip: 1, Prepend: "1"},
			{Prefix: "901144", Pattern: "XXXXXXXXXX", Strip: 1},
			{Prefix: "901161", Pattern: "XXXXXXXXX", Strip: 1},
		}
	}), calls: map[string][]string{
		"913125550100": {"SIP/telco/13125550100,,To"}, "95550100": {"SIP/telco/17275550100,,To"}, "97275550100": {"SIP/telco/17275550100,,To"},
		"9011442079460000": {"SIP/telco/011442079460000,,To"}, "901161255501000": {"SIP/telco/01161255501000,,To"},
	}},
	{what: "a carrier's guide: one digit off, a minute to ring", routes: inNorthAmerica("9", 1, "tTor", func(d *Dial) { d.Timeout = 60 }), calls: map[string][]string{
		"913125550100": {"SIP/telco/13125550100,60,tTor"},
	}},
	{what: "the same without the country", routes: inNorthAmerica("9", 1, "tTor", func(d *Dial) { d.Pattern, d.Timeout = "NXXXXXXXXXX", 60 }), calls: map[string][]string{
		"923125550100": {"SIP/telco/23125550100,60,tTor"},
	}},
	{what: "numbers as dialed, with and without the country, no prefix", routes: inNorthAmerica("", 0, "", func(d *Dial) {
		d.Pattern, d.Numbers = "NXXNXXXXXX.", []DialNumber{{Pattern: "1NXXNXXXXXX."}}
	}), calls: map[string][]string{
		"31255501000": {"SIP/telco/31255501000,,"}, "131255501000": {"SIP/telco/131255501000,,"},
	}},
	{what: "an installer's: a prefix of ten digits", routes: anything("8888888888", 10, "tTo", func(d *Dial) { d.Pattern = "." }), calls: map[string][]string{
		"88888888883125550100": {"SIP/telco/3125550100,,tTo"},
	}},
	{what: "a wholesaler's: five digits of account in front", routes: anything("94162", 5, "tTor", func(d *Dial) { d.Timeout = 60 }), calls: map[string][]string{
		"9416213125550100": {"SIP/telco/13125550100,60,tTor"},
	}},
	{what: "one caller id for all", routes: anything("9", 1, "tToR", func(d *Dial) { d.CallerID = "09678771660" }), calls: map[string][]string{
		"901712345678": {"SIP/telco/01712345678,,tToR from 09678771660"},
	}},
	{what: "a plus in front", routes: inNorthAmerica("9", 1, "tTo", func(d *Dial) { d.Prepend = "+" }), calls: map[string][]string{
		"913125550100": {"SIP/telco/+13125550100,,tTo"},
	}},
	{what: "user and password in the dialplan, two digits off", routes: inNorthAmerica("9", 2, "tTor", nil), calls: map[string][]string{
		"913125550100": {"SIP/telco/3125550100,,tTor"}, // as a section of the account, so that no dialplan holds a password
	}},
	{what: "account digits in front, four hours, a second peer when the first fails", routes: []Dial{
		{Route: "MAIN", Protocol: "SIP", Endpoint: "first", Prefix: "9", Pattern: ".", Strip: 1, Prepend: "5908355", Timeout: 55, Options: "tTo", Failover: []string{"SECOND"}, RouteOptions: RouteOptions{MaxSeconds: 14400}},
		{Route: "SECOND", Protocol: "SIP", Endpoint: "second", Prefix: "99", Pattern: ".", Strip: 2, Prepend: "5908355", Timeout: 55, Options: "tTo"},
	}, calls: map[string][]string{
		"91155501000": {"at most 14400", "SIP/first/59083551155501000,55,tTo", "SIP/second/59083551155501000,55,tTo"},
	}},
	{what: "failover with a caller id of each carrier's own", routes: []Dial{
		{Route: "MAIN", Protocol: "SIP", Endpoint: "one", Prefix: "10", Pattern: "1[2-9]XXXXXXXX", Strip: 1, Options: "tTorR", CallerID: "09639143155", Failover: []string{"SECOND"}},
		{Route: "SECOND", Protocol: "SIP", Endpoint: "two", Prefix: "20", Pattern: "1[2-9]XXXXXXXX", Strip: 1, Options: "tTorR", CallerID: "09639143156"},
	}, calls: map[string][]string{
		"101712345678": {"SIP/one/01712345678,,tTorR from 09639143155", "SIP/two/01712345678,,tTorR from 09639143156"},
	}},
	{what: "two carriers at random, each with a caller id of its own", why: "the caller id goes with the peer that is drawn, and caller_ids are drawn for themselves"},
	{what: "PJSIP, international with the country's digits in the pattern", routes: anything("99", 2, "To", func(d *Dial) { d.Protocol, d.Pattern = "PJSIP", "30XXXXXX." }), calls: map[string][]string{
		"99302105550100": {"PJSIP/302105550100@telco,,To"},
	}},
	{what: "a country without a prefix, as long as the campaign rings", routes: inNorthAmerica("", 0, "To", func(d *Dial) { d.Pattern = "34XXXXXXXXX" }), calls: map[string][]string{
		"34632395675": {"SIP/telco/34632395675,,To"}, // the dialer ends the call when the campaign's time is over
	}},
	{what: "digits filtered out of a number that is digits", routes: inNorthAmerica("9", 1, "tTor", nil), calls: map[string][]string{
		"913125550100": {"SIP/telco/13125550100,,tTor"},
	}},
	{what: "a hook that runs on the carrier's channel", routes: anything("9", 1, "tToRb(audio-bridge-outbound^s^1)", nil), calls: map[string][]string{
		"917785550100": {"SIP/telco/17785550100,,tToRb(audio-bridge-outbound^s^1)"},
	}},
	{what: "short codes that reach one number each at another system", routes: inNorthAmerica("3", 5, "tTor", func(d *Dial) {
		d.Pattern, d.Prepend = "7000", "106027001"
		d.Numbers = []DialNumber{{Prefix: "6", Pattern: "7000", Strip: 5, Prepend: "106027001"}, {Prefix: "6", Pattern: "7001", Strip: 5, Prepend: "106027002"}}
	}), calls: map[string][]string{
		"37000": {"SIP/telco/106027001,,tTor"}, "67000": {"SIP/telco/106027001,,tTor"}, "67001": {"SIP/telco/106027002,,tTor"},
	}},
	{what: "two digits off, the options in another order", routes: anything("22", 2, "Tto", nil), calls: map[string][]string{
		"2213125550100": {"SIP/telco/13125550100,,Tto"},
	}},
	{what: "a script chooses the caller id", routes: inNorthAmerica("9", 1, "tTo", func(d *Dial) { d.Timeout, d.Scripts = 60, []string{"choose-number.agi,${ROUTE_NUMBER}"} }), calls: map[string][]string{
		"913125550100": {"runs choose-number.agi,13125550100", "SIP/telco/13125550100,60,tTo"},
	}},
	{what: "a script signs the call", routes: anything("999228", 6, "tTo", func(d *Dial) {
		d.Pattern, d.Scripts = ".", []string{"/usr/local/sign.agi,${ROUTE_NUMBER}-----${CALLERID(num)}-----YES-----"}
	}), calls: map[string][]string{
		"9992283125550100": {"runs /usr/local/sign.agi,3125550100-----campaign-----YES-----", "SIP/telco/3125550100,,tTo"},
	}},
	{what: "answering machines are held for seven seconds", routes: anything("8567", 4, "tToR", func(d *Dial) { d.Pattern, d.Variables = ".", map[string]string{"__AMDMINLEN": "7"} }), calls: map[string][]string{
		"85673125550100": {"SIP/telco/3125550100,,tToR"},
	}},
	{what: "headers with what a script found out about the lead", routes: inNorthAmerica("2", 0, "tT", func(d *Dial) {
		d.Pattern, d.Timeout, d.Scripts, d.Headers = "7001", 60, []string{"set-variables.agi,"}, map[string]string{"X-Lead": "${LEAD}"}
	}), calls: map[string][]string{
		"27001": {"runs set-variables.agi,", "X-Lead: 17", "SIP/telco/27001,60,tT"},
	}},
	{what: "the caller id is asked of a web service", why: "it calls CURL and JSON_DECODE from the dialplan; a script can do that"},
}

func TestPublicDialplans(t *testing.T) {
	expressed := 0
	for _, public := range publicDialplans {
		t.Run(public.what, func(t *testing.T) {
			if (public.why == "") != (len(public.routes) > 0) {
				t.Fatal("either it has routes or it says why not")
			}
			var text strings.Builder
			for _, dial := range public.routes {
				if problems := dial.Violations(); len(problems) > 0 {
					t.Fatalf("%v", problems)
				}
				text.WriteString(dial.Dialplan())
			}
			node := callOf{t: t, statements: dialplanStatements(text.String())}
			for dialed, want := range public.calls {
				node.variables, node.did = map[string]string{"CALLERID(num)": "campaign", "LEAD": "17"}, nil
				node.dial(dialed)
				if !slices.Equal(node.did, want) {
					t.Errorf("%s: %q, wanted %q, of\n%s", dialed, node.did, want, text.String())
				}
			}
		})
		if len(public.routes) > 0 {
			expressed++
		}
	}
	if len(publicDialplans) < 20 || expressed*10 < len(publicDialplans)*9 {
		t.Errorf("a dial block expresses %d of %d", expressed, len(publicDialplans))
	}
}

// callOf follows a call through a dialplan of dial blocks, on a node on which every
// carrier is congested.
type callOf struct {
	t          *testing.T
	statements []dialplanStatement
	variables  map[string]string
	did        []string
}

// dial runs the extension that takes a number. Exactly one does.
func (c *callOf) dial(number string) {
	c.t.Helper()
	taken := map[string]bool{}
	for _, statement := range c.statements {
		if strings.HasPrefix(statement.Extension, "_") && takes(statement.Extension, number) {
			taken[statement.Extension] = true
		}
	}
	if len(taken) != 1 {
		c.t.Fatalf("%s is taken by %v", number, taken)
	}
	for extension := range taken {
		c.variables["EXTEN"] = number
		c.run(extension)
	}
}

func takes(extension, number string) bool {
	expression := strings.NewReplacer("X", "[0-9]", "Z", "[1-9]", "N", "[2-9]", ".", ".+", "!", ".*", "+", `\+`, "*", `\*`).Replace(extension[1:])
	return regexp.MustCompile("^(?:" + expression + ")$").MatchString(number)
}

var (
	variable = regexp.MustCompile(`\$\{([A-Z_]+|CALLERID\(num\))(?::(\d+))?\}`)
	assigned = regexp.MustCompile(`^([^=]+)=(.*)$`)
	chosen   = regexp.MustCompile(`\$\{IF\(\$\["([^"]*)" = ""\]\?([^:]*):([^)]*)\)\}`)
	called   = regexp.MustCompile(`^(route_\w+),1$`)
)

func (c *callOf) run(extension string) {
	c.t.Helper()
	lines := map[int]dialplanStatement{}
	for _, statement := range c.statements {
		if statement.Extension == extension {
			lines[statement.Priority] = statement
		}
	}
	if len(lines) == 0 {
		c.t.Fatalf("nothing is at %s", extension)
	}
	for priority := 1; ; priority++ {
		line, ok := lines[priority]
		if !ok {
			c.t.Fatalf("%s ends at %d", extension, priority)
		}
		arguments := chosen.ReplaceAllStringFunc(c.filled(line.Arguments), func(text string) string {
			parts := chosen.FindStringSubmatch(text)
			if parts[1] == "" {
				return parts[2]
			}
			return parts[3]
		})
		switch line.Application {
		case "Set":
			parts := assigned.FindStringSubmatch(arguments)
			switch parts[1] {
			case "TIMEOUT(absolute)":
				c.did = append(c.did, "at most "+parts[2])
			default:
				c.variables[parts[1]] = parts[2]
			}
		case "Gosub":
			c.run(called.FindStringSubmatch(arguments)[1])
		case "Dial":
			if caller := c.variables["CALLERID(num)"]; caller != "campaign" {
				arguments += " from " + caller
			}
			c.did = append(c.did, arguments)
			c.variables["DIALSTATUS"] = "CONGESTION"
		case "GotoIf": // on the status of a carrier that took no call
			next, err := strconv.Atoi(jump.FindStringSubmatch(fmt.Sprintf("(%s)", arguments))[1])
			if err != nil {
				c.t.Fatal(err)
			}
			priority = next - 1
		case "AGI":
			if arguments != "agi://127.0.0.1:4577/call_log" {
				c.did = append(c.did, "runs "+arguments)
			}
		case "SIPAddHeader":
			c.did = append(c.did, arguments)
		case "Return", "Hangup":
			return
		default:
			c.t.Fatalf("nobody knows %s(%s)", line.Application, arguments)
		}
	}
}

// filled has the values of plain variables in their places.
func (c *callOf) filled(text string) string {
	return variable.ReplaceAllStringFunc(text, func(use string) string {
		parts := variable.FindStringSubmatch(use)
		value := c.variables[parts[1]]
		if parts[2] == "" {
			return value
		}
		off, err := strconv.Atoi(parts[2])
		if err != nil {
			c.t.Fatal(err)
		}
		return value[min(off, len(value)):]
	})
}
