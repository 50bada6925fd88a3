package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ServerColumns are the configuration columns of the table servers that the
// provider reads and may own (docs/vicidial/schema.md#servers), without the two secrets. Columns
// that daemons write (docs/vicidial/daemons.md#volatile-columns) are never in state.
var ServerColumns = []string{
	"server_id", "server_description", "server_ip", "active", "asterisk_version", "max_vicidial_trunks",
	"telnet_host", "telnet_port", "ASTmgrUSERNAME", "ASTmgrUSERNAMEupdate", "ASTmgrUSERNAMElisten", "ASTmgrUSERNAMEsend",
	"local_gmt", "voicemail_dump_exten", "answer_transfer_agent", "ext_context", "sys_perf_log", "vd_server_logs",
	"agi_output", "vicidial_balance_active", "balance_trunks_offlimits", "recording_web_link", "alt_server_ip",
	"active_asterisk_server", "generate_vicidial_conf", "outbound_calls_per_second", "vicidial_recording_limit",
	"carrier_logging_active", "vicidial_balance_rank", "active_agent_login_server", "external_server_ip",
	"custom_dialplan_entry", "active_twin_server_ip", "user_group", "auto_restart_asterisk",
	"voicemail_dump_exten_no_inst", "gather_asterisk_output", "web_socket_url", "conf_qualify", "routing_prefix",
	"external_web_socket_url", "conf_engine", "conf_update_interval", "ara_url",
}

// ServerStatusColumns are the columns in which a node reports its status, and the flag
// that makes it rebuild its configuration files.
var ServerStatusColumns = []string{
	"rebuild_conf_files", "sysload", "cpu_idle_percent", "channels_total", "svn_revision",
}

// The secrets of a server. They are written but never read, except for whether they still
// are the values that VICIdial ships.
const (
	ServerSecret  = "conf_secret"
	ManagerSecret = "ASTmgrSECRET"
)

// DefaultSecrets are the values in every new installation of VICIdial.
var DefaultSecrets = map[string]string{ServerSecret: "test", ManagerSecret: "1234"}

// Server is one row of the table servers: a telephony node, or a database
// pseudo node.
type Server struct {
	Row Row // the columns of [ServerColumns] and [ServerStatusColumns] that the schema has
	// DefaultSecrets names the secrets that still have VICIdial's defaults.
	DefaultSecrets []string
}

// The columns of servers that decide what a server is used for. servers.active is not
// one of them: it stops neither dialing nor balance calls, and logins that name a phone
// ignore it (docs/vicidial/dialer.md#active-flag;
// docs/vicidial/measured.md#fill-ignores-active,
// docs/vicidial/measured.md#single-login).
const (
	ColumnTelephony = "active_asterisk_server"
	ColumnLogins    = "active_agent_login_server"
	ColumnBalance   = "vicidial_balance_active"
	ColumnGenerates = "generate_vicidial_conf"
)

// ID is the server_id, the name under which peers know the server.
func (s Server) ID() string { return s.Row["server_id"].Text }

// IP is the server_ip, the key by which VICIdial joins everything.
func (s Server) IP() string { return s.Row["server_ip"].Text }

// MaxTrunks is max_vicidial_trunks; NULL stops dialing, as 0 does
// (docs/vicidial/dialer.md#null-maximum).
func (s Server) MaxTrunks() int { return s.Row.Int("max_vicidial_trunks") }

// Active is the column active. The dialers ignore it (docs/vicidial/dialer.md#active-flag).
func (s Server) Active() bool { return s.Row[ColumnActive].Yes() }

// Logins is active_agent_login_server.
func (s Server) Logins() bool { return s.Row[ColumnLogins].Yes() }

// Balance is vicidial_balance_active: the balance fill may dial from here.
func (s Server) Balance() bool { return s.Row[ColumnBalance].Yes() }

// RebuildPending reports whether the server is flagged and has not begun to generate its
// configuration files.
func (s Server) RebuildPending() bool { return s.Row["rebuild_conf_files"].Yes() }

// Generates reports whether VICIdial's keepalive generates configuration files on the
// server.
func (s Server) Generates() bool { return s.Telephony() && s.Row[ColumnGenerates].Yes() }

// Engine is the conference engine; schemas before 1664 have MeetMe only.
func (s Server) Engine() Engine {
	if strings.EqualFold(s.Row["conf_engine"].Text, string(Confbridge)) {
		return Confbridge
	}
	return Meetme
}

// Servers are all rows of the table servers, sorted by server_id.
type Servers []Server

// ByID looks a server up, without regard to case as VICIdial's collation does.
func (s Servers) ByID(id string) (Server, bool) {
	for _, server := range s {
		if strings.EqualFold(server.ID(), id) {
			return server, true
		}
	}
	return Server{}, false
}

// UnknownServer is the error of a declared address that no server has.
func UnknownServer(ip string) error {
	return fmt.Errorf("server %s is neither in the table servers nor planned yet; if this configuration creates it, write vicidial_server.NAME.server_ip in place of the address", ip)
}

// ByIP looks a server up. Of several rows with one address the first counts,
// as it does for VICIdial's daemons (docs/vicidial/schema.md#duplicate-addresses).
func (s Servers) ByIP(ip string) (Server, bool) {
	for _, server := range s {
		if server.IP() == ip {
			return server, true
		}
	}
	return Server{}, false
}

// FirstByAddress returns the first server of each address, which VICIdial's daemons use (docs/vicidial/schema.md#duplicate-addresses).
func (s Servers) FirstByAddress() Servers {
	seen := make(map[string]bool, len(s))
	return slices.DeleteFunc(slices.Clone(s), func(server Server) bool {
		twice := seen[server.IP()]
		seen[server.IP()] = true
		return twice
	})
}

// WithSameAddress returns another server with the address of this one. No key forbids that, and
// rows with the address then refer to both
// (docs/vicidial/schema.md#duplicate-addresses).
func (s Servers) WithSameAddress(server Server) (Server, bool) {
	for _, other := range s {
		if other.IP() == server.IP() && !strings.EqualFold(other.ID(), server.ID()) {
			return other, true
		}
	}
	return Server{}, false
}

// IPs lists the addresses, sorted.
func (s Servers) IPs() []string {
	ips := make([]string, 0, len(s))
	for _, server := range s {
		ips = append(ips, server.IP())
	}
	return SortedUnique(ips)
}

// IDsByIP returns the server_ids by server_ip, to identify a server whose address
// changes.
func (s Servers) IDsByIP() map[string]string {
	names := make(map[string]string, len(s))
	for _, server := range slices.Backward(s) { // of two with one address the first counts
		names[server.IP()] = server.ID()
	}
	return names
}

// ChangedAddresses returns the addresses that servers have changed since names was recorded:
// the new address by the old one.
func ChangedAddresses(names map[string]string, servers Servers) map[string]string {
	moves := map[string]string{}
	now := servers.addresses()
	for ip, id := range names {
		if to, found := now[strings.ToLower(id)]; found && to != ip {
			moves[ip] = to
		}
	}
	return moves
}

// addresses returns the server_ips by server_id in lower case. Every plan of a split looks
// all servers up, so that linear searches would be slow.
func (s Servers) addresses() map[string]string {
	addresses := make(map[string]string, len(s))
	for _, server := range s {
		addresses[strings.ToLower(server.ID())] = server.IP()
	}
	return addresses
}

// Intersect returns those of the servers that are among the others too, by their ids.
func (s Servers) Intersect(others Servers) Servers {
	stay := others.addresses()
	return slices.DeleteFunc(slices.Clone(s), func(server Server) bool {
		_, stays := stay[strings.ToLower(server.ID())]
		return !stays
	})
}

// With returns the servers with the written ones in place of those with their ids.
func (s Servers) With(written ...Server) Servers {
	if len(written) == 0 {
		return s
	}
	taken := make(map[string]bool, len(written))
	for _, server := range written {
		taken[strings.ToLower(server.ID())] = true
	}
	rest := slices.DeleteFunc(slices.Clone(s), func(other Server) bool {
		return taken[strings.ToLower(other.ID())]
	})
	return append(rest, written...)
}

// meshColumns are embedded in the configuration files of every peer: a change of
// one of them concerns all servers (bin/ADMIN_keepalive_ALL.pl lines 3181-3238).
var meshColumns = []string{"server_id", "server_ip", ServerSecret, ColumnTelephony}

// generatedColumns go into the configuration files of the server itself
// (docs/vicidial/generator.md#who-is-flagged).
var generatedColumns = []string{
	"conf_qualify", "vicidial_recording_limit", "custom_dialplan_entry", "conf_engine", "asterisk_version",
	"voicemail_dump_exten", "voicemail_dump_exten_no_inst", "ext_context", "generate_vicidial_conf", "external_server_ip",
}

// rebuildFor returns the servers whose files a change of these columns makes stale.
func rebuildFor(ip string, changed Row) Rebuild {
	for _, column := range meshColumns {
		if _, ok := changed[column]; ok {
			return Rebuild{All: true}
		}
	}
	for _, column := range generatedColumns {
		if _, ok := changed[column]; ok {
			return Rebuild{Servers: []string{ip}}
		}
	}
	return Rebuild{}
}

// AddServer returns the plan of a new server. Its row has the flags that the admin page
// sets, and all peers are flagged, which the admin page does not do
// (docs/vicidial/admin-page.md#servers).
func AddServer(row, secrets Row) Plan {
	full := maps.Clone(row)
	maps.Copy(full, secrets)
	full["rebuild_conf_files"] = YesNo(true)
	full["rebuild_music_on_hold"] = YesNo(true)
	full["sounds_update"] = YesNo(true)
	return Plan{
		Steps: []Step{{
			Phase: Grow, Verb: Insert, Table: TableServers, Key: row.Only("server_id"), Rows: []Row{full},
			Audit: ServerAudit(row["server_id"].Text, "ADD"),
		}},
		Rebuild: Rebuild{All: true},
	}
}

// ResumeServer returns the plan for a row of an interrupted create, or a [Conflict] for
// one that somebody else made.
func ResumeServer(have Server, want, secrets Row) (Plan, error) {
	if id, declared := want["server_id"]; declared {
		if err := CheckSpelling("server", id.Text, have.ID()); err != nil {
			return Plan{}, err
		}
	}
	for _, column := range slices.Sorted(maps.Keys(want)) {
		if !TableServers.Equivalent(column, have.Row[column], want[column]) {
			return Plan{}, &Conflict{
				Subject: "server " + have.ID(),
				Found:   "already exists, and its " + column + " differs from the configuration",
				Advice:  "Nothing was overwritten. Bring it under Terraform with: terraform import ADDRESS " + have.ID(),
			}
		}
	}
	plan := Plan{Rebuild: Rebuild{All: true}}
	if len(secrets) > 0 {
		plan.Steps = append(plan.Steps, UpdateServer(have.ID(), Row{}, secrets))
	}
	return plan, nil
}

// ChangeServer returns the plan that writes the columns that differ from want, and the
// secrets that are given. A column that was changed since it was seen is a [Conflict],
// unless it is as wanted already.
func ChangeServer(have, seen Server, want, secrets Row) (Plan, error) {
	from, to := Row{}, Row{}
	for _, column := range slices.Sorted(maps.Keys(want)) {
		found := have.Row[column]
		if TableServers.Equivalent(column, found, want[column]) {
			continue
		}
		if !TableServers.Equivalent(column, found, seen.Row[column]) {
			return Plan{}, &Conflict{
				Subject: "server " + have.ID(),
				Found:   "was " + changed(column, found.String()),
			}
		}
		from[column], to[column] = found, want[column]
	}
	changed := maps.Clone(to)
	maps.Copy(changed, secrets)
	if len(changed) == 0 {
		return Plan{}, nil
	}
	return Plan{Steps: []Step{UpdateServer(have.ID(), from, changed)}, Rebuild: rebuildFor(have.IP(), changed)}, nil
}

// UpdateServer returns the step that changes columns of one servers row, as long
// as the row still holds from.
func UpdateServer(id string, from, to Row) Step {
	return Step{
		Phase: Grow, Verb: Update, Table: TableServers, Key: Row{"server_id": Text(id)}, From: from, To: to,
		Audit: ServerAudit(id, "MODIFY"),
	}
}

// ServerAudit returns the change log entry for a change of kind on a server.
func ServerAudit(id, kind string) Audit {
	return Audit{Section: "SERVERS", Type: kind, Record: id, Code: "ADMIN " + kind + " SERVER"}
}

// Telephony reports whether Asterisk runs on the server; a row without it is of a
// database or web machine.
func (s Server) Telephony() bool { return s.Row[ColumnTelephony].Yes() }

// addressInText matches an address in a text, with the character before it.
var addressInText = LazyRegexp(`(^|[^(\d."])((?:\d{1,3}\.){3}\d{1,3})\b`)

// NameAddresses returns a text with the server_id beside the address of each server that is
// not named yet.
func (s Servers) NameAddresses(text string) string {
	return addressInText().ReplaceAllStringFunc(text, func(found string) string {
		parts := addressInText().FindStringSubmatch(found)
		if server, known := s.ByIP(parts[2]); known {
			return parts[1] + server.String()
		}
		return found
	})
}

// String returns the server's id and address for a message.
func (s Server) String() string { return s.ID() + " (" + s.IP() + ")" }
