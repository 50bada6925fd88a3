package cluster

import "strings"

// LiveAgent is an agent who is logged in on a phone now.
type LiveAgent struct {
	User      string
	ServerIP  string
	Extension string // of the channel: "PJSIP/2000"
}

// Phone is the extension without the technology before it.
func (a LiveAgent) Phone() string {
	if _, extension, found := strings.Cut(a.Extension, "/"); found {
		return extension
	}
	return a.Extension
}
