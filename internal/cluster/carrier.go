package cluster

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Carrier is one row of vicidial_server_carriers, or the columns of it that
// are known.
type Carrier Row

// Carriers are rows of vicidial_server_carriers.
type Carriers []Carrier

// Columns of carriers, some of them of other tables too.
const (
	columnCarrierID  = "carrier_id"
	ColumnServerIP   = "server_ip"
	ColumnActive     = "active"
	columnTemplateID = "template_id"
	columnProtocol   = "protocol"
)

// CarrierColumns are the columns of vicidial_server_carriers, all of them configuration.
var CarrierColumns = []string{
	"carrier_id", "carrier_name", "registration_string", "template_id", "account_entry", "protocol", "globals_string",
	"dialplan_entry", "server_ip", "active", "carrier_description", "user_group",
}

// GeneratedProtocols are the protocols whose carriers VICIdial generates
// (docs/vicidial/generator.md#compared-before-copied).
var GeneratedProtocols = []string{"SIP", "PJSIP", "PJSIP_WIZ", "IAX2"}

// ID is the carrier_id.
func (c Carrier) ID() string { return c[columnCarrierID].Text }

// ServerIP is the node that includes the carrier, or [AllServers].
func (c Carrier) ServerIP() string { return c[ColumnServerIP].Text }

// Protocol is SIP, PJSIP, PJSIP_WIZ or IAX2; Zap and EXTERNAL carriers are in
// the table and generate nothing.
func (c Carrier) Protocol() string { return c[columnProtocol].Text }

// TemplateID is the template that the account uses; empty for none.
func (c Carrier) TemplateID() string { return TemplateOf(c[columnTemplateID].Text) }

// Asterisk is one of the carrier's texts.
func (c Carrier) Asterisk(column AsteriskText) string { return c[string(column)].Text }

// Generated says whether the carrier reaches a node's files at all
// (docs/vicidial/generator.md#generated-protocols).
func (c Carrier) Generated() bool {
	return c[ColumnActive].Yes() && slices.Contains(GeneratedProtocols, c.Protocol())
}

// OnServer says whether the node includes the carrier.
func (c Carrier) OnServer(serverIP string) bool {
	return c.ServerIP() == serverIP || c.ServerIP() == AllServers
}

// ByID finds a carrier by its id, as the database compares it.
func (c Carriers) ByID(id string) (Carrier, bool) {
	key := FoldKey(id)
	for _, carrier := range c {
		if FoldKey(carrier.ID()) == key {
			return carrier, true
		}
	}
	return nil, false
}

// Index returns the carriers by their folded ids, for callers who look for many.
func (c Carriers) Index() map[string]Carrier {
	index := make(map[string]Carrier, len(c))
	for _, carrier := range c {
		if key := FoldKey(carrier.ID()); index[key] == nil {
			index[key] = carrier
		}
	}
	return index
}

// Sorted returns the carriers by server, then id.
func (c Carriers) Sorted() Carriers {
	type keyed struct {
		serverIP, id string
		carrier      Carrier
	}
	rows := make([]keyed, len(c))
	for i, carrier := range c {
		rows[i] = keyed{carrier.ServerIP(), carrier.ID(), carrier}
	}
	compare := func(a, b keyed) int {
		return cmp.Or(strings.Compare(a.serverIP, b.serverIP), strings.Compare(a.id, b.id))
	}
	if slices.IsSortedFunc(rows, compare) {
		return slices.Clone(c)
	}
	slices.SortFunc(rows, compare)
	sorted := make(Carriers, len(rows))
	for i, row := range rows {
		sorted[i] = row.carrier
	}
	return sorted
}

// OfRoute returns the rows of a route: those with the given ids on any server, the one whose
// id is the route's name, as in carriers made by hand, and those with the id that the
// route gives to their node. The last finds rows of an interrupted apply.
func (c Carriers) OfRoute(route string, ids ...string) Carriers {
	finder := newRowFinder()
	finder.add(route, ids...)
	return slices.DeleteFunc(slices.Clone(c), func(carrier Carrier) bool { return !finder.finds(carrier) }).Sorted()
}

// rowFinder finds the rows of routes, at a cost that does not depend on how many
// routes there are.
type rowFinder struct {
	ids   map[string]bool
	stems map[stem]bool // of the ids that the routes give to nodes
}

// stem is the beginning of an id, and the length of the code after it.
type stem struct {
	text   string
	length int
}

func newRowFinder() rowFinder {
	return rowFinder{ids: map[string]bool{}, stems: map[stem]bool{}}
}

func (f rowFinder) add(route string, ids ...string) {
	f.ids[FoldKey(route)] = true
	for _, id := range ids {
		f.ids[FoldKey(id)] = true
	}
	if routeName().MatchString(route) {
		for _, length := range addressCodes {
			f.stems[stem{FoldKey(stemOf(route, length)), length}] = true
		}
	}
}

func (f rowFinder) finds(carrier Carrier) bool {
	id := FoldKey(carrier.ID())
	if f.ids[id] {
		return true
	}
	end := strings.LastIndexByte(id, '_')
	if end < 0 || !f.stems[stem{id[:end], len(id) - end - 1}] {
		return false
	}
	code, err := codeOf(carrier.ServerIP())
	return err == nil && carrier.ServerIP() != AllServers && id[end+1:] == code
}

// TemplateOf returns a template_id, or the empty text for each of its values for none
// (docs/vicidial/schema.md#no-template).
func TemplateOf(id string) string {
	if len(id) < 2 || strings.Contains(id, "--NONE--") {
		return ""
	}
	return id
}

// EquivalentCarrier compares the columns of a carrier as VICIdial reads them.
func EquivalentCarrier(column string, want, have Value) bool {
	switch column {
	case string(DialplanEntry), string(AccountEntry), string(RegistrationString), string(GlobalsString):
		return EquivalentSecretText(want.Text, have.Text)
	case columnTemplateID:
		return TemplateOf(want.Text) == TemplateOf(have.Text)
	case columnCarrierID:
		return FoldKey(want.Text) == FoldKey(have.Text)
	case ColumnActive:
		return want.Yes() == have.Yes()
	}
	return TableCarriers.Equivalent(column, want, have)
}

// CarrierChange changes the rows of one route to the wanted ones.
type CarrierChange struct {
	Route          string
	Have           Carriers          // every row of the table, read afresh
	Seen           Carriers          // the route's rows as the plan saw them; none when the route is new
	Want           Carriers          // the wanted rows of the route; none for a removal
	Secrets        map[string]string // values of the placeholders in the texts
	Renew          bool              // the secrets changed: texts with placeholders are written again
	PendingRebuild Rebuild           // flags that an earlier apply did not set
}

// Plan returns the steps. Rows are added before others are removed, so that a route
// that moves can be dialed throughout. Every node that includes or included a changed
// row is flagged (the admin page does not flag the old one,
// docs/vicidial/admin-page.md#carriers).
func (c CarrierChange) Plan() (Plan, error) {
	plan := Plan{Rebuild: c.PendingRebuild}
	wanted, index := map[string]bool{}, c.Have.Index()
	for _, want := range c.Want.Sorted() {
		wanted[FoldKey(want.ID())] = true
		steps, flag, err := c.planRow(want, index[FoldKey(want.ID())])
		if err != nil {
			return Plan{}, err
		}
		plan.Steps, plan.Rebuild = append(plan.Steps, steps...), plan.Rebuild.And(flag)
	}
	for _, seen := range c.Seen.Sorted() {
		have := index[FoldKey(seen.ID())]
		if wanted[FoldKey(seen.ID())] || have == nil {
			continue
		}
		if err := checkUnchanged(have.subject(), Row(have), c.seenAtNewAddress(have, seen), EquivalentCarrier); err != nil {
			return Plan{}, err
		}
		plan.Steps, plan.Rebuild = append(plan.Steps, have.removal()), plan.Rebuild.And(have.flags())
	}
	return plan, nil
}

// seenAtNewAddress returns the seen row with the present server_ip where the route is
// wanted there: a change of a server's address also changes its carriers
// (docs/vicidial/schema.md#address-columns), which is no conflict.
func (c CarrierChange) seenAtNewAddress(have, seen Carrier) Row {
	for _, want := range c.Want {
		if want.ServerIP() == have.ServerIP() && have.ServerIP() != AllServers {
			followed := maps.Clone(Row(seen))
			followed[ColumnServerIP] = have[ColumnServerIP]
			return followed
		}
	}
	return Row(seen)
}

// Drift returns, by carrier id, the columns that differ from the seen rows, or that the
// row no longer exists.
func (c CarrierChange) Drift() map[string][]string {
	found, index := map[string][]string{}, c.Have.Index()
	for _, seen := range c.Seen {
		have := index[FoldKey(seen.ID())]
		if have == nil {
			found[seen.ID()] = []string{"was deleted"}
			continue
		}
		if columns := Drift(Row(have), Row(seen), EquivalentCarrier); len(columns) > 0 {
			found[seen.ID()] = columns
		}
	}
	return found
}

// Stale returns the nodes whose files may be older than the rows: a row was changed,
// added or removed since it was seen. An apply that is killed between its last row and
// its flags leaves no other trace.
func (c CarrierChange) Stale() Rebuild {
	var stale Rebuild
	if len(c.Seen) == 0 {
		return stale
	}
	ids, index := make([]string, 0, len(c.Seen)), c.Have.Index()
	for _, seen := range c.Seen {
		ids = append(ids, seen.ID())
		have := index[FoldKey(seen.ID())]
		switch {
		case have == nil:
			stale = stale.And(seen.flags())
		case len(Drift(Row(have), Row(seen), EquivalentCarrier)) > 0:
			stale = stale.And(seen.flags()).And(have.flags())
		}
	}
	for _, have := range c.Have.OfRoute(c.Route, ids...) {
		if _, planned := c.Seen.ByID(have.ID()); !planned {
			stale = stale.And(have.flags())
		}
	}
	return stale
}

// planRow returns the steps from have, which is nil where there is no row, to want.
func (c CarrierChange) planRow(want, have Carrier) ([]Step, Rebuild, error) {
	if have == nil {
		if _, planned := c.Seen.ByID(want.ID()); planned {
			return nil, Rebuild{}, checkNotRemoved(want.subject(), Row(want))
		}
		row, shown, err := fillSecrets("route "+c.Route, Row(want), c.Secrets)
		if err != nil {
			return nil, Rebuild{}, err
		}
		return []Step{{
			Phase: Add, Verb: Insert, Table: TableCarriers, Rows: []Row{row}, Key: Row{columnCarrierID: want[columnCarrierID]},
			Audit: carrierAudit("ADD", want.ID()), Shown: shown,
		}}, want.flags(), nil
	}
	var seen Row
	if known, planned := c.Seen.ByID(want.ID()); planned {
		seen = Row(known)
	}
	from, to, shown, err := changedSecretColumns(have.subject(), Row(have), seen, Row(want), EquivalentCarrier, c.Secrets, c.Renew)
	if err == nil && seen == nil {
		err = CheckSpelling("carrier", want.ID(), have.ID())
	}
	if err != nil {
		return nil, Rebuild{}, err
	}
	flags := want.flags().And(have.flags())
	if len(to) == 0 {
		if seen == nil { // left by an apply that was killed before it set the flags
			return nil, flags, nil
		}
		return nil, Rebuild{}, nil
	}
	phase := Grow
	if active, changed := to[ColumnActive]; changed && !active.Yes() {
		phase = Release
	}
	return []Step{{
		Phase: phase, Verb: Update, Table: TableCarriers, Key: Row{columnCarrierID: have[columnCarrierID]}, From: from, To: to,
		Audit: carrierAudit("MODIFY", have.ID()), Shown: shown,
	}}, flags, nil
}

func (c Carrier) subject() string { return "carrier " + c.ID() }

func (c Carrier) removal() Step {
	return Step{
		Phase: Remove, Verb: Delete, Table: TableCarriers,
		Key: Row{columnCarrierID: c[columnCarrierID]}, From: Row(c).Only(ColumnServerIP),
		Audit: carrierAudit("DELETE", c.ID()),
	}
}

// flags are the nodes whose files hold the carrier (docs/vicidial/generator.md#who-is-flagged).
func (c Carrier) flags() Rebuild { return rebuildOf(c.ServerIP()) }

func carrierAudit(event, id string) Audit {
	return Audit{Section: "CARRIERS", Type: event, Record: id, Code: "ADMIN " + event + " CARRIER"}
}

// RouteRows are the planned rows of a route; none for a removal. IDs are those of its
// present rows.
type RouteRows struct {
	Rows Carriers
	IDs  []string
}

// With returns the carriers as they are once routes have exactly these rows, which come
// after the others.
func (c Carriers) With(routes map[string]RouteRows) Carriers {
	all := slices.Clone(c)
	if len(c) > 0 {
		finder := newRowFinder()
		for name, route := range routes {
			ids := slices.Clone(route.IDs)
			for _, row := range route.Rows {
				ids = append(ids, row.ID())
			}
			finder.add(name, ids...)
		}
		all = slices.DeleteFunc(all, finder.finds)
	}
	for _, name := range slices.Sorted(maps.Keys(routes)) {
		all = append(all, routes[name].Rows...)
	}
	return all
}
