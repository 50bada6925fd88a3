package cluster

import "slices"

// Directory lists the objects to which DIDs and remote agents send calls. The provider
// does not write them.
type Directory struct {
	Users     []string // vicidial_users.user
	InGroups  []string // vicidial_inbound_groups.group_id
	Menus     []string // vicidial_call_menu.menu_id
	Campaigns []string // vicidial_campaigns.campaign_id
}

// HasUser says whether there is a user of that name.
func (d Directory) HasUser(name string) bool { return containsKey(d.Users, name) }

// HasInGroup says whether there is an in-group of that id.
func (d Directory) HasInGroup(id string) bool { return containsKey(d.InGroups, id) }

// hasMenu says whether there is a call menu of that id.
func (d Directory) hasMenu(id string) bool { return containsKey(d.Menus, id) }

func containsKey(names []string, wanted string) bool {
	_, found := findSpelling(names, wanted)
	return found
}

func findSpelling(names []string, wanted string) (name string, found bool) {
	i := slices.IndexFunc(names, func(name string) bool { return FoldKey(name) == FoldKey(wanted) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// CheckSpelling returns a [Misspelled] where a column of a DID or of remote agents spells
// a key otherwise than its row. It returns nil for other columns and for keys without a
// row.
func (d Directory) CheckSpelling(column, key string) error {
	noun, names := "", []string(nil)
	switch column {
	case "user", "filter_user", "user_start":
		noun, names = "user", d.Users
	case "group_id", "filter_group_id", "user_route_settings_ingroup", "filter_user_route_settings_ingroup",
		"no_agent_ingroup_id", "max_queue_ingroup_id", columnCloser:
		noun, names = "in-group", d.InGroups
	case "menu_id", "filter_menu_id":
		noun, names = "call menu", d.Menus
	case "campaign_id", "filter_campaign_id":
		noun, names = "campaign", d.Campaigns
	}
	name, found := findSpelling(names, key)
	if !found {
		return nil
	}
	return CheckSpelling(noun, key, name)
}
