// Package effect lists when the running programs of VICIdial use a new value of an
// attribute: read in their source, SVN revision 3884, and shown in the descriptions of
// the attributes and in docs/vicidial/effect.md#attributes.
package effect

import "strings"

// When is the moment at which a new value takes effect.
type When int

// The moments, from the earliest to the latest.
const (
	Call      When = iota + 1 // a script reads the row for each call
	Page                      // a page reads the row each time that it is opened
	Login                     // the login page of agents reads the row
	Loop                      // a daemon reads the row in each loop or each few loops
	TenthLoop                 // the dialer reads the row in every tenth loop
	Minute                    // the keepalive reads the row when it runs, each minute
	Build                     // nodes build their configuration files and load them
	AdminForm                 // forms of the admin pages start with it
	Restart                   // daemons read the row when they start
	File                      // the text stands in a file that somebody puts on a node
	Terraform                 // no program of VICIdial sees it
)

// sentences are the moments in the descriptions of attributes.
var sentences = map[When]string{
	Call:      "Takes effect with the next call.",
	Page:      "Takes effect the next time somebody opens an admin page or report.",
	Login:     "Takes effect with the next login of an agent.",
	Loop:      "Takes effect within seconds.",
	TenthLoop: "Takes effect within about 25 seconds.",
	Minute:    "Takes effect within a minute.",
	Build:     "Takes effect when the nodes have generated and loaded their configuration files, about a minute after the apply.",
	AdminForm: "Takes effect for objects that somebody adds at the admin page afterwards.",
	Restart:   "Takes effect when the daemons of the node are restarted.",
	File:      "Takes effect when the file is on its machine and the program has loaded it.",
	Terraform: "Only Terraform uses this; nothing is written to VICIdial.",
}

// String returns the moment as a sentence.
func (w When) String() string { return sentences[w] }

// Fact is when a new value takes effect, in which programs, and the source.
type Fact struct {
	When   When
	Reader string // the programs that read it; empty for Terraform
	Source string // files and lines in VICIdial; empty for Terraform and File
	// More is a sentence about what differs or what else it does, such as to calls in
	// progress; empty where there is nothing to say. No value interrupts a call unless
	// this says so.
	More string
}

// Sentence returns the fact for the description of an attribute.
func (f Fact) Sentence() string { return strings.TrimSpace(f.When.String() + " " + f.More) }

// Facts are the facts of the attributes of a resource by their paths, such as
// balance.active. Nested attributes without a path here have the fact of their
// parent.
type Facts map[string]Fact

// each returns the same fact for several attributes.
func each(fact Fact, paths ...string) Facts {
	facts := make(Facts, len(paths))
	for _, path := range paths {
		facts[path] = fact
	}
	return facts
}

// join returns all facts. Each path may occur once.
func join(parts ...Facts) Facts {
	all := Facts{}
	for _, part := range parts {
		for path, fact := range part {
			if _, twice := all[path]; twice {
				panic("effect: two facts of " + path)
			}
			all[path] = fact
		}
	}
	return all
}

// Resources are the facts of all resources.
var Resources = map[string]Facts{
	"vicidial_server":           Server,
	"vicidial_cluster_settings": ClusterSettings,
	"vicidial_trunk_split":      TrunkSplit,
	"vicidial_agent_placement":  AgentPlacement,
	"vicidial_carrier_route":    CarrierRoute,
	"vicidial_conf_template":    ConfTemplate,
	"vicidial_inbound_did":      InboundDID,
	"vicidial_inbound_numbers":  InboundNumbers,
	"vicidial_remote_agents":    RemoteAgents,
	"vicidial_node_config":      NodeConfig,
	"vicidial_haproxy_config":   ProxyConfig,
	"vicidial_nginx_config":     ProxyConfig,
}
