package adopt_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

func theServers(ids ...string) cluster.Servers {
	var servers cluster.Servers
	for i, id := range ids {
		servers = append(servers, cluster.Server{Row: cluster.Row{"server_id": cluster.Text(id), "server_ip": cluster.Text(fmt.Sprintf("10.0.0.%d", i+1))}})
	}
	return servers
}

func TestNames(t *testing.T) {
	t.Parallel()
	var names adopt.Names
	var got []string
	for _, title := range []string{"dial1", "Dial1", "VICI-05", "10", "Büro München", "---", "", "a..b", "10"} {
		got = append(got, names.Of(adopt.Server, title))
	}
	if diff := cmp.Diff([]string{"dial1", "dial1_2", "vici_05", "server_10", "buero_muenchen", "server", "server_2", "a_b", "server_10_2"}, got); diff != "" {
		t.Error(diff)
	}
	if got := names.Of(adopt.Route, "dial1"); got != "dial1" {
		t.Errorf("a name of another resource is taken: %s", got)
	}
}

func aCarrier(id, name, ip string, lines ...string) cluster.Carrier {
	return cluster.Carrier{
		"carrier_id": cluster.Text(id), "carrier_name": cluster.Text(name), "server_ip": cluster.Text(ip), "protocol": cluster.Text("SIP"), "active": cluster.Text("Y"),
		"account_entry": cluster.Text(strings.Join(append([]string{"[x]", "type=peer", "host=198.51.100.1"}, lines...), "\n")),
	}
}

func carrierIDs(objects []adopt.Object) []string {
	var found []string
	for _, o := range objects {
		if o.Kind == adopt.Route {
			found = append(found, o.ID)
		}
	}
	return found
}

func TestObjects_carriers(t *testing.T) {
	t.Parallel()
	many := []string{"a=1", "b=2", "c=3", "d=4", "e=5", "f=6", "g=7"}
	zap := aCarrier("ZAP", "Zap", "10.0.0.1")
	zap["protocol"] = cluster.Text("Zap")
	for claim, c := range map[string]struct {
		carriers    cluster.Carriers
		differences int
		want        []string
		omitted     int
	}{
		"copies with numbered ids are one route": {
			cluster.Carriers{aCarrier("TELCO1", "Telco", "10.0.0.1"), aCarrier("TELCO2", "Telco", "10.0.0.2"), aCarrier("TELCO3", "Telco", "10.0.0.3", "qualify=yes")},
			6,
			[]string{"TELCO=TELCO1,TELCO2,TELCO3"},
			0,
		},
		"ids with the names of their nodes are one route": {
			cluster.Carriers{aCarrier("GW_dial1", "", "10.0.0.1"), aCarrier("GW_node-b", "", "10.0.0.2")},
			6,
			[]string{"GW=GW_dial1,GW_node-b"},
			0,
		},
		"two on one node are two": {
			cluster.Carriers{aCarrier("TELCO1", "Telco", "10.0.0.1"), aCarrier("TELCO2", "Telco", "10.0.0.1")},
			6,
			[]string{"TELCO1=TELCO1", "TELCO2=TELCO2"},
			0,
		},
		"texts that differ in many lines are two": {
			cluster.Carriers{aCarrier("TELCO1", "Telco", "10.0.0.1"), aCarrier("TELCO2", "Telco", "10.0.0.2", many...)},
			6,
			[]string{"TELCO1=TELCO1", "TELCO2=TELCO2"},
			0,
		},
		"unless that many may differ": {
			cluster.Carriers{aCarrier("TELCO1", "Telco", "10.0.0.1"), aCarrier("TELCO2", "Telco", "10.0.0.2", many...)},
			7,
			[]string{"TELCO=TELCO1,TELCO2"},
			0,
		},
		"the same text under other names is one route": {
			cluster.Carriers{aCarrier("ALPHA", "Alpha", "10.0.0.1"), aCarrier("BETA", "Beta", "10.0.0.2")},
			6,
			[]string{"ALPHA=ALPHA,BETA"},
			0,
		},
		"one on all servers is by itself": {
			cluster.Carriers{aCarrier("EVERY", "On all", "0.0.0.0"), aCarrier("EVERY1", "Every", "10.0.0.1")},
			6,
			[]string{"EVERY", "EVERY1=EVERY1"},
			0,
		},
		"a name that another row has is not taken": {
			cluster.Carriers{aCarrier("TELCO", "Other", "10.0.0.3", many...), aCarrier("TELCO1", "Telco", "10.0.0.1"), aCarrier("TELCO2", "Telco", "10.0.0.2")},
			6,
			[]string{"TELCO=TELCO", "TELCO1=TELCO1,TELCO2"},
			0,
		},
		"an id that is no name of a route gives it its letters": {
			cluster.Carriers{aCarrier("with-hyphen", "", "10.0.0.1"), aCarrier("with hyphen", "", "10.0.0.1")},
			6,
			[]string{"with_hyphen=with hyphen", "with_hyphen_2=with-hyphen"},
			0,
		},
		"of others VICIdial generates nothing": {cluster.Carriers{zap}, 6, nil, 1},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			objects, omitted := adopt.Objects(adopt.Inventory{Servers: theServers("dial1", "node-b", "dial3"), Carriers: c.carriers}, adopt.Options{Differences: c.differences})
			if diff := cmp.Diff(c.want, carrierIDs(objects)); diff != "" || len(omitted) != c.omitted {
				t.Errorf("%d left out; %s", len(omitted), diff)
			}
		})
	}
}

func aPhone(ip, login, extension string) seating.Phone {
	return seating.Phone{PhoneRow: &seating.PhoneRow{ServerIP: ip, Login: login, Extension: extension, DialplanNumber: extension, VoicemailID: extension}}
}

func TestObjects_floors(t *testing.T) {
	t.Parallel()
	in := adopt.Inventory{Servers: theServers("dial1", "dial2"), Floor: seating.FloorRows{
		Phones: []seating.Phone{
			aPhone("10.0.0.1", "2000a", "2000"), aPhone("10.0.0.2", "2000b", "2000"), aPhone("10.0.0.1", "2001a", "2001"), aPhone("10.0.0.2", "2001b", "2001"),
			aPhone("10.0.0.1", "cc101", "cc101"), aPhone("10.0.0.1", "cc102", "cc102"), aPhone("10.0.0.1", "cc104", "cc104"),
			aPhone("10.0.0.1", "3001", "3001"), aPhone("10.0.0.2", "3002", "3002"),
			aPhone("10.0.0.1", "boss", "boss"), aPhone("10.0.0.9", "4001", "4001"), aPhone("10.0.0.1", "", "fax"),
			aPhone("10.0.0.1", "6001", "grandstream"),
			aPhone("10.0.0.1", "5001", "5001"), aPhone("10.0.0.2", "5001", "5001x"),
			aPhone("10.0.0.1", "2002a", "2002"),
		},
		Aliases: []seating.PhoneAlias{
			{AliasRow: &seating.AliasRow{ID: "2000", List: "2000a,2000b"}},
			{AliasRow: &seating.AliasRow{ID: "2001", List: "2001a,2001b"}},
			{AliasRow: &seating.AliasRow{ID: "2002", List: "2002a,2002b"}},
			{AliasRow: &seating.AliasRow{ID: "2900", List: "2900a"}},
			{AliasRow: &seating.AliasRow{ID: "2901", List: "2000a"}},
		},
	}}
	objects, omitted := adopt.Objects(in, adopt.Options{})
	var ids []string
	rows := 0
	for _, o := range objects {
		if o.Kind == adopt.Floor {
			ids = append(ids, o.ID)
			rows += len(o.Rows)
		}
	}
	if diff := cmp.Diff([]string{"2000=2000-2001", "3001=3001", "3002=3002", "6001=6001", "cc=cc101-cc102,cc104"}, ids); diff != "" {
		t.Error(diff)
	}
	for _, out := range omitted {
		rows += len(out.Rows)
	}
	if want := len(in.Floor.Phones) + len(in.Floor.Aliases); rows != want {
		t.Errorf("%d rows are accounted for, want %d", rows, want)
	}
}

func TestObjects_templates(t *testing.T) {
	t.Parallel()
	template := func(id string) cluster.Template { return cluster.Template{"template_id": cluster.Text(id)} }
	objects, omitted := adopt.Objects(adopt.Inventory{Templates: cluster.Templates{template(""), template(" "), template("${x}")}}, adopt.Options{})
	if len(objects) != 1 || objects[0].ID != "${x}" || len(omitted) != 2 {
		t.Errorf("objects %v, left out %v", objects, omitted)
	}
}

func TestObjects_remoteAgents(t *testing.T) {
	t.Parallel()
	run := func(id, user string) cluster.RemoteAgents {
		return cluster.RemoteAgents{"remote_agent_id": cluster.Text(id), "user_start": cluster.Text(user)}
	}
	_, omitted := adopt.Objects(adopt.Inventory{RemoteAgents: []cluster.RemoteAgents{run("1", "9000"), run("2", ""), run("3", " "), run("4", "9000 ")}}, adopt.Options{})
	var keys []string
	for _, out := range omitted {
		keys = append(keys, out.Rows[0].Key+": "+out.Reason)
	}
	want := []string{"remote_agent_id 2: It has no user_start, so that it logs in no agent.", "remote_agent_id 3: It has no user_start, so that it logs in no agent.", "9000 : Another row begins with the same user, 9000 ."}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
}

// Whatever the rows, each is in one object or left out.
func TestObjects_everyRowOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		login := rapid.SampledFrom([]string{"2000a", "2000b", "2001a", "2001b", "2000A", "cc1", "cc2", "cc01", "x", "", "2-3", "=1", "1,2"})
		ip := rapid.SampledFrom([]string{"10.0.0.1", "10.0.0.2", "10.0.0.9", "", "10.0.0.1 "})
		var in adopt.Inventory
		in.Servers = theServers("dial1", "dial2")
		for i := range rapid.IntRange(0, 12).Draw(t, "phones") {
			in.Floor.Phones = append(in.Floor.Phones, aPhone(ip.Draw(t, "ip"), login.Draw(t, "login"), fmt.Sprintf("e%d", i)))
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "aliases") {
			in.Floor.Aliases = append(in.Floor.Aliases, seating.PhoneAlias{AliasRow: &seating.AliasRow{ID: []string{"2000", "2001", "", "2-3", "1,2"}[i], List: strings.Join(rapid.SliceOfN(login, 0, 3).Draw(t, "logins"), ",")}})
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "carriers") {
			in.Carriers = append(in.Carriers, aCarrier(rapid.SampledFrom([]string{"A", "AB", "A_B", "TELCO", "Ü", "-", ""}).Draw(t, "id")+fmt.Sprint(i), "n", ip.Draw(t, "at")))
		}
		for range rapid.IntRange(0, 8).Draw(t, "trunks") {
			in.Trunks = append(in.Trunks, cluster.Trunk{
				ServerIP: ip.Draw(t, "trunk"), CampaignID: rapid.SampledFrom([]string{"SALES", "sales", "", "X"}).Draw(t, "campaign"),
				Limit: cluster.Limit{Dedicated: 1, Restriction: rapid.SampledFrom([]string{cluster.MaximumLimit, cluster.OverflowAllowed, ""}).Draw(t, "restriction"), Unset: rapid.Bool().Draw(t, "unset")},
			})
		}
		objects, omitted := adopt.Objects(in, adopt.Options{Differences: 3})
		counts, ids := map[cluster.Table]int{}, map[string]bool{}
		for _, o := range objects {
			if ids[o.Kind+o.ID] {
				t.Fatalf("two objects have the id %s", o.ID)
			}
			ids[o.Kind+o.ID] = true
			for _, row := range o.Rows {
				counts[row.Table]++
			}
			if o.Join != nil {
				all := make([]int, len(o.Parts))
				for i := range all {
					all[i] = i
				}
				if joined := o.Join(all); joined.ID != o.ID || !slices.Equal(joined.Rows, o.Rows) {
					t.Fatalf("the parts of %s make %s", o.ID, joined.ID)
				}
			}
		}
		for _, out := range omitted {
			for _, row := range out.Rows {
				counts[row.Table]++
			}
		}
		for table, want := range map[cluster.Table]int{cluster.TablePhones: len(in.Floor.Phones), cluster.TableAliases: len(in.Floor.Aliases), cluster.TableCarriers: len(in.Carriers), cluster.TableTrunks: len(in.Trunks)} {
			if counts[table] != want {
				t.Fatalf("%d rows of %s are accounted for, want %d", counts[table], table, want)
			}
		}
	})
}

func TestRowTally(t *testing.T) {
	t.Parallel()
	var l adopt.RowTally
	l.Read(map[cluster.Table]int{cluster.TableServers: 3, cluster.TableDIDs: 0})
	l.Adopt(adopt.Row{Table: cluster.TableServers, Key: "a"})
	l.Omit(adopt.Row{Table: cluster.TableServers, Key: "b"})
	if err := l.Check(); err == nil || !strings.Contains(err.Error(), "servers has 3 rows, and 2 are accounted for") {
		t.Errorf("Check() = %v", err)
	}
	l.Skip(adopt.Row{Table: cluster.TableServers, Key: "c"})
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]adopt.Sum{{cluster.TableServers, 3, 1, 1, 1}, {Table: cluster.TableDIDs}}, l.Sums()); diff != "" {
		t.Error(diff)
	}
}

func TestRooms(t *testing.T) {
	t.Parallel()
	rooms := map[cluster.Engine]cluster.Rooms{
		cluster.Meetme: {"10.0.0.1": {{Number: 8600051}, {Number: 8600052}}, "10.0.0.2": {{Number: 8600051}, {Number: 8600053}}, "10.0.0.9": {{Number: 8600051}}},
	}
	adopted, omitted := adopt.Rooms(rooms, theServers("dial1", "dial2"), adopt.Managed{"10.0.0.1": cluster.Meetme})
	if len(adopted) != 2 || len(omitted) != 2 || !strings.Contains(omitted[0].Reason, "gaps") || !strings.Contains(omitted[1].Reason, "No server") {
		t.Errorf("adopted %v, left out %v", adopted, omitted)
	}
}
