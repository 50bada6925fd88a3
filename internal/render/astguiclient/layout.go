package astguiclient

import (
	"errors"
	"maps"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// Layout has the defaults of an installer's nodes
// (docs/vicidial/node-files.md#layouts-that-installers-leave).
type Layout struct {
	Settings   map[string]string
	Recordings nodes.Recordings
	LogDays    nodes.LogDays
	Archives   nodes.Archives
	// ThreeWay runs AST_conf_update_3way.pl on MeetMe nodes.
	ThreeWay bool
	// PagesEverywhere installs the web pages on every node.
	PagesEverywhere bool
	// LocalPrimary makes the database node use localhost as its database server.
	LocalPrimary bool
}

// The layouts by name. The unnamed one is that of VICIdial's documentation.
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

// LayoutOf returns the layout with a name; "" is that of VICIdial's documentation.
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
