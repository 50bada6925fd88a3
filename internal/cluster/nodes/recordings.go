package nodes

import (
	"errors"
	"fmt"
	"strings"
)

// Recordings are the options of the recording jobs. The files of each program are in
// docs/vicidial/node-files.md#recordings-on-disk.
type Recordings struct {
	// Format is the format of compression: GSM, MP3, OGG or GSW; WAV keeps
	// them as they were recorded.
	Format string
	// HTTPS makes the links in recording_log begin with https until a recording
	// is shipped; from then on they begin with VARHTTP_path.
	HTTPS bool
	// RunCheck ends a compression while another one runs.
	RunCheck bool
	// SortByDate sorts compressed files into folders of a day, where
	// AST_CRON_audio_3_ftp.pl does not find them.
	SortByDate bool
	// Ship sends them to the archive of VARFTP_host.
	Ship     bool
	Transfer Transfer

	// KeepDays removes every file of a recording from the node after as many
	// days, OriginalDays those that were compressed, ShippedDays those that
	// were sent; 0 keeps them.
	KeepDays, OriginalDays, ShippedDays int
	// ArchiveFolder is the folder of received recordings on an archive node, and
	// ArchiveDays for how many days; 0 keeps them.
	ArchiveFolder string
	ArchiveDays   int
}

// Transfer are the options of the transfer of recordings to the archive.
type Transfer struct {
	// Folders are those of the archive: "date" (YYYY-MM-DD, as VICIdial does
	// it), "none", "year" (YYYY/YYYY-MM-DD) or "year_month_day".
	Folders string
	// LocalFolders keeps sent files in the same folders on the node.
	LocalFolders bool
	// RunCheck ends a transfer while another one runs.
	RunCheck bool
	// Validate compares sizes after a transfer; Persistent stays logged in
	// between transfers; Active opens data connections from the archive.
	Validate, Persistent, Active bool
	// FileLimit and ListLimit bound one run; 0 is VICIdial's 1000.
	FileLimit, ListLimit int
}

// RecordingFormats returns the valid formats of [Recordings].
func RecordingFormats() []string { return []string{"GSM", "MP3", "OGG", "GSW", "WAV"} }

// folderFlags are the flags of AST_CRON_audio_3_ftp.pl for the archive's
// folders.
var folderFlags = []struct{ folders, flag string }{
	{"date", ""}, {"none", "--nodatedir"}, {"year", "--YearYMDdatedir"}, {"year_month_day", "--YMDdatedir"},
}

// TransferFolders returns the valid folders of [Transfer].
func TransferFolders() []string {
	names := make([]string, len(folderFlags))
	for i, flag := range folderFlags {
		names[i] = flag.folders
	}
	return names
}

// Check returns an error for options that exclude each other.
func (r Recordings) Check() error {
	if r.SortByDate && r.Ship {
		return errors.New("recordings that are sorted into folders of a day cannot be sent: AST_CRON_audio_3_ftp.pl does not look into folders")
	}
	if r.SortByDate && r.Format == "WAV" {
		return errors.New("only compressed recordings are sorted into folders of a day: the format is WAV")
	}
	return nil
}

// jobs are the three steps of VICIdial's recording scripts. The second and the
// third look for files that have not grown for some seconds, so that each run
// finds what the step before has finished.
func (r Recordings) jobs(home string) []CronJob {
	var jobs []CronJob
	script := func(about, schedule, program string, flags ...string) {
		words := []string{home + "/" + program}
		for _, flag := range flags {
			if flag != "" {
				words = append(words, flag)
			}
		}
		jobs = append(jobs, CronJob{Comment: about, Schedule: schedule, Command: strings.Join(words, " ")})
	}
	https, runCheck := flagIf(r.HTTPS, "--HTTPS"), flagIf(r.RunCheck, "--run-check")
	script("mixes the two sides of recordings", "*/3 * * * *", "AST_CRON_audio_1_move_mix.pl", "--MIX", https)
	script("takes over recordings of the dialer", "*/3 * * * *", "AST_CRON_audio_1_move_VDonly.pl", https)
	if r.Format != "WAV" {
		script("compresses recordings", "1-59/3 * * * *", "AST_CRON_audio_2_compress.pl", "--"+r.Format, https, runCheck, flagIf(r.SortByDate, "--file-sorting"))
	}
	if r.Ship {
		script("sends recordings to the archive", "2-59/3 * * * *", "AST_CRON_audio_3_ftp.pl", append([]string{"--" + r.Format}, r.Transfer.flags()...)...)
	}
	return jobs
}

func (t Transfer) flags() []string {
	var flags []string
	for _, folders := range folderFlags {
		if folders.folders == t.Folders {
			flags = append(flags, folders.flag)
		}
	}
	return append(flags,
		flagIf(t.RunCheck, "--run-check"), flagIf(t.LocalFolders, "--localdatedir"), flagIf(t.Validate, "--ftp-validate"),
		flagIf(t.Persistent, "--ftp-persistent"), flagIf(t.Active, "--ftp-active"),
		flagIf(t.FileLimit > 0, fmt.Sprintf("--transfer-limit=%d", t.FileLimit)),
		flagIf(t.ListLimit > 0, fmt.Sprintf("--list-limit=%d", t.ListLimit)),
	)
}

func flagIf(set bool, flag string) string {
	if set {
		return flag
	}
	return ""
}

// removal removes old recordings from a telephony node. Originals are in
// ORIG/YYYY-MM-DD and sent ones up to four folders deep, so no depth bounds
// the search; a call's second side stays in PATHmonitor where its first is
// missing, since no program takes it from there.
func (r Recordings) removal(monitor, done string) []CronJob {
	var jobs []CronJob
	if r.KeepDays > 0 {
		jobs = append(
			jobs,
			removeFiles("removes old recordings", "24 0 * * *", done, r.KeepDays),
			removeFiles("removes what recordings have left behind", "25 0 * * *", monitor, r.KeepDays),
			removeFolders("removes the folders of days that have no recording any more", "26 0 * * *", done, 2),
		)
	}
	if r.OriginalDays > 0 {
		jobs = append(jobs, removeFiles("removes originals of compressed recordings", "24 1 * * *", done+"/ORIG", r.OriginalDays))
	}
	if r.ShippedDays > 0 {
		jobs = append(jobs, removeFiles("removes recordings that were sent to the archive", "25 1 * * *", done+"/FTP", r.ShippedDays))
	}
	return jobs
}

// archiveRemoval removes old recordings from an archive node.
func (r Recordings) archiveRemoval() []CronJob {
	if r.ArchiveDays <= 0 {
		return nil
	}
	return []CronJob{
		removeFiles("removes old recordings of the archive", "20 2 * * *", r.ArchiveFolder, r.ArchiveDays),
		removeFolders("removes the archive's folders of days that have no recording any more", "22 2 * * *", r.ArchiveFolder, 1),
	}
}

func removeFiles(about, schedule, folder string, days int) CronJob {
	return CronJob{Comment: about, Schedule: schedule, Command: fmt.Sprintf("/usr/bin/find %s -type f -mtime +%d -delete", folder, days)}
}

// removeFolders removes empty folders from a depth on: the ones above are those
// that install.pl makes. One into which a program may be about to write stays.
func removeFolders(about, schedule, folder string, depth int) CronJob {
	return CronJob{Comment: about, Schedule: schedule, Command: fmt.Sprintf("/usr/bin/find %s -mindepth %d -type d -empty -mmin +60 -delete", folder, depth)}
}
