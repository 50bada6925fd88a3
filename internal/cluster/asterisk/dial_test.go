package asterisk

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func init() {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "write the golden files anew")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "dialplan", name+".conf")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwanted\n%s", file, got, want)
	}
}

// aDial dials as VICIdial's sample carrier does.
func aDial() Dial {
	return Dial{Route: "MAIN", Protocol: "SIP", Endpoint: "main", Prefix: "9", Pattern: "1NXXNXXXXXX", Strip: 1, Options: DefaultDialOptions}
}

func TestDialplanOfARoute(t *testing.T) {
	goldens := map[string]func(*Dial){
		"plain": func(*Dial) {},
		"pjsip": func(d *Dial) { d.Protocol, d.Pattern, d.Timeout = "PJSIP", AnyNumber, 60 },
		"pjsip_wizard_with_plus": func(d *Dial) {
			d.Protocol, d.Prepend, d.Strip, d.Prefix, d.Pattern = "PJSIP_WIZ", "+", 2, "88", AnyNumber
		},
		"without_a_prefix":        func(d *Dial) { d.Prefix, d.Strip, d.Pattern = "", 0, "NXXNXXXXXX" },
		"iax":                     func(d *Dial) { d.Protocol = "IAX2" },
		"keeps_part_of_prefix":    func(d *Dial) { d.Prefix, d.Strip, d.Pattern = "91", 1, "NXXNXXXXXX" },
		"strips_more_than_prefix": func(d *Dial) { d.Strip, d.Prepend = 2, "011" },
		"limited":                 func(d *Dial) { d.MaxChannels = 30 },
		"with_everything": func(d *Dial) {
			d.MaxChannels, d.CallerID, d.Timeout, d.Failover = 30, "+18005551212", 45, []string{"BACKUP", "LAST"}
		},
		"several_numbers": func(d *Dial) {
			d.Failover = []string{"BACKUP"}
			d.Numbers = []DialNumber{{Prefix: "9011", Pattern: AnyNumber, Strip: 4, Prepend: "+"}, {Prefix: "+", Pattern: AnyNumber}}
		},
		"caller_ids": func(d *Dial) {
			d.CallerIDs, d.PrefixCallerIDs = []string{"8005550101", "8005550102"}, map[string]string{"1212": "2125550100", "1": "8005550100"}
		},
		"two_peers_and_headers": func(d *Dial) {
			d.Peers, d.Headers = map[string]int{"east": 2, "west": 1}, map[string]string{"P-Asserted-Identity": "<sip:${CALLERID(num)}@example.com>"}
			d.MaxSeconds, d.MaxChannels = 3600, 10
		},
		"scripts_and_variables": func(d *Dial) {
			d.Variables, d.MaxChannels = map[string]string{"__AMDMINLEN": "7"}, 10
			d.Scripts = []string{"agi-sign.agi,${ROUTE_NUMBER}-----${CALLERID(num)}-----YES-----"}
		},
		"pjsip_headers": func(d *Dial) {
			d.Protocol, d.Headers = "PJSIP", map[string]string{"X-Account": "4711"}
		},
	}
	for name, with := range goldens {
		t.Run("writes "+name, func(t *testing.T) {
			dial := aDial()
			with(&dial)
			if problems := dial.Violations(); len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			golden(t, name, dial.Dialplan())
		})
	}
	t.Run("every route reads back without a violation and survives the admin form", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			dial := anyDial(t)
			if problems := dial.Violations(); len(problems) > 0 {
				t.Fatalf("%+v: %v", dial, problems)
			}
			text := dial.Dialplan()
			if violations := Check(cluster.DialplanEntry, text); len(violations) > 0 {
				t.Fatalf("%s\nin\n%s", violations, text)
			}
			if afterForm(cluster.DialplanEntry, text) != text {
				t.Errorf("the form changes\n%s", text)
			}
			if !OffersRoute(text, dial.Route) {
				t.Errorf("nothing can fail over to\n%s", text)
			}
			jumpsLand(t, text)
			if read, ok := ReadDial(dial.Protocol, text); !ok || read.Dialplan() != text {
				t.Errorf("read as %+v from\n%s", read, text)
			}
		})
	})
	t.Run("a dialplan written by hand is not read as a route", func(t *testing.T) {
		for _, text := range []string{"", stockDialplan, aDial().Dialplan() + "exten => 5,1,Hangup()\n", strings.Replace(aDial().Dialplan(), "tTor", "tTo,x", 1)} {
			if dial, ok := ReadDial("SIP", text); ok {
				t.Errorf("%q is read as %+v", text, dial)
			}
		}
	})
	t.Run("a call is logged once, whatever it fails over to", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			dial := anyDial(t)
			if text := dial.Dialplan(); strings.Count(text, "call_log") != 1+len(dial.Numbers) {
				t.Errorf("logged %d times in\n%s", strings.Count(text, "call_log"), text)
			}
		})
	})
	t.Run("a call that nothing limits or redirects is dialed as dialed, less the prefix", func(t *testing.T) {
		for name, test := range map[string]struct {
			dial   Dial
			dialed string
			sent   string
		}{
			"prefix off":       {Dial{Prefix: "9", Strip: 1}, "918005551212", "18005551212"},
			"nothing off":      {Dial{Prefix: "9", Strip: 0}, "918005551212", "918005551212"},
			"part of a prefix": {Dial{Prefix: "91", Strip: 1}, "918005551212", "18005551212"},
			"more than it":     {Dial{Prefix: "9", Strip: 2, Prepend: "0"}, "918005551212", "08005551212"},
		} {
			t.Run(name, func(t *testing.T) {
				if sent := numberSent(t, test.dial, test.dialed); sent != test.sent {
					t.Errorf("sent %s, wanted %s", sent, test.sent)
				}
			})
		}
	})
	t.Run("what cannot be a dialplan is reported by attribute", func(t *testing.T) {
		for attribute, spoil := range map[string]func(*Dial){
			"prefix":       func(d *Dial) { d.Prefix = "9,1,System(id)\nexten => 8" },
			"pattern":      func(d *Dial) { d.Pattern = "X.X" },
			"strip":        func(d *Dial) { d.Strip = -1 },
			"prepend":      func(d *Dial) { d.Prepend = "${SHELL(id)}" },
			"timeout":      func(d *Dial) { d.Timeout = -1 },
			"options":      func(d *Dial) { d.Options = "tT)\nexten => 1,1,System(id" },
			"caller_id":    func(d *Dial) { d.CallerID = "Bob <1>" },
			"max_channels": func(d *Dial) { d.MaxChannels = -3 },
			"endpoint":     func(d *Dial) { d.Endpoint = "" },
			"protocol":     func(d *Dial) { d.Protocol = "Zap" },
			"name":         func(d *Dial) { d.Route = "a b" },
			"failover":     func(d *Dial) { d.Failover = []string{"main"} },
			"numbers":      func(d *Dial) { d.Numbers = []DialNumber{{Prefix: "91", Pattern: "NXXNXXXXXX"}} },
			"caller_ids":   func(d *Dial) { d.CallerIDs = []string{"Bob"} },
			"peers":        func(d *Dial) { d.Peers = map[string]int{"a": 0} },
			"headers":      func(d *Dial) { d.Headers = map[string]string{"X": "a,b)"} },
			"max_seconds":  func(d *Dial) { d.MaxSeconds = -1 },
			"variables":    func(d *Dial) { d.Variables = map[string]string{"ROUTE_SENT": "1"} },
			"agi_scripts":  func(d *Dial) { d.Scripts = []string{"sign.agi)"} },

			"caller_id_by_prefix": func(d *Dial) { d.PrefixCallerIDs = map[string]string{"x": "2125550100"} },
		} {
			dial := aDial()
			spoil(&dial)
			problems := dial.Violations()
			if len(problems) != 1 || problems[0].Attribute != attribute {
				t.Errorf("%s: %v", attribute, problems)
			}
		}
	})
}

func anyDial(t *rapid.T) Dial {
	dial := Dial{
		Route:       rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9_]{1,14}`).Draw(t, "route"),
		Protocol:    rapid.SampledFrom(cluster.GeneratedProtocols).Draw(t, "protocol"),
		Endpoint:    rapid.StringMatching(`[A-Za-z0-9_.-]{1,20}`).Draw(t, "endpoint"),
		Prefix:      rapid.StringMatching(`[0-9*#]{1,6}`).Draw(t, "prefix"),
		Pattern:     rapid.StringMatching(`([0-9XZN]|\[2-9\]){0,12}[.!]?`).Filter(func(s string) bool { return s != "" }).Draw(t, "pattern"),
		Strip:       rapid.IntRange(0, 10).Draw(t, "strip"),
		Prepend:     rapid.StringMatching(`[0-9*#+]{0,6}`).Draw(t, "prepend"),
		Timeout:     rapid.IntRange(0, 120).Draw(t, "timeout"),
		Options:     rapid.SampledFrom([]string{"", "tTor", "tTo", "gL(60000:5000)"}).Draw(t, "options"),
		CallerID:    rapid.SampledFrom([]string{"", "8005551212", "+18005551212"}).Draw(t, "caller id"),
		MaxChannels: rapid.IntRange(0, 500).Draw(t, "max channels"),
	}
	if rapid.Bool().Draw(t, "more") {
		dial.RouteOptions = drawOptions(t, dial)
	}
	for _, next := range rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z][A-Z0-9]{2,9}`), 0, 4, cluster.FoldKey).Draw(t, "failover") {
		if cluster.FoldKey(next) != cluster.FoldKey(dial.Route) {
			dial.Failover = append(dial.Failover, next)
		}
	}
	return dial
}

func drawOptions(t *rapid.T, dial Dial) RouteOptions {
	number := rapid.StringMatching(`\+?[0-9]{2,15}`)
	more := RouteOptions{
		MaxSeconds:      rapid.IntRange(0, 7200).Draw(t, "max seconds"),
		PrefixCallerIDs: rapid.MapOfN(rapid.StringMatching(`[0-9]{1,6}`), number, 0, 3).Draw(t, "caller ids by prefix"),
		Peers:           rapid.MapOfN(rapid.StringMatching(`[a-z]{1,8}`), rapid.IntRange(1, 9), 0, 3).Draw(t, "peers"),
	}
	if dial.CallerID == "" {
		more.CallerIDs = rapid.SliceOfN(number, 0, 4).Draw(t, "caller ids")
	}
	if dial.Protocol != "IAX2" {
		more.Headers = rapid.MapOfN(rapid.StringMatching(`X-[A-Za-z]{1,8}`), rapid.StringMatching(`[A-Za-z0-9 <>@:+._=/-]{1,20}`), 0, 2).Draw(t, "headers")
	}
	more.Variables = rapid.MapOfN(rapid.StringMatching(`_{0,2}X[A-Za-z0-9_]{0,8}`), rapid.StringMatching(`[A-Za-z0-9 <>@:+._=/-]{0,19}x`), 0, 2).Draw(t, "variables")
	more.Scripts = rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,9}\.agi(,[A-Za-z0-9 _.:+=/@,-]{0,20})?`), 0, 2).Draw(t, "scripts")
	if rapid.Bool().Draw(t, "numbers") {
		more.Numbers = []DialNumber{{Prefix: dial.Prefix + "#1", Pattern: AnyNumber, Strip: rapid.IntRange(0, 9).Draw(t, "strip"), Prepend: "+"}}
	}
	return more
}

var jump = regexp.MustCompile(`\?(\d+)(?::(\d+))?\)$`)

// jumpsLand fails where a GotoIf names a priority that the extension has not.
func jumpsLand(t *rapid.T, text string) {
	statements := dialplanStatements(text)
	there := map[string]bool{}
	for _, statement := range statements {
		there[statement.Extension+","+strconv.Itoa(statement.Priority)] = true
	}
	for _, statement := range statements {
		found := jump.FindStringSubmatch(statement.Application + "(" + statement.Arguments + ")")
		for _, target := range found[min(1, len(found)):] {
			if target != "" && !there[statement.Extension+","+target] {
				t.Errorf("line %d jumps to %s in\n%s", statement.Line, target, text)
			}
		}
	}
}

var sentNumber = regexp.MustCompile(`Dial\(SIP/x/([^,]*),`)

// numberSent does what Asterisk does with the two variables.
func numberSent(t *testing.T, dial Dial, dialed string) string {
	t.Helper()
	dial.Route, dial.Protocol, dial.Endpoint, dial.Pattern = "R1", "SIP", "x", AnyNumber
	text := dial.Dialplan()
	sent := sentNumber.FindStringSubmatch(text)
	if sent == nil {
		t.Fatalf("no number in\n%s", text)
	}
	number := dialed[len(dial.Prefix):]
	for off := range 10 {
		if strings.Contains(sent[1], "${ROUTE_NUMBER:"+strconv.Itoa(off)+"}") {
			return strings.ReplaceAll(sent[1], "${ROUTE_NUMBER:"+strconv.Itoa(off)+"}", number[off:])
		}
	}
	return strings.ReplaceAll(sent[1], "${ROUTE_NUMBER}", number)
}
