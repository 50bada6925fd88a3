package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// MaxFillRate returns the highest system_settings.outbound_calls_per_second that the
// balance fill uses with a database of some schema; it reads higher values as 40. Since
// 2023-08-30 it uses 1000, which no schema marks: possible is higher than certain where
// both revisions have the schema (docs/vicidial/dialer.md#fill-calls-per-second).
func MaxFillRate(schema int) (certain, possible int) {
	const before, since = 200, 1000
	switch {
	case schema < 1693:
		return before, before
	case schema < 1695:
		return before, since
	}
	return since, since
}

// FillRate is the rule of system_settings.outbound_calls_per_second.
var FillRate = Rule{
	Check: func(s Schema, value Value) error {
		_, possible := MaxFillRate(s.Version)
		if rate, number := value.Int(); !number || rate < 1 || int(rate) > possible {
			return fmt.Errorf("%s must be between 1 and %d: the balance fill of this VICIdial (schema %d) places 40 calls in a second for any other value; leave it out, and the row keeps what it has", value.Text, possible, s.Version)
		}
		return nil
	},
	Advice: func(s Schema, value Value) error {
		certain, possible := MaxFillRate(s.Version)
		if rate, number := value.Int(); number && int(rate) > certain {
			return fmt.Errorf("%s is used by revisions of VICIdial since 2023-08-30, which take up to %d; older ones with the same schema (%d) take up to %d and place 40 calls in a second for any other value", value.Text, possible, s.Version, certain)
		}
		return nil
	},
}

// coordinatorInDialer is the schema from which on the dialer of the coordinator alone
// does some work for all nodes (AST_VDauto_dial.pl, 2024-09-17; docs/vicidial/daemons.md#coordinator-in-dialer).
const coordinatorInDialer = 1718

// CoordinatorRestarts returns which daemons must be restarted on which nodes after a
// change of the coordinator, in their order. It is empty where every program reads the
// setting each time that it runs.
func CoordinatorRestarts(schema Schema, from, to string, servers Servers) string {
	if schema.Version < coordinatorInDialer {
		return ""
	}
	var at []string
	for _, ip := range []string{from, to} {
		if server, found := servers.ByIP(ip); found && server.Telephony() {
			at = append(at, server.ID()+" ("+ip+")")
		}
	}
	work := "auto-alt-dial of MULTI_LEAD campaigns, URLs of calls that no agent took, calls without an answer, and recent scheduled callbacks, all for the whole cluster"
	text := "The dialer (AST_VDauto_dial.pl) reads active_voicemail_server when it starts and never again. The one of the active voicemail server does " + work + "."
	if len(at) > 0 {
		text += " Restart it on " + strings.Join(at, ", then on ") + ": end its screen with `screen -S ASTVDauto -X quit`, and the keepalive starts it within a minute. Calls in progress continue; the node places none meanwhile."
	}
	if server, found := servers.ByIP(to); found && !server.Telephony() {
		text += " Server " + server.ID() + " runs no dialer, so that none of this is done anywhere."
	}
	return text
}

// DescribeSoundsChange describes how to make nodes fetch their sounds from another server. The
// keepalive of a node fetches only where its sounds_update is set
// (docs/vicidial/daemons.md#sounds).
func DescribeSoundsChange(to string, servers Servers) string {
	var waiting []string
	for _, server := range servers {
		if server.Telephony() {
			waiting = append(waiting, server.ID())
		}
	}
	if len(waiting) == 0 {
		return ""
	}
	slices.Sort(waiting)
	return fmt.Sprintf("No node fetches sounds from %s by itself: the keepalive of a node fetches within a minute after Sounds Update is set to Y on the node's page (servers.sounds_update), or after a file is added to or removed from the audio store, which sets it on all nodes. Nodes: %s.", to, strings.Join(waiting, ", "))
}
