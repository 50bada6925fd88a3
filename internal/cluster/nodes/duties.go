package nodes

import (
	"slices"
	"strings"
)

// Duty is work that exactly one node of the cluster does: the program reads and writes
// rows of all nodes without a lock, so two of them would undo each other's work or do it
// twice (docs/vicidial/node-files.md#what-each-job-touches). Programs whose statements
// name their own server_ip are not duties: each node runs them.
type Duty string

// The duties. The first four are letters of VARactive_keepalives, the others
// lines of one crontab.
const (
	AdaptiveDialing Duty = "adaptive_dialing"
	BalanceFill     Duty = "balance_fill"
	TimeclockLogout Duty = "timeclock_logout"
	InboundEmail    Duty = "inbound_email"
	Hopper          Duty = "hopper"
	AgentLogCleanup Duty = "agent_log_cleanup"
	LeadTimeZones   Duty = "lead_time_zones"
	QueueFlush      Duty = "queue_flush"
	CallbackPurge   Duty = "callback_purge"
	TableOptimize   Duty = "table_optimize"
	AgentSummaries  Duty = "agent_summaries"
	LogArchive      Duty = "log_archive"
	LeadArchive     Duty = "lead_archive"
)

// dutyWork is the work of a duty: a keepalive letter or cron jobs.
type dutyWork struct {
	duty   Duty
	letter string
	jobs   []job
	// pages reports that the program writes into a folder of the web pages and
	// ends with an error where they are not installed.
	pages bool
}

// job is a cron job of VICIdial: a script under PATHhome with its flags.
type job struct {
	about    string
	schedule string
	script   string
}

// dutyWorks lists every duty in the order in which a crontab shows it. Programs,
// flags and hours are those of docs/SCRATCH_INSTALL.txt (docs/vicidial/node-files.md#crontab).
func dutyWorks(archives Archives) []dutyWork {
	return []dutyWork{
		{duty: AdaptiveDialing, letter: "5"},
		{duty: BalanceFill, letter: "7"},
		{duty: TimeclockLogout, letter: "9"},
		{duty: InboundEmail, letter: "E", jobs: archives.emailJobs()},
		{duty: Hopper, jobs: []job{
			{"fills the hopper with leads to dial", "* * * * *", "AST_VDhopper.pl -q"},
		}},
		{duty: QueueFlush, jobs: []job{
			{"empties the queue of manager commands", "11 * * * *", "AST_flush_DBqueue.pl -q"},
		}},
		{duty: AgentLogCleanup, jobs: []job{
			{"repairs the agent log of the last hours", "33 * * * *", "AST_cleanup_agent_log.pl"},
			{"repairs the agent log of the day", "50 0 * * *", "AST_cleanup_agent_log.pl --last-24hours"},
		}},
		{duty: CallbackPurge, jobs: []job{
			{"removes callbacks whose lead is no longer a callback", "25 0 * * *", "AST_DB_dead_cb_purge.pl --purge-non-cb --quiet"},
		}},
		{duty: LeadTimeZones, jobs: []job{
			{"sets the time zone of leads anew, for daylight saving", "1 1,7 * * *", "ADMIN_adjust_GMTnow_on_leads.pl --debug --list-settings"},
		}},
		{duty: TableOptimize, jobs: []job{
			{"optimises the tables", "3 1 * * *", "AST_DB_optimize.pl"},
		}},
		{duty: AgentSummaries, pages: true, jobs: []job{
			{"sums up the agents' week", "2 0 * * 0", "AST_agent_week.pl"},
			{"sums up the agents' day", "22 0 * * *", "AST_agent_day.pl"},
		}},
		{duty: LogArchive, jobs: archives.logJobs()},
		{duty: LeadArchive, jobs: archives.leadJobs()},
	}
}

// Duties returns all duties there are, in the order in which a crontab shows
// them.
func Duties() []Duty {
	works := dutyWorks(Archives{})
	duties := make([]Duty, len(works))
	for i, work := range works {
		duties[i] = work.duty
	}
	return duties
}

// Keepalive returns the keepalive letter that does the duty, or "" where cron
// jobs do.
func (d Duty) Keepalive() string {
	for _, work := range dutyWorks(Archives{}) {
		if work.duty == d {
			return work.letter
		}
	}
	return ""
}

func dutyNames(duties []Duty) string {
	names := make([]string, len(duties))
	for i, duty := range duties {
		names[i] = string(duty)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
