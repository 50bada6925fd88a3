package maintenance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Drain is the input for draining a server. Its steps have the order of
// docs/vicidial/operations.md#removing-a-node: no new logins, no balance calls, no
// remote agents.
type Drain struct {
	Server  cluster.Server
	Servers cluster.Servers // all of the table
	Alive   []string        // server_ip of those whose heartbeat is fresh
	// RemoteAgents are all rows of the table. nil keeps those of the server active.
	RemoteAgents []cluster.RemoteAgents
	// EvenIfLast permits draining the last server that agents can log in to.
	EvenIfLast bool
}

// Plan returns the steps. It is empty for a server that is drained.
func (d Drain) Plan() (cluster.Plan, error) {
	if err := d.Refusal(); err != nil {
		return cluster.Plan{}, err
	}
	return planFrom(d.steps()), nil
}

// Summary describes the steps of the plan, one sentence each.
func (d Drain) Summary() []string { return descriptions(d.steps()) }

func (d Drain) steps() []describedStep {
	var steps []describedStep
	if d.Server.Row[cluster.ColumnLogins].Yes() {
		steps = append(steps, setFlag(d.Server, cluster.ColumnLogins, false, "takes no new agent logins"))
	}
	if d.Server.Row[cluster.ColumnBalance].Yes() {
		steps = append(steps, setFlag(d.Server, cluster.ColumnBalance, false, "takes no balance calls"))
	}
	for _, agents := range d.RemoteAgents {
		if agents.ServerIP() == d.Server.IP() && agents.Active() {
			steps = append(steps, setStatus(agents, false))
		}
	}
	return steps
}

// Refusal returns an error if no other server accepts agent logins.
func (d Drain) Refusal() error {
	if d.EvenIfLast || !d.Server.Row[cluster.ColumnLogins].Yes() || !d.Server.Telephony() {
		return nil
	}
	var closed []string
	for _, other := range d.Servers {
		if other.ID() == d.Server.ID() || !other.Telephony() {
			continue
		}
		reason := closedToLogins(other, d.Alive)
		if reason == "" {
			return nil
		}
		closed = append(closed, other.ID()+" ("+other.IP()+"): "+reason)
	}
	if len(closed) == 0 {
		closed = []string{"there is no other telephony server"}
	}
	return &cluster.Refused{
		Subject: "server " + d.Server.ID() + " is the last one that agents can log in to", Reasons: closed,
		Advice: "Bring another server back first. Or set even_if_last = true, if nobody is to log in anywhere.",
	}
}

// closedToLogins returns why the login page sends no agents to a server
// (docs/vicidial/agent-login.md#health-checks), or "". It ignores conference rooms,
// since they become free.
func closedToLogins(s cluster.Server, alive []string) string {
	switch {
	case !s.Row[cluster.ColumnLogins].Yes():
		return cluster.ColumnLogins + " is not Y"
	case !s.Row[cluster.ColumnActive].Yes():
		return "active is not Y"
	case !slices.Contains(alive, s.IP()):
		return "it has no fresh heartbeat"
	}
	return ""
}

// DrainContext holds rows that Warnings reads and a drain does not change.
type DrainContext struct {
	Voicemail string // system_settings.active_voicemail_server
	Carriers  []cluster.CarrierRow
	Phones    []cluster.AgentPhone
	Aliases   []cluster.Alias
}

// Warnings returns what the operator has to do before switching off the server.
func (d Drain) Warnings(rows DrainContext) []string {
	ip := d.Server.IP()
	var warnings []string
	if ip == rows.Voicemail {
		warnings = append(warnings, "It is the active voicemail server, and remains so: voicemail, the end of day and other timed jobs run on it. Choose another one (active_voicemail_server of vicidial_cluster_settings) before you switch it off.")
	}
	var inbound []string
	for _, route := range cluster.InboundOf(rows.Carriers, d.Servers.IPs()) {
		if slices.Contains(route.Servers, ip) {
			inbound = append(inbound, route.Name)
		}
	}
	if len(inbound) > 0 {
		warnings = append(warnings, "Calls of "+strings.Join(inbound, ", ")+" still come in on it. Only the carrier can send them elsewhere; as long as it does not, the server may never be empty.")
	}
	var withoutOther []string
	for _, seat := range cluster.SeatsFrom(rows.Phones, rows.Aliases, true) {
		if onlyOn(seat, ip) {
			withoutOther = append(withoutOther, seat.ID)
		}
	}
	if len(withoutOther) > 0 && d.Server.Row[cluster.ColumnLogins].Yes() {
		warnings = append(warnings, "No other server has a phone for "+cluster.PluralNamed(len(withoutOther), "seat", withoutOther)+": who logs out there cannot log in again before the server is undrained.")
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

// Undrain is the input for undraining a server.
type Undrain struct {
	Server cluster.Server
	// Balance enables or disables balance calls. nil keeps the current value.
	Balance *bool
	// Wanted lists the user_start of the remote agents to activate. The database
	// does not record which ones a drain stopped.
	Wanted       []string
	RemoteAgents []cluster.RemoteAgents // all rows of the table
}

// Plan returns the steps, in the reverse order of a drain.
func (u Undrain) Plan() (cluster.Plan, error) {
	steps, err := u.steps()
	return planFrom(steps), err
}

// Summary describes the steps of the plan, one sentence each.
func (u Undrain) Summary() []string {
	steps, err := u.steps()
	if err != nil {
		return nil
	}
	return descriptions(steps)
}

func (u Undrain) steps() ([]describedStep, error) {
	var steps []describedStep
	for _, first := range u.Wanted {
		agents, err := u.RemoteAgentsFrom(first)
		if err != nil {
			return nil, err
		}
		if !agents.Active() {
			steps = append(steps, setStatus(agents, true))
		}
	}
	if u.Balance != nil && u.Server.Row[cluster.ColumnBalance].Yes() != *u.Balance {
		message := "takes balance calls"
		if !*u.Balance {
			message = "takes no balance calls"
		}
		steps = append(steps, setFlag(u.Server, cluster.ColumnBalance, *u.Balance, message))
	}
	if !u.Server.Row[cluster.ColumnLogins].Yes() {
		steps = append(steps, setFlag(u.Server, cluster.ColumnLogins, true, "takes agent logins"))
	}
	return steps, nil
}

// RemoteAgentsFrom returns the remote agents of the server with the given first user.
func (u Undrain) RemoteAgentsFrom(first string) (cluster.RemoteAgents, error) {
	agents, found, err := cluster.FindRemoteAgents(u.RemoteAgents, "", first)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("remote agents from %s: %w", first, cluster.ErrNotFound)
	case agents.ServerIP() != u.Server.IP():
		return nil, fmt.Errorf("remote agents from %s are on %s, not on %s", first, agents.ServerIP(), u.Server.IP())
	}
	return agents, nil
}

// Warnings returns why agents may still not log in.
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

// describedStep is a step and its description.
type describedStep struct {
	step    cluster.Step
	message string
}

func planFrom(steps []describedStep) cluster.Plan {
	var plan cluster.Plan
	for _, s := range steps {
		plan.Steps = append(plan.Steps, s.step)
	}
	return plan
}

func descriptions(steps []describedStep) []string {
	names := make([]string, 0, len(steps))
	for _, s := range steps {
		names = append(names, s.message)
	}
	return names
}

// setFlag returns the step that sets a Y/N column of a server. The step fails if
// the address has changed.
func setFlag(s cluster.Server, column string, open bool, message string) describedStep {
	step := cluster.UpdateServer(s.ID(), s.Row.Only(column, cluster.ColumnServerIP), cluster.Row{column: cluster.YesNo(open)})
	step.Phase = cluster.Release
	if open {
		step.Phase = cluster.Grow
	}
	return describedStep{step, s.String() + " " + message + " (" + column + " = " + cluster.YesNo(open).Text + ")"}
}

// setStatus returns the step that activates or deactivates remote agents. The step
// fails if they are on another server.
func setStatus(r cluster.RemoteAgents, on bool) describedStep {
	phase, status := cluster.Release, "INACTIVE"
	if on {
		phase, status = cluster.Grow, "ACTIVE"
	}
	from := maps.Clone(cluster.Row(r)).Only("status", cluster.ColumnServerIP)
	return describedStep{
		cluster.Step{
			Phase: phase, Verb: cluster.Update, Table: cluster.TableRemoteAgents, Key: cluster.Row(r).Only("remote_agent_id"), From: from, To: cluster.Row{"status": cluster.Text(status)},
			Audit: cluster.RemoteAudit("MODIFY", r.ID()),
		},
		r.String() + ": " + status + " (user_start " + r.UserStart() + ")",
	}
}
