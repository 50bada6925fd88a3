package nodes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// keepaliveFlag is a flag of ADMIN_keepalive_ALL.pl that changes what it
// starts; delays are in milliseconds (docs/vicidial/node-files.md#keepalive-options).
var keepaliveFlag = cluster.LazyRegexp(`^--(cu3way|cu3way-delay=\d{1,6}|autodial-delay=\d{1,6}|adfill-delay=\d{1,6}|fill-staggered|lstn-buffer|recmon|recmon-sleepms=\d{1,6}|teod)$`)

// CheckKeepaliveFlag returns an error for text that is not a flag of
// ADMIN_keepalive_ALL.pl that changes what it starts.
func CheckKeepaliveFlag(flag string) error {
	if !keepaliveFlag().MatchString(flag) {
		return fmt.Errorf("%q is not a flag of ADMIN_keepalive_ALL.pl that changes what it starts, such as --autodial-delay=100", flag)
	}
	return nil
}

// keepaliveLetters matches letters that ADMIN_keepalive_ALL.pl tests for. An X disables
// all others, so it is the only one.
var keepaliveLetters = cluster.LazyRegexp(`^(X|[1-9ECS]+)$`)

// CheckKeepalives returns an error for an invalid VARactive_keepalives.
func CheckKeepalives(letters string) error {
	if !keepaliveLetters().MatchString(letters) {
		return fmt.Errorf("%q is neither letters of %s nor X alone", letters, letterOrder)
	}
	return nil
}

// CronJob is one line of a crontab and its comment: a job, or a setting such
// as MAILTO=ops for the lines below it.
type CronJob struct {
	Comment  string
	Schedule string // five fields or a nickname; "" for a setting
	Command  string // for a setting, NAME=value
}

// CrontabOptions are the options of a node's crontab besides the duties.
type CrontabOptions struct {
	// The folders are PATHhome, PATHlogs, PATHsounds, PATHmonitor and
	// PATHDONEmonitor of the node.
	Home, Logs, Sounds, Monitor, DoneRecordings string
	Recordings                                  Recordings
	LogDays                                     LogDays
	// TimeServer sets the clock every hour; "" leaves it to
	// another program, e.g. chrony.
	TimeServer string
	// ServerStats writes the load of the machine into server_live_*.
	ServerStats bool
}

// LogDays is the number of days that files of each kind are kept; 0 keeps them all.
type LogDays struct{ VICIdial, Asterisk, Screen, Speech int }

// Crontab returns the crontab of a node: the jobs of every node, of its roles and of its
// duties (docs/vicidial/node-files.md#crontab).
func (n Node) Crontab(assignment Assignment, archives Archives, options CrontabOptions) []CronJob {
	var jobs []CronJob
	script := func(about, schedule, command string) {
		jobs = append(jobs, CronJob{Comment: about, Schedule: schedule, Command: options.Home + "/" + command})
	}
	if !n.WebOnly {
		keepalive := append([]string{"ADMIN_keepalive_ALL.pl"}, n.KeepaliveFlags...)
		script("keeps VICIdial's programs running and generates configuration", "* * * * *", strings.Join(keepalive, " "))
		if options.ServerStats {
			script("writes the machine's load, drives and memory to the database", "* * * * *", "SERVER_stats.pl")
		}
	}
	if n.Is(RoleTelephony) {
		script("hangs up calls that hang in congestion", "* * * * *", "AST_manager_kill_hung_congested.pl")
		script("counts voicemail messages", "* * * * *", "AST_vm_update.pl")
		if !n.runs("C", assignment) { // the program of keepalive C does it as well
			script("frees conferences that nobody is in", "* * * * *", n.conferenceUpdate())
		}
		jobs = append(jobs, options.Recordings.jobs(options.Home)...)
		script("clears the node's own rows out of the live tables", "2 1 * * *", "AST_reset_mysql_vars.pl")
	}
	for _, work := range dutyWorks(archives) {
		// Two nodes that have a duty's letter need no second job beside it.
		second := work.letter != "" && assignment.does(n.ServerIP, work.duty) && assignment[work.duty][0] != n.ServerIP
		if assignment.does(n.ServerIP, work.duty) && !second {
			for _, job := range work.jobs {
				script(job.about, job.schedule, job.script)
			}
		}
	}
	return append(jobs, n.housekeeping(options)...)
}

// conferenceUpdate is the call of AST_conf_update.pl. Where --cu3way keeps
// AST_conf_update_3way.pl running, the 3-way conferences are left to it (see
// the note at the head of that program): both would count one empty conference
// twice and end it too soon.
func (n Node) conferenceUpdate() string {
	// --cu3way-delay= starts it as well.
	if slices.ContainsFunc(n.KeepaliveFlags, func(flag string) bool { return strings.HasPrefix(flag, "--cu3way") }) {
		return "AST_conf_update.pl --no-vc-3way-check"
	}
	return "AST_conf_update.pl"
}

// housekeeping returns the jobs for clock and disk, which need no script of VICIdial.
func (n Node) housekeeping(options CrontabOptions) []CronJob {
	var jobs []CronJob
	remove := func(about, schedule, folder, which string, days int) {
		if days > 0 {
			command := fmt.Sprintf("/usr/bin/find %s %s -mtime +%d -delete", folder, which, days)
			jobs = append(jobs, CronJob{Comment: about, Schedule: schedule, Command: command})
		}
	}
	if options.TimeServer != "" {
		jobs = append(jobs, CronJob{
			Comment: "sets the clock: more than 8 s apart from the database stops agents", Schedule: "30 * * * *",
			Command: "/usr/sbin/ntpdate -u " + options.TimeServer + " >/dev/null 2>&1",
		})
	}
	if n.Is(RoleTelephony) {
		jobs = append(jobs, options.Recordings.removal(options.Monitor, options.DoneRecordings)...)
	}
	if n.Is(RoleArchive) {
		jobs = append(jobs, options.Recordings.archiveRemoval()...)
	}
	remove("removes old logs of VICIdial", "28 0 * * *", options.Logs, "-maxdepth 1 -type f", options.LogDays.VICIdial)
	if n.Is(RoleTelephony) {
		remove("removes old logs of Asterisk", "29 0 * * *", "/var/log/asterisk", "-maxdepth 3 -type f", options.LogDays.Asterisk)
		remove("removes old screen logs", "30 0 * * *", "/", `-maxdepth 1 -type f -name "screenlog.0*"`, options.LogDays.Screen)
		remove("removes old sound files that were made from text", "20 0 * * *", options.Sounds+"/tts", "-maxdepth 2 -type f", options.LogDays.Speech)
	}
	return jobs
}
