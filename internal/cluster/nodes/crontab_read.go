package nodes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// ParsedJobs are the options that the jobs of a node's crontab imply.
type ParsedJobs struct {
	// Keepalive reports whether ADMIN_keepalive_ALL.pl is called, and so whether
	// VARactive_keepalives has any effect.
	Keepalive      bool
	KeepaliveFlags []string
	ServerStats    bool
	Duties         []Duty
	Recordings     Recordings // Format is "" where nothing is done with recordings
	Archives       Archives
	LogDays        LogDays
	TimeServer     string
	// replaced are the lines that a generated removal job replaces.
	replaced []CronJob
}

var (
	removal = cluster.LazyRegexp(`^/usr/bin/find (\S+) (.*?)-mtime \+(\d+) (?:-print ?\| ?xargs (?:-r )?rm -f|-delete)$`)
	ntp     = cluster.LazyRegexp(`^/usr/sbin/ntpdate -u ([A-Za-z0-9.-]+)(?: |$)`)
)

// ReadJobs interprets a node's crontab. It identifies programs of VICIdial by their names
// and folders by the options.
func ReadJobs(jobs []CronJob, options CrontabOptions) ParsedJobs {
	found := ParsedJobs{Recordings: Recordings{Transfer: Transfer{Folders: "date"}}}
	for _, job := range jobs {
		program, flags := parseCommand(job.Command)
		if found.readRemoval(job.Command, options) {
			found.replaced = append(found.replaced, job)
			continue
		}
		switch program {
		case "ADMIN_keepalive_ALL.pl":
			found.Keepalive = true
			for _, flag := range flags {
				if flag = "--" + strings.TrimLeft(strings.ToLower(flag), "-"); keepaliveFlag().MatchString(flag) {
					found.KeepaliveFlags = append(found.KeepaliveFlags, flag)
				}
			}
		case "SERVER_stats.pl":
			found.ServerStats = true
		case "AST_CRON_audio_1_move_VDonly.pl":
			found.Recordings.HTTPS = hasFlag(flags, "--HTTPS")
			if found.Recordings.Format == "" {
				found.Recordings.Format = "WAV"
			}
		case "AST_CRON_audio_2_compress.pl":
			found.Recordings.Format, found.Recordings.HTTPS = recordingFormat(flags), hasFlag(flags, "--HTTPS") // it writes the link last
			found.Recordings.RunCheck, found.Recordings.SortByDate = hasFlag(flags, "--run-check"), hasFlag(flags, "--file-sorting")
		case "AST_CRON_audio_3_ftp.pl":
			found.Recordings.Ship = true
			found.Recordings.Transfer = parseTransfer(flags)
		case "AST_inbound_email_parser.pl":
			found.Archives.FetchEmail = true
		case "ADMIN_archive_log_tables.pl":
			found.readArchive(flags)
		case "":
			if match := ntp().FindStringSubmatch(job.Command); match != nil {
				found.TimeServer = match[1]
			}
		}
		for _, work := range dutyWorks(Archives{LogSchedule: ArchiveMonthly}) {
			for _, known := range work.jobs {
				if name, _, _ := strings.Cut(known.script, " "); name == program && !slices.Contains(found.Duties, work.duty) {
					found.Duties = append(found.Duties, work.duty)
				}
			}
		}
	}
	return found
}

// parseCommand returns the program of VICIdial that a command calls, and its flags.
func parseCommand(command string) (string, []string) {
	words := strings.Fields(command)
	for i, word := range words {
		if name := word[strings.LastIndex(word, "/")+1:]; i < 2 && strings.HasSuffix(name, ".pl") {
			flags := words[i+1:]
			if end := slices.IndexFunc(flags, func(w string) bool { return strings.ContainsAny(w, "<>|&;") }); end >= 0 {
				flags = flags[:end]
			}
			return name, flags
		}
	}
	return "", nil
}

func hasFlag(flags []string, flag string) bool {
	return slices.ContainsFunc(flags, func(given string) bool { return strings.EqualFold(given, flag) })
}

func flagNumber(flags []string, flag string) int {
	for _, given := range flags {
		if len(given) > len(flag) && strings.EqualFold(given[:len(flag)], flag) {
			value, _ := strconv.Atoi(given[len(flag):])
			return value
		}
	}
	return 0
}

func recordingFormat(flags []string) string {
	for _, name := range RecordingFormats() {
		if hasFlag(flags, "--"+name) {
			return name
		}
	}
	return "WAV"
}

func parseTransfer(flags []string) Transfer {
	transfer := Transfer{
		Folders:      "date",
		LocalFolders: hasFlag(flags, "--localdatedir"), RunCheck: hasFlag(flags, "--run-check"), Validate: hasFlag(flags, "--ftp-validate"),
		Persistent: hasFlag(flags, "--ftp-persistent"), Active: hasFlag(flags, "--ftp-active"),
		FileLimit: flagNumber(flags, "--transfer-limit="), ListLimit: flagNumber(flags, "--list-limit="),
	}
	for _, folders := range folderFlags {
		if folders.flag != "" && hasFlag(flags, folders.flag) {
			transfer.Folders = folders.folders
		}
	}
	return transfer
}

func (f *ParsedJobs) readArchive(flags []string) {
	switch {
	case hasFlag(flags, "--url-log-only"):
		f.Archives.URLLogDays = flagNumber(flags, "--url-log-days=")
	case hasFlag(flags, "--daily"):
		f.Archives.LogSchedule = ArchiveDaily
	default:
		f.Archives.LogDays = flagNumber(flags, "--days=")
		if f.Archives.LogSchedule == ArchiveNever {
			f.Archives.LogSchedule = ArchiveMonthly
		}
	}
}

// readRemoval interprets a job that removes old files. It reports whether the folder is
// known.
func (f *ParsedJobs) readRemoval(command string, options CrontabOptions) bool {
	match := removal().FindStringSubmatch(command)
	if match == nil {
		return false
	}
	days, err := strconv.Atoi(match[3])
	if err != nil {
		return false
	}
	done := options.DoneRecordings
	var to *int
	switch folder := strings.TrimRight(match[1], "/"); {
	case folder == done:
		to = &f.Recordings.KeepDays
	case folder == done+"/ORIG":
		to = &f.Recordings.OriginalDays
	case folder == done+"/FTP":
		to = &f.Recordings.ShippedDays
	case folder == options.Logs:
		to = &f.LogDays.VICIdial
	case folder == "/var/log/asterisk" && days > 0:
		to = &f.LogDays.Asterisk
	case folder == "" && strings.Contains(match[2], "screenlog.0"):
		to = &f.LogDays.Screen
	case folder == options.Sounds+"/tts":
		to = &f.LogDays.Speech
	default:
		return false
	}
	*to = days
	return true
}

// Difference is the difference of a node's crontab from the generated one.
type Difference struct {
	// Same are jobs of both, Missing those that the node lacks, Own those that
	// only the node has and Replaced those of the node's that another generated job
	// replaces.
	Same, Missing, Own, Replaced []CronJob
}

// Compare compares a node's jobs with the generated ones. It ignores the order of flags
// and the notation of a schedule.
func (f ParsedJobs) Compare(have, made []CronJob) Difference {
	var difference Difference
	taken := make([]bool, len(have))
	for _, job := range made {
		i := slices.IndexFunc(have, func(other CronJob) bool { return sameJob(job, other) })
		if i < 0 {
			difference.Missing = append(difference.Missing, job)
			continue
		}
		for j, other := range have { // a line that stands twice is one job
			taken[j] = taken[j] || sameJob(job, other)
		}
		difference.Same = append(difference.Same, job)
	}
	for i, job := range have {
		program, _ := parseCommand(job.Command)
		sameProgram := func(other CronJob) bool {
			made, _ := parseCommand(other.Command)
			return program != "" && made == program
		}
		switch {
		case taken[i]:
		case slices.Contains(f.replaced, job) && slices.ContainsFunc(made, func(other CronJob) bool { return sameFolder(job, other) }),
			slices.ContainsFunc(difference.Missing, sameProgram): // both would do the work twice
			difference.Replaced = append(difference.Replaced, job)
		default:
			difference.Own = append(difference.Own, job)
		}
	}
	return difference
}

// sameFolder reports whether both jobs remove old files of one folder.
func sameFolder(a, b CronJob) bool {
	one, other := removal().FindStringSubmatch(a.Command), removal().FindStringSubmatch(b.Command)
	return one != nil && other != nil && strings.TrimRight(one[1], "/") == strings.TrimRight(other[1], "/")
}

func sameJob(a, b CronJob) bool {
	if a.Schedule == "" || b.Schedule == "" {
		return a.Schedule == b.Schedule && a.Command == b.Command
	}
	if minutes(a.Schedule) != minutes(b.Schedule) {
		return false
	}
	if a.Command == b.Command {
		return true
	}
	if one, other := removal().FindStringSubmatch(a.Command), removal().FindStringSubmatch(b.Command); one != nil && other != nil {
		files := strings.NewReplacer("-type f ", "", `"`, "") // rm -f removes no folder
		return strings.TrimRight(one[1], "/") == strings.TrimRight(other[1], "/") && one[3] == other[3] && files.Replace(one[2]) == files.Replace(other[2])
	}
	if one, other := ntp().FindStringSubmatch(a.Command), ntp().FindStringSubmatch(b.Command); one != nil && other != nil {
		return one[1] == other[1]
	}
	programA, flagsA := parseCommand(a.Command)
	programB, flagsB := parseCommand(b.Command)
	return programA != "" && programA == programB && normalFlags(flagsA) == normalFlags(flagsB) && redirection(a.Command) == redirection(b.Command)
}

// redirection returns the redirection of a command's output.
func redirection(command string) string {
	if i := strings.IndexAny(command, "<>|&;"); i >= 0 {
		return command[i:]
	}
	return ""
}

func normalFlags(flags []string) string {
	sorted := make([]string, len(flags))
	for i, flag := range flags {
		sorted[i] = strings.ToLower(strings.TrimLeft(flag, "-"))
	}
	slices.Sort(sorted)
	return strings.Join(sorted, " ")
}

// minutes expands steps of the first field, as most installers write them.
func minutes(schedule string) string {
	first, rest, found := strings.Cut(schedule, " ")
	span, step, stepped := strings.Cut(first, "/")
	every, err := strconv.Atoi(step)
	if !found || !stepped || err != nil || every < 1 {
		return schedule
	}
	low, high := 0, 59
	if from, to, ranged := strings.Cut(span, "-"); ranged {
		low, _ = strconv.Atoi(from)
		high, _ = strconv.Atoi(to)
	}
	var all []string
	for minute := low; minute <= high; minute += every {
		all = append(all, strconv.Itoa(minute))
	}
	return strings.Join(all, ",") + " " + rest
}
