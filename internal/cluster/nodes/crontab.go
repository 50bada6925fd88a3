package nodes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// keepaliveFlag is a flag of ADMIN_keepalive_ALL.pl that changes what it
// starts; delays are in milliseconds (docs/vicidial/node-files.md#keepalive-options).
var keepaliveFlag = regexp.MustCompile(`^--(cu3way|cu3way-delay=\d{1,6}|autodial-delay=\d{1,6}|adfill-delay=\d{1,6}|fill-staggered|lstn-buffer|recmon|recmon-sleepms=\d{1,6}|teod)$`)

// CheckKeepaliveFlag says why something is no flag of ADMIN_keepalive_ALL.pl
// that changes what it starts.
func CheckKeepaliveFlag(flag string) error {
	if !keepaliveFlag.MatchString(flag) {
		return fmt.Errorf("%q is no flag of ADMIN_keepalive_ALL.pl that changes what it starts, such as --autodial-delay=100", flag)
	}
	return nil
}

// CronJob is one line of a crontab and what it is for.
type CronJob struct {
	About    string
	Schedule string // five fields
	Command  string
}

// CrontabOptions say what the crontab of a node does beside the duties.
type CrontabOptions struct {
	// Home, Logs and DoneRecordings are PATHhome, PATHlogs and PATHDONEmonitor
	// of the node.
	Home, Logs, DoneRecordings string
	// RecordingFormat is what recordings are compressed to: GSM, MP3, OGG or GSW.
	RecordingFormat string
	// ShipRecordings sends them to the archive of VARFTP_host.
	ShipRecordings bool
	// RecordingDays and LogDays are how long files stay; 0 keeps them.
	RecordingDays, LogDays int
	// TimeServer is asked for the time every hour; "" leaves the clock to
	// another program, e.g. chrony.
	TimeServer string
	// ServerStats gathers what the machine does into server_live_*.
	ServerStats bool
}

// Crontab returns the crontab of a node: what every node runs, what its roles
// ask for, and the duties that are its own (docs/vicidial/node-files.md#crontab).
func (n Node) Crontab(assignment Assignment, archive ArchiveSchedule, options CrontabOptions) []CronJob {
	var jobs []CronJob
	script := func(about, schedule, command string) {
		jobs = append(jobs, CronJob{About: about, Schedule: schedule, Command: options.Home + "/" + command})
	}
	if !n.WebOnly {
		keepalive := append([]string{"ADMIN_keepalive_ALL.pl"}, n.KeepaliveFlags...)
		script("keeps VICIdial's programs running and generates configuration", "* * * * *", strings.Join(keepalive, " "))
		if options.ServerStats {
			script("tells the database how the machine is", "* * * * *", "SERVER_stats.pl")
		}
	}
	if n.Is(RoleTelephony) {
		script("hangs up calls that hang in congestion", "* * * * *", "AST_manager_kill_hung_congested.pl")
		script("counts voicemail messages", "* * * * *", "AST_vm_update.pl")
		if n.Engine != cluster.Confbridge { // keepalive C does it there
			script("frees conferences that nobody is in", "* * * * *", "AST_conf_update.pl")
		}
		script("mixes the two sides of recordings", "*/3 * * * *", "AST_CRON_audio_1_move_mix.pl --MIX")
		script("takes over recordings of the dialer", "*/3 * * * *", "AST_CRON_audio_1_move_VDonly.pl")
		script("compresses recordings", "1-59/3 * * * *", "AST_CRON_audio_2_compress.pl --"+options.RecordingFormat)
		if options.ShipRecordings {
			script("sends recordings to the archive", "2-59/3 * * * *", "AST_CRON_audio_3_ftp.pl --"+options.RecordingFormat)
		}
	}
	for _, work := range dutyWorks(archive) {
		if assignment[work.duty] == n.ServerIP {
			for _, job := range work.jobs {
				script(job.about, job.schedule, job.script)
			}
		}
	}
	return slices.Concat(jobs, n.housekeeping(options))
}

// housekeeping keeps clock and disk in order; it needs no script of VICIdial.
func (n Node) housekeeping(options CrontabOptions) []CronJob {
	var jobs []CronJob
	remove := func(about, schedule, folder string, depth, days int, name string) {
		command := fmt.Sprintf("/usr/bin/find %s -maxdepth %d -type f%s -mtime +%d -delete", folder, depth, name, days)
		jobs = append(jobs, CronJob{About: about, Schedule: schedule, Command: command})
	}
	if options.TimeServer != "" {
		jobs = append(jobs, CronJob{
			About: "sets the clock: more than 8 s apart from the database stops agents", Schedule: "30 * * * *",
			Command: "/usr/sbin/ntpdate -u " + options.TimeServer + " >/dev/null 2>&1",
		})
	}
	if n.Is(RoleTelephony) && options.RecordingDays > 0 {
		remove("removes old recordings", "24 0 * * *", options.DoneRecordings, 2, options.RecordingDays, "")
	}
	if options.LogDays > 0 {
		remove("removes old logs of VICIdial", "28 0 * * *", options.Logs, 1, options.LogDays, "")
		if n.Is(RoleTelephony) {
			remove("removes old logs of Asterisk", "29 0 * * *", "/var/log/asterisk", 3, options.LogDays, "")
			remove("removes old screen logs", "30 0 * * *", "/", 1, options.LogDays, ` -name "screenlog.0*"`)
		}
	}
	return jobs
}
