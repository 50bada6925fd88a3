package maintenance

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func agents(users ...string) Activity {
	var now Activity
	for _, user := range users {
		now.Agents = append(now.Agents, cluster.LiveAgent{User: user, Extension: "SIP/" + user, Campaign: "SALES", Status: "READY"})
	}
	return now
}

func (a Activity) with(kind string, calls int) Activity {
	a.Calls = append(slices.Clone(a.Calls), cluster.CallCount{Campaign: "SALES", Type: kind, Status: "LIVE", Count: calls})
	return a
}

var errAway = errors.New("the database is away")

func TestDrainWatch(t *testing.T) {
	type poll struct {
		now     Activity
		err     error
		waited  time.Duration
		message string // "" for no message
		done    bool
		fails   string
	}
	at := func(seconds int) time.Duration { return time.Duration(seconds) * time.Second }
	for _, c := range []struct {
		claim string
		polls []poll
	}{
		{"empty twice", []poll{
			{waited: at(0)}, {waited: at(5), message: "dial3 (10.0.0.3) is drained: nobody is logged in, no call is up", done: true},
		}},
		{"call between two empty results", []poll{
			{waited: at(0)}, {now: agents().with("OUTBALANCE", 1), waited: at(5), message: "1 call is up"}, {waited: at(10)}, {waited: at(15), message: "is drained", done: true},
		}},
		{"unchanged state is reported once a minute", []poll{
			{now: agents("6001"), waited: at(0), message: "1 agent is logged in (6001 at SIP/6001 in SALES, READY), no call is up"},
			{now: agents("6001").with("OUT", 2), waited: at(55)},
			{now: agents("6001").with("OUT", 2), waited: at(60), message: "2 calls are up"},
			{now: agents("6001"), waited: at(65)},
		}},
		{"changes are reported immediately", []poll{
			{now: agents("6001", "6002").with("OUT", 3), waited: at(0), message: "2 agents are logged in"},
			{now: agents("6002").with("OUT", 3), waited: at(1), message: "1 agent is logged in (6002"},
			{now: agents().with("OUT", 3), waited: at(2), message: "nobody is logged in, 3 calls are up"},
			{now: agents().with("OUT", 1).with("IN", 1), waited: at(3), message: "2 calls are up (1 from carriers)"},
			{waited: at(4)},
			{waited: at(5), done: true, message: "is drained"},
		}},
		{"first agents are named", []poll{
			{now: agents("1", "2", "3", "4", "5", "6", "7"), message: "7 agents are logged in (1 at SIP/1 in SALES, READY; 2 at SIP/2 in SALES, READY; 3 at SIP/3 in SALES, READY; 4 at SIP/4 in SALES, READY; 5 at SIP/5 in SALES, READY; 2 more)"},
		}},
		{"database unreachable for a moment", []poll{
			{err: errAway, message: "could not be queried; the query is repeated: the database is away"},
			{err: errAway, waited: at(5)},
			{err: errAway, waited: at(10)},
			{err: errAway, waited: at(15)},
			{now: agents("6001"), waited: at(20), message: "1 agent"},
			{err: errAway, waited: at(25), message: "could not be queried"},
		}},
		{"database unreachable", []poll{
			{err: errAway, message: "away"}, {err: errAway}, {err: errAway}, {err: errAway}, {err: errAway, fails: "the database is away"},
		}},
		{"logins enabled again", []poll{
			{now: agents("6001"), message: "1 agent"}, {now: Activity{Logins: true}, fails: "server dial3 was put back to work while it emptied: active_agent_login_server is Y again"},
		}},
		{"balance calls enabled again", []poll{{now: Activity{Balance: true}, fails: "vicidial_balance_active is Y again"}}},
		{"server deleted", []poll{{now: Activity{Deleted: true}, fails: "server dial3: not found"}}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			watch := DrainWatch{Server: newDrain().Server}
			for i, poll := range c.polls {
				result := watch.Update(poll.now, poll.err, poll.waited)
				if result.Done != poll.done || (poll.message == "") != (result.Message == "") || !strings.Contains(result.Message, poll.message) ||
					(poll.fails == "") != (result.Err == nil) || result.Err != nil && !strings.Contains(result.Err.Error(), poll.fails) {
					t.Errorf("poll %d: %+v, want %+v", i, result, poll)
				}
			}
		})
	}
	t.Run("unfinished wait describes the agents and calls", func(t *testing.T) {
		for claim, c := range map[string]struct {
			now              Activity
			stopped          bool
			message, advises string
		}{
			"timeout":    {agents("6001").with("IN", 2), false, "dial3 (10.0.0.3) was still at work after 30m0s: 1 agent is logged in (6001 at SIP/6001 in SALES, READY), 2 calls are up (2 from carriers)", "Calls that carriers send"},
			"cancelled":  {agents("6001"), true, "the wait for dial3 (10.0.0.3) was stopped after 30m0s: 1 agent", "It stays drained"},
			"empty once": {Activity{}, false, "no call is up, but that has been seen only once", "vicidial_server_undrain"},
		} {
			t.Run(claim, func(t *testing.T) {
				watch := DrainWatch{Server: newDrain().Server}
				watch.Update(c.now, nil, 0)
				err := watch.Unfinished(30*time.Minute+200*time.Millisecond, c.stopped)
				var still *notDrainedError
				if !errors.As(err, &still) || !strings.Contains(err.Error(), c.message) || !strings.Contains(still.Hint(), c.advises) {
					t.Errorf("%v", err)
				}
			})
		}
		err := (&DrainWatch{Server: newDrain().Server}).Unfinished(time.Second, false)
		if !strings.Contains(err.Error(), "could not be queried for its agents and calls") {
			t.Error(err)
		}
	})
	t.Run("server with agents is never drained", rapid.MakeCheck(func(t *rapid.T) {
		watch := DrainWatch{Server: newDrain().Server}
		quiet := 0
		for i := range rapid.IntRange(1, 20).Draw(t, "polls") {
			now := Activity{}
			if n := rapid.IntRange(0, 3).Draw(t, "agents"); n > 0 {
				now = agents([]string{"1", "2", "3"}[:n]...)
			}
			if n := rapid.IntRange(0, 2).Draw(t, "calls"); n > 0 {
				now = now.with("OUT", n)
			}
			var pollErr error
			if rapid.IntRange(0, 4).Draw(t, "away") == 0 {
				pollErr = errAway
			}
			result := watch.Update(now, pollErr, at(i))
			if pollErr == nil && now.Empty() {
				quiet++
			} else if pollErr == nil {
				quiet = 0
			}
			if result.Done != (quiet == emptyPolls && pollErr == nil && now.Empty()) {
				t.Fatalf("done is %t after %d empty results", result.Done, quiet)
			}
			if result.Done || result.Err != nil {
				return
			}
		}
	}))
}

func TestParseWait(t *testing.T) {
	for text, want := range map[string]string{
		"0s": "0s", "0": "0s", "30m": "30m0s", "1h30m": "1h30m0s", "24h": "24h0m0s",
		"25h": "out of range: give 0s to 24h", "-1s": "out of range", "30": "write a number and its unit", "": "not a duration", "soon": "not a duration",
	} {
		t.Run(text, func(t *testing.T) {
			wait, err := ParseWait(text)
			if err == nil && wait.String() != want || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s, %v", wait, err)
			}
		})
	}
	for text, want := range map[string]string{"1s": "1s", "5m": "5m0s", "0s": "out of range: give 1s to 5m", "500ms": "out of range", "6m": "out of range"} {
		t.Run("every "+text, func(t *testing.T) {
			pause, err := ParseInterval(text)
			if err == nil && pause.String() != want || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s, %v", pause, err)
			}
		})
	}
}
