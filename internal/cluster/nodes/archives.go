package nodes

import (
	"fmt"
	"regexp"
	"strings"
)

// ArchiveSchedule is how often old log rows move to the archive tables.
type ArchiveSchedule string

// The schedules. VICIdial's own documents leave archiving out of a small system.
const (
	ArchiveNever   ArchiveSchedule = ""
	ArchiveMonthly ArchiveSchedule = "monthly"
	ArchiveDaily   ArchiveSchedule = "daily" // beside the monthly run
)

// Archives are the optional jobs of a cluster: those that VICIdial's documents show as
// comments or leave to the operator.
type Archives struct {
	LogSchedule ArchiveSchedule
	// LogDays is the age in days from which the monthly run moves log rows; 0
	// is the program's own 24 months.
	LogDays int
	// URLLogDays is the age in days from which rows of vicidial_url_log are
	// deleted; 0 keeps them.
	URLLogDays int
	Leads      LeadAge
	// FetchEmail fetches inbound email from mailboxes. Keepalive E only distributes
	// the fetched email.
	FetchEmail bool
}

// LeadAge selects the leads that move to vicidial_list_archive every week: those that
// were neither loaded nor called for that many days. Days of 0 moves none.
type LeadAge struct {
	Days int
	// Campaigns and Statuses restrict the leads; empty means all.
	Campaigns, Statuses []string
}

func (a Archives) emailJobs() []job {
	if !a.FetchEmail {
		return nil
	}
	return []job{{"fetches inbound email", "* * * * *", "AST_inbound_email_parser.pl"}}
}

func (a Archives) logJobs() []job {
	var jobs []job
	monthly := "ADMIN_archive_log_tables.pl"
	if a.LogDays > 0 {
		monthly += fmt.Sprintf(" --days=%d", a.LogDays)
	}
	if a.LogSchedule == ArchiveMonthly || a.LogSchedule == ArchiveDaily {
		jobs = append(jobs, job{"moves old log rows to the archive tables", "30 1 1 * *", monthly})
	}
	if a.LogSchedule == ArchiveDaily {
		jobs = append(jobs, job{"moves yesterday's call log rows to the archive tables", "20 1 * * *", "ADMIN_archive_log_tables.pl --daily"})
	}
	if a.URLLogDays > 0 {
		jobs = append(jobs, job{
			"removes old rows of the URL log", "30 23 * * *",
			fmt.Sprintf("ADMIN_archive_log_tables.pl --url-log-only --url-log-days=%d", a.URLLogDays),
		})
	}
	return jobs
}

func (a Archives) leadJobs() []job {
	if a.Leads.Days <= 0 {
		return nil
	}
	// The program takes dates, not ages; a percent sign ends a cron command. A
	// lead that was never called has a last call in 2008
	// (VICIDIAL_IN_new_leads_file.pl:2727), so that its age alone would move
	// what was loaded yesterday: the day of loading bounds it as well.
	date := fmt.Sprintf(`$(date -d "-%d days" +\%%Y-\%%m-\%%d)`, a.Leads.Days)
	return []job{{"moves old leads to the archive table", "40 2 * * 0", strings.Join([]string{
		"ADMIN_archive_leads.pl", "--campaigns=" + listOrAll(a.Leads.Campaigns), "--statuses=" + listOrAll(a.Leads.Statuses),
		"--call-date=" + date, "--insert-date=" + date, "--quiet",
	}, " ")}}
}

// listOrAll joins ids as ADMIN_archive_leads.pl splits them.
func listOrAll(ids []string) string {
	if len(ids) == 0 {
		return "---ALL---"
	}
	return strings.Join(ids, "-")
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// CheckArchiveID returns an error for a campaign or status that ADMIN_archive_leads.pl
// does not accept: it splits its lists at every "-".
func CheckArchiveID(id string) error {
	if !plainID.MatchString(id) {
		return fmt.Errorf("%q: ADMIN_archive_leads.pl takes ids of letters, digits and underscores only, since it splits its lists at every -", id)
	}
	return nil
}

func (a Archives) violations() []string {
	var violations []string
	switch a.LogSchedule {
	case ArchiveNever, ArchiveMonthly, ArchiveDaily:
	default:
		violations = append(violations, fmt.Sprintf("the archive schedule %q is neither monthly nor daily", a.LogSchedule))
	}
	if a.LogDays > 0 && a.LogSchedule == ArchiveNever {
		violations = append(violations, fmt.Sprintf("log rows are to be archived after %d days, but nothing is archived: choose monthly or daily", a.LogDays))
	}
	for _, ids := range [][]string{a.Leads.Campaigns, a.Leads.Statuses} {
		for _, id := range ids {
			if err := CheckArchiveID(id); err != nil {
				violations = append(violations, err.Error())
			}
		}
	}
	return violations
}
