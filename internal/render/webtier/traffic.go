package webtier

import (
	"slices"
	"strings"
)

// Class is a kind of traffic that is kept apart from the others, so that a
// slow report or a runaway program cannot take the workers that agents need.
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
)

// Limit is how many of a node's workers the class may hold at once. The
// classes together never exceed what the node has, from 20 workers upward.
func (c Class) Limit(maxConnections int) int {
	percent := map[Class]int{Polls: 30, Agents: 30, Admin: 15, API: 10, Static: 5, Uploads: 5, Audio: 5}[c]
	return max(1, maxConnections*percent/100)
}

// Repeatable says whether a second node may be asked after a first has seen the
// request.
func (c Class) Repeatable() bool { return c == Polls || c == Static }

// What is read where no node answered.
const (
	// Unavailable is for an agent when no node is left: the screen polls on and
	// comes back by itself.
	Unavailable = "No web server is available. Stay logged in: this page recovers by itself.\n"
	// Unfinished is for who asked for something on which a node died or took too
	// long: what asks again blindly may do it twice.
	Unfinished = "The web server did not finish this. Whether it was done is not known: look before you ask again.\n"
)

// VICIdial's fixed directories besides the admin directory.
const (
	AgentDirectory  = "agc"
	ReportDirectory = "VERM"
	ChatDirectory   = "chat_customer"
)

// Pages that need a rule of their own.
const (
	AgentAPI = "/agc/api.php"
)

// PollPages are asked once a second by each agent screen, read state only, and may
// be sent twice (www/agc/conf_exten_check.php; sse.php when
// agent_screen_timer is EventSource).
var PollPages = []string{"/agc/conf_exten_check.php", "/agc/sse.php"}

// Logins are the pages to which passwords are posted.
var Logins = []string{"/agc/vicidial.php", "/agc/timeclock.php"}

// StaticEndings are files that Apache serves without PHP.
var StaticEndings = []string{
	"css", "js", "gif", "png", "jpg", "jpeg", "ico", "svg", "woff", "woff2", "mp3", "mid",
}

// leadPages are the steps of an upload: the first leaves the file in /tmp of
// the node that took it, the later ones look for it there and answer 200 with
// no lead loaded when it is not.
var leadPages = []string{
	"admin_listloader_third_gen", "admin_listloader_fourth_gen", "admin_listloader_fifth_gen",
	"leadloader_template_display", "AST_admin_template_maker", "listloader", "listloaderMAIN",
}

// PrivateEndings are files in VICIdial's web root that Apache would hand out
// as text: its Perl sources, its includes and what editors leave behind.
var PrivateEndings = []string{"inc", "pl", "sql", "log", "bak", "old", "orig", "save", "swp", "sh", "conf", "ini"}

// PrivateTexts mark .txt files that the pages write beside themselves, such as
// project_auth_entries.txt with names and addresses in it.
var PrivateTexts = []string{"_entries", "_errors", "_stmts", "_log", "_debug", "_updates"}

// Directories are the first path segments that VICIdial is served from, in order.
func (t Tier) Directories() []string {
	return []string{AgentDirectory, t.AdminDirectory, ReportDirectory, ChatDirectory}
}

// ManagerDirectories are those that only managers need.
func (t Tier) ManagerDirectories() []string { return []string{t.AdminDirectory, ReportDirectory} }

// Welcome is the page that agents start at too, though it lies in the admin directory.
func (t Tier) Welcome() string { return "/" + t.AdminDirectory + "/welcome.php" }

// AdminAPI is the API for programs.
func (t Tier) AdminAPI() string { return "/" + t.AdminDirectory + "/non_agent_api.php" }

// AudioPage is the audio manager; it skips its own password check when a
// request parameter names a known server, so the proxy guards it.
func (t Tier) AudioPage() string { return "/" + t.AdminDirectory + "/audio_store.php" }

// LeadPattern matches the pages of an upload.
func (t Tier) LeadPattern() string {
	return "^/" + t.AdminDirectory + "/(" + strings.Join(leadPages, "|") + `)\.php$`
}

// PrivatePatterns match what must not be served at all; they are to be read
// without regard to case. The third is for Apache's path info: it runs
// audio_store.php for "audio_store.php/x.css", which looks like a static file
// that everyone may have.
func (t Tier) PrivatePatterns() []string {
	inside := "^/(" + strings.Join(t.Directories(), "|") + ")/"
	return []string{
		inside + `.*\.(` + strings.Join(PrivateEndings, "|") + ")$",
		inside + `.*(` + strings.Join(PrivateTexts, "|") + `)[^/]*\.txt$`,
		inside + `.*\.php/`,
		inside + `(.*/)?\.`,
		inside + `.*~$`,
	}
}

// Served splits the extra paths into directories ("/dir/") and single pages.
func (t Tier) Served() (directories, pages []string) {
	for _, path := range slices.Compact(slices.Sorted(slices.Values(t.ExtraPaths))) {
		if strings.HasSuffix(path, "/") {
			directories = append(directories, path)
		} else {
			pages = append(pages, path)
		}
	}
	return directories, pages
}
