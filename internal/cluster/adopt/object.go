package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// The resources, in the order in which they refer to one another.
const (
	Server   = "vicidial_server"
	Template = "vicidial_conf_template"
	Settings = "vicidial_cluster_settings"
	Split    = "vicidial_trunk_split"
	Route    = "vicidial_carrier_route"
	Floor    = "vicidial_agent_placement"
	Remote   = "vicidial_remote_agents"
	Numbers  = "vicidial_inbound_numbers"
	Number   = "vicidial_inbound_did"
)

// Kinds lists the resources, in the order in which they refer to one another.
var Kinds = []string{Server, Template, Settings, Split, Route, Floor, Remote, Numbers, Number}

// Tables lists the tables whose rows are adopted.
var Tables = []cluster.Table{
	cluster.TableServers, cluster.TableMeetmeRooms, cluster.TableConfbridges, cluster.TableTemplates, cluster.TableSettings,
	cluster.TableTrunks, cluster.TableCarriers, cluster.TablePhones, cluster.TableAliases, cluster.TableRemoteAgents, cluster.TableDIDs,
}

// Inventory has the rows of a cluster.
type Inventory struct {
	Counts       map[cluster.Table]int // rows of each of [Tables], as the database counts them
	Servers      cluster.Servers
	Rooms        map[cluster.Engine]cluster.Rooms
	Templates    cluster.Templates
	Trunks       cluster.Trunks
	Carriers     cluster.Carriers
	Floor        seating.FloorRows
	RemoteAgents []cluster.RemoteAgents
	DIDs         cluster.DIDs
}

// Row is a row of a table. Key identifies it in messages.
type Row struct {
	Table cluster.Table
	Key   string
}

// Object is a group of rows that one resource may hold.
type Object struct {
	Kind  string // of [Kinds]
	Title string // the name of the object in VICIdial
	ID    string // by which the resource is imported
	Rows  []Row
	// Parts are smaller objects of the same rows, for a resource that cannot hold
	// them as one. Join makes one of some of them, by their positions; nil where the
	// parts stay by themselves.
	Parts []Object
	Join  func(parts []int) Object
	// Seats are the numbers of the seats of a floor, or of a block of inbound numbers,
	// one for each of its parts.
	Seats []string
}

// Omitted is a group of rows that no resource holds, with the reason.
type Omitted struct {
	Kind   string // of [Kinds]: the file in which they are named
	Title  string // what the rows are called together; empty to name each
	Rows   []Row
	Reason string
	Advice string
}

// Options say which rows are one object.
type Options struct {
	// Differences is the number of lines in which copies of a carrier may differ.
	Differences int
}

// Objects returns the objects of the rows, by kind and title, and the rows that no
// resource can hold.
func Objects(in Inventory, options Options) ([]Object, []Omitted) {
	var objects []Object
	var omitted []Omitted
	for _, find := range []func(Inventory) ([]Object, []Omitted){
		adoptServers, templates, settings, splits,
		func(in Inventory) ([]Object, []Omitted) { return routes(in.Carriers, in.Servers, options.Differences) },
		func(in Inventory) ([]Object, []Omitted) { return Floors(in.Floor, in.Servers) },
		remoteAgents, adoptNumbers,
	} {
		found, out := find(in)
		slices.SortStableFunc(found, func(a, b Object) int {
			return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.Title, b.Title))
		})
		objects, omitted = append(objects, found...), append(omitted, out...)
	}
	return objects, omitted
}

func oneRow(table cluster.Table, key string) []Row { return []Row{{table, key}} }

// serverRow is the row of a server.
func serverRow(server cluster.Server) Row {
	return Row{cluster.TableServers, cmp.Or(server.ID(), "at "+server.IP())}
}

func adoptServers(in Inventory) (objects []Object, omitted []Omitted) {
	for _, server := range in.Servers {
		if server.ID() == "" {
			omitted = append(omitted, Omitted{Kind: Server, Rows: []Row{serverRow(server)}, Reason: "It has no server_id.", Advice: "Give it one in the admin page, or remove it."})
			continue
		}
		objects = append(objects, Object{Kind: Server, Title: server.ID(), ID: server.ID(), Rows: []Row{serverRow(server)}})
	}
	return objects, omitted
}

func templates(in Inventory) (objects []Object, omitted []Omitted) {
	for _, template := range in.Templates {
		id := template.ID()
		if cluster.FoldKey(id) == "" {
			omitted = append(omitted, Omitted{Kind: Template, Rows: oneRow(cluster.TableTemplates, "without template_id"), Reason: "It has no template_id, so that no phone and no carrier can use it.", Advice: "Remove it."})
			continue
		}
		objects = append(objects, Object{Kind: Template, Title: id, ID: id, Rows: oneRow(cluster.TableTemplates, id)})
	}
	return objects, omitted
}

func settings(in Inventory) ([]Object, []Omitted) {
	if in.Counts[cluster.TableSettings] == 0 {
		return nil, nil
	}
	return []Object{{Kind: Settings, Title: "cluster", ID: cluster.SettingsRecord, Rows: oneRow(cluster.TableSettings, cluster.SettingsRecord)}}, nil
}

// splits returns a split of the valid rows of each campaign. Other rows are left out
// one by one.
func splits(in Inventory) (objects []Object, omitted []Omitted) {
	for _, campaign := range in.Trunks.Campaigns() {
		split := in.Trunks.OfCampaign(campaign)
		common := commonRestriction(split)
		object := Object{Kind: Split, Title: campaign, ID: campaign}
		var addresses []string
		for _, server := range slices.Sorted(maps.Keys(split)) {
			rows := make([]Row, 0, len(split[server]))
			for range split[server] {
				rows = append(rows, Row{cluster.TableTrunks, campaign + " on " + server})
			}
			if reason, advice := violation(campaign, server, split, common, in.Servers); reason != "" {
				omitted = append(omitted, Omitted{Kind: Split, Rows: rows, Reason: reason, Advice: advice})
				continue
			}
			addresses = append(addresses, server)
			object.Rows = append(object.Rows, rows...)
		}
		if len(addresses) < len(split) {
			object.ID += "=" + strings.Join(addresses, ",")
		}
		if len(addresses) > 0 {
			objects = append(objects, object)
		}
	}
	return objects, omitted
}

// commonRestriction returns the effect that most rows of a campaign have.
func commonRestriction(split cluster.Split) string {
	count := map[string]int{}
	for _, limits := range split {
		for _, limit := range limits {
			count[limit.Effect()]++
		}
	}
	if count[cluster.OverflowAllowed] > count[cluster.MaximumLimit] {
		return cluster.OverflowAllowed
	}
	return cluster.MaximumLimit
}

// violation returns the reason why no split can hold a campaign's rows on a server, or "".
func violation(campaign, server string, split cluster.Split, common string, servers cluster.Servers) (reason, advice string) {
	limits := split[server]
	_, known := servers.ByIP(server)
	switch {
	case campaign == "":
		return "It names no campaign, so that VICIdial never reads it.", "Remove it."
	case !known:
		return "No server has the address " + server + ".", "Remove it if the server will not return."
	case len(limits) > 1:
		return fmt.Sprintf("The campaign has %d rows on this server.", len(limits)), "Remove all but one, or list the server in servers of the split: the plan then shows which number is used."
	case limits[0].Unset:
		return "dedicated_trunks is NULL, which is neither a number nor a limit.", "List the server in servers of the split with the intended number."
	case limits[0].Effect() != common:
		return fmt.Sprintf("Its restriction is %s, and that of most rows of the campaign is %s.", limits[0].Effect(), common), "List the server in servers of the split: the plan then shows the restriction that it gets."
	}
	return "", ""
}

func remoteAgents(in Inventory) (objects []Object, omitted []Omitted) {
	seen := map[string]bool{}
	for _, agents := range in.RemoteAgents {
		rows := oneRow(cluster.TableRemoteAgents, agents.UserStart())
		key := cluster.FoldKey(agents.UserStart())
		if key == "" {
			omitted = append(omitted, Omitted{
				Kind: Remote, Rows: oneRow(cluster.TableRemoteAgents, "remote_agent_id "+agents["remote_agent_id"].Text),
				Reason: "It has no user_start, so that it logs in no agent.", Advice: "Remove it.",
			})
			continue
		}
		if seen[key] {
			omitted = append(omitted, Omitted{
				Kind: Remote, Rows: rows, Reason: "Another row begins with the same user, " + agents.UserStart() + ".",
				Advice: "Remove one of the two: the daemon logs in one agent of a user only.",
			})
			continue
		}
		seen[key] = true
		objects = append(objects, Object{Kind: Remote, Title: agents.UserStart(), ID: agents.UserStart(), Rows: rows})
	}
	return objects, omitted
}

// singleNumbers makes an object of each inbound number.
func singleNumbers(dids cluster.DIDs) (objects []Object, omitted []Omitted) {
	seen := map[string]bool{}
	for _, did := range dids {
		pattern := did["did_pattern"].Text
		rows := oneRow(cluster.TableDIDs, pattern)
		key := cluster.FoldKey(pattern)
		switch {
		case key == "":
			omitted = append(omitted, Omitted{Kind: Number, Rows: oneRow(cluster.TableDIDs, "did_id "+did["did_id"].Text), Reason: "It has no did_pattern, so that no call reaches it.", Advice: "Remove it."})
			continue
		case seen[key]:
			omitted = append(omitted, Omitted{Kind: Number, Rows: rows, Reason: "Another row has this did_pattern; VICIdial uses only one of the two.", Advice: "Remove one of them."})
			continue
		}
		seen[key] = true
		objects = append(objects, Object{Kind: Number, Title: pattern, ID: pattern, Rows: rows})
	}
	return objects, omitted
}
