package nodeconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// addNodes declares each node from its letters and its crontab, and common values from
// the first crontab of a dialer.
func (m *model) addNodes(found map[string]onNode) []string {
	var notes []string
	reports := map[string]nodes.ParsedJobs{}
	for _, serverIP := range slices.Sorted(maps.Keys(found)) {
		files := found[serverIP]
		node := nodes.FromKeepalives(serverIP, files.file.Values["VARactive_keepalives"])
		report := nodes.ReadJobs(files.jobs, crontabFolders(files.file))
		if files.hasCrontab && !report.Keepalive {
			if !slices.Equal(node.Roles, []nodes.Role{nodes.RoleWeb}) {
				notes = append(notes, fmt.Sprintf("node %s: its keepalives %s start nothing, since its crontab does not call ADMIN_keepalive_ALL.pl; it is imported as a web node", serverIP, files.file.Values["VARactive_keepalives"]))
			}
			node = nodes.Node{ServerIP: serverIP, Roles: []nodes.Role{nodes.RoleWeb}, WebOnly: true}
		}
		if namedByOthers(found, serverIP) && !node.Is(nodes.RoleDatabase) {
			node.Roles = append(slices.DeleteFunc(node.Roles, func(role nodes.Role) bool { return role == nodes.RoleWeb }), nodes.RoleDatabase)
			node.WebOnly = false
		}
		if files.hasCrontab {
			reports[serverIP] = report
			for _, duty := range report.Duties {
				if !slices.Contains(node.Duties, duty) {
					node.Duties = append(node.Duties, duty)
				}
			}
		}
		if slices.Contains(report.Duties, nodes.AgentSummaries) && !node.Is(nodes.RoleWeb) { // the summaries are files of the web pages
			node.Roles = append(node.Roles, nodes.RoleWeb)
		}
		described := describe(node)
		if report.Keepalive {
			described.KeepaliveFlags = slices.DeleteFunc(report.KeepaliveFlags, func(flag string) bool { return flag == "--cu3way" })
			if len(described.KeepaliveFlags) < len(report.KeepaliveFlags) {
				described.ThreeWay = types.BoolValue(true)
			}
			if len(described.KeepaliveFlags) == 0 {
				described.KeepaliveFlags = nil
			}
			if report.ServerStats {
				described.ServerStats = types.BoolValue(true)
			}
		}
		m.Nodes[serverIP] = described
		if slices.Contains(node.Duties, nodes.AdaptiveDialing) && m.Coordinator.IsNull() {
			m.Coordinator = types.StringValue(serverIP)
		}
	}
	m.addReports(reports)
	return notes
}

// namedByOthers reports whether another node's file has the node as its database.
func namedByOthers(found map[string]onNode, serverIP string) bool {
	for other, files := range found {
		if other != serverIP && files.file.Values["VARDB_server"] == serverIP {
			return true
		}
	}
	return false
}

// crontabFolders returns the folders that a crontab of the node refers to.
func crontabFolders(file astguiclient.File) nodes.CrontabOptions {
	var options nodes.CrontabOptions
	options.Home, _ = file.Value("PATHhome")
	options.Logs, _ = file.Value("PATHlogs")
	options.Sounds, _ = file.Value("PATHsounds")
	options.Monitor, _ = file.Value("PATHmonitor")
	options.DoneRecordings, _ = file.Value("PATHDONEmonitor")
	return options
}

// addReports declares what the crontabs do: recordings and days of the first dialer for
// all nodes, and those of other dialers if they differ.
func (m *model) addReports(reports map[string]nodes.ParsedJobs) {
	layout, _ := astguiclient.LayoutOf("")
	first := true
	for _, serverIP := range slices.Sorted(maps.Keys(reports)) {
		report := reports[serverIP]
		if report.Archives.LogSchedule != nodes.ArchiveNever {
			m.LogArchive = types.StringValue(string(report.Archives.LogSchedule))
		}
		positive(&m.ArchiveDays, report.Archives.LogDays)
		positive(&m.URLLogDays, report.Archives.URLLogDays)
		if report.Archives.FetchEmail {
			m.FetchEmail = types.BoolValue(true)
		}
		if report.TimeServer != "" {
			m.TimeServer = types.StringValue(report.TimeServer)
		}
		if report.Recordings.Format == "" {
			continue
		}
		if first {
			first = false
			m.Recordings = declareRecordings(report.Recordings, layout.Recordings)
			m.LogDays = tfhelper.Int64(report.LogDays.VICIdial)
			m.AsteriskLog = tfhelper.Int64(report.LogDays.Asterisk)
			m.ScreenLog = tfhelper.Int64(report.LogDays.Screen)
			positive(&m.SpeechDays, report.LogDays.Speech)
			continue
		}
		if own := declareRecordings(report.Recordings, m.Recordings.over(layout.Recordings)); own != nil {
			node := m.Nodes[serverIP]
			node.Recordings = own
			m.Nodes[serverIP] = node
		}
	}
}

func positive(to *types.Int64, value int) {
	if value > 0 {
		*to = tfhelper.Int64(value)
	}
}

// declareRecordings declares the differences from base; nil if there are none.
func declareRecordings(have, base nodes.Recordings) *recordings {
	if have.ArchiveFolder == "" {
		have.ArchiveFolder, have.ArchiveDays = base.ArchiveFolder, base.ArchiveDays
	}
	if !have.Ship {
		have.Transfer = base.Transfer // without effect, since nothing is sent
	}
	if have == base {
		return nil
	}
	declared := &recordings{}
	setText(&declared.Format, have.Format, base.Format)
	setBool(&declared.HTTPS, have.HTTPS, base.HTTPS)
	setBool(&declared.RunCheck, have.RunCheck, base.RunCheck)
	setBool(&declared.SortByDate, have.SortByDate, base.SortByDate)
	setBool(&declared.Ship, have.Ship, base.Ship)
	setNumber(&declared.Days, have.KeepDays, base.KeepDays)
	setNumber(&declared.OriginalDays, have.OriginalDays, base.OriginalDays)
	setNumber(&declared.ShippedDays, have.ShippedDays, base.ShippedDays)
	if have.Transfer != base.Transfer {
		declared.Transfer = &transfer{}
		setText(&declared.Transfer.Folders, have.Transfer.Folders, base.Transfer.Folders)
		setBool(&declared.Transfer.LocalFolders, have.Transfer.LocalFolders, base.Transfer.LocalFolders)
		setBool(&declared.Transfer.RunCheck, have.Transfer.RunCheck, base.Transfer.RunCheck)
		setBool(&declared.Transfer.Validate, have.Transfer.Validate, base.Transfer.Validate)
		setBool(&declared.Transfer.Persistent, have.Transfer.Persistent, base.Transfer.Persistent)
		setBool(&declared.Transfer.Active, have.Transfer.Active, base.Transfer.Active)
		setNumber(&declared.Transfer.FileLimit, have.Transfer.FileLimit, base.Transfer.FileLimit)
		setNumber(&declared.Transfer.ListLimit, have.Transfer.ListLimit, base.Transfer.ListLimit)
	}
	return declared
}

func setText(to *types.String, have, base string) {
	if have != base {
		*to = types.StringValue(have)
	}
}

func setBool(to *types.Bool, have, base bool) {
	if have != base {
		*to = types.BoolValue(have)
	}
}

func setNumber(to *types.Int64, have, base int) {
	if have != base {
		*to = tfhelper.Int64(have)
	}
}

// describe declares a node.
func describe(node nodes.Node) nodeModel {
	described := nodeModel{}
	for _, role := range node.Roles {
		described.Roles = append(described.Roles, string(role))
	}
	for _, duty := range node.Duties {
		described.Duties = append(described.Duties, string(duty))
	}
	if node.Engine == cluster.Confbridge {
		described.Engine = types.StringValue(string(node.Engine))
	}
	if node.SIPLogging {
		described.SIPLogging = types.BoolValue(true)
	}
	if node.WebOnly {
		described.WebOnly = types.BoolValue(true)
	}
	return described
}

// adoptCrontab returns the node's crontab in the form of a generated one, its lines that
// are the operator's own, and its differences from the generated one.
func adoptCrontab(serverIP string, has onNode, made astguiclient.NodeFiles) (text string, own, notes []string) {
	difference := nodes.ReadJobs(has.jobs, crontabFolders(has.file)).Compare(has.jobs, made.Jobs)
	var existing []nodes.CronJob
	for _, job := range difference.Own {
		own = append(own, astguiclient.Line(job))
	}
	settings := 0
	for settings < len(difference.Own) && difference.Own[settings].Schedule == "" {
		settings++
	}
	existing = slices.Concat(difference.Own[:settings], difference.Same, difference.Replaced, difference.Own[settings:])
	text, err := astguiclient.Crontab(existing)
	if err != nil {
		notes = append(notes, fmt.Sprintf("node %s: unable to show its crontab: %v", serverIP, err))
	}
	if len(difference.Own)+len(difference.Replaced)+len(difference.Missing) == 0 {
		return text, own, notes
	}
	var readable strings.Builder
	fmt.Fprintf(&readable, "node %s: %d jobs of its crontab are as generated.", serverIP, len(difference.Same))
	list := func(title string, jobs []nodes.CronJob) {
		if len(jobs) > 0 {
			readable.WriteString("\n" + title)
			for _, job := range jobs {
				readable.WriteString("\n  " + astguiclient.Line(job))
			}
		}
	}
	list("Own lines, declared in cron:", difference.Own)
	list("Missing lines, which an apply adds:", difference.Missing)
	list("Lines that an apply changes:", difference.Replaced)
	return text, own, append(notes, readable.String())
}
