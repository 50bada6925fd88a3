package astguiclient

import (
	"errors"
	"maps"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// Layout is what an installer leaves on the nodes, where nothing else is said
// (docs/vicidial/node-files.md#layouts-that-installers-leave).
type Layout struct {
	Settings   map[string]string
	Recordings nodes.Recordings
	LogDays    nodes.LogDays
	Archives   nodes.Archives
	// ThreeWay has MeetMe nodes keep AST_conf_update_3way.pl running.
	ThreeWay bool
	// PagesEverywhere says that the web pages are installed on every node.
	PagesEverywhere bool
	// LocalPrimary has the database node call its own database localhost.
	LocalPrimary bool
}

// The layouts by name. The one without a name is that of VICIdial's own
// documents.
var layouts = map[string]Layout{
	"": {
		Recordings: nodes.Recordings{Format: "GSM", Transfer: nodes.Transfer{Folders: "date"}},
		LogDays:    nodes.LogDays{VICIdial: 2, Asterisk: 2, Screen: 4},
	},
	"vicibox": {
		Settings:        map[string]string{"PATHweb": "/srv/www/htdocs"},
		Recordings:      nodes.Recordings{Format: "MP3", OriginalDays: 1, ArchiveFolder: "/home/archive/RECORDINGS", Transfer: nodes.Transfer{Folders: "date", RunCheck: true}},
		LogDays:         nodes.LogDays{VICIdial: 2, Asterisk: 30, Screen: 7},
		PagesEverywhere: true, LocalPrimary: true,
	},
	"almalinux": {
		Settings:   map[string]string{"PATHweb": "/var/www/html"},
		Recordings: nodes.Recordings{Format: "MP3", HTTPS: true, OriginalDays: 1, Transfer: nodes.Transfer{Folders: "none", Validate: true}},
		LogDays:    nodes.LogDays{VICIdial: 2, Asterisk: 2, Screen: 4},
		Archives:   nodes.Archives{LogSchedule: nodes.ArchiveMonthly, LogDays: 45, URLLogDays: 30, FetchEmail: true},
		ThreeWay:   true, LocalPrimary: true,
	},
}

// LayoutOf returns the layout of that name; "" is VICIdial's own documents.
func LayoutOf(name string) (Layout, error) {
	layout, found := layouts[name]
	if !found {
		return Layout{}, errors.New("there is no layout " + name)
	}
	settings := map[string]string{}
	maps.Copy(settings, layout.Settings)
	layout.Settings = settings
	return layout, nil
}

// Layouts returns the names of the installers' layouts.
func Layouts() []string { return []string{"vicibox", "almalinux"} }
