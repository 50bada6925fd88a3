package cluster

import "strings"

// LiveAgent is a row of vicidial_live_agents: an agent who is logged in now.
type LiveAgent struct {
	User      string
	ServerIP  string
	Extension string // of the channel: "PJSIP/2000"
	Campaign  string
	Status    string
	Autodial  bool   // outbound_autodial
	LastCall  string // last_call_time, as the database writes it
}

// Remote reports whether the agent is a line of remote agents.
func (a LiveAgent) Remote() bool {
	return len(a.Extension) >= 2 && strings.EqualFold(a.Extension[:2], "R/")
}

// Phone returns the extension without its technology.
func (a LiveAgent) Phone() string {
	if _, extension, found := strings.Cut(a.Extension, "/"); found {
		return extension
	}
	return a.Extension
}

// Dialled returns the number at which VICIdial calls an agent's phone of the protocol
// EXTERNAL: such a channel is "Local/20001@default", and names the
// dialplan number in place of the extension (www/agc/vicidial.php).
func (a LiveAgent) Dialled() (number string, dialled bool) {
	if number, dialled = strings.CutPrefix(a.Extension, "Local/"); dialled {
		number, _, _ = strings.Cut(number, "@")
	}
	return number, dialled
}

// CallCount counts rows of vicidial_auto_calls.
type CallCount struct {
	ServerIP string
	Campaign string // or the in-group
	Type     string // IN, OUT or OUTBALANCE
	Status   string
	Count    int
}
