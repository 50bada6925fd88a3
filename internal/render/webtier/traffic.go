package webtier

import (
	"slices"
	"strings"
)

// Class is a class of traffic with its own limit, so that slow reports and programs
// cannot use the workers that agents need.
type Class int

// The classes of traffic.
const (
	Polls Class = iota
	Agents
	Admin
	API
	Static
	Uploads
	Audio
	Bulk // requests whose body does not fit into the proxy's memory, uploads aside
)

// Limit is how many of a node's workers the class may use at once. From 20 workers up,
// the sum over the classes does not exceed the node's workers.
func (c Class) Limit(maxConnections int) int {
	percent := map[Class]int{Polls: 30, Agents: 30, Admin: 12, API: 10, Static: 5, Uploads: 5, Audio: 5, Bulk: 3}[c]
	return max(1, maxConnections*percent/100)
}

// Repeatable reports whether a request may be sent to a second node after a first has
// seen it.
func (c Class) Repeatable() bool { return c == Polls || c == Static }

// The texts of error pages without a response of a node.
const (
	// Unavailable is for an agent when no node is left: the screen polls on and
	// comes back by itself.
	Unavailable = "No web server is available. Stay logged in: this page recovers by itself.\n"
	// Unfinished is for a request on which a node died or took too long: repeating it
	// may do the work twice.
	Unfinished = "The web server did not finish this. Whether it was done is not known: look before you ask again.\n"
)

// UploadLost is for a later step of an upload whose node is unavailable or unknown:
// another node may have somebody else's file of the same name
// (www/vicidial/admin_listloader_fourth_gen.php copies each upload to
// /tmp/vicidial_temp_file.txt).
const UploadLost = "The web server that holds this file does not answer. Start the upload again.\n"

// HealthPath is the path at which the proxy says that it runs.
const HealthPath = "/lb-health"

// UploadCookie is the cookie with the node that has an upload's file.
const UploadCookie = "VICILB"

// BodyLimit is the size in bytes up to which the proxy reads a body before the request
// takes a slot on a node. VICIdial's own forms are smaller.
const BodyLimit = 16384

// VICIdial's fixed directories besides the admin directory.
const (
	AgentDirectory  = "agc"
	reportDirectory = "VERM"
	ChatDirectory   = "chat_customer"
)

// AgentAPI is the agent API, which needs a rule of its own.
const AgentAPI = "/agc/api.php"

// PollPages are requested once a second by each agent screen, only read, and may be sent
// twice (www/agc/conf_exten_check.php; sse.php when agent_screen_timer is EventSource).
var PollPages = []string{"/agc/conf_exten_check.php", "/agc/sse.php"}

// LoginPages are the pages to which passwords are posted.
var LoginPages = []string{"/agc/vicidial.php", "/agc/timeclock.php"}

// StaticExtensions are files that Apache serves without PHP.
var StaticExtensions = []string{
	"css", "js", "gif", "png", "jpg", "jpeg", "ico", "svg", "woff", "woff2", "mp3", "mid",
}

// nodeFilePages write a file on the node that took the request. The steps of an upload
// keep it in /tmp, and the later ones look for it there. The last three write into the
// web root what the browser asks for next (docs/vicidial/web-pages.md#drawing).
var nodeFilePages = []string{
	"admin_listloader_third_gen", "admin_listloader_fourth_gen", "admin_listloader_fifth_gen", "new_listloader_superL",
	"leadloader_template_display", "AST_admin_template_maker", "listloader", "listloaderMAIN",
	"AST_server_performance", "vicidial_sales_viewer", "recording_lookup",
}

// ReportFiles is a pattern of what the last three of nodeFilePages write into the web
// root: pictures, copies of recordings and spreadsheets. The directory is "vicidial" in
// these pages.
const ReportFiles = "/vicidial/(ploticus/|temp/|vicidial_(closer|fronter)_report_)"

// agentPages lie in the admin directory and are for agents: the screens of remote
// agents and closers (vdremote.php links to the two after it, closer.php to the two
// after that) and the one that welcome.php links to. They ask for a user and a
// password.
var agentPages = []string{
	"vdremote.php", "remote_dispo.php", "closer_popup.php", "closer.php", "closer_dispo.php", "hci_screen.php",
}

// privateExtensions are those of files in VICIdial's web root that Apache would serve as
// text: Perl sources, includes and files of editors.
var privateExtensions = []string{"inc", "pl", "sql", "log", "bak", "old", "orig", "save", "swp", "sh", "conf", "ini"}

// privateTextFiles are parts of the names of .txt files that the pages write beside
// themselves, such as project_auth_entries.txt with names and addresses in it.
var privateTextFiles = []string{"_entries", "_errors", "_stmts", "_log", "_debug", "_updates"}

// Directories are the first path segments that VICIdial is served from, in order.
func (t Tier) Directories() []string {
	return []string{AgentDirectory, t.AdminDirectory, reportDirectory, ChatDirectory}
}

// ManagerDirectories are those that only managers need.
func (t Tier) ManagerDirectories() []string { return []string{t.AdminDirectory, reportDirectory} }

// StartPage is the start page of agents, which is in the admin directory.
func (t Tier) StartPage() string { return "/" + t.AdminDirectory + "/welcome.php" }

// AgentPages are the pages of the admin directory that agents use.
func (t Tier) AgentPages() []string {
	pages := make([]string, 0, len(agentPages))
	for _, page := range agentPages {
		pages = append(pages, "/"+t.AdminDirectory+"/"+page)
	}
	return pages
}

// AdminAPI is the API for programs.
func (t Tier) AdminAPI() string { return "/" + t.AdminDirectory + "/non_agent_api.php" }

// AudioPage is the audio manager; it skips its own password check when a
// request parameter names a known server, so the proxy guards it.
func (t Tier) AudioPage() string { return "/" + t.AdminDirectory + "/audio_store.php" }

// NodeFilePattern matches the pages that write a file on one node.
func (t Tier) NodeFilePattern() string {
	return "^/" + t.AdminDirectory + "/(" + strings.Join(nodeFilePages, "|") + `)\.php$`
}

// ReportFilePattern matches the files that a report has written on one node.
func (t Tier) ReportFilePattern() string { return "^" + ReportFiles }

// NodePaths are the extra paths that lie in VICIdial's own directories: single
// pages that everyone may have. The others are not VICIdial's.
func (t Tier) NodePaths() []string {
	var pages []string
	for _, path := range t.ExtraPaths {
		if t.insideOwn(path) {
			pages = append(pages, path)
		}
	}
	slices.Sort(pages)
	return slices.Compact(pages)
}

// insideOwn reports whether a path lies in one of VICIdial's directories.
func (t Tier) insideOwn(path string) bool {
	first, _, below := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return below && slices.Contains(t.Directories(), first)
}

// PrivatePatterns match what must not be served at all; they are to be read
// without regard to case. The third is for Apache's path info: it runs
// audio_store.php for "audio_store.php/x.css", which looks like a static file
// that everyone may have.
func (t Tier) PrivatePatterns() []string {
	inside := "^/(" + strings.Join(t.Directories(), "|") + ")/"
	return []string{
		inside + `.*\.(` + strings.Join(privateExtensions, "|") + ")$",
		inside + `.*(` + strings.Join(privateTextFiles, "|") + `)[^/]*\.txt$`,
		inside + `.*\.php/`,
		inside + `(.*/)?\.`,
		inside + `.*~$`,
	}
}

// SplitExtraPaths splits the extra paths outside VICIdial's own directories into
// directories ("/dir/") and single pages.
func (t Tier) SplitExtraPaths() (directories, pages []string) {
	for _, path := range slices.Compact(slices.Sorted(slices.Values(t.ExtraPaths))) {
		if t.insideOwn(path) {
			continue
		}
		if strings.HasSuffix(path, "/") {
			directories = append(directories, path)
		} else {
			pages = append(pages, path)
		}
	}
	return directories, pages
}
