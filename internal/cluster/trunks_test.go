package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func most(lines int) Limit { return Limit{Dedicated: lines, Restriction: MaximumLimit} }

// null is a row of NULLs, which a statement by hand may leave.
var null = Limit{Unset: true}

// limitOf reads the limit that a step writes.
func limitOf(row Row) Limit {
	dedicated, _ := row["dedicated_trunks"].Int()
	return Limit{int(dedicated), row["trunk_restriction"].Text, row["dedicated_trunks"].Null}
}

func overflow(lines int) Limit { return Limit{Dedicated: lines, Restriction: OverflowAllowed} }

// do applies a step to a table of trunk rows as the database does.
func (t Trunks) do(step Step) Trunks {
	picked := func(trunk Trunk) bool {
		row := trunk.row()
		row["server_ip"], row["campaign_id"] = Text(trunk.ServerIP), Text(trunk.CampaignID)
		for _, part := range []Row{step.Key, step.From} {
			for column, value := range part {
				if row[column] != value {
					return false
				}
			}
		}
		return true
	}
	switch step.Verb {
	case Insert:
		row := step.Rows[0]
		return append(slices.Clone(t), Trunk{row["server_ip"].Text, row["campaign_id"].Text, limitOf(row)})
	case Update:
		after := slices.Clone(t)
		for i, trunk := range after {
			if picked(trunk) {
				after[i].Limit = limitOf(step.To)
			}
		}
		return after
	case Delete:
		return slices.DeleteFunc(slices.Clone(t), picked)
	default:
		found := false
		return slices.DeleteFunc(slices.Clone(t), func(trunk Trunk) bool {
			again := picked(trunk) && found
			found = found || picked(trunk)
			return again
		})
	}
}

func (t Trunks) doAll(steps []Step) Trunks {
	for _, step := range steps {
		t = t.do(step)
	}
	return t
}

func table(split Split) Trunks {
	var trunks Trunks
	for _, server := range slices.Sorted(maps.Keys(split)) {
		for _, limit := range split[server] {
			trunks = append(trunks, Trunk{server, "SALES", limit})
		}
	}
	return trunks
}

// told draws the steps of a plan: "release update a 60→20".
func told(plan Plan) string {
	phases := map[Phase]string{Release: "release", Add: "add", Grow: "grow", Remove: "remove"}
	verbs := map[Verb]string{Insert: "insert", Update: "update", Delete: "delete", DeleteDuplicates: "thin"}
	var lines []string
	for _, step := range plan.Ordered() {
		line := phases[step.Phase] + " " + verbs[step.Verb] + " " + step.Key["server_ip"].Text
		if step.Verb == Insert {
			line += " " + step.Rows[0]["dedicated_trunks"].Text
		} else {
			line += " " + step.From["dedicated_trunks"].Text
		}
		if step.Verb == Update {
			line += "→" + step.To["dedicated_trunks"].Text
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func TestPlanSplit(t *testing.T) {
	for _, c := range []struct {
		name string
		have Split
		want map[string]Limit
		told string
	}{
		{"a server that shrinks is written before one that grows", Split{"a": {most(10)}, "b": {most(50)}}, map[string]Limit{"a": most(40), "b": most(20)}, "release update b 50→20, grow update a 10→40"},
		{"rows are added before others grow, and removed last", Split{"a": {most(10)}, "b": {most(50)}}, map[string]Limit{"a": most(30), "c": most(30)}, "add insert c 30, grow update a 10→30, remove delete b 50"},
		{"a limit of nothing is a row", Split{}, map[string]Limit{"a": most(0)}, "add insert a 0"},
		{"another restriction is a change", Split{"a": {overflow(10)}}, map[string]Limit{"a": most(10)}, "grow update a 10→10"},
		{"nothing to do is nothing to write", Split{"a": {most(10)}}, map[string]Limit{"a": most(10)}, ""},
		{"rows that say the same are thinned", Split{"a": {most(10), most(10), most(10)}}, map[string]Limit{"a": most(10)}, "release thin a 10"},
		{"of rows that differ the wanted one stays", Split{"a": {most(3), most(10)}}, map[string]Limit{"a": most(10)}, "release delete a 3"},
		{"of rows that differ and are all wrong the smallest stays", Split{"a": {most(30), most(10)}}, map[string]Limit{"a": most(20)}, "release delete a 30, grow update a 10→20"},
		{"of rows that differ and are all wrong the one that holds stays", Split{"a": {most(10), overflow(5), most(30)}}, map[string]Limit{"a": most(40)}, "release delete a 10, release delete a 5, grow update a 30→40"},
		{"issue 12: of two rows the one that the dialer uses is kept", Split{"a": {most(10), most(3)}}, map[string]Limit{"a": most(3)}, "release delete a 10"},
		{"a row that holds NULL is not the limit of 0", Split{"a": {null}}, map[string]Limit{"a": most(0)}, "grow update a →0"},
		{"and is removed as any other", Split{"a": {null, null}}, nil, "remove delete a "},
		{"duplicates that are not wanted go together", Split{"a": {most(30), most(10), most(30)}}, nil, "remove delete a 30, remove delete a 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := PlanSplit("SALES", c.have, c.have, c.want)
			if err != nil || told(plan) != c.told {
				t.Errorf("planned %q, %v; want %q", told(plan), err, c.told)
			}
			if !plan.Empty() && (plan.Rebuild.All || len(plan.Rebuild.Servers) > 0) {
				t.Error("trunks are in no configuration file, and nobody has to build one")
			}
			if after := table(c.have).doAll(plan.Ordered()).OfCampaign("SALES"); !maps.EqualFunc(after, SplitOf(c.want), slices.Equal[[]Limit]) {
				t.Errorf("ends with %v", after)
			}
		})
	}
}

func TestSplit_Effective(t *testing.T) {
	for _, c := range []struct {
		name     string
		rows     []Limit
		want     Limit
		reserved int
	}{
		{"no row", nil, Limit{}, 0},
		{"one row is itself", []Limit{most(7)}, most(7), 7},
		{"one row of NULLs is itself", []Limit{null}, null, 0},
		{"issue 12: of two that cap the last holds", []Limit{most(10), most(3)}, most(3), 13},
		{"and not the smallest", []Limit{most(3), most(10)}, most(10), 13},
		{"what caps wins over what withholds", []Limit{most(10), overflow(3)}, most(10), 13},
		{"wherever it stands", []Limit{overflow(3), most(10)}, most(10), 13},
		{"rows that withhold add up", []Limit{overflow(40), overflow(30), null}, overflow(70), 70},
		{"a last row of NULL caps nothing", []Limit{most(10), {Restriction: MaximumLimit, Unset: true}}, Limit{Restriction: MaximumLimit, Unset: true}, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			split := Split{"a": c.rows}
			if got := split.Effective("a"); got != c.want {
				t.Errorf("holds %+v, want %+v", got, c.want)
			}
			if got := split.Reserved("a"); got != c.reserved {
				t.Errorf("withholds %d, want %d", got, c.reserved)
			}
		})
	}
}

func TestPlanSplit_conflicts(t *testing.T) {
	for _, c := range []struct {
		name       string
		have, seen Split
		want       map[string]Limit
		says       string
	}{
		{"a row that somebody changed", Split{"a": {most(11)}}, Split{"a": {most(10)}}, map[string]Limit{"a": most(20)}, "the trunk row of campaign SALES on server a was changed by somebody else to 11 MAXIMUM_LIMIT"},
		{"a row that somebody removed", Split{}, Split{"a": {most(10)}}, map[string]Limit{"a": most(20)}, "was deleted by somebody else"},
		{"a row that is to be removed and was changed", Split{"a": {most(11)}}, Split{"a": {most(10)}}, nil, "was changed by somebody else"},
		{"a row that nobody had seen", Split{"a": {most(11)}}, Split{}, map[string]Limit{"a": most(20)}, "already exists with 11 MAXIMUM_LIMIT"},
		{"a second row that somebody added", Split{"a": {most(10), most(10)}}, Split{"a": {most(10)}}, map[string]Limit{"a": most(20)}, "somebody else to 10 MAXIMUM_LIMIT, 10 MAXIMUM_LIMIT"},
	} {
		t.Run(c.name+" is a conflict", func(t *testing.T) {
			plan, err := PlanSplit("SALES", c.have, c.seen, c.want)
			var conflict *Conflict
			if !errors.As(err, &conflict) || !strings.Contains(err.Error(), c.says) || conflict.Hint() == "" || !plan.Empty() {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	for _, c := range []struct {
		name       string
		have, seen Split
		want       map[string]Limit
	}{
		{"a row that is as wanted already", Split{"a": {most(20)}}, Split{"a": {most(10)}}, map[string]Limit{"a": most(20)}},
		{"a row that was removed as wanted", Split{}, Split{"a": {most(10)}}, nil},
		{"a row that is neither ours nor wanted", Split{"b": {most(5)}}, Split{}, nil},
	} {
		t.Run(c.name+" is none", func(t *testing.T) {
			if plan, err := PlanSplit("SALES", c.have, c.seen, c.want); err != nil || !plan.Empty() {
				t.Errorf("got %q, %v", told(plan), err)
			}
		})
	}
}

var someLimit = rapid.Custom(func(t *rapid.T) Limit {
	return Limit{Dedicated: rapid.IntRange(0, 5).Draw(t, "lines"), Restriction: rapid.SampledFrom([]string{MaximumLimit, OverflowAllowed}).Draw(t, "restriction")}
})

// somebodysLimit is one that others have written, too.
var somebodysLimit = rapid.Custom(func(t *rapid.T) Limit {
	limit := someLimit.Draw(t, "limit")
	if rapid.Bool().Draw(t, "odd") {
		limit.Restriction = ""
	}
	if rapid.Bool().Draw(t, "unset") {
		limit.Dedicated, limit.Unset = 0, true
	}
	return limit
})

var someServer = rapid.SampledFrom([]string{"a", "b", "c", "d"})

func TestPlanSplit_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have := Split(rapid.MapOf(someServer, rapid.SliceOfN(somebodysLimit, 1, 4)).Draw(t, "have"))
		want := rapid.MapOf(someServer, someLimit).Draw(t, "want")
		plan, err := PlanSplit("SALES", have, have, want)
		if err != nil {
			t.Fatal(err)
		}
		steps, before, after := plan.Ordered(), table(have), Trunks(nil).With("SALES", want)
		for n := range len(steps) + 1 {
			killed := before.doAll(steps[:n])
			for _, server := range []string{"a", "b", "c", "d"} {
				if now := killed.byServer().Reserved(server); now > max(before.byServer().Reserved(server), after.byServer().Reserved(server)) {
					t.Fatalf("after %d of %s server %s is promised %d: more than before and after", n, told(plan), server, now)
				}
			}
			// An apply that is killed here is resumed from this state.
			found := killed.OfCampaign("SALES")
			rest, err := PlanSplit("SALES", found, found, want)
			if err != nil {
				t.Fatal(err)
			}
			ended := killed.doAll(rest.Ordered()).OfCampaign("SALES")
			if !maps.EqualFunc(ended, SplitOf(want), slices.Equal[[]Limit]) {
				t.Fatalf("killed after %d, the next apply ends with %v instead of %v", n, ended, want)
			}
			if last, err := PlanSplit("SALES", ended, ended, want); err != nil || !last.Empty() {
				t.Fatalf("and the one after it plans %q, %v", told(last), err)
			}
		}
	})
}

// A create that was killed finds its own rows, has seen none, and resumes.
func TestPlanSplit_resumesAfterKilledCreate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(someServer, someLimit).Draw(t, "want")
		plan, err := PlanSplit("SALES", Split{}, Split{}, want)
		if err != nil {
			t.Fatal(err)
		}
		steps := plan.Ordered()
		killed := Trunks{}.doAll(steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")])
		rest, err := PlanSplit("SALES", killed.OfCampaign("SALES"), Split{}, want)
		if err != nil {
			t.Fatal(err)
		}
		if ended := killed.doAll(rest.Ordered()).OfCampaign("SALES"); !maps.EqualFunc(ended, SplitOf(want), slices.Equal[[]Limit]) {
			t.Fatalf("ends with %v", ended)
		}
	})
}

func TestCampaigns_writtenInSeveralWays(t *testing.T) {
	trunks := Trunks{{"1", "sales", most(1)}, {"2", "SURVEY", most(1)}, {"3", "SALES", most(1)}, {"4", "Sales2", most(1)}}
	if ids := strings.Join(trunks.Campaigns(), " "); ids != "SALES Sales2 SURVEY" {
		t.Errorf("listed %q", ids)
	}
}

func TestMoved(t *testing.T) {
	servers := Servers{aServer("dial1", "9"), aServer("dial2", "2")}
	moves := ChangedAddresses(map[string]string{"1": "dial1", "2": "dial2", "3": "gone"}, servers)
	if fmt.Sprint(moves) != "map[1:9]" {
		t.Fatalf("moves %v", moves)
	}
	t.Run("a server that has another address takes its rows along", func(t *testing.T) {
		have := Split{"1": {most(10)}, "2": {most(20)}}.Moved(moves)
		if fmt.Sprint(have) != fmt.Sprint(Split{"9": {most(10)}, "2": {most(20)}}) {
			t.Error(have)
		}
		if trunks := (Trunks{{"1", "SALES", most(10)}, {"2", "SALES", most(20)}}).Moved(moves); trunks.byServer().Reserved("9") != 10 || trunks.byServer().Reserved("1") != 0 || trunks.byServer().Reserved("2") != 20 {
			t.Error(trunks)
		}
	})
	t.Run("two that swap theirs do not mix their rows", func(t *testing.T) {
		have := Split{"1": {most(10)}, "2": {most(20)}}.Moved(map[string]string{"1": "2", "2": "1"})
		if fmt.Sprint(have) != fmt.Sprint(Split{"1": {most(20)}, "2": {most(10)}}) {
			t.Error(have)
		}
	})
	t.Run("of two servers with one address the first has it", func(t *testing.T) {
		if name := (Servers{aServer("dial1", "1"), aServer("dial2", "1")}).IDsByIP()["1"]; name != "dial1" {
			t.Error(name)
		}
	})
}
