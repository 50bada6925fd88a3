package numbers_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
)

func set(t *testing.T, texts ...string) ranges.Set {
	t.Helper()
	found, err := ranges.Parse(texts)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func row(pairs ...string) cluster.Row {
	values := cluster.Row{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = cluster.Text(pairs[i+1])
	}
	return values
}

func wanted(t *testing.T, of ranges.Set, shared cluster.Row, overrides ...numbers.Override) numbers.Wanted {
	t.Helper()
	found, err := numbers.Block{Numbers: of, Shared: shared, Overrides: overrides}.Wanted()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// table has rows of did_pattern, group_id and menu_id, whose did_ids count from 1.
func table(rows ...[3]string) numbers.Table {
	var records []numbers.Record
	for i, r := range rows {
		records = append(records, numbers.Record{ID: fmt.Sprint(i + 1), Pattern: r[0], Values: []cluster.Value{cluster.Text(r[1]), cluster.Text(r[2])}})
	}
	return numbers.NewTable([]string{"group_id", "menu_id"}, records)
}

func TestChange(t *testing.T) {
	t.Parallel()
	have := table([3]string{"100", "SALES", ""}, [3]string{"101", "SALES", ""}, [3]string{"102", "VIP", ""}, [3]string{"300", "OTHER", "m"})
	sales := row("group_id", "SALES")
	for claim, c := range map[string]struct {
		before, want  []string
		shared        cluster.Row
		overrides     []numbers.Override
		released      []string
		takeOver      bool
		seen          []numbers.Group
		summary, fail string
	}{
		"what is as declared is left alone":               {before: []string{"100-101"}, want: []string{"100-101"}, shared: sales},
		"numbers are added":                               {want: []string{"200-202"}, shared: sales, summary: "3 added: 200-202"},
		"equal rows join":                                 {want: []string{"100-101"}, shared: sales, summary: "2 adopted without a change: 100-101"},
		"other rows are refused":                          {want: []string{"100-102"}, shared: sales, fail: "1 existing number with other values"},
		"other rows are taken over":                       {want: []string{"100-102"}, shared: sales, takeOver: true, summary: "2 adopted without a change: 100-101\n1 changed, group_id VIP → SALES: 102"},
		"other rows join by an override":                  {want: []string{"100-102"}, shared: sales, overrides: []numbers.Override{{Key: "102", Numbers: set(t, "102"), Row: row("group_id", "VIP")}}, summary: "3 adopted without a change: 100-102"},
		"rows that change alike are one update":           {before: []string{"100-102"}, want: []string{"100-102"}, shared: row("group_id", "VIP"), summary: "2 changed, group_id SALES → VIP: 100-101"},
		"numbers that leave are removed":                  {before: []string{"100-102"}, want: []string{"101"}, shared: sales, summary: "2 removed: 100, 102"},
		"numbers that are released stay":                  {before: []string{"100-102"}, want: []string{"101"}, released: []string{"100", "102"}, shared: sales},
		"a number without a row is added again":           {before: []string{"100-103"}, want: []string{"103"}, released: []string{"100-102"}, shared: sales, summary: "1 added: 103"},
		"a number without a row is not removed":           {before: []string{"103"}, shared: sales},
		"a row that changed since the plan is a conflict": {before: []string{"102"}, want: []string{"102"}, shared: sales, seen: []numbers.Group{{Ranges: []string{"102"}, Row: row("group_id", "OLD")}}, fail: "DID 102 has another group_id than when it was read"},
		"so is one that is to go":                         {before: []string{"102"}, shared: sales, seen: []numbers.Group{{Ranges: []string{"102"}, Row: row("group_id", "OLD")}}, fail: "DID 102 has another group_id than when it was read"},
		"so is another column of one that is to go":       {before: []string{"102"}, want: []string{"100"}, shared: sales, seen: []numbers.Group{{Ranges: []string{"102"}, Row: row("group_id", "VIP")}, {Ranges: []string{"102"}, Digest: "0"}}, fail: "DID 102 has other values than when it was read"},
		"one that is to go unchanged is removed":          {before: []string{"102"}, shared: sales, seen: have.Groups(set(t, "102"), []string{"group_id"}), summary: "1 removed: 102"},
		"one that changed to what is wanted is none":      {before: []string{"100"}, want: []string{"100"}, shared: sales, seen: []numbers.Group{{Ranges: []string{"100"}, Row: row("group_id", "OLD")}}},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			change := numbers.Change{
				Have: have, Before: wanted(t, set(t, c.before...), c.shared), Want: wanted(t, set(t, c.want...), c.shared, c.overrides...),
				Released: set(t, c.released...), TakeOver: c.takeOver, Seen: numbers.SeenIn(c.seen),
			}
			diff, err := change.Diff()
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Fatalf("err = %v, want %q", err, c.fail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.summary, diff.Summary()); d != "" {
				t.Error(d)
			}
		})
	}
}

// Ten thousand numbers are a handful of statements, none of which is too large, and
// every row of each has its place in the change log.
func TestChange_plansBoundedBatches(t *testing.T) {
	t.Parallel()
	all := set(t, "10000-19999")
	plan, err := numbers.Change{Want: wanted(t, all, row("group_id", "SALES", "menu_id", ""), numbers.Override{Key: "10000-10009", Numbers: set(t, "10000-10009"), Row: row("did_description", "first")})}.Plan()
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, step := range plan.Steps {
		rows += len(step.Rows)
		if len(step.Rows) > 1000 || !step.Audit.EachRow || step.Table != cluster.TableDIDs {
			t.Errorf("a step of %d rows into %s, each logged: %t", len(step.Rows), step.Table, step.Audit.EachRow)
		}
		for i := range step.Rows {
			if single := step.Single(i); len(single.Rows) != 1 || single.FullRow(single.Rows[0])["group_id"] != cluster.Text("SALES") {
				t.Fatalf("row %d alone is %v", i, single)
			}
		}
	}
	if rows != 10_000 || len(plan.Steps) > 13 {
		t.Errorf("%d rows in %d steps", rows, len(plan.Steps))
	}

	var records []numbers.Record
	for name := range all.Values() {
		records = append(records, numbers.Record{ID: name, Pattern: name, Values: []cluster.Value{cluster.Text("SALES"), cluster.Text("")}})
	}
	have := numbers.NewTable([]string{"group_id", "menu_id"}, records)
	for claim, change := range map[string]numbers.Change{
		"update": {Have: have, Before: wanted(t, all, nil), Want: wanted(t, all, row("group_id", "VIP"))},
		"delete": {Have: have, Before: wanted(t, all, row("group_id", "SALES"))},
	} {
		plan, err := change.Plan()
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, step := range plan.Steps {
			rows += len(step.In)
			if len(step.In) > 1000 || step.Single(0).In[0] != step.In[0] {
				t.Errorf("%s: a step of %d rows", claim, len(step.In))
			}
		}
		if rows != 10_000 || len(plan.Steps) > 40 {
			t.Errorf("%s: %d rows in %d steps", claim, rows, len(plan.Steps))
		}
	}
}

func TestBlock_overrides(t *testing.T) {
	t.Parallel()
	block := numbers.Block{Numbers: set(t, "100-109"), Shared: row("group_id", "SALES")}
	for claim, c := range map[string]struct {
		overrides []numbers.Override
		fail      string
	}{
		"two that set other columns":   {overrides: []numbers.Override{{Key: "100-104", Numbers: set(t, "100-104"), Row: row("menu_id", "a")}, {Key: "103", Numbers: set(t, "103"), Row: row("group_id", "VIP")}}},
		"two that agree":               {overrides: []numbers.Override{{Key: "100-104", Numbers: set(t, "100-104"), Row: row("group_id", "VIP")}, {Key: "103", Numbers: set(t, "103"), Row: row("group_id", "VIP")}}},
		"two that contradict":          {overrides: []numbers.Override{{Key: "100-104", Numbers: set(t, "100-104"), Row: row("group_id", "A")}, {Key: "103", Numbers: set(t, "103"), Row: row("group_id", "VIP")}}, fail: `group_id of 103 has another value in the override "100-104"`},
		"one for a number of no block": {overrides: []numbers.Override{{Key: "110", Numbers: set(t, "110"), Row: row("group_id", "A")}}, fail: "110 is not among"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			block := block
			block.Overrides = c.overrides
			found, err := block.Wanted()
			if c.fail != "" {
				var wrong *numbers.OverrideError
				if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.fail) {
					t.Fatalf("err = %v, want %q", err, c.fail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := found.Row("103"); got["group_id"] != cluster.Text("VIP") {
				t.Errorf("103 is to hold %v", got)
			}
			if got, _ := found.Row("109"); got["group_id"] != cluster.Text("SALES") || len(got) != 1 {
				t.Errorf("109 is to hold %v", got)
			}
		})
	}
}

func TestTable_Deviations(t *testing.T) {
	t.Parallel()
	have := table([3]string{"100", "SALES", ""}, [3]string{"101", "VIP", "a"}, [3]string{"102", "VIP", "b"}, [3]string{"103", "", "x"})
	found := have.Deviations(wanted(t, set(t, "100-104"), row("group_id", "SALES")))
	var texts []string
	for _, deviation := range found {
		texts = append(texts, deviation.Numbers.Brief()+": "+deviation.Text)
	}
	if diff := cmp.Diff([]string{"101-102: group_id is VIP", "103: group_id is blank", "104: does not exist"}, texts); diff != "" {
		t.Error(diff)
	}
}

// The did_ids of numbers are told apart after a way through private state.
func TestIDs(t *testing.T) {
	t.Parallel()
	have := table([3]string{"102", "SALES"}, [3]string{"100", "SALES"}, [3]string{"101", "SALES"}, [3]string{"Night", "VIP"}, [3]string{"103", "SALES"})
	groups := have.Groups(set(t, "100-104", "Night"), []string{"group_id"})
	if len(groups) != 4 { // two of digests
		t.Fatalf("groups %+v", groups)
	}
	want := map[string]string{"100": "2", "101": "3", "102": "1", "103": "5", "night": "4"}
	if diff := cmp.Diff(want, numbers.IDs(groups)); diff != "" {
		t.Error(diff)
	}
}

// A declaration that is derived from rows wants nothing but what they hold.
func TestTable_Adopt(t *testing.T) {
	t.Parallel()
	var records []numbers.Record
	for i := range 60 {
		group, menu := "SALES", fmt.Sprintf("menu%d", i)
		switch i {
		case 7:
			group = "---NONE---"
		case 8:
			group = ""
		}
		records = append(records, numbers.Record{ID: fmt.Sprint(i), Pattern: fmt.Sprint(100 + i), Values: []cluster.Value{cluster.Text(group), cluster.Text(menu), cluster.Text("999"), cluster.Null}})
	}
	have := numbers.NewTable([]string{"group_id", "menu_id", "list_id", "user"}, records)
	defaults := row("group_id", "", "menu_id", "", "list_id", "999", "user", "")
	found, individual, _ := have.Adopt(set(t, "100-159"), defaults, func(string, cluster.Value) bool { return false })
	if diff := cmp.Diff([]string{"menu_id"}, individual); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(row("group_id", "SALES"), found.Shared); diff != "" {
		t.Error(diff)
	}
	if len(found.Overrides) != 1 || found.Overrides[0].Key != "107-108" {
		t.Errorf("overrides %+v", found.Overrides)
	}
	want, err := found.Wanted()
	if err != nil || len(have.Deviations(want)) > 0 {
		t.Errorf("%v: %+v", err, have.Deviations(want))
	}
	found, _, secret := have.Adopt(set(t, "100-159"), defaults, func(column string, value cluster.Value) bool { return column == "group_id" && value.Text == "" })
	if len(secret) != 1 || secret[0] != "group_id" || len(found.Shared)+len(found.Overrides) > 0 {
		t.Errorf("with a password in group_id: %v, %+v", secret, found)
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	have := table([3]string{"100", "SALES", ""}, [3]string{"101", "SALES", "a"}, [3]string{"default", "SALES", ""}, [3]string{"200", "VIP", ""}, [3]string{"Night", "VIP", ""})
	for id, c := range map[string]struct{ want, fail string }{
		"sales=100-101":            {want: "100-101"},
		"sales=night, 200":         {want: "Night,200"},
		"sales=group_id:SALES":     {want: "100-101"},
		"sales=prefix:1,menu_id:a": {want: "101"},
		"sales=menu_id:":           {want: "Night,100,200"},
		"sales=prefix:3":           {fail: "no number meets the conditions"},
		"sales=100-102":            {fail: "not found: 102"},
		"sales=did_id:1":           {fail: "not found: did_id:1"}, // a pattern may hold a colon
		"sales=100,group_id:SALES": {fail: "100 are numbers"},
		"100-101":                  {fail: "the import id is"},
		"=100":                     {fail: "the import id is"},
		"sales=":                   {fail: "the import id is"},
		"sales=101-100":            {fail: "runs backwards"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			selection, err := numbers.ParseSelection(id)
			var found ranges.Set
			if err == nil {
				found, err = selection.Numbers(have)
			}
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Fatalf("err = %v, want %q", err, c.fail)
				}
				return
			}
			if err != nil || strings.Join(found.Ranges(), ",") != c.want || selection.Name != "sales" {
				t.Errorf("%q: %s, %v", selection.Name, found, err)
			}
		})
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	claim := func(owner, ranges string, goes, isNew bool) numbers.Claim {
		return numbers.Claim{Owner: owner, Numbers: set(t, ranges), Goes: goes, New: isNew}
	}
	for name, c := range map[string]struct {
		claims []numbers.Claim
		fail   string
	}{
		"numbers apart":                      {claims: []numbers.Claim{claim("a", "100-109", false, true), claim("b", "110-119", false, true)}},
		"one that is planned again":          {claims: []numbers.Claim{claim("a", "100-109", false, false), claim("a", "100-109", false, false)}},
		"one that is replaced":               {claims: []numbers.Claim{claim("a", "100-109", false, false), claim("a", "100-109", false, true)}},
		"one that lets numbers go":           {claims: []numbers.Claim{claim("a", "100-104", false, false), claim("a", "105-109", true, false)}},
		"two that go":                        {claims: []numbers.Claim{claim("a", "100-109", true, false), claim("b", "109", true, false)}},
		"two that stay":                      {claims: []numbers.Claim{claim("a", "100-109", false, true), claim("b", "105-115", false, false)}, fail: "105-109 of a and of b"},
		"one that goes, then one that stays": {claims: []numbers.Claim{claim("a", "100-109", true, false), claim("b", "105", false, true)}, fail: "105 of a, which removes them, and of b"},
		"one that stays, then one that goes": {claims: []numbers.Claim{claim("b", "105", false, true), claim("a", "100-109", true, false)}, fail: "105 of a, which removes them, and of b"},
		"two of one name":                    {claims: []numbers.Claim{claim("a", "100-109", false, true), claim("a", "100-109", false, true)}, fail: "two resources would write"},
		"two of one name that overlap":       {claims: []numbers.Claim{claim("a", "100-109", false, false), claim("a", "109-110", false, true)}, fail: "109 of a and of a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var claims numbers.Claims
			var err error
			for _, next := range c.claims {
				err = errors.Join(err, claims.Add(next))
			}
			if c.fail == "" && err != nil || c.fail != "" && (err == nil || !strings.Contains(err.Error(), c.fail)) {
				t.Errorf("err = %v, want %q", err, c.fail)
			}
		})
	}
}
