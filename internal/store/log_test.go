package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func logTo(output *lockedBuffer) func(*Settings) {
	return func(s *Settings) {
		s.Log = slog.New(slog.NewJSONHandler(output, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// linesOfLog writes each line as "message attributes", without times.
func linesOfLog(t *testing.T, output *lockedBuffer) []string {
	t.Helper()
	var lines []string
	scanner := bufio.NewScanner(strings.NewReader(output.String()))
	for scanner.Scan() {
		var line map[string]any
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		for _, group := range []string{"store", "lock"} {
			if attrs, ok := line[group].(map[string]any); ok {
				if _, timed := attrs["ms"]; timed {
					attrs["ms"] = "?"
				}
				lines = append(lines, fmt.Sprintf("%s: %s %v", group, line["msg"], attrs))
			}
		}
	}
	return lines
}

func wantLines(t *testing.T, lines []string, want ...string) {
	t.Helper()
	all := strings.Join(lines, "\n")
	for _, line := range want {
		if !strings.Contains(all, line) {
			t.Errorf("the log has no line %q:\n%s", line, all)
		}
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	server := sandbox.Shared(t)
	d, proxy := newTable(t, server), sandbox.NewProxy(t, server)
	var output lockedBuffer
	s := newStore(t, d, viaProxy(proxy), logTo(&output))
	if _, err := s.Servers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Servers(t.Context()); err != nil {
		t.Fatal(err)
	}
	proxy.CutAt(1, sandbox.WriteUnanswered, false)
	step := cluster.Step{
		Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")},
		To:    cluster.Row{cluster.ServerSecret: cluster.Text(canary)},
		Audit: cluster.Audit{Section: "SERVERS", Type: "MODIFY", Record: "dial1", Code: "ADMIN MODIFY SERVER"},
	}
	if err := s.Apply(t.Context(), fixedPlan(cluster.Plan{Steps: []cluster.Step{step}})); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(output.String(), "lock released") {
		<-time.After(10 * time.Millisecond)
	}
	lines := linesOfLog(t, &output)
	t.Run("logs statements, retries, the lock and the cache", func(t *testing.T) {
		wantLines(
			t, lines,
			"store: statement map[ms:? rows:3 table:servers verb:SELECT]",
			"store: statement map[failure:connection lost ms:? rows:0 table:servers verb:UPDATE]",
			"store: statement map[ms:? rows:1 table:vicidial_admin_log verb:INSERT]",
			"store: retry map[pause_ms:200 table:servers try:2 verb:UPDATE]",
			"store: cache map[query:servers result:load]",
			"store: cache map[query:servers result:shared]",
			"lock: waited for other changes of this run map[ms:?]",
			"lock: waiting for the lock map[timeout_ms:10000]",
			"lock: lock acquired map[ms:?]",
			"lock: lock released map[ms:?]",
		)
	})
	t.Run("logs no secret, no text and no address", func(t *testing.T) {
		text := output.String()
		for _, hidden := range []string{canary, d.Password, d.Username, "conf_secret", "dial1", "10.0.0.1", "@tcp(", "SET ", "ADMIN MODIFY"} {
			if strings.Contains(text, hidden) {
				t.Errorf("the log holds %q:\n%s", hidden, text)
			}
		}
	})
}

// An error of the server may quote a value.
func TestLog_hidesWhatAnErrorQuotes(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var output lockedBuffer
	s := newStore(t, d, logTo(&output))
	err := s.query(t.Context(), "a value", "SELECT 1 FROM servers WHERE `"+canary+"` = ?", []any{canary}, nil)
	if err == nil || !strings.Contains(err.Error(), canary) {
		t.Fatalf("the error does not quote the value: %v", err)
	}
	wantLines(t, linesOfLog(t, &output), "failure:error 1143")
	checkNoSecret(t, output.String())
}

func TestLog_lockHeld(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	var output lockedBuffer
	first := newStore(t, d)
	second := newStore(t, d, logTo(&output), func(s *Settings) { s.LockTimeout = time.Second })
	err := first.Apply(t.Context(), func(ctx context.Context) (cluster.Plan, error) {
		var refused *adviceError
		if err := second.Apply(ctx, fixedPlan(cluster.Plan{})); !errors.As(err, &refused) {
			t.Errorf("the second apply: %v", err)
		}
		return cluster.Plan{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, linesOfLog(t, &output), "lock: waiting for the lock map[timeout_ms:1000]", "lock: lock not acquired map[holder:")
}

func TestVerbAndTable(t *testing.T) {
	for text, want := range map[string]string{
		"\nSELECT a,\n       b\n  FROM servers\n WHERE x = ?":           "SELECT servers",
		"UPDATE phones SET pass = ? WHERE login = ?":                    "UPDATE phones",
		"INSERT INTO vicidial_conferences (a, b) SELECT ?, ? FROM DUAL": "INSERT vicidial_conferences",
		"DELETE FROM phones_alias WHERE alias_id = ?":                   "DELETE phones_alias",
		"SELECT (SELECT COUNT(*) FROM phones WHERE server_ip = ?), 1":   "SELECT phones",
		"SHOW GRANTS":                        "SHOW ",
		"SELECT GET_LOCK(?, ?)":              "SELECT ",
		"":                                   " ",
		"DELETE FROM t WHERE 1 < (SELECT 1)": "DELETE t",
	} {
		if verb, table := verbAndTable(text); verb+" "+table != want {
			t.Errorf("%q is %q, want %q", text, verb+" "+table, want)
		}
	}
}
