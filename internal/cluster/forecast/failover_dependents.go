package forecast

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// balanceFill is the duty of keepalive 7.
const balanceFill = "balance_fill"

// dependents adds the manual steps for objects that depend on a lost server, in the order
// in which to do them: first those that callers notice, then those that the cluster needs
// within minutes, then the others.
func (f *failoverCluster) dependents(loss *FailoverLoss) {
	add := func(format string, args ...any) { loss.ToDo = append(loss.ToDo, fmt.Sprintf(format, args...)) }
	for _, ip := range loss.Lost {
		if dids := f.didsAt(ip); len(dids) > 0 {
			add("Route %s elsewhere: phones on %s that calls to them ring are gone.", cluster.PluralNamed(len(dids), "DID", dids), ip)
		}
	}
	for _, carrier := range f.in.Outbound {
		if len(carrier.Servers) > 0 && !slices.ContainsFunc(carrier.Servers, func(ip string) bool { return !slices.Contains(loss.Lost, ip) }) {
			add("Carrier %s is on no other server: campaigns that dial through it need another one.", carrier.Name)
		}
	}
	if slices.Contains(loss.Lost, f.in.VoicemailServer) {
		add("Server %s is the active_voicemail_server: voicemail and the end of day stop until another server is named in the system settings.", f.in.VoicemailServer)
	}
	for _, ip := range loss.Lost {
		if duties := f.dutiesOf(ip); len(duties) > 0 {
			add("Give the duties of server %s to another node: %s.", ip, strings.Join(duties, ", "))
		}
	}
	for _, agents := range f.in.RemoteAgents {
		if agents.Active() && slices.Contains(loss.Lost, agents.ServerIP()) {
			add("Move %s to another server: they take no calls.", agents)
		}
	}
	for _, ip := range loss.Lost {
		if ip == f.in.SoundsServer {
			add("Server %s serves the sounds (sounds_web_server): nodes fetch none until another is named.", ip)
		}
		if len(f.in.WebNodes) > 1 && slices.Contains(f.in.WebNodes, ip) {
			add("Server %s serves web pages too: the proxy takes it out by itself, %s left.", ip, cluster.PluralAre(len(f.in.WebNodes)-1, "web node"))
		}
	}
}

// didsAt are the active DIDs that ring a phone on a server.
func (f *failoverCluster) didsAt(ip string) []string {
	var dids []string
	for _, did := range f.in.DIDs {
		if did["did_active"].Yes() && strings.EqualFold(did["did_route"].Text, "PHONE") && did[cluster.ColumnServerIP].Text == ip {
			dids = append(dids, did["did_pattern"].Text)
		}
	}
	return dids
}

func (f *failoverCluster) dutiesOf(ip string) []string {
	var duties []string
	for _, duty := range slices.Sorted(maps.Keys(f.in.Duties)) {
		if f.in.Duties[duty] == ip {
			duties = append(duties, duty)
		}
	}
	return duties
}

// MachineLoss is the effect of the loss of a machine that is not a telephony server.
type MachineLoss struct {
	Role       string // "web", "database" or "replica"
	Name       string
	Survivable bool
	Reasons    []string
	ToDo       []string
}

// machineLosses returns the effect of the loss of each declared web node, of the database
// and of the reporting replica, if any.
func machineLosses(in FailoverInput) []MachineLoss {
	agents := len(in.Seats)
	if in.Live != nil {
		agents = len(in.Live.Agents)
	}
	var losses []MachineLoss
	for _, name := range slices.Sorted(slices.Values(in.WebNodes)) {
		loss := MachineLoss{Role: "web", Name: name, ToDo: []string{"Nothing: the proxy takes the node out after its health check fails."}}
		switch left := len(in.WebNodes) - 1; {
		case left == 0:
			loss.Reasons, loss.ToDo = []string{"No other web node is there: nobody can log in, and the screens of agents stop."}, []string{"Bring the node back, or point the proxy at another."}
		case agents > left*maxWebAgents:
			loss.Reasons = []string{fmt.Sprintf("%s left, meant for %d agents at most; %d work.", cluster.PluralAre(left, "web node"), left*maxWebAgents, agents)}
		}
		losses = append(losses, loss)
	}
	losses = append(losses, MachineLoss{
		Role: "database", Name: "database",
		Reasons: []string{"There is one database: without it nobody can log in, no dialer places a call and no page answers. Calls in progress continue."},
		ToDo:    []string{"Bring it back. Where a replica is promoted instead, change VARDB_server on all nodes, and restart their daemons."},
	})
	if in.Replica != "" {
		losses = append(losses, MachineLoss{
			Role: "replica", Name: in.Replica, ToDo: []string{"Empty slave_db_server in the system settings: reports that use the replica fail until then."},
		})
	}
	for i := range losses {
		losses[i].Survivable = len(losses[i].Reasons) == 0
	}
	slices.SortStableFunc(losses, func(a, b MachineLoss) int { return -cmp.Compare(a.Role, b.Role) })
	return losses
}
