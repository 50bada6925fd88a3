package cluster

// Directory names what DIDs and remote agents send calls to. The provider
// reads it only.
type Directory struct {
	Users    []string // vicidial_users.user
	InGroups []string // vicidial_inbound_groups.group_id
	Menus    []string // vicidial_call_menu.menu_id
}

// HasUser says whether there is a user of that name.
func (d Directory) HasUser(name string) bool { return among(d.Users, name) }

// HasInGroup says whether there is an in-group of that id.
func (d Directory) HasInGroup(id string) bool { return among(d.InGroups, id) }

// HasMenu says whether there is a call menu of that id.
func (d Directory) HasMenu(id string) bool { return among(d.Menus, id) }

func among(names []string, wanted string) bool {
	for _, name := range names {
		if FoldKey(name) == FoldKey(wanted) {
			return true
		}
	}
	return false
}
