package faulttest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

var (
	long  = flag.Bool("long", false, "try each fault at each write, instead of three of them")
	every = flag.Int("every", 1, "with -long: try each fault at every n-th write")
)

// everything is a configuration with each resource. Between its two versions each of
// them changes.
func everything(second bool) string {
	of := func(first, then string) string {
		if second {
			return then
		}
		return first
	}
	return fmt.Sprintf(`
resource "vicidial_cluster_settings" "all" {
  outbound_calls_per_second = %s
}

resource "vicidial_server" "dial" {
  for_each = { dial1 = "10.0.0.1", dial2 = "10.0.0.2" }

  server_id           = each.key
  server_ip           = each.value
  max_vicidial_trunks = %s
  conference          = { rooms = %s }
}

resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = %s
  servers     = { for id, server in vicidial_server.dial : server.server_ip => { weight = 1 } }
}

resource "vicidial_conf_template" "trunks" {
  template_id       = "trunks"
  template_name     = %q
  template_contents = "qualify=yes\n"
}

resource "vicidial_carrier_route" "telco" {
  name               = "TELCO"
  carrier_name       = %q
  servers            = [for id, server in vicidial_server.dial : server.server_ip]
  protocol           = "SIP"
  account_entry      = "[telco]\ntype=peer\nhost=sip.example.com\nsecret={secret:telco}\n"
  secrets_wo         = { telco = "open1234" }
  secrets_wo_version = 1
  dial               = { prefix = "1" }
}

resource "vicidial_inbound_did" "line" {
  did_pattern     = "8005550101"
  did_description = %q
  did_route       = "EXTEN"
  extension       = "8304"
}

resource "vicidial_inbound_numbers" "sales" {
  name            = "sales"
  dids            = ["8005550200-8005550205"]
  did_description = %q
  did_route       = "EXTEN"
  extension       = "8304"
}

resource "vicidial_remote_agents" "night" {
  user_start      = "9001"
  server_ip       = vicidial_server.dial["dial1"].server_ip
  campaign_id     = "SALES"
  conf_exten      = "8300"
  number_of_lines = %s
}

resource "vicidial_agent_placement" "floor" {
  name  = "floor"
  seats = [%q]
  servers = {
    (vicidial_server.dial["dial1"].server_ip) = { suffix = "a" }
    (vicidial_server.dial["dial2"].server_ip) = { suffix = "b" }
  }
  phone        = { protocol = "SIP", pass_wo = "open1234", pass_wo_version = 1 }
  assign_users = true
}

resource "vicidial_node_config" "nodes" {
  coordinator = vicidial_server.dial["dial1"].server_ip
  nodes       = { (vicidial_server.dial["dial1"].server_ip) = { roles = ["database", "telephony"] } }
}

resource "vicidial_haproxy_config" "web" {
  name     = "floor"
  hostname = %q
  nodes    = { web1 = { address = "10.10.20.11" } }
  tls      = { certificate_file = "/etc/haproxy/certs/vici.pem" }
  file     = { path = "${path.cwd}/haproxy.cfg", validate = false }
}

resource "vicidial_nginx_config" "web" {
  name     = "floor"
  hostname = %q
  nodes    = { web1 = { address = "10.10.20.11" } }
  tls      = { certificate_file = "/etc/nginx/vici.pem", key_file = "/etc/nginx/vici.key" }
  file     = { path = "${path.cwd}/nginx.conf", validate = false }
}
`, of("20", "30"), of("100", "120"), of("6", "7"), of("60", "40"), of("One", "Two"), of("One", "Two"), of("One", "Two"), of("One", "Two"),
		of("1", "2"), of("2000-2003", "2001-2004"), of("vici.example.com", "crm.example.com"), of("vici.example.com", "crm.example.com"))
}

// operation is a run of Terraform from one state of the rows to another.
type operation struct {
	name    string
	applied bool // it begins with the first version applied, not with nothing
	second  bool
	args    []string
}

var operations = []operation{
	{"create", false, false, []string{"apply", "-auto-approve"}},
	{"change", true, true, []string{"apply", "-auto-approve"}},
	{"destroy", true, false, []string{"destroy", "-auto-approve"}},
}

// fault is what happens at a write. The connection is cut there, and no other one is
// accepted while inject runs.
type fault struct {
	name string
	cut  sandbox.Cut
	// cutOff says that the database cannot be reached until Terraform has ended.
	cutOff bool
	inject func(t *testing.T, s *sandbox.Server, r *running)
	// hand says that Terraform may leave an empty state, or a part of one, since it writes
	// the file in place, so that a person has to go on as the guide says.
	hand bool
}

var faults = []fault{
	{name: "connection lost before the write", cut: sandbox.WriteUnsent, cutOff: true},
	{name: "connection lost after the write", cut: sandbox.WriteUnanswered, cutOff: true},
	{name: "Terraform and provider killed", cut: sandbox.WriteUnanswered, cutOff: true, hand: true, inject: func(t *testing.T, _ *sandbox.Server, r *running) {
		t.Helper()
		providers := providersOf(t, r.command.Process.Pid)
		_ = r.command.Process.Kill()
		killAll(t, providers)
	}},
	{name: "connection lost for a moment", cut: sandbox.WriteUnanswered},
	{name: "provider killed", cut: sandbox.WriteUnsent, cutOff: true, inject: func(t *testing.T, _ *sandbox.Server, r *running) {
		t.Helper()
		killAll(t, providersOf(t, r.command.Process.Pid))
	}},
	{name: "interrupted", cut: sandbox.WriteUnanswered, inject: func(_ *testing.T, _ *sandbox.Server, r *running) {
		_ = r.command.Process.Signal(os.Interrupt)
	}},
	{name: "interrupted twice", cut: sandbox.WriteUnanswered, hand: true, inject: func(t *testing.T, _ *sandbox.Server, r *running) {
		t.Helper()
		providers := providersOf(t, r.command.Process.Pid) // Terraform leaves them behind
		t.Cleanup(func() { killAll(t, providers) })
		_ = r.command.Process.Signal(os.Interrupt)
		<-time.After(100 * time.Millisecond) // two signals at once are one
		_ = r.command.Process.Signal(os.Interrupt)
	}},
	{name: "database killed", cut: sandbox.WriteUnanswered, inject: func(t *testing.T, s *sandbox.Server, _ *running) {
		t.Helper()
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
		if err := s.Restart(t.Context()); err != nil {
			t.Error(err)
		}
	}},
}

// trial is a server on which the operations are tried, with what they lead to.
type trial struct {
	server *sandbox.Server
	first  start             // the first version, applied
	want   map[string]string // the rows after each operation
	writes map[string]int    // of each operation
}

// changed are the tables that the provider writes besides the change log.
func changed() []string {
	var names []string
	for _, table := range privileges.Tables() {
		if len(table.Verbs) > 0 && table.Name != privileges.AdminLog {
			names = append(names, string(table.Name))
		}
	}
	return names
}

// rowsOf are all rows that the provider may write, without numbers and times that the
// database gives.
func rowsOf(t *testing.T, d *sandbox.Database) string {
	t.Helper()
	var all strings.Builder
	for _, table := range changed() {
		var columns string
		err := d.DB().QueryRowContext(t.Context(), `SELECT COALESCE(GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION), '') FROM information_schema.COLUMNS
			WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND EXTRA NOT LIKE '%auto_increment%' AND DATA_TYPE NOT IN ('timestamp', 'datetime')`, table).Scan(&columns)
		if err != nil {
			t.Fatal(err)
		}
		if columns != "" {
			fmt.Fprintf(&all, "%s\n%s\n", table, sandbox.Trim(d.Table(t.Context(), "SELECT "+columns+" FROM "+table+" ORDER BY "+columns)))
		}
	}
	return all.String()
}

// missing are the lines of want that got does not have, and those that it has too much.
func missing(want, got string) []string {
	count := map[string]int{}
	for line := range strings.Lines(want) {
		count[line]++
	}
	for line := range strings.Lines(got) {
		count[line]--
	}
	var lines []string
	for line, n := range count {
		if n != 0 {
			lines = append(lines, fmt.Sprintf("%+d %s", -n, line))
		}
	}
	return lines
}

func emptyCluster(t *testing.T, s *sandbox.Server) *sandbox.Database {
	t.Helper()
	d := s.Database(t, 1720)
	// A database that is killed must not lose the privileges, which are not under test.
	acctest.Run(t, d, "FLUSH TABLES mysql.global_priv, mysql.db, mysql.tables_priv, mysql.columns_priv")()
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4), ('9002', 'x', 'Night', 4), ('2000', 'x', 'A', 1), ('2002', 'x', 'B', 1), ('2004', 'x', 'C', 1)")()
	return d
}

// at makes the rows and the state with which an operation begins.
func (f *trial) at(t *testing.T, w operation, port func(*sandbox.Database) int) (*sandbox.Database, *workspace) {
	t.Helper()
	d := emptyCluster(t, f.server)
	space := open(t, d, port(d))
	if w.applied {
		for _, table := range changed() {
			acctest.Run(t, d, "DELETE FROM "+table, fmt.Sprintf("INSERT INTO %s SELECT * FROM %s.%s", table, f.first.rows.Name, table))()
		}
		space.write(t, "terraform.tfstate", f.first.state)
	}
	space.declare(t, everything(w.second))
	return d, space
}

// newTrial runs each operation without a fault.
func newTrial(t *testing.T, s *sandbox.Server) *trial {
	t.Helper()
	f := &trial{server: s, want: map[string]string{}, writes: map[string]int{}}
	for _, w := range operations {
		p := sandbox.NewProxy(t, s)
		d, space := f.at(t, w, func(*sandbox.Database) int { return p.Port() })
		space.must(t, w.args...)
		f.writes[w.name], f.want[w.name] = len(p.Writes()), rowsOf(t, d)
		if w.name == "create" {
			acctest.Run(t, d, "UPDATE servers SET rebuild_conf_files = 'N'")()
			f.first = start{d, space.read(t, "terraform.tfstate")}
		}
		if f.writes[w.name] < 10 {
			t.Fatalf("%s has %d writes, so that faults at each of them show little", w.name, f.writes[w.name])
		}
	}
	return f
}

// outcome counts what became of the faults.
type outcome struct {
	mutex                                  sync.Mutex
	injected, lostRows, themselves, byHand int
}

func (o *outcome) String() string {
	return fmt.Sprintf("faults: %d injected, %d rows lost, %d resumed by themselves, %d needed a hand", o.injected, o.lostRows, o.themselves, o.byHand)
}

// try injects a fault at the n-th write of an operation, and goes on as an operator does:
// apply again, plan.
func (f *trial) try(t *testing.T, w operation, what fault, n int, result *outcome) {
	t.Helper()
	when := fmt.Sprintf("%s, %s at write %d", w.name, what.name, n)
	p := sandbox.NewProxy(t, f.server)
	d, space := f.at(t, w, func(*sandbox.Database) int { return p.Port() })
	p.CutAt(n, what.cut, what.cutOff || what.inject != nil)
	r := space.start(t, w.args...)
	for p.Cuts() == 0 && !r.over() {
		<-time.After(5 * time.Millisecond)
	}
	if p.Cuts() == 0 {
		return // the order of concurrent writes has made them fewer
	}
	if what.inject != nil {
		what.inject(t, f.server, r)
	}
	if !what.cutOff {
		p.Restore()
	}
	code, said := r.wait()
	p.Restore()
	nobodyIsPromisedTooMuch(t, d, when)

	hand := false
	if code != 0 {
		if what.hand && !json.Valid(space.maybe("terraform.tfstate")) {
			// docs/guides/when-an-apply-fails: the state of before, or none.
			hand = true
			_ = os.Remove(filepath.Join(space.folder, "terraform.tfstate"))
			if backup := space.maybe("terraform.tfstate.backup"); len(backup) > 0 {
				space.write(t, "terraform.tfstate", backup)
			}
		}
		if code, again := space.terraform(w.args...); code != 0 {
			t.Errorf("%s: the next run ends with %d\n%s\nafter\n%s", when, code, again, said)
		}
	}
	if w.args[0] != "destroy" {
		if planned, text := space.terraform("plan", "-detailed-exitcode"); planned != 0 {
			t.Errorf("%s: the plan afterwards ends with %d\n%s\nafter\n%s", when, planned, text, said)
		}
	}
	lines := missing(f.want[w.name], rowsOf(t, d))
	if len(lines) > 0 {
		t.Errorf("%s: %d rows differ\n%s\nafter\n%s", when, len(lines), strings.Join(lines, ""), said)
	}
	result.mutex.Lock()
	defer result.mutex.Unlock()
	result.injected++
	result.lostRows += len(lines)
	if hand {
		result.byHand++
	} else {
		result.themselves++
	}
}

// Each fault at each write of a configuration with every resource, with -long, while it
// is created, changed and destroyed: the next apply ends where it should. Without -long
// it is one fault in the middle of each.
func TestAccFaults_everyResource(t *testing.T) {
	needTerraform(t)
	t.Parallel()
	result := &outcome{}
	if !*long {
		f := newTrial(t, sandbox.Shared(t))
		t.Run("in the middle", func(t *testing.T) {
			for i, w := range operations {
				t.Run(w.name, func(t *testing.T) {
					t.Parallel()
					f.try(t, w, faults[i], f.writes[w.name]/2, result)
				})
			}
		})
		if result.injected != len(operations) {
			t.Errorf("%s", result)
		}
		return
	}
	type task struct {
		operation
		fault
		n int
	}
	tasks := make(chan task)
	var workers sync.WaitGroup
	first := newTrial(t, sandbox.Own(t, sandbox.Options{}))
	for _, f := range []*trial{first, newTrial(t, sandbox.Own(t, sandbox.Options{}))} {
		workers.Go(func() {
			for one := range tasks {
				t.Run(fmt.Sprintf("%s/%s/%d", one.operation.name, one.fault.name, one.n), func(t *testing.T) { f.try(t, one.operation, one.fault, one.n, result) })
			}
		})
	}
	for _, w := range operations {
		for _, what := range faults {
			for n := 1; n <= first.writes[w.name]; n += *every {
				tasks <- task{w, what, n}
			}
		}
	}
	close(tasks)
	workers.Wait()
	fmt.Println(result)
}

func killAll(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		process, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		_ = process.Kill()
	}
}

// running is a Terraform that was started.
type running struct {
	command *exec.Cmd
	said    *bytes.Buffer
	ended   chan struct{}
}

func (w *workspace) start(t *testing.T, args ...string) *running {
	t.Helper()
	command, said := w.command(args...)
	command.WaitDelay = 10 * time.Second // a provider that is left behind keeps the pipe
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	r := &running{command, said, make(chan struct{})}
	go func() {
		_ = command.Wait() // its exit code says how it ended
		close(r.ended)
	}()
	return r
}

func (r *running) over() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

func (r *running) wait() (int, string) {
	<-r.ended
	return r.command.ProcessState.ExitCode(), r.said.String()
}

// maybe is the content of a file, empty where there is none.
func (w *workspace) maybe(name string) []byte {
	content, _ := os.ReadFile(filepath.Join(w.folder, name))
	return content
}
