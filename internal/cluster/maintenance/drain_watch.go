package maintenance

import (
	"fmt"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Activity is the agents and calls of a server at one moment, and whether it accepts
// more.
type Activity struct {
	Deleted bool                // the server was deleted
	Logins  bool                // active_agent_login_server
	Balance bool                // vicidial_balance_active
	Agents  []cluster.LiveAgent // without remote agents
	Calls   []cluster.CallCount
}

// Empty reports whether no agent is logged in and no call is up.
func (a Activity) Empty() bool { return len(a.Agents) == 0 && a.calls() == 0 }

func (a Activity) calls() int {
	calls := 0
	for _, group := range a.Calls {
		calls += group.Count
	}
	return calls
}

// inbound returns the number of calls from carriers.
func (a Activity) inbound() int {
	calls := 0
	for _, group := range a.Calls {
		if group.Type == "IN" {
			calls += group.Count
		}
	}
	return calls
}

// openFlag returns the column that still lets agents or calls in, or "".
func (a Activity) openFlag() string {
	switch {
	case a.Logins:
		return cluster.ColumnLogins
	case a.Balance:
		return cluster.ColumnBalance
	}
	return ""
}

// key identifies what the last message reported: the agents, or without agents the
// number of calls.
func (a Activity) key() string {
	users := make([]string, 0, len(a.Agents))
	for _, agent := range a.Agents {
		users = append(users, agent.User)
	}
	if len(users) == 0 {
		return fmt.Sprintf("%d calls", a.calls())
	}
	return strings.Join(users, ",")
}

// String describes the agents and calls. It names the first agents.
func (a Activity) String() string {
	const shown = 5
	text := "nobody is logged in"
	if agents := len(a.Agents); agents > 0 {
		text = cluster.PluralAre(agents, "agent") + " logged in"
	}
	var named []string
	for _, agent := range a.Agents[:min(shown, len(a.Agents))] {
		named = append(named, fmt.Sprintf("%s at %s in %s, %s", agent.User, agent.Extension, agent.Campaign, agent.Status))
	}
	if more := len(a.Agents) - shown; more > 0 {
		named = append(named, fmt.Sprintf("%d more", more))
	}
	if len(named) > 0 {
		text += " (" + strings.Join(named, "; ") + ")"
	}
	calls := a.calls()
	if calls == 0 {
		return text + ", no call is up"
	}
	text += ", " + cluster.PluralAre(calls, "call") + " up"
	if inbound := a.inbound(); inbound > 0 {
		text += fmt.Sprintf(" (%d from carriers)", inbound)
	}
	return text
}

// Limits of a wait.
const (
	remindEvery = time.Minute
	// emptyPolls is the number of consecutive empty results that end the wait: a
	// dialer may still place calls that it planned before the flag was cleared
	// (docs/vicidial/dialer.md#local-dialer, docs/vicidial/dialer.md#balance-fill).
	emptyPolls = 2
	// failedPolls is the number of consecutive failed queries that end the wait, so
	// that a restart of the database does not.
	failedPolls = 5
)

// PollResult is the outcome of one poll: a message, which may be empty, and whether
// the wait is over.
type PollResult struct {
	Message string
	Done    bool
	Err     error
}

// waitState is the common state of all waits.
type waitState struct {
	failures int
	key      string // identifies the last message
	at       time.Duration
}

// message returns text if key has changed or remindEvery has passed, else "". key
// excludes what changes all the time, such as the calls of agents.
func (s *waitState) message(key, text string, waited time.Duration) string {
	if key == s.key && waited < s.at+remindEvery {
		return ""
	}
	s.key, s.at = key, waited
	return text
}

// fail counts a failed query.
func (s *waitState) fail(err error, waited time.Duration) PollResult {
	s.failures++
	if s.failures >= failedPolls {
		return PollResult{Err: err}
	}
	return PollResult{Message: s.message("failed", "The database could not be queried; the query is repeated: "+err.Error(), waited)}
}

// DrainWatch is the state of a wait for a drained server to become empty.
type DrainWatch struct {
	Server cluster.Server
	waitState
	now    Activity
	polled bool
	empty  int // consecutive empty results
}

// Update records the activity that a poll has found, or its error, and returns how the
// wait continues. waited is the time since the wait began.
func (w *DrainWatch) Update(now Activity, pollErr error, waited time.Duration) PollResult {
	if pollErr != nil {
		return w.fail(pollErr, waited)
	}
	w.now, w.polled, w.failures = now, true, 0
	if now.Deleted {
		return PollResult{Err: fmt.Errorf("server %s: %w", w.Server.ID(), cluster.ErrNotFound)}
	}
	if open := now.openFlag(); open != "" {
		return PollResult{Err: &cluster.Conflict{
			Subject: "server " + w.Server.ID(), Found: "was put back to work while it emptied: " + open + " is Y again",
			Advice: "Nothing was overwritten. Find out who did it (the admin change log of the server), and invoke the action again.",
		}}
	}
	if !now.Empty() {
		w.empty = 0
		return PollResult{Message: w.message(now.key(), w.Server.String()+": "+now.String(), waited)}
	}
	if w.empty++; w.empty < emptyPolls {
		return PollResult{}
	}
	return PollResult{Message: w.Server.String() + " is drained: " + now.String(), Done: true}
}

// Unfinished returns the error of a wait that ended before the server was empty.
func (w *DrainWatch) Unfinished(waited time.Duration, stopped bool) error {
	return &notDrainedError{Server: w.Server, Activity: w.now, Polled: w.polled, Waited: waited, Stopped: stopped}
}

// notDrainedError is the error of a drained server that is not empty.
type notDrainedError struct {
	Server   cluster.Server
	Activity Activity // result of the last poll
	Polled   bool     // whether any poll succeeded
	Waited   time.Duration
	Stopped  bool // by a cancelled context, not by the timeout
}

func (s *notDrainedError) Error() string {
	text := fmt.Sprintf("%s was still at work after %s: ", s.Server, s.Waited.Round(time.Second))
	if s.Stopped {
		text = fmt.Sprintf("the wait for %s was stopped after %s: ", s.Server, s.Waited.Round(time.Second))
	}
	if !s.Polled {
		return text + "the database could not be queried for its agents and calls"
	}
	if s.Activity.Empty() {
		return text + s.Activity.String() + ", but that has been seen only once"
	}
	return text + s.Activity.String()
}

func (s *notDrainedError) Hint() string {
	hint := "It stays drained: it accepts no new logins and no balance calls. Let its agents log out, and invoke the action again to wait on; or put it back to work with vicidial_server_undrain."
	if s.Activity.inbound() > 0 {
		hint += " Calls that carriers send to it end only when they send them elsewhere."
	}
	return hint
}
