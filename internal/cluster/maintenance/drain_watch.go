package maintenance

import (
	"fmt"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// AtWork is who is at work on a server at one moment, and whether more may come.
type AtWork struct {
	Gone    bool // there is no row of the server any more
	Logins  bool // active_agent_login_server
	Balance bool // vicidial_balance_active
	Agents  []AgentAtWork
	Calls   []cluster.CallCount
}

// AgentAtWork is an agent who is logged in; remote agents, who are lines and no
// people, are none.
type AgentAtWork struct {
	User      string
	Extension string // of the channel: "SIP/2000"
	Campaign  string
	Status    string
}

// Empty says whether nobody is logged in and no call is up.
func (a AtWork) Empty() bool { return len(a.Agents) == 0 && a.calls() == 0 }

func (a AtWork) calls() int {
	calls := 0
	for _, group := range a.Calls {
		calls += group.Count
	}
	return calls
}

// inbound counts the calls that a carrier has sent.
func (a AtWork) inbound() int {
	calls := 0
	for _, group := range a.Calls {
		if group.Type == "IN" {
			calls += group.Count
		}
	}
	return calls
}

// open names a column that lets new work in.
func (a AtWork) open() string {
	switch {
	case a.Logins:
		return columnLogins
	case a.Balance:
		return columnBalance
	}
	return ""
}

// about is who is there, or how many calls are left once nobody is.
func (a AtWork) about() string {
	users := make([]string, 0, len(a.Agents))
	for _, agent := range a.Agents {
		users = append(users, agent.User)
	}
	if len(users) == 0 {
		return fmt.Sprintf("%d calls", a.calls())
	}
	return strings.Join(users, ",")
}

// String says who is there, with the first few by name.
func (a AtWork) String() string {
	const few = 5
	text := "nobody is logged in"
	switch agents := len(a.Agents); {
	case agents == 1:
		text = "1 agent is logged in"
	case agents > 1:
		text = fmt.Sprintf("%d agents are logged in", agents)
	}
	var named []string
	for _, agent := range a.Agents[:min(few, len(a.Agents))] {
		named = append(named, fmt.Sprintf("%s at %s in %s, %s", agent.User, agent.Extension, agent.Campaign, agent.Status))
	}
	if more := len(a.Agents) - few; more > 0 {
		named = append(named, fmt.Sprintf("%d more", more))
	}
	if len(named) > 0 {
		text += " (" + strings.Join(named, "; ") + ")"
	}
	switch calls := a.calls(); calls {
	case 0:
		return text + ", no call is up"
	case 1:
		text += ", 1 call is up"
	default:
		text += fmt.Sprintf(", %d calls are up", calls)
	}
	if inbound := a.inbound(); inbound > 0 {
		text += fmt.Sprintf(" (%d from carriers)", inbound)
	}
	return text
}

// What a wait says when nothing changes, and what it puts up with.
const (
	remindEvery = time.Minute
	// emptyLooks is how often in a row nobody must be there: a dialer that was in
	// the middle of its round when the gate was shut still places what it had
	// decided on (docs/vicidial/dialer.md#local-dialer, docs/vicidial/dialer.md#balance-fill).
	emptyLooks = 2
	// missedLooks is how often in a row a look may fail: a database that restarts
	// must not end a wait of half an hour.
	missedLooks = 5
)

// Watched is what one look comes to: what to tell, if anything, and whether the
// wait is over.
type Watched struct {
	Says string
	Done bool
	Err  error
}

// patience is what all waits have in common.
type patience struct {
	missed int
	about  string // what was told last, in short
	at     time.Duration
}

// say tells something new at once, and the same again from time to time. about
// is what makes it new: agents go from call to call all the time.
func (p patience) say(about, text string, waited time.Duration) (patience, string) {
	if about == p.about && waited < p.at+remindEvery {
		return p, ""
	}
	p.about, p.at = about, waited
	return p, text
}

// miss counts a look that failed.
func (p patience) miss(err error, waited time.Duration) (patience, Watched) {
	p.missed++
	if p.missed >= missedLooks {
		return p, Watched{Err: err}
	}
	p, says := p.say("missed", "The database could not be asked, which is tried again: "+err.Error(), waited)
	return p, Watched{Says: says}
}

// DrainWatch is what has been seen while a drained server empties.
type DrainWatch struct {
	Server cluster.Server
	patience
	now   AtWork
	asked bool
	empty int // looks in a row that found nobody
}

// NextDrainStep takes in what is seen now, or why nothing could be seen, and says
// how the wait goes on.
func NextDrainStep(w DrainWatch, now AtWork, failure error, waited time.Duration) (DrainWatch, Watched) {
	if failure != nil {
		var watched Watched
		w.patience, watched = w.miss(failure, waited)
		return w, watched
	}
	w.now, w.asked, w.missed = now, true, 0
	if now.Gone {
		return w, Watched{Err: fmt.Errorf("server %s: %w", w.Server.ID(), cluster.ErrNotFound)}
	}
	if open := now.open(); open != "" {
		return w, Watched{Err: &cluster.Conflict{
			Subject: "server " + w.Server.ID(), Found: "was put back to work while it emptied: " + open + " says Y again",
			Advice: "Nothing was overwritten. Find out who did it (the admin change log of the server), and invoke the action again.",
		}}
	}
	if !now.Empty() {
		w.empty = 0
		var says string
		w.patience, says = w.say(now.about(), w.Server.String()+": "+now.String(), waited)
		return w, Watched{Says: says}
	}
	if w.empty++; w.empty < emptyLooks {
		return w, Watched{}
	}
	return w, Watched{Says: w.Server.String() + " is drained: " + now.String(), Done: true}
}

// Unfinished is the error of a wait that ended before the server was empty.
func (w DrainWatch) Unfinished(waited time.Duration, stopped bool) error {
	return &StillAtWork{Server: w.Server, AtWork: w.now, Asked: w.asked, Waited: waited, Stopped: stopped}
}

// StillAtWork says that a drained server has not emptied.
type StillAtWork struct {
	Server  cluster.Server
	AtWork  AtWork // what was seen last
	Asked   bool   // whether anything was
	Waited  time.Duration
	Stopped bool // by whoever runs Terraform, not by the timeout
}

func (s *StillAtWork) Error() string {
	text := fmt.Sprintf("%s was still at work after %s: ", s.Server, s.Waited.Round(time.Second))
	if s.Stopped {
		text = fmt.Sprintf("the wait for %s was stopped after %s: ", s.Server, s.Waited.Round(time.Second))
	}
	if !s.Asked {
		return text + "the database could not be asked who is there"
	}
	if s.AtWork.Empty() {
		return text + s.AtWork.String() + ", but that has been seen only once"
	}
	return text + s.AtWork.String()
}

// Hint tells what to do about it.
func (s *StillAtWork) Hint() string {
	hint := "It stays drained: nobody new logs in, and no balance call comes. Let its agents log out, and invoke the action again to wait on; or put it back to work with vicidial_server_undrain."
	if s.AtWork.inbound() > 0 {
		hint += " Calls that carriers send to it end only when they send them elsewhere."
	}
	return hint
}
