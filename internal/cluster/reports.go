package cluster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// ParseReports parses reports_use_slave_db. The admin page writes a blank before every
// title but the first, and stores NONE among the others
// (docs/vicidial/admin-page.md#report-list).
func ParseReports(text string) []string {
	var titles []string
	for title := range strings.SplitSeq(text, ",") {
		if title = strings.TrimSpace(title); title != "" && title != "NONE" {
			titles = append(titles, title)
		}
	}
	return SortedUnique(titles)
}

// FormatReports returns reports_use_slave_db for these titles. The page shows a title as
// selected, and saves it again, only where a blank is before it
// (docs/vicidial/admin-page.md#report-list).
func FormatReports(titles []string) string {
	if len(titles) == 0 {
		return ""
	}
	return " " + strings.Join(SortedUnique(titles), ", ")
}

// CheckReport returns an error if the list cannot hold a title: it would be read as
// several, or the admin page would strip a character.
func CheckReport(title string) error {
	switch {
	case strings.TrimSpace(title) == "":
		return fmt.Errorf("a report has no title")
	case strings.TrimSpace(title) != title:
		return fmt.Errorf("report %q begins or ends with a blank", title)
	case title == "NONE":
		return fmt.Errorf("NONE is not a report; leave the list empty instead")
	case strings.ContainsFunc(title, unicode.IsControl):
		return fmt.Errorf("report %q has a control character, which VICIdial's admin page removes", title)
	case strings.ContainsAny(title, "<>'\"\\;,"):
		return fmt.Errorf("report %q has one of <>'\"\\;, which VICIdial's admin page removes or splits at", title)
	}
	return nil
}

// ReviewReports returns warnings about side effects of the list of titles. A page
// uses the replica when its own title is found anywhere in the list, so that
// "Inbound Report by DID" sends "Inbound Report" there as well
// (docs/vicidial/web-pages.md#report-titles).
func ReviewReports(titles []string, replica string) []string {
	var warnings []string
	if len(titles) > 0 && usedReplica(replica) == "" {
		warnings = append(warnings, "no report uses a replica: slave_db_server must be longer than five characters")
	}
	listed := FormatReports(titles)
	for _, title := range SortedUnique(titles) {
		if !slices.Contains(knownReports, title) {
			warnings = append(warnings, fmt.Sprintf("%q is not among the reports of VICIdial 2.14; titles differ between versions, and one that no page has does nothing", title))
		}
		if slices.Contains(realTimeReports, title) {
			warnings = append(warnings, fmt.Sprintf("%q would read live tables on the replica: nothing watches its lag, and tables in memory are empty after it restarts", title))
		}
	}
	for _, page := range knownReports {
		pattern, err := regexp.Compile(page)
		if err != nil || slices.Contains(titles, page) || !pattern.MatchString(listed) {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%q uses the replica too, since its title is part of another in the list", page))
	}
	return warnings
}

// realTimeReports show live tables.
var realTimeReports = []string{"Real-Time Main Report", "Real-Time Campaign Summary", "Real-Time Whiteboard Report"}

// knownReports are the titles that the system settings page offers
// (www/vicidial/admin.php:128, docs/vicidial/web-pages.md#report-titles).
var knownReports = []string{
	"Real-Time Main Report", "Real-Time Campaign Summary", "Real-Time Whiteboard Report", "VERM Reports", "Inbound Report",
	"Inbound Report by DID", "Inbound Service Level Report", "Inbound Summary Hourly Report", "Inbound Daily Report",
	"Inbound DID Report", "Inbound DID Summary Report", "Agent DID Report", "Inbound DID Detail Report", "Inbound IVR Report",
	"Inbound Forecasting Report", "Advanced Forecasting Report", "Outbound Calling Report", "Outbound Summary Interval Report",
	"Outbound IVR Report", "Callmenu Survey Report", "Outbound Lead Source Report", "Fronter - Closer Report",
	"Fronter - Closer Detail Report", "Lists Campaign Statuses Report", "Lists Statuses Report", "Campaign Status List Report",
	"Export Calls Report", "Export Leads Report", "Agent Time Detail", "Agent Status Detail", "Agent Inbound Status Summary",
	"Agent Performance Detail", "Team Performance Detail", "Performance Comparison Report", "Single Agent Daily",
	"Single Agent Daily Time", "User Group Login Report", "User Group Hourly Report", "User Group Detail Hourly Report",
	"User Timeclock Report", "User Group Timeclock Status Report", "User Timeclock Detail Report", "Server Performance Report",
	"Administration Change Log", "List Update Stats", "User Stats", "User Time Sheet", "Download List", "Dialer Inventory Report",
	"Maximum System Stats", "Maximum Stats Detail", "Search Leads Logs", "Email Log Report", "Carrier Log Report",
	"Campaign Debug", "Shared Debug", "Asterisk Debug", "Hangup Cause Report", "Lists Pass Report", "Called Counts List IDs Report",
	"Agent Debug Log Report", "Agent Parked Call Report", "Agent-Manager Chat Log", "Recording Access Log Report",
	"API Log Report", "Real-Time Monitoring Log Report", "AMD Log Report", "3-Way Press Log Report", "SIP Event Report",
	"Caller ID Log Report", "Quality Control Report", "Settings Compare", "Phone Stats", "Hopper List Report",
	"In-Group User List", "Webserver-URL Report", "VDAD Debug Log Report", "URL Log Report", "Medialog Inventory Report",
	"SPH Report", "Process Report", "Group Alias Report", "IVR Filter Report", "LAGGED Agent Log Report",
	"LAGGED Agent Log Summary Report", "Agent Latency Report", "Latency Gaps Report", "Agent Disposition Report",
	"Agent Performance Report", "Dial Log Report", "Inbound Extension Stats", "Agents Time On Calls", "Callbacks Export",
	"User Logins Report", "Demographic Quotas Report", "DB Schema Compare Utility", "Khomp Quick Stats Report",
}
