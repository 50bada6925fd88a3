package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// The change log line of a step that no other test writes.
func TestAuditEntry(t *testing.T) {
	t.Parallel()
	removal := cluster.Step{
		Verb: cluster.Delete, Table: cluster.TableMeetmeRooms, Key: cluster.Row{"server_ip": cluster.Text("10.0.0.1")},
		InColumn: "conf_exten", In: []cluster.Value{cluster.Text("8600051"), cluster.Text("8600052")},
	}
	if have := auditText(removal, newStatement(removal)); !strings.HasSuffix(have, "conf_exten IN ('8600051', '8600052')|") {
		t.Errorf("the end of the statement is missing: %s", have)
	}
	cleared := cluster.Step{Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")}, To: cluster.Row{"server_description": {Null: true}}}
	if have := auditText(cleared, newStatement(cleared)); !strings.Contains(have, "server_description = NULL WHERE") {
		t.Errorf("NULL is %s", have)
	}
	numbered := cluster.Step{
		Verb: cluster.Insert, Table: cluster.TableDIDs, Key: cluster.Row{"did_pattern": {}}, Rows: []cluster.Row{{"did_pattern": cluster.Text("5550101")}},
		Audit: cluster.Audit{Section: "DIDS", Numbered: "did_id"},
	}
	if line := newAuditEntry(numbered); !strings.Contains(line.record, "MAX(did_id)") || !slices.Equal(line.args, []any{"5550101"}) {
		t.Errorf("the record is %s of %v", line.record, line.args)
	}
	if said := describe(cluster.Step{Verb: cluster.Delete, Table: cluster.TableMeetmeRooms, InColumn: "conf_exten", In: removal.In}); said != "remove from vicidial_conferences: conf_exten 8600051 (2 rows)" {
		t.Errorf("the step is %q", said)
	}
	if said := describe(cluster.Step{Verb: cluster.Update, Table: cluster.TableTrunks, InColumn: "server_ip", In: []cluster.Value{cluster.Text("10.0.0.1")}, Column: "dedicated_trunks"}); !strings.HasSuffix(said, "server_ip 10.0.0.1, dedicated_trunks") {
		t.Errorf("the step is %q", said)
	}
}

// A step that is heavier than a statement may be is a statement of its own, and the
// next one is not in it.
func TestGather_heavySteps(t *testing.T) {
	t.Parallel()
	insert := func(name string, rows, bytes int) *planWrite {
		step := cluster.Step{Phase: cluster.Grow, Verb: cluster.Insert, Table: cluster.TableDIDs, Key: cluster.Row{"did_pattern": {}}}
		for row := range rows {
			step.Rows = append(step.Rows, cluster.Row{"did_pattern": cluster.Text(fmt.Sprint(name, row)), "did_description": cluster.Text(strings.Repeat("x", bytes))})
		}
		return &planWrite{ctx: t.Context(), steps: []cluster.Step{step}, plan: cluster.Plan{Steps: []cluster.Step{step}}}
	}
	for claim, changes := range map[string][]*planWrite{
		"long texts":  {insert("1", 1, maxGatheredBytes), insert("2", 1, maxGatheredBytes)},
		"many values": {insert("1", maxGatheredArgs, 0), insert("2", maxGatheredArgs, 0)},
	} {
		for _, want := range changes {
			group := gather(changes)
			if len(group) != 1 || group[0].planWrite != want {
				t.Fatalf("%s: a statement has %d steps", claim, len(group))
			}
			want.applied++
		}
	}
}

// The lock is that of the database that is connected to, named or not.
func TestLockName(t *testing.T) {
	t.Parallel()
	if name := New(Settings{}).lockName(); name != "terraform-vicidial:asterisk" {
		t.Errorf("the lock is %q", name)
	}
}

// After an error of the network the statement may have run; after one of the server not.
func TestLost_network(t *testing.T) {
	t.Parallel()
	if err := error(&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}); !isLostConnection(err) || isRetryable(err) {
		t.Error("a connection that was reset is not lost")
	}
}

// A statement that fails on a deadlock has changed nothing, and is sent again; one that
// is refused is not.
func TestExec_sendsAgain(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	for _, c := range []struct {
		signal string
		sent   int
		rows   string
	}{
		{"SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'", 2, "61"},
		{"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'", 1, "60"},
	} {
		t.Run(c.signal, func(t *testing.T) {
			t.Parallel()
			d, p := newTable(t, s), sandbox.NewProxy(t, s)
			run(t, d, "CREATE TRIGGER once BEFORE UPDATE ON vicidial_server_trunks FOR EACH ROW IF @met IS NULL THEN SET @met = 1; "+c.signal+"; END IF")
			err := newStore(t, d, viaProxy(p)).Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{change("10.0.0.1", 60, 61)}}))
			if (err != nil) != (c.sent == 1) {
				t.Errorf("got %v", err)
			}
			sent := slices.DeleteFunc(p.Statements(), func(text string) bool { return !strings.HasPrefix(text, "UPDATE vicidial_server_trunks") })
			if len(sent) != c.sent {
				t.Errorf("%d times: %q", len(sent), sent)
			}
			d.Expect(t, trunkRows, "| server_ip | dedicated_trunks |\n| 10.0.0.1  |               "+c.rows+" |\n| 10.0.0.2  |               30 |")
		})
	}
}

// A change that has begun, and one that failed for another reason than the rows, is not
// decided again.
func TestApply_decidesAgainOnlyOverOtherRows(t *testing.T) {
	t.Parallel()
	s := sandbox.Shared(t)
	nowhere := change("10.0.0.1", 60, 61)
	nowhere.To = cluster.Row{"no_such_column": cluster.Text("1")}
	for claim, c := range map[string]struct {
		steps     []cluster.Step
		decisions int
	}{
		"a conflict of the first step":  {[]cluster.Step{change("10.0.0.1", 50, 61)}, 2},
		"a conflict of the second step": {[]cluster.Step{change("10.0.0.1", 60, 61), change("10.0.0.2", 50, 61)}, 1},
		"another error":                 {[]cluster.Step{nowhere}, 1},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			store, decided := newStore(t, newTable(t, s)), 0
			if _, err := store.Trunks(t.Context()); err != nil {
				t.Fatal(err)
			}
			// What is written first makes what was read stale for the second.
			errs := together(t, store, fixedPlan(cluster.Plan{}), func(context.Context) (cluster.Plan, error) {
				decided++
				return cluster.Plan{Steps: c.steps}, nil
			})
			if errs[1] == nil || decided == 0 || decided > c.decisions {
				t.Errorf("decided %d times, at most %d wanted: %v", decided, c.decisions, errs[1])
			}
		})
	}
}

// A caller who is cancelled while another change is decided has the answer at once.
func TestApply_cancelledWhileItWaits(t *testing.T) {
	t.Parallel()
	store := newStore(t, newTable(t, sandbox.Shared(t)))
	inside, leave, left := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	arrive := sync.OnceFunc(func() { close(inside) })
	go func() {
		left <- store.Apply(t.Context(), func(context.Context) (cluster.Plan, error) {
			arrive()
			<-leave
			return cluster.Plan{}, nil
		})
	}()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	answered := make(chan error, 1)
	go func() { answered <- store.Apply(ctx, fixedPlan(cluster.Plan{})) }()
	select {
	case err := <-answered:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the answer is %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("the answer waits for the other change")
	}
	close(leave)
	if err := <-left; err != nil {
		t.Error(err)
	}
}
