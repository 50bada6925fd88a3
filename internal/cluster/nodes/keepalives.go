package nodes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The words of [Parse] besides roles and duties on which the keepalives of a node depend.
const (
	wordConfbridge = "confbridge"
	wordSIPLogging = "sip_logging"
)

// Parse parses a node from words: roles, duties, confbridge and sip_logging.
// Any other word is an error.
func Parse(serverIP string, words []string) (Node, error) {
	node := Node{ServerIP: serverIP}
	for _, word := range words {
		switch {
		case word == wordConfbridge:
			node.Engine = cluster.Confbridge
		case word == wordSIPLogging:
			node.SIPLogging = true
		case slices.Contains(Roles(), Role(word)):
			node.Roles = append(node.Roles, Role(word))
		case slices.Contains(Duties(), Duty(word)):
			node.Duties = append(node.Duties, Duty(word))
		default:
			return Node{}, fmt.Errorf("node %s: %q is not a role, not a duty, and neither %s nor %s", serverIP, word, wordConfbridge, wordSIPLogging)
		}
	}
	return node, nil
}

// FromKeepalives derives roles and duties from VARactive_keepalives. These list programs
// only: a node without any is assumed to be a web node, and one with duties only a
// database node.
//
// As ADMIN_keepalive_ALL.pl reads them
// (docs/vicidial/node-files.md#keepalive-letters), order and repetition do not
// matter, lower-case letters have no effect, and an X disables the others.
func FromKeepalives(serverIP, letters string) Node {
	node := Node{ServerIP: serverIP}
	has := func(wanted string) bool { return strings.ContainsAny(letters, wanted) }
	if has("X") || !has("123456789ECS") {
		node.Roles = []Role{RoleWeb}
		return node
	}
	for _, duty := range Duties() {
		if letter := duty.Keepalive(); letter != "" && has(letter) {
			node.Duties = append(node.Duties, duty)
		}
	}
	if !has("123468CS") {
		node.Roles = []Role{RoleDatabase}
		return node
	}
	node.Roles = []Role{RoleTelephony}
	if has("C") {
		node.Engine = cluster.Confbridge
	}
	node.SIPLogging = has("S")
	return node
}
