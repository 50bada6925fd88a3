package maintenance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// The columns that keep new work from a server. servers.active is none of them:
// it stops neither dialing nor balance calls, and a login to one phone passes it
// by
// (docs/vicidial/dialer.md#active-flag; docs/vicidial/measured.md#fill-ignores-active, docs/vicidial/measured.md#single-login).
const (
	columnLogins  = "active_agent_login_server"
	columnBalance = "vicidial_balance_active"
)

// Drain is what has to be known to take a server out of work, in the order of
// docs/vicidial/operations.md#removing-a-node: nobody new logs in, no balance call comes, its remote agents stop.
type Drain struct {
	Server  cluster.Server
	Servers cluster.Servers // all of the table
	Alive   []string        // server_ip of those whose heartbeat is fresh
	// RemoteAgents are all runs of the table; nil leaves those of the server at
	// work.
	RemoteAgents []cluster.RemoteAgents
	// EvenIfLast drains the last server that agents can log in to.
	EvenIfLast bool
}

// Plan says what to write. A server that is drained already needs nothing.
func (d Drain) Plan() (cluster.Plan, error) {
	if err := d.Refusal(); err != nil {
		return cluster.Plan{}, err
	}
	return planOf(d.moves()), nil
}

// Says tells what the plan changes, a sentence for each step.
func (d Drain) Says() []string { return saidBy(d.moves()) }

func (d Drain) moves() []move {
	var moves []move
	if d.Server.Row[columnLogins].Yes() {
		moves = append(moves, setGate(d.Server, columnLogins, false, "takes no new agent logins"))
	}
	if d.Server.Row[columnBalance].Yes() {
		moves = append(moves, setGate(d.Server, columnBalance, false, "takes no balance calls"))
	}
	for _, run := range d.RemoteAgents {
		if run.ServerIP() == d.Server.IP() && run.Active() {
			moves = append(moves, setStatus(run, false))
		}
	}
	return moves
}

// Refusal says why the server must not be drained: the last one that agents can
// log in to takes the floor with it.
func (d Drain) Refusal() error {
	if d.EvenIfLast || !d.Server.Row[columnLogins].Yes() || !d.Server.Telephony() {
		return nil
	}
	var shut []string
	for _, other := range d.Servers {
		if other.ID() == d.Server.ID() || !other.Telephony() {
			continue
		}
		why := closedToLogins(other, d.Alive)
		if why == "" {
			return nil
		}
		shut = append(shut, other.ID()+" ("+other.IP()+"): "+why)
	}
	if len(shut) == 0 {
		shut = []string{"there is no other telephony server"}
	}
	return &cluster.Refused{
		Subject: "server " + d.Server.ID() + " is the last one that agents can log in to", Reasons: shut,
		Advice: "Bring another server back first. Or set even_if_last = true, if nobody is to log in anywhere.",
	}
}

// closedToLogins says why the login page sends nobody to a server
// (docs/vicidial/agent-login.md#health-checks); empty
// when it does. Rooms are not looked at: they come free again.
func closedToLogins(s cluster.Server, alive []string) string {
	switch {
	case !s.Row[columnLogins].Yes():
		return columnLogins + " is not Y"
	case !s.Row[cluster.ColumnActive].Yes():
		return "active is not Y"
	case !slices.Contains(alive, s.IP()):
		return "it has no fresh heartbeat"
	}
	return ""
}

// DrainSurroundings is what a drain does not change, and an operator should know.
type DrainSurroundings struct {
	Voicemail string // system_settings.active_voicemail_server
	Carriers  []cluster.CarrierRow
	Phones    []cluster.AgentPhone
	Aliases   []cluster.Alias
}

// Warnings tells what a drain does not do, and what follows once the machine is
// switched off.
func (d Drain) Warnings(around DrainSurroundings) []string {
	ip := d.Server.IP()
	var warnings []string
	if ip == around.Voicemail {
		warnings = append(warnings, "It is the active voicemail server, and stays it: voicemail, the end of day and other timed jobs run on it. Choose another one (active_voicemail_server of vicidial_cluster_settings) before you switch it off.")
	}
	var inbound []string
	for _, way := range cluster.InboundOf(around.Carriers, d.Servers.IPs()) {
		if slices.Contains(way.Servers, ip) {
			inbound = append(inbound, way.Name)
		}
	}
	if len(inbound) > 0 {
		warnings = append(warnings, "Calls of "+strings.Join(inbound, ", ")+" still come in on it. Only the carrier can send them elsewhere; as long as it does not, the server may never be empty.")
	}
	var stranded []string
	for _, seat := range cluster.SeatsFrom(around.Phones, around.Aliases, true) {
		if onlyOn(seat, ip) {
			stranded = append(stranded, seat.ID)
		}
	}
	if len(stranded) > 0 && d.Server.Row[columnLogins].Yes() {
		warnings = append(warnings, "No other server has a phone for "+cluster.PluralNamed(len(stranded), "seat", stranded)+": who logs out there cannot log in again before the server is undrained.")
	}
	var twins []string
	for _, other := range d.Servers {
		if other.Row["active_twin_server_ip"].Text == ip && other.ID() != d.Server.ID() {
			twins = append(twins, other.ID())
		}
	}
	if len(twins) > 0 {
		warnings = append(warnings, "It is the twin of "+strings.Join(twins, ", ")+": two minutes after it is switched off, nobody is sent there either. Empty active_twin_server_ip before.")
	}
	return warnings
}

// onlyOn reports whether all usable phones of a seat are on one server.
func onlyOn(s cluster.LoginSeat, ip string) bool {
	here := false
	for _, phone := range s.Phones {
		if phone.Usable && phone.ServerIP != ip {
			return false
		}
		here = here || phone.Usable
	}
	return here
}

// Undrain is what has to be known to put a server back to work.
type Undrain struct {
	Server cluster.Server
	// Balance says whether the server takes balance calls; nil leaves that as it
	// is.
	Balance *bool
	// Wanted are the first users of the runs of remote agents that go back to
	// work. No row remembers which ones a drain has stopped.
	Wanted       []string
	RemoteAgents []cluster.RemoteAgents // every run of the table
}

// Plan says what to write, in the reverse order of a drain.
func (u Undrain) Plan() (cluster.Plan, error) {
	moves, err := u.moves()
	return planOf(moves), err
}

// Says tells what the plan changes, a sentence for each step.
func (u Undrain) Says() []string {
	moves, err := u.moves()
	if err != nil {
		return nil
	}
	return saidBy(moves)
}

func (u Undrain) moves() ([]move, error) {
	var moves []move
	for _, first := range u.Wanted {
		run, err := u.Run(first)
		if err != nil {
			return nil, err
		}
		if !run.Active() {
			moves = append(moves, setStatus(run, true))
		}
	}
	if u.Balance != nil && u.Server.Row[columnBalance].Yes() != *u.Balance {
		says := "takes balance calls"
		if !*u.Balance {
			says = "takes no balance calls"
		}
		moves = append(moves, setGate(u.Server, columnBalance, *u.Balance, says))
	}
	if !u.Server.Row[columnLogins].Yes() {
		moves = append(moves, setGate(u.Server, columnLogins, true, "takes agent logins"))
	}
	return moves, nil
}

// Run finds a run of remote agents on the server by its first user.
func (u Undrain) Run(first string) (cluster.RemoteAgents, error) {
	run, found, err := cluster.FindRemoteAgents(u.RemoteAgents, "", first)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("remote agents from %s: %w", first, cluster.ErrNotFound)
	case run.ServerIP() != u.Server.IP():
		return nil, fmt.Errorf("remote agents from %s are on %s, not on %s", first, run.ServerIP(), u.Server.IP())
	}
	return run, nil
}

// Warnings tells why agents may stay away all the same.
func (u Undrain) Warnings(alive []string) []string {
	var warnings []string
	if !u.Server.Row[cluster.ColumnActive].Yes() {
		warnings = append(warnings, "Its active is not Y: phone aliases send nobody there.")
	}
	if !slices.Contains(alive, u.Server.IP()) {
		warnings = append(warnings, "It has no fresh heartbeat: phone aliases send nobody there until it has, and who logs in to one of its phones directly gets no call. Look at the node first.")
	}
	return warnings
}

// move is a step with what it means to a person.
type move struct {
	step cluster.Step
	says string
}

func planOf(moves []move) cluster.Plan {
	var plan cluster.Plan
	for _, move := range moves {
		plan.Steps = append(plan.Steps, move.step)
	}
	return plan
}

func saidBy(moves []move) []string {
	said := make([]string, 0, len(moves))
	for _, move := range moves {
		said = append(said, move.says)
	}
	return said
}

// setGate opens or shuts one of the server's columns, as long as the row is still
// that of the same address.
func setGate(s cluster.Server, column string, open bool, says string) move {
	step := cluster.UpdateServer(s.ID(), s.Row.Only(column, cluster.ColumnServerIP), cluster.Row{column: cluster.YesNo(open)})
	step.Phase = cluster.Release
	if open {
		step.Phase = cluster.Grow
	}
	return move{step, s.String() + " " + says + " (" + column + " = " + cluster.YesNo(open).Text + ")"}
}

// setStatus puts a run to work or stops it, as long as it is on the same server.
func setStatus(r cluster.RemoteAgents, on bool) move {
	phase, status := cluster.Release, "INACTIVE"
	if on {
		phase, status = cluster.Grow, "ACTIVE"
	}
	from := maps.Clone(cluster.Row(r)).Only("status", cluster.ColumnServerIP)
	return move{
		cluster.Step{
			Phase: phase, Verb: cluster.Update, Table: cluster.TableRemoteAgents, Key: cluster.Row(r).Only("remote_agent_id"), From: from, To: cluster.Row{"status": cluster.Text(status)},
			Audit: cluster.RemoteAudit("MODIFY", r.ID()),
		},
		r.String() + ": " + status + " (user_start " + r.UserStart() + ")",
	}
}
