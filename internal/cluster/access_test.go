package cluster

import "testing"

// Plans are written at once only where none decides by what another one writes.
func TestAccessSet_Independent(t *testing.T) {
	t.Parallel()
	plan := func(steps ...Step) AccessSet { return Plan{Steps: steps}.Access() }
	insert := func(table Table, key string, row Row) Step {
		return Step{Phase: Add, Verb: Insert, Table: table, Key: row.Only(key), Rows: []Row{row}}
	}
	update := func(table Table, key, to Row) Step {
		return Step{Phase: Grow, Verb: Update, Table: table, Key: key, To: to}
	}
	did := func(pattern string) AccessSet {
		return plan(insert(TableDIDs, "did_pattern", Row{"did_pattern": Text(pattern), "did_description": Text("x")}))
	}
	server := plan(insert(TableServers, "server_id", Row{"server_id": Text("dial1"), ColumnServerIP: Text("10.0.0.1")}))
	carrier := func(ip, template string) AccessSet {
		return plan(insert(TableCarriers, "carrier_id", Row{"carrier_id": Text("TELCO"), ColumnServerIP: Text(ip), columnTemplateID: Text(template)}))
	}
	split := func(campaign string) AccessSet {
		return plan(insert(TableTrunks, "campaign_id", Row{"campaign_id": Text(campaign), ColumnServerIP: Text("10.0.0.9")}))
	}
	takes := func(campaign string, lines, free int) AccessSet {
		row := Row{"campaign_id": Text(campaign), ColumnServerIP: Text("10.0.0.9")}
		step := Step{Phase: Add, Verb: Insert, Table: TableTrunks, Key: row, Rows: []Row{row}}
		return Plan{Steps: []Step{step}, Demand: map[string]TrunkDemand{"10.0.0.9": {lines, free}}}.Access()
	}
	gone := func(campaign string) AccessSet {
		return plan(Step{Phase: Remove, Verb: Delete, Table: TableTrunks, Key: Row{"campaign_id": Text(campaign), ColumnServerIP: Text("10.0.0.9")}})
	}
	column := func(column, to string) Step {
		return Step{Phase: Grow, Verb: Update, Table: TablePhones, InColumn: "login", In: []Value{Text("7")}, Column: column, Old: []Value{Null}, New: []Value{Text(to)}}
	}
	phones := func(name, to string) AccessSet { return plan(column(name, to)) }
	seat := func(server, extension, login, mailbox string) AccessSet {
		row := Row{ColumnServerIP: Text(server), "extension": Text(extension), "login": Text(login), "voicemail_id": Text(mailbox)}
		return plan(Step{Phase: Add, Verb: Insert, Table: TablePhones, Key: row.Only("extension", ColumnServerIP), Rows: []Row{row}, Common: Row{"pass": Text("x")}})
	}
	phonesGone := func(server, extension, login string) AccessSet {
		return plan(Step{Phase: Remove, Verb: Delete, Table: TablePhones, Key: Row{ColumnServerIP: Text(server)}, InColumn: "extension", In: []Value{Text(extension)}, Column: "login", Old: []Value{Text(login)}})
	}
	alias := func(id, logins string) AccessSet {
		return plan(insert(TableAliases, "alias_id", Row{"alias_id": Text(id), "logins_list": Text(logins)}))
	}
	aliasGone := func(id, logins string) AccessSet {
		return plan(Step{Phase: Remove, Verb: Delete, Table: TableAliases, InColumn: "alias_id", In: []Value{Text(id)}, Column: "logins_list", Old: []Value{Text(logins)}})
	}
	user := func(name, login string) AccessSet {
		return plan(Step{Phase: Grow, Verb: Update, Table: TableUsers, InColumn: "user", In: []Value{Text(name)}, Column: "phone_login", Old: []Value{Null}, New: []Value{Text(login)}})
	}
	reads := Plan{Reads: []AccessKey{LoginKey("8a"), UserKey("8")}}.Access()
	limit := func(id string) AccessSet {
		return plan(update(TableServers, Row{"server_id": Text(id)}, Row{"max_vicidial_trunks": Text("9")}))
	}
	trunks := limit("dial9")
	agents := func(from, lines string) AccessSet {
		return plan(insert(TableRemoteAgents, "user_start", Row{"user_start": Text(from), "number_of_lines": Text(lines)}))
	}
	agent := func(id string, to Row) AccessSet {
		return plan(update(TableRemoteAgents, Row{"remote_agent_id": Text(id)}, to))
	}
	lines, exten := Row{"number_of_lines": Text("9")}, Row{"conf_exten": Text("8300")}

	for claim, c := range map[string]struct {
		a, b  AccessSet
		apart bool
	}{
		"two numbers":                                 {did("1"), did("2"), true},
		"one number in other letters":                 {did("a"), did("A"), false},
		"a server and a number":                       {server, did("1"), true},
		"a server and a carrier on it":                {server, carrier("10.0.0.1", ""), false},
		"a server and a carrier on another one":       {server, carrier("10.0.0.2", ""), true},
		"two splits":                                  {split("A"), split("B"), false},
		"two splits that a server has room for":       {takes("A", 4, 10), takes("B", 6, 10), true},
		"two that it has no room for":                 {takes("A", 4, 10), takes("B", 7, 10), false},
		"a third one that it has no room for":         {takes("A", 4, 10).Union(takes("B", 4, 10)), takes("C", 4, 10), false},
		"two that are one campaign's":                 {takes("A", 4, 10), takes("a", 4, 10), false},
		"one with room and one that does not say":     {takes("A", 4, 10), split("B"), false},
		"one with room and one that goes":             {takes("A", 4, 10), gone("B"), true},
		"one with room and the limit of a server":     {takes("A", 4, 10), trunks, false},
		"two splits that go":                          {gone("A"), gone("B"), true},
		"one split that goes twice":                   {gone("A"), gone("a"), false},
		"a split that goes and one that comes":        {gone("A"), split("B"), false},
		"a split and the limit of a server":           {split("A"), trunks, false},
		"a split and a number":                        {split("A"), did("1"), true},
		"the limits of two servers":                   {trunks, limit("dial8"), true},
		"two limits of one server":                    {trunks, limit("DIAL9"), false},
		"the limits of two servers and a split":       {trunks.Union(limit("dial8")), takes("A", 4, 10), false},
		"a split that goes and the limit of a server": {gone("A"), trunks, false},
		"remote agents":                               {agents("10", "5"), agents("15", "5"), true},
		"remote agents that share users":              {agents("10", "6"), agents("15", "5"), false},
		"a third range that shares users":             {agents("10", "5").Union(agents("20", "5")), agents("24", "1"), false},
		"remote agents and more lines of others":      {agents("10", "5"), agent("1", lines), false},
		"more lines of two ranges":                    {agent("1", lines), agent("2", lines), false},
		"remote agents and another column of others":  {agents("10", "5"), agent("1", exten), true},
		"a column of two ranges":                      {agent("1", exten), agent("2", exten), true},
		"a column of one range twice":                 {agent("1", exten), agent("1", exten), false},
		"a template and a carrier that includes it":   {plan(update(TableTemplates, Row{columnTemplateID: Text("T")}, Row{"template_name": Text("x")})), carrier("10.0.0.2", "t"), false},
		"phones and a number":                         {phones("pass", "x"), did("1"), true},
		"phones and an alias of their login":          {phones("pass", "x"), aliasGone("7", ""), false},
		"phones of two seats":                         {seat("10.0.0.1", "8a", "8a", "8"), seat("10.0.0.1", "9a", "9a", "9"), true},
		"phones of one login on two servers":          {seat("10.0.0.1", "8a", "8a", "8"), seat("10.0.0.2", "9a", "8A ", "9"), false},
		"phones of one mailbox":                       {seat("10.0.0.1", "8a", "8a", "8"), seat("10.0.0.1", "9a", "9a", "8"), false},
		"a mailbox that phones get":                   {seat("10.0.0.1", "8a", "8a", "9"), phones("voicemail_id", "9"), false},
		"phones of one extension on a server":         {seat("10.0.0.1", "8a", "8a", "8"), seat("10.0.0.1", "8A", "9a", "9"), false},
		"phones of one extension on two servers":      {seat("10.0.0.1", "8a", "8a", "8"), seat("10.0.0.2", "8a", "9a", "9"), true},
		"a phone and one whose extension goes":        {seat("10.0.0.1", "8a", "8a", "8"), phonesGone("10.0.0.1", "8a", "9a"), false},
		"a phone and one whose login goes":            {seat("10.0.0.1", "8a", "8a", "8"), phonesGone("10.0.0.1", "9a", "8a"), false},
		"a column of phones that go":                  {phones("pass", "x"), phonesGone("10.0.0.1", "8a", "7"), false},
		"a phone and an alias of its login":           {seat("10.0.0.1", "8a", "8a", "8"), alias("8A", "9a"), false},
		"an alias and a phone of it that goes":        {alias("8", "8a,8b"), phonesGone("10.0.0.1", "8b", "8b"), false},
		"an alias and another phone that goes":        {alias("8", "8a,8b"), phonesGone("10.0.0.1", "8c", "8c"), true},
		"two aliases":                                 {alias("8", "8a"), alias("9", "9a"), true},
		"two users":                                   {user("8", "8"), user("9", "9"), true},
		"one user":                                    {user("8", "8"), user("8", "9"), false},
		"a user and the alias that it gets":           {user("8", "9"), alias("9", "9a"), false},
		"a user and the login that it loses":          {user("8", ""), alias("9", "9a"), true},
		"phones and a plan that reads them":           {reads, phonesGone("10.0.0.1", "8a", "8A"), false},
		"a user and a plan that reads it":             {reads, user("8", "9"), false},
		"two plans that read the same phones":         {reads, reads, true},
		"phones that nothing names and an alias":      {plan(Step{Verb: Update, Table: TablePhones, To: Row{"pass": Text("x")}}), alias("8", "8a"), false},
		"two columns of phones and an alias":          {plan(column("pass", "x"), column("email", "x")), alias("8", "8a"), true},
		"phones and their new server":                 {phones(ColumnServerIP, "10.0.0.1"), server, false},
		"phones and the server that they leave":       {plan(Step{Verb: Delete, Table: TablePhones, Key: Row{ColumnServerIP: Text("10.0.0.1")}, InColumn: "extension", In: []Value{Text("7")}, Column: "login"}), server, false},
		"phones and their new template":               {phones(columnTemplateID, "T"), plan(update(TableTemplates, Row{columnTemplateID: Text("T")}, Row{"template_name": Text("x")})), false},
		"phones of any server and a number":           {plan(Step{Verb: Update, Table: TablePhones, Key: Row{ColumnServerIP: Text("10.0.0.1")}, To: Row{ColumnServerIP: Text("10.0.0.2")}, AllowNoMatch: true}), did("1"), false},
		"rows that no key names and a number":         {plan(Step{Verb: Delete, Table: TableDIDs, InColumn: "did_pattern", In: []Value{Text("7")}}), did("1"), false},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			if c.a.Independent(c.b) != c.apart || c.b.Independent(c.a) != c.apart {
				t.Errorf("apart is %t, want %t", c.a.Independent(c.b), c.apart)
			}
		})
	}
}

// Steps are combined only where the statement writes each row as its own step does.
func TestStep_CanCombine(t *testing.T) {
	t.Parallel()
	update := func(table Table, key, to Row) Step {
		return Step{Phase: Grow, Verb: Update, Table: table, Key: key, To: to}
	}
	pattern := func(text string) Row { return Row{"did_pattern": Text(text)} }
	for claim, c := range map[string]struct {
		a, b  Step
		joins bool
	}{
		"the same columns of two rows": {
			update(TableDIDs, pattern("1"), Row{"did_description": Text("x")}), update(TableDIDs, pattern("2"), Row{"did_description": Text("y")}), true,
		},
		"other columns": {
			update(TableDIDs, pattern("1"), Row{"did_description": Text("x")}), update(TableDIDs, pattern("2"), Row{"did_route": Text("EXTEN")}), false,
		},
		"a key that changes": {
			update(TableDIDs, pattern("1"), pattern("3")), update(TableDIDs, pattern("2"), pattern("1")), false,
		},
		"deletes before what replaces them": {
			Step{Phase: Release, Verb: Delete, Table: TableDIDs, Key: pattern("1")}, Step{Phase: Release, Verb: Delete, Table: TableDIDs, Key: pattern("2")}, false,
		},
		"deletes at the end": {
			Step{Phase: Remove, Verb: Delete, Table: TableDIDs, Key: pattern("1")}, Step{Phase: Remove, Verb: Delete, Table: TableDIDs, Key: pattern("2")}, true,
		},
		"phones of two servers at the end": {
			Step{Phase: Remove, Verb: Delete, Table: TablePhones, Key: Row{ColumnServerIP: Text("10.0.0.1")}, InColumn: "extension", Column: "login"},
			Step{Phase: Remove, Verb: Delete, Table: TablePhones, Key: Row{ColumnServerIP: Text("10.0.0.2")}, InColumn: "extension", Column: "login"},
			true,
		},
		"changes of a column of many rows": {
			Step{Phase: Remove, Verb: Update, Table: TableUsers, InColumn: "user", Column: "phone_login", New: []Value{Null}},
			Step{Phase: Remove, Verb: Update, Table: TableUsers, InColumn: "user", Column: "phone_login", New: []Value{Text("7")}},
			true,
		},
		"changes of two columns of many rows": {
			Step{Phase: Grow, Verb: Update, Table: TablePhones, InColumn: "login", Column: "pass", New: []Value{Null}},
			Step{Phase: Grow, Verb: Update, Table: TablePhones, InColumn: "login", Column: "email", New: []Value{Null}},
			false,
		},
		"changes of many rows of a server": {
			Step{Phase: Grow, Verb: Update, Table: TablePhones, Key: Row{ColumnServerIP: Text("10.0.0.1")}, InColumn: "login", Column: "pass", New: []Value{Null}},
			Step{Phase: Grow, Verb: Update, Table: TablePhones, Key: Row{ColumnServerIP: Text("10.0.0.2")}, InColumn: "login", Column: "pass", New: []Value{Null}},
			false,
		},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			if c.a.CanCombine(c.b) != c.joins || c.b.CanCombine(c.a) != c.joins {
				t.Errorf("joins is %t, want %t", c.a.CanCombine(c.b), c.joins)
			}
		})
	}
}
