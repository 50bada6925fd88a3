package faulttest_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// blocked holds a table as a report does, so that whoever writes to it waits in
// the middle of a plan. The returned function lets go.
func blocked(t *testing.T, d *sandbox.Database, table string) func() {
	t.Helper()
	conn, err := d.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "LOCK TABLES "+table+" READ"); err != nil {
		t.Fatal(err)
	}
	return func() {
		_, _ = conn.ExecContext(t.Context(), "UNLOCK TABLES") // the server may be gone by now
		_ = conn.Close()
	}
}

// waiting waits until a statement that writes to the table waits for it, and
// returns the number of its connection.
func waiting(t *testing.T, d *sandbox.Database, table string) int {
	t.Helper()
	for {
		// It is the database that takes its time, so that nobody spins meanwhile.
		var thread sql.NullInt64
		err := d.DB().QueryRowContext(t.Context(), `SELECT MAX(ID), SLEEP(0.05) FROM information_schema.PROCESSLIST
			WHERE DB = ? AND INFO REGEXP CONCAT('^[[:space:]]*(UPDATE|INSERT INTO|DELETE FROM) ', ?, '[[:space:]]')`, d.Name, table).Scan(&thread, new(int))
		if err != nil {
			t.Fatal(err)
		}
		if thread.Valid {
			return int(thread.Int64)
		}
	}
}

// providersOf lists the processes of our provider below a Terraform's process.
func providersOf(t *testing.T, terraform int) []int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		// A process that ends meanwhile has no files any more, and is not meant.
		binary, _ := os.Readlink(filepath.Join("/proc", entry.Name(), "exe"))
		stat, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "stat"))
		_, rest, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(rest); binary == filepath.Join(folder, program) && len(fields) > 1 && fields[1] == strconv.Itoa(terraform) {
			found = append(found, pid)
		}
	}
	return found
}

// killed starts Terraform, waits until it writes to a table that is held, and
// kills its provider with kill -9. Then the table is let go: whatever was on
// its way to the server runs, unless it is to be lost as well.
func killed(t *testing.T, d *sandbox.Database, w *workspace, table string, lose bool, args ...string) {
	t.Helper()
	release := blocked(t, d, table)
	command, said := w.command(args...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	thread := waiting(t, d, table)
	providers := providersOf(t, command.Process.Pid)
	if len(providers) == 0 {
		t.Fatal("there is no provider to kill")
	}
	for _, pid := range providers {
		process, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	if lose {
		acctest.Run(t, d, fmt.Sprintf("KILL %d", thread))()
	}
	release()
	_ = command.Wait() // it cannot have succeeded, as is seen at once
	if command.ProcessState.ExitCode() == 0 {
		t.Errorf("terraform %s noticed nothing\n%s", args[0], said)
	}
	// What was on its way is over when its connection is.
	for {
		var left int
		if err := d.DB().QueryRowContext(t.Context(), "SELECT COUNT(*), SLEEP(0.05) FROM information_schema.PROCESSLIST WHERE ID = ?", thread).Scan(&left, new(int)); err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			return
		}
	}
}

func TestAccFaults_killedProvider(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Shared(t)
	from := reach(t, s)
	for _, lose := range []bool{true, false} {
		name := map[bool]string{true: "its statement lost", false: "its statement on the way"}[lose]
		for _, table := range []string{"vicidial_server_trunks", "vicidial_conferences", "servers", "vicidial_admin_log"} {
			t.Run("while it changes a floor, at "+table+", "+name, func(t *testing.T) {
				t.Parallel()
				d, w := from.again(t, direct)
				killed(t, d, w, table, lose, "apply", "-auto-approve")
				nobodyIsPromisedTooMuch(t, d, "killed")
				w.apply(t)
				w.settled(t)
				expectAfter(t, d)
			})
		}
		t.Run("while it makes and unmakes one, "+name, func(t *testing.T) {
			t.Parallel()
			d := aFloor(t, s)
			w := open(t, d, d.Port)
			w.declare(t, small)
			killed(t, d, w, "vicidial_conferences", lose, "apply", "-auto-approve")
			killed(t, d, w, "vicidial_server_trunks", lose, "apply", "-auto-approve")
			nobodyIsPromisedTooMuch(t, d, "killed")
			w.apply(t)
			w.settled(t)
			d.Expect(t, trunkRows, `
				| server_ip | campaign_id | lines_ | trunk_restriction |
				| 10.0.0.1  | SALES       |     60 | MAXIMUM_LIMIT     |
				| 10.0.0.2  | SALES       |     30 | MAXIMUM_LIMIT     |`)
			d.Expect(t, roomRows, "| server_ip | conf_exten |\n| 10.0.0.1  |    8600051 |\n| 10.0.0.1  |    8600052 |\n| 10.0.0.1  |    8600053 |")
			killed(t, d, w, "vicidial_server_trunks", lose, "destroy", "-auto-approve")
			killed(t, d, w, "servers", lose, "destroy", "-auto-approve")
			w.must(t, "destroy", "-auto-approve")
			d.Expect(t, serverRows, "| server_id | server_ip | lines_ | rebuild |")
			d.Expect(t, trunkRows, "| server_ip | campaign_id | lines_ | trunk_restriction |")
			d.Expect(t, roomRows, "| server_ip | conf_exten |")
		})
	}
}

// mariadbd is killed while a statement waits, and comes back over its files as
// they are. Its MEMORY tables are empty then.
func TestAccFaults_killedDatabase(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	s := sandbox.Own(t, sandbox.Options{})
	from := reach(t, s)
	for _, table := range []string{"vicidial_conferences", "servers", "vicidial_server_trunks"} {
		t.Run("at "+table, func(t *testing.T) { // one after the other: they kill the same server
			d, w := from.again(t, direct)
			release := blocked(t, d, table)
			command, said := w.command("apply", "-auto-approve")
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			waiting(t, d, table)
			if err := s.Kill(); err != nil {
				t.Fatal(err)
			}
			release()
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			// It may have been back soon enough for the apply to go on.
			if err := command.Wait(); err != nil && command.ProcessState.ExitCode() != 1 {
				t.Fatalf("%v\n%s", err, said)
			}
			nobodyIsPromisedTooMuch(t, d, "killed")
			w.apply(t)
			w.settled(t)
			expectAfter(t, d)
		})
	}
}
