package seating

import (
	"maps"
	"slices"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestPlanFloor_inherits(t *testing.T) {
	phone := func(seat, server, suffix string, values ...cluster.Value) Phone {
		return Phone{Seat: seat, PhoneRow: &PhoneRow{ServerIP: server, Login: seat + suffix, Extension: seat, DialplanNumber: seat, VoicemailID: seat, Values: values}}
	}
	old := phone("100", "a", "a", cluster.Text("x"))
	have := FloorRows{Columns: []string{"pass"}, Phones: []Phone{old}}
	want := FloorRows{Columns: []string{"pass"}, Phones: []Phone{phone("100", "b", "b", cluster.Text("x")), phone("101", "b", "b", cluster.Text("x"))}}
	siblings, initial := Siblings(have, have, want)
	if !maps.Equal(siblings, map[string]string{"100": "100a"}) || !initial {
		t.Fatalf("siblings %v, fresh %v", siblings, initial)
	}
	schema := cluster.Schema{Tables: map[cluster.Table]map[string]cluster.Column{cluster.TablePhones: {
		"login": {}, "server_ip": {}, "peer_status": {}, "pass": {}, "conf_secret": {}, "is_webphone": {}, "of_a_later_schema": {},
	}}}
	columns := InheritedColumns(schema, want.Columns)
	if !slices.Equal(columns, []string{"conf_secret", "is_webphone", "of_a_later_schema"}) {
		t.Fatalf("inherits %v", columns)
	}
	plan, err := PlanFloor(have, have, want, PlanOptions{
		Defaults: cluster.Row{"is_webphone": cluster.Text("N"), "status": cluster.Text("ACTIVE")},
		Inherit: NewInheritance(siblings, columns, map[string][]cluster.Value{
			"100a": {cluster.Text("s3cret"), cluster.Text("Y"), cluster.Null},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	added := map[string]cluster.Row{}
	for _, step := range plan.Steps {
		if step.Verb == cluster.Insert {
			for _, row := range step.Rows {
				whole := step.FullRow(row)
				added[whole["login"].Text] = whole.Only("conf_secret", "is_webphone", "of_a_later_schema", "status", "pass")
			}
		}
	}
	for login, want := range map[string]cluster.Row{
		"100b": {"conf_secret": cluster.Text("s3cret"), "is_webphone": cluster.Text("Y"), "of_a_later_schema": cluster.Null, "status": cluster.Text("ACTIVE"), "pass": cluster.Text("x")},
		"101b": {"is_webphone": cluster.Text("N"), "status": cluster.Text("ACTIVE"), "pass": cluster.Text("x")},
	} {
		if !maps.Equal(added[login], want) {
			t.Errorf("%s is added with %v, want %v", login, added[login], want)
		}
	}
}

func TestAdopted_Columns(t *testing.T) {
	columns := []string{"template_id", "protocol", "outbound_cid", "email", "nva_new_list_id", "company", "conf_override"}
	text := func(texts ...string) []cluster.Value {
		values := make([]cluster.Value, 0, len(texts))
		for _, value := range texts {
			values = append(values, cluster.Text(value))
		}
		return values
	}
	phone := func(seat, server string, values []cluster.Value) Phone {
		return Phone{PhoneRow: &PhoneRow{ServerIP: server, Login: seat + server, Extension: seat, DialplanNumber: seat, VoicemailID: seat, Values: values}}
	}
	all := FloorRows{Columns: columns, Phones: []Phone{
		phone("100", "a", text("web", "SIP", "1", "", "995", "x", "no")), phone("100", "b", text("web", "SIP", "1", "", "995", "y", "no")),
		phone("101", "a", text("web", "SIP", "2", "ann@x", "995", "x", "no")), phone("101", "b", text("web", "SIP", "2", "ann@x", "995", "x", "no")),
		phone("102", "a", text("web", "SIP", "2", "", "995", "x", "no")), phone("102", "b", text("web", "SIP", "2", "", "995", "x", "no")),
	}, Aliases: []PhoneAlias{{AliasRow: &AliasRow{ID: "100", List: "100a,100b"}}, {AliasRow: &AliasRow{ID: "101", List: "101a,101b"}}, {AliasRow: &AliasRow{ID: "102", List: "102a,102b"}}}}
	found, err := AdoptFloor([]string{"100-102"}, all)
	if err != nil {
		t.Fatal(err)
	}
	got := found.Columns(all, cluster.Row{"protocol": cluster.Text("SIP"), "nva_new_list_id": cluster.Text("995")}, func(_, text string) bool { return text != "no" })
	if want := (cluster.Row{"template_id": cluster.Text("web"), "outbound_cid": cluster.Text("2"), "email": cluster.Text("")}); !maps.Equal(got.Phone, want) {
		t.Errorf("shares %v, want %v", got.Phone, want)
	}
	want := map[string]cluster.Row{"100": {"outbound_cid": cluster.Text("1")}, "101": {"email": cluster.Text("ann@x")}}
	if !maps.EqualFunc(got.Ranges(), want, maps.Equal[cluster.Row]) {
		t.Errorf("differs on %v, want %v", got.Ranges(), want)
	}
}
