package nodes

import (
	"slices"
	"strings"
)

// Duty is work that one node of the cluster does, and only one: VICIdial's
// programs take no lock, so two of them undo each other's work or do it twice
// (docs/vicidial/node-files.md#once-per-cluster, docs/LOAD_BALANCING.txt).
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
	LiveTableReset  Duty = "live_table_reset"
	TableOptimize   Duty = "table_optimize"
	AgentSummaries  Duty = "agent_summaries"
	LogArchive      Duty = "log_archive"
)

// dutyWork says how a duty is done: by a keepalive letter or by cron jobs.
type dutyWork struct {
	duty   Duty
	letter string
	jobs   []job
}

// job is a cron job of VICIdial: a script under PATHhome with its flags.
type job struct {
	about    string
	schedule string
	script   string
}

// dutyWorks lists every duty in the order in which a crontab shows it. Scripts
// and hours are those of docs/SCRATCH_INSTALL.txt (docs/vicidial/node-files.md#crontab).
func dutyWorks(archive ArchiveSchedule) []dutyWork {
	return []dutyWork{
		{duty: AdaptiveDialing, letter: "5"},
		{duty: BalanceFill, letter: "7"},
		{duty: TimeclockLogout, letter: "9"},
		{duty: InboundEmail, letter: "E"},
		{duty: Hopper, jobs: []job{
			{"fills the hopper with leads to dial", "* * * * *", "AST_VDhopper.pl -q"},
		}},
		{duty: QueueFlush, jobs: []job{
			{"empties the queue of manager commands", "11 * * * *", "AST_flush_DBqueue.pl -q"},
		}},
		{duty: AgentLogCleanup, jobs: []job{
			{"mends the agent log of the last hours", "33 * * * *", "AST_cleanup_agent_log.pl"},
			{"mends the agent log of the day", "50 0 * * *", "AST_cleanup_agent_log.pl --last-24hours"},
		}},
		{duty: CallbackPurge, jobs: []job{
			{"removes callbacks whose lead is no callback any more", "25 0 * * *", "AST_DB_dead_cb_purge.pl --purge-non-cb --quiet"},
		}},
		{duty: LeadTimeZones, jobs: []job{
			{"sets the time zone of leads anew, for daylight saving", "1 1,7 * * *", "ADMIN_adjust_GMTnow_on_leads.pl --debug --list-settings"},
		}},
		{duty: LiveTableReset, jobs: []job{
			{"empties the tables of what is only true for a while", "2 1 * * *", "AST_reset_mysql_vars.pl"},
		}},
		{duty: TableOptimize, jobs: []job{
			{"optimises the tables", "3 1 * * *", "AST_DB_optimize.pl"},
		}},
		{duty: AgentSummaries, jobs: []job{
			{"sums up the agents' week", "2 0 * * 0", "AST_agent_week.pl"},
			{"sums up the agents' day", "22 0 * * *", "AST_agent_day.pl"},
		}},
		{duty: LogArchive, jobs: archive.jobs()},
	}
}

// ArchiveSchedule says how often old log rows move to the archive tables.
type ArchiveSchedule string

// The paces. VICIdial's own documents leave archiving out of a small system.
const (
	ArchiveNever   ArchiveSchedule = ""
	ArchiveMonthly ArchiveSchedule = "monthly"
	ArchiveDaily   ArchiveSchedule = "daily"
)

func (a ArchiveSchedule) jobs() []job {
	monthly := job{"moves old log rows to the archive tables", "30 1 1 * *", "ADMIN_archive_log_tables.pl"}
	daily := job{"moves yesterday's call log rows to the archive tables", "20 1 * * *", "ADMIN_archive_log_tables.pl --daily"}
	switch a {
	case ArchiveMonthly:
		return []job{monthly}
	case ArchiveDaily:
		return []job{monthly, daily}
	default:
		return nil
	}
}

// Duties returns all duties there are, in the order in which a crontab shows
// them.
func Duties() []Duty {
	works := dutyWorks(ArchiveNever)
	duties := make([]Duty, len(works))
	for i, work := range works {
		duties[i] = work.duty
	}
	return duties
}

// Keepalive returns the keepalive letter that does the duty, or "" where cron
// jobs do.
func (d Duty) Keepalive() string {
	for _, work := range dutyWorks(ArchiveNever) {
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
