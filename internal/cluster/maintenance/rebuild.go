package maintenance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// ReloadStamp holds system_settings.reload_timestamp and the current time of the
// database.
type ReloadStamp struct {
	SchemaVersion cluster.Value // picks the row of system_settings, see [cluster.Settings]
	Old, New      cluster.Value
}

// RebuildConf is the input of a rebuild of configuration files.
type RebuildConf struct {
	Servers cluster.Servers // all of the table
	Wanted  []string
	// Reload also reloads files that have not changed. It may be nil.
	Reload *ReloadStamp
}

// Targets returns the servers to flag: the wanted ones, or all. Like the admin page
// it excludes servers that generate no files, since they would keep the flag
// forever (docs/vicidial/generator.md#stuck-flag).
func (r RebuildConf) Targets() (cluster.Servers, error) {
	if len(r.Wanted) == 0 {
		targets := slices.DeleteFunc(slices.Clone(r.Servers), func(server cluster.Server) bool { return missingFlag(server) != "" })
		if len(targets) == 0 {
			return nil, fmt.Errorf("no server generates its configuration files: none has both generate_vicidial_conf and active_asterisk_server set to Y")
		}
		return targets, nil
	}
	var targets cluster.Servers
	for _, ip := range cluster.SortedUnique(r.Wanted) {
		server, err := r.Target(ip)
		if err != nil {
			return nil, err
		}
		targets = append(targets, server)
	}
	return targets, nil
}

// Target returns the server with an address, or an error if it generates no files.
func (r RebuildConf) Target(ip string) (cluster.Server, error) {
	server, found := r.Servers.ByIP(ip)
	if !found {
		return cluster.Server{}, fmt.Errorf("server %s: %w", ip, cluster.ErrNotFound)
	}
	if column := missingFlag(server); column != "" {
		return cluster.Server{}, fmt.Errorf("server %s generates no configuration files, and would keep the flag for ever: its %s is not Y", server, column)
	}
	return server, nil
}

// missingFlag returns the column that prevents a server from generating its files,
// or "".
func missingFlag(s cluster.Server) string {
	for _, column := range []string{cluster.ColumnTelephony, cluster.ColumnGenerates} {
		if !s.Row[column].Yes() {
			return column
		}
	}
	return ""
}

// Plan returns the steps: first the stamp, since a node clears its flag before it
// reads (docs/vicidial/generator.md#flag-reset-first), then all flags in one
// statement, with the change log entry of VICIdial's server refresh
// (docs/vicidial/web-pages.md#server-refresh).
func (r RebuildConf) Plan() (cluster.Plan, error) {
	targets, err := r.Targets()
	if err != nil {
		return cluster.Plan{}, err
	}
	var plan cluster.Plan
	if r.Reload != nil {
		plan.Steps = append(plan.Steps, cluster.Step{
			Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableSettings, Key: cluster.Row{"db_schema_version": r.Reload.SchemaVersion},
			From: cluster.Row{cluster.ColumnReload: r.Reload.Old}, To: cluster.Row{cluster.ColumnReload: r.Reload.New},
			Audit: cluster.Audit{Section: "SYSTEMSETTINGS", Type: "MODIFY", Record: cluster.SettingsRecord, Code: "ADMIN MODIFY SYSTEM SETTINGS", Notes: "Updated: " + cluster.ColumnReload},
		})
	}
	flags := cluster.Step{
		Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableServers, To: cluster.Row{"rebuild_conf_files": cluster.YesNo(true)},
		Key:      cluster.Row{cluster.ColumnGenerates: cluster.YesNo(true), cluster.ColumnTelephony: cluster.YesNo(true)},
		InColumn: cluster.ColumnServerIP,
		Audit:    cluster.Audit{Section: "SERVERS", Type: "OTHER", Record: "refresh", Code: "ADMIN API SERVERS REFRESH", Notes: fmt.Sprintf("servers: %d", len(targets))},
	}
	for _, ip := range targets.IPs() {
		flags.In = append(flags.In, cluster.Text(ip))
	}
	plan.Steps = append(plan.Steps, flags)
	return plan, nil
}

// Summary describes the changes of the plan.
func (r RebuildConf) Summary() string {
	targets, err := r.Targets()
	if err != nil {
		return ""
	}
	text := "Flagged to generate their configuration files: " + serverNames(targets)
	if r.Reload != nil {
		text += "; and to reload them, also where they are equal"
	}
	return text
}

// RebuildWatch is the state of a wait for nodes to pick up their flags.
type RebuildWatch struct {
	Targets cluster.Servers
	waitState
	pickedUp []string // server_ip
}

// Update records which servers a poll has found to have their flag, or its error, and
// returns how the wait continues. waited is the time since the wait began. A flag that
// was picked up and set again counts as picked up.
func (w *RebuildWatch) Update(pending []string, pollErr error, waited time.Duration) PollResult {
	if pollErr != nil {
		return w.fail(pollErr, waited)
	}
	w.failures = 0
	var names []string
	for _, target := range w.waiting() {
		if !slices.Contains(pending, target.IP()) {
			w.pickedUp = append(w.pickedUp, target.IP())
			names = append(names, target.String())
		}
	}
	left := w.waiting()
	if len(left) == 0 {
		return PollResult{Message: "Picked up by " + strings.Join(names, ", ") + ". All flags are picked up. Nodes do not report when they have reloaded.", Done: true}
	}
	text := "Waiting for " + serverNames(left)
	if len(names) > 0 {
		text = "Picked up by " + strings.Join(names, ", ") + ". " + text
	}
	return PollResult{Message: w.message(serverNames(left), text, waited)}
}

// waiting returns the servers that have not picked up their flag.
func (w *RebuildWatch) waiting() cluster.Servers {
	return slices.DeleteFunc(slices.Clone(w.Targets), func(target cluster.Server) bool { return slices.Contains(w.pickedUp, target.IP()) })
}

func serverNames(s cluster.Servers) string {
	names := make([]string, 0, len(s))
	for _, server := range s {
		names = append(names, server.String())
	}
	return strings.Join(names, ", ")
}

// Unfinished returns the error of a wait that ended before all flags were picked
// up. alive lists the servers with a recent heartbeat.
func (w *RebuildWatch) Unfinished(alive []string, waited time.Duration, stopped bool) error {
	var reasons []string
	for _, target := range w.waiting() {
		why := "its keepalive (ADMIN_keepalive_ALL.pl, every minute) has not cleared rebuild_conf_files"
		if !slices.Contains(alive, target.IP()) {
			why = "it has no fresh heartbeat"
		}
		reasons = append(reasons, target.String()+": "+why)
	}
	subject := fmt.Sprintf("not picked up after %s", waited.Round(time.Second))
	if stopped {
		subject = fmt.Sprintf("the wait was stopped after %s; not picked up", waited.Round(time.Second))
	}
	return &cluster.Refused{
		Subject: subject, Reasons: reasons,
		Advice: "The flags stay set: a node picks its flag up when its keepalive runs again. Look at cron and the keepalive's log on these nodes.",
	}
}
