package cluster

import "fmt"

// Change is a line of VICIdial's admin change log: who did what, and when.
type Change struct {
	User    string
	Address string // where from, as VICIdial noted it
	When    string // date and time by the clock of the web server that wrote it
	Code    string // event_code
}

func (c Change) String() string {
	return fmt.Sprintf("by user %s from %s at %s (%s)", c.User, c.Address, c.When, c.Code)
}
