package adoption

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// servers converts the servers: telephony nodes, and one other server as the database.
func (s *site) servers(objects []adoptedObject, host string) {
	s.plain = terraform.Object{{Key: terraform.Text("name"), Value: terraform.Text(s.module.Site)}}
	database := -1
	gmt := map[string]int{}
	for i, o := range objects {
		state := fields(o.state)
		zone, _ := textOf(state["local_gmt"])
		switch {
		case o.Kind != adopt.Server:
		case equals(state["active_asterisk_server"], cluster.YesNo(true)):
			gmt[zone]++
		case database < 0:
			database = i
		}
	}
	commonGMT := slices.MaxFunc(append(slices.Sorted(maps.Keys(gmt)), ""), func(a, b string) int { return gmt[a] - gmt[b] })
	address := host
	if database >= 0 {
		t := &moduleObject{site: s, object: objects[database], left: fields(objects[database].config)}
		address, _ = textOf(fields(t.object.state)["server_ip"])
		id, _ := textOf(fields(t.object.state)["server_id"])
		s.plain = withEntry(withEntry(s.plain, "database", terraform.Text(address)), "database_id", terraform.Text(id))
		s.plain = withEntry(s.plain, "database_description", t.state("server_description"))
		t.fixed(map[string]cluster.Value{
			"active": cluster.YesNo(true), "active_agent_login_server": cluster.YesNo(false), "generate_vicidial_conf": cluster.YesNo(false),
			"max_vicidial_trunks": cluster.Number(0), "local_gmt": cluster.Text(commonGMT),
		})
		for _, name := range []string{"server_id", "server_ip", "active_asterisk_server"} {
			delete(t.left, name)
		}
		t.imported("vicidial_server.database[0]", "", t.object.ID)
	} else {
		if at, err := netip.ParseAddr(host); err != nil || at.IsLoopback() {
			s.misfits = append(s.misfits, "the database has no row in servers: correct database in "+siteFile+".")
		}
		s.plain = withEntry(withEntry(s.plain, "database", terraform.Text(address)), "database_id", terraform.Text(""))
	}
	if commonGMT != "" {
		s.plain = withEntry(s.plain, "local_gmt", terraform.Text(commonGMT))
	}
	for i, o := range objects {
		if o.Kind == adopt.Server && i != database {
			s.node(&moduleObject{site: s, object: o, left: fields(o.config)}, address, commonGMT)
		}
	}
}

// fixed reports values that the module sets differently from the row.
func (t *moduleObject) fixed(want map[string]cluster.Value) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if value := fields(t.object.state)[name]; !equals(value, want[name]) {
			t.misfit("the module sets %s to %s.", name, want[name].Text)
		}
		delete(t.left, name)
	}
}

// node converts a telephony node.
func (s *site) node(t *moduleObject, database, gmt string) {
	state := fields(t.object.state)
	id, _ := textOf(state["server_id"])
	ip, _ := textOf(state["server_ip"])
	switch {
	case !equals(state["active_asterisk_server"], cluster.YesNo(true)):
		t.misfit("it is not imported, since the module has one server that takes no calls.")
		return
	case strings.Contains(id, "-"):
		t.misfit("it is not imported, since its name has a hyphen.")
		return
	case ip == database || s.nodes[ip] != "":
		t.misfit("it is not imported, since another server or the database has its address.")
		return
	}
	s.nodes[ip] = id
	t.fixed(map[string]cluster.Value{"active": cluster.YesNo(true), "local_gmt": cluster.Text(gmt)})
	element := terraform.Object{{Key: terraform.Text("address"), Value: terraform.Text(ip)}}
	element = withEntry(element, "trunks", t.state("max_vicidial_trunks"))
	element = withEntry(element, "calls_per_second", t.state("outbound_calls_per_second"))
	element = withEntry(element, "asterisk_version", t.state("asterisk_version"))
	if description, _ := textOf(state["server_description"]); description != "" {
		element = withEntry(element, "description", t.state("server_description"))
	} else {
		t.misfit("the module sets a description.")
	}
	element = withEntry(element, "external_address", t.value("external_server_ip"))
	element = withEntry(element, "web_socket_url", t.value("web_socket_url"))
	conference := fields(state["conference"])
	element = withEntry(element, "engine", references{}.plain(conference["engine"], ""))
	if conference["rooms"].IsNull() {
		t.misfit("its rooms have no first number and count; the module sets both.")
	} else {
		element = withEntry(element, "rooms", references{}.plain(conference["rooms"], ""))
	}
	for _, name := range []string{"first_room", "update_interval"} {
		if declared := fields(t.left["conference"])[name]; !declared.IsNull() {
			t.misfit("conference.%s is not supported by the module.", name)
		}
	}
	for _, name := range []string{"server_id", "server_ip", "conference", "active_asterisk_server", "server_description"} {
		delete(t.left, name)
	}
	t.done("telephony", id, "vicidial_server.telephony", element)
}

func (s *site) split(t *moduleObject) {
	servers := fields(t.left["servers"])
	nodes, known := s.nodeNames(slices.Collect(maps.Keys(servers)))
	if !known {
		t.misfit("it is not imported, since a server of it is no telephony node of the module.")
		return
	}
	element := withEntry(nil, "lines", t.value("total"))
	element = withEntry(element, "nodes", nodes)
	element = withEntry(element, "trunks", s.byNode(servers, func(server map[string]tftypes.Value) terraform.Value {
		if server["trunks"].IsNull() {
			return nil
		}
		return references{}.plain(server["trunks"], "")
	}))
	element = withEntry(withEntry(element, "restriction", t.value("trunk_restriction")), "elsewhere", t.value("elsewhere"))
	delete(t.left, "servers")
	t.done("campaigns", t.text("campaign_id"), "vicidial_trunk_split.campaign", element)
}

func (s *site) template(t *moduleObject) {
	element := withEntry(withEntry(nil, "contents", t.value("template_contents")), "name", t.value("template_name"))
	t.done("templates", t.text("template_id"), "vicidial_conf_template.template", element)
}

func (s *site) remote(t *moduleObject) {
	node := s.nodes[t.text("server_ip")]
	if node == "" {
		t.misfit("it is not imported, since its server is no telephony node of the module.")
		return
	}
	element := terraform.Object{{Key: terraform.Text("node"), Value: terraform.Text(node)}}
	element = withEntry(withEntry(element, "campaign", t.value("campaign_id")), "extension", t.value("conf_exten"))
	element = withEntry(withEntry(element, "lines", t.value("number_of_lines")), "in_groups", t.value("closer_campaigns"))
	element = withEntry(element, "active", terraform.Bool(t.text("status") == "ACTIVE"))
	t.done("remote_agents", t.text("user_start"), "vicidial_remote_agents.run", element)
}

// settings converts the settings of the cluster.
func (s *site) settings(t *moduleObject) {
	coordinator, _ := textOf(fields(t.object.state)["active_voicemail_server"])
	if s.nodes[coordinator] != "" {
		s.plain = withEntry(s.plain, "coordinator", terraform.Text(s.nodes[coordinator]))
	} else {
		t.misfit("the module sets active_voicemail_server to a telephony node.")
	}
	if replica := t.text("slave_db_server"); replica != "" {
		s.plain = withEntry(withEntry(s.plain, "replica", terraform.Text(replica)), "reports", t.value("reports_use_slave_db"))
	}
	s.plain = withEntry(withEntry(s.plain, "calls_per_second", t.state("outbound_calls_per_second")), "webphone_url", t.value("webphone_url"))
	weights := fields(t.left["agent_login_weights"])
	if len(weights) == 0 {
		s.plain = withEntry(s.plain, "login_weights", terraform.Bool(false))
	} else {
		s.weights(weights)
	}
	for _, name := range []string{"active_voicemail_server", "agent_login_weights", "slave_db_server", "reports_use_slave_db"} {
		delete(t.left, name)
	}
	t.imported("vicidial_cluster_settings.this", "", t.object.ID)
}

// weights sets the login weights of the nodes.
func (s *site) weights(weights map[string]tftypes.Value) {
	for address, name := range s.nodes { // in any order
		i := slices.IndexFunc(s.fields["telephony"], func(e terraform.Entry) bool { return e.Key == terraform.Text(name) })
		node, _ := s.fields["telephony"][i].Value.(terraform.Object)
		if weight := weights[address]; !weight.IsNull() {
			s.fields["telephony"][i].Value = withEntry(node, "login_weight", references{}.plain(weight, ""))
		} else {
			s.fields["telephony"][i].Value = withEntry(node, "login_weight", terraform.Number("0"))
		}
	}
}

// routeTexts has the attributes of a route by the module's names.
var routeTexts = map[string]string{
	"account_entry": "account", "registration_string": "registration", "globals_string": "globals", "carrier_name": "title",
	"carrier_description": "description", "user_group": "user_group", "template_id": "template", "protocol": "protocol",
}

func (s *site) route(t *moduleObject) {
	addresses := []string{}
	for _, value := range elementsOf(t.left["servers"]) {
		address, _ := textOf(value)
		addresses = append(addresses, address)
	}
	nodes, known := s.nodeNames(addresses)
	all := equals(t.left["all_servers"], cluster.YesNo(true)) && !t.left["all_servers"].IsNull()
	if !known && !all {
		t.misfit("it is not imported, since a server of it is no telephony node of the module.")
		return
	}
	var element terraform.Object
	if all {
		element = withEntry(element, "all_servers", terraform.Bool(true))
	} else {
		element = withEntry(element, "nodes", nodes)
	}
	for _, name := range slices.Sorted(maps.Keys(routeTexts)) {
		if value := t.value(name); value != nil {
			element = withEntry(element, routeTexts[name], value)
		} else if name == "account_entry" {
			element = withEntry(element, "account", terraform.Text(""))
		}
	}
	element = withEntry(withEntry(element, "inbound", t.value("inbound")), "active", t.value("active"))
	dialplan, dials := s.dial(t)
	element = append(element, dialplan...)
	special := map[string]string{"carrier_id": "carrier_id", "active": "active", "dialplan_entry": "dialplan"}
	for name, own := range routeTexts { // into a map: the order does not show
		if name != "protocol" && name != "template_id" && name != "user_group" {
			special[name] = own
		}
	}
	if dials {
		special["max_channels"] = "max_channels"
	}
	element = withEntry(element, "per_node", s.byNode(fields(t.left["per_server"]), func(node map[string]tftypes.Value) terraform.Value {
		if !dials && !node["max_channels"].IsNull() {
			t.misfit("max_channels of a node is not supported by the module.")
		}
		return pick(node, special)
	}))
	for _, name := range []string{"servers", "all_servers", "per_server"} {
		delete(t.left, name)
	}
	t.done("carriers", t.text("name"), "vicidial_carrier_route.carrier", element)
}

// dial converts the dial block if the module can express all of it, and otherwise the
// dialplan.
func (s *site) dial(t *moduleObject) (entries terraform.Object, dials bool) {
	block := fields(t.left["dial"])
	delete(t.left, "dial")
	names := same("prefix", "pattern", "strip", "prepend", "caller_id", "caller_ids", "timeout", "options", "headers", "max_channels", "failover")
	dials = len(block) > 0 && !block["prefix"].IsNull()
	for name, value := range block { // in any order
		dials = dials && (value.IsNull() || names[name] != "" || name == "numbers")
	}
	for _, next := range elementsOf(block["failover"]) {
		name, _ := textOf(next)
		dials = dials && slices.Contains(s.routes, name)
	}
	if !dials {
		text, _ := textOf(fields(t.object.state)["dialplan_entry"])
		delete(t.left, "dialplan_entry")
		return terraform.Object{{Key: terraform.Text("dialplan"), Value: terraform.Text(text)}}, false
	}
	delete(t.left, "dialplan_entry")
	entries, _ = pick(block, names).(terraform.Object)
	var numbers terraform.List
	for _, number := range elementsOf(block["numbers"]) {
		numbers = append(numbers, pick(fields(number), same("prefix", "pattern", "strip", "prepend")))
	}
	if numbers != nil {
		entries = withEntry(entries, "numbers", numbers)
	}
	return entries, true
}

// elementsOf returns the elements of a list or a set; none for null.
func elementsOf(value tftypes.Value) []tftypes.Value {
	var found []tftypes.Value
	if value.IsNull() || value.As(&found) != nil {
		return nil
	}
	return found
}

func (s *site) floor(t *moduleObject) {
	servers := fields(t.left["servers"])
	nodes, known := s.nodeNames(slices.Collect(maps.Keys(servers)))
	if !known {
		t.misfit("it is not imported, since a server of it is no telephony node of the module.")
		return
	}
	element := withEntry(withEntry(nil, "seats", t.value("seats")), "nodes", nodes)
	element = withEntry(element, "nodes_per_seat", t.state("nodes_per_seat"))
	element = withEntry(element, "per_node", s.byNode(servers, func(server map[string]tftypes.Value) terraform.Value {
		return pick(server, same("suffix", "weight", "capacity", "index"))
	}))
	phone := fields(t.left["phone"])
	columns := terraform.Object{}
	for _, name := range slices.Sorted(maps.Keys(phone)) {
		switch value := phone[name]; {
		case value.IsNull():
		case name == "protocol" || name == "outbound_cid":
			element = withEntry(element, name, references{}.plain(value, ""))
		case name == "template_id":
			element = withEntry(element, "template", references{}.plain(value, ""))
		case name == "conf_override":
			t.misfit("conf_override of its phones is not supported by the module.")
		default:
			columns = withEntry(columns, name, asText(value))
		}
	}
	if len(columns) > 0 {
		element = withEntry(element, "phone", columns)
	}
	naming, _ := pick(fields(t.left["naming"]), same("login", "extension", "dialplan_number", "voicemail_id", "fullname", "alias_id", "alias_name")).(terraform.Object)
	if len(naming) > 0 {
		element = withEntry(element, "naming", naming)
	}
	element = withEntry(element, "overrides", t.value("seat_overrides"))
	for _, name := range []string{"assign_users", "move_live_agents", "alias_order", "alias_user_group", "ignore_password_drift"} {
		element = withEntry(element, name, t.value(name))
	}
	for _, name := range []string{"servers", "phone", "naming"} {
		delete(t.left, name)
	}
	t.done("floors", t.text("name"), "vicidial_agent_placement.floor", element)
}

// numbers converts a block of numbers, or a single number that is routed to an in-group
// or an extension.
func (s *site) numbers(t *moduleObject) {
	pattern := t.text("did_pattern")
	if cluster.ReservedDID(pattern) {
		t.misfit("it is not imported, since it is VICIdial's own.")
		return
	}
	route := t.text("did_route")
	if route == "" {
		route = "EXTEN"
	}
	target := map[string]string{"IN_GROUP": "group_id", "CALLMENU": "menu_id", "EXTEN": "extension"}[route]
	active := t.value("did_active")
	element := terraform.Object{}
	switch {
	case active == terraform.Bool(false) && t.object.Kind == adopt.Number:
		t.misfit("it is not imported, because it is inactive, and the module sets active.")
		return
	case target == "" || t.left[target].IsNull() || t.object.Kind == adopt.Number && target == "menu_id":
		t.misfit("it is not imported, since it leads neither to an in-group nor to an extension: %s.", route)
		return
	}
	element = withEntry(element, target, t.value(target))
	element = withEntry(element, "description", t.value("did_description"))
	if t.object.Kind == adopt.Number {
		t.done("numbers", pattern, "vicidial_inbound_did.number", element)
		return
	}
	element = append(terraform.Object{{Key: terraform.Text("dids"), Value: t.value("dids")}}, element...)
	element = withEntry(withEntry(element, "carrier", t.value("did_carrier_description")), "active", active)
	element = withEntry(element, "overrides", t.value("overrides"))
	t.done("number_blocks", t.text("name"), "vicidial_inbound_numbers.block", element)
}
