package cluster_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// theSettings are those of a cluster whose choices have been made once.
func theSettings() cluster.Settings {
	return cluster.Settings{
		SchemaVersion: cluster.Text("1720"),
		Row: cluster.Row{
			"active_voicemail_server": cluster.Text("10.0.0.1"), "sounds_web_server": cluster.Text("10.0.2.1"),
			"slave_db_server": cluster.Text(""), "reports_use_slave_db": cluster.Text("NONE, Agent Time Detail"),
			"outbound_calls_per_second": cluster.Number(10), "generate_cross_server_exten": cluster.Text("0"),
			"default_codecs": cluster.Null, "allowed_sip_stacks": cluster.Text("SIP"),
		},
		Weights: cluster.Container{Exists: true, Text: "10.0.0.1,100\r\n10.0.0.2,50"},
	}
}

func TestPlanSettings(t *testing.T) {
	t.Run("writes what differs in one step, which names the old values", func(t *testing.T) {
		want := cluster.Row{"active_voicemail_server": cluster.Text("10.0.0.2"), "outbound_calls_per_second": cluster.Number(50), "sounds_web_server": cluster.Text("10.0.2.1")}
		plan, err := cluster.PlanSettings(theSettings(), theSettings().All(), want, nil)
		if err != nil {
			t.Fatal(err)
		}
		expected := cluster.Plan{
			Steps: []cluster.Step{{
				Phase: cluster.Grow, Verb: cluster.Update, Table: cluster.TableSettings,
				Key:  cluster.Row{"db_schema_version": cluster.Text("1720")},
				From: cluster.Row{"active_voicemail_server": cluster.Text("10.0.0.1"), "outbound_calls_per_second": cluster.Number(10)},
				To:   cluster.Row{"active_voicemail_server": cluster.Text("10.0.0.2"), "outbound_calls_per_second": cluster.Number(50)},
				Audit: cluster.Audit{
					Section: "SYSTEMSETTINGS", Type: "MODIFY", Record: "system_settings", Code: "ADMIN MODIFY SYSTEM SETTINGS",
					Notes: "Updated: active_voicemail_server, outbound_calls_per_second",
				},
			}},
			Rebuild: cluster.Rebuild{All: true},
		}
		if diff := cmp.Diff(expected, plan); diff != "" {
			t.Error(diff)
		}
	})
	for column, flags := range map[string]bool{
		"active_voicemail_server": true, "generate_cross_server_exten": true, "default_codecs": true,
		"sounds_web_server": false, "slave_db_server": false, "reports_use_slave_db": false, "outbound_calls_per_second": false, "allowed_sip_stacks": false,
	} {
		t.Run("flags all nodes for what is in their files: "+column, func(t *testing.T) {
			plan, err := cluster.PlanSettings(theSettings(), nil, cluster.Row{column: cluster.Text("1")}, nil)
			if err != nil || len(plan.Steps) != 1 {
				t.Fatal(plan, err)
			}
			if plan.Rebuild.All != flags {
				t.Errorf("flags all: %t, want %t", plan.Rebuild.All, flags)
			}
		})
	}
	t.Run("columns that are as wanted are not written", func(t *testing.T) {
		want := cluster.Row{
			"default_codecs":       cluster.Text(""), // NULL and the empty text are one to VICIdial
			"reports_use_slave_db": cluster.Text("Agent Time Detail"),
			cluster.WeightsColumn:  cluster.Text("10.0.0.2,50\n10.0.0.1,100\n"),
		}
		plan, err := cluster.PlanSettings(theSettings(), nil, want, nil)
		if err != nil || !plan.Empty() {
			t.Errorf("got %+v and error %v", plan, err)
		}
	})
	t.Run("a column that somebody changed is a conflict", func(t *testing.T) {
		seen := theSettings().All()
		seen["sounds_web_server"] = cluster.Text("10.0.2.9")
		_, err := cluster.PlanSettings(theSettings(), seen, cluster.Row{"sounds_web_server": cluster.Text("10.0.2.2")}, nil)
		if conflict := (*cluster.Conflict)(nil); !errors.As(err, &conflict) || !strings.Contains(err.Error(), "sounds_web_server") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("one that was moved to where it should go is none", func(t *testing.T) {
		seen := theSettings().All()
		seen["sounds_web_server"] = cluster.Text("10.0.2.9")
		plan, err := cluster.PlanSettings(theSettings(), seen, cluster.Row{"sounds_web_server": cluster.Text("10.0.2.1")}, nil)
		if err != nil || !plan.Empty() {
			t.Errorf("got %+v and error %v", plan, err)
		}
	})
	t.Run("secrets are written, never compared and never named with their value", func(t *testing.T) {
		plan, err := cluster.PlanSettings(theSettings(), nil, nil, cluster.Row{cluster.DefaultServerPassword: cluster.Text("hush")})
		if err != nil || len(plan.Steps) != 1 || plan.Rebuild.All {
			t.Fatal(plan, err)
		}
		step := plan.Steps[0]
		if len(step.From) != 0 || len(step.Key) == 0 || step.To[cluster.DefaultServerPassword].Text != "hush" || strings.Contains(step.Audit.Notes, "hush") {
			t.Errorf("got %+v", step)
		}
	})
	t.Run("a container that is not there is made, with the page's words for the log", func(t *testing.T) {
		have := theSettings()
		have.Weights = cluster.Container{}
		plan, err := cluster.PlanSettings(have, nil, cluster.Row{cluster.WeightsColumn: cluster.Text("10.0.0.1,1\n")}, nil)
		if err != nil || len(plan.Steps) != 1 {
			t.Fatal(plan, err)
		}
		step := plan.Steps[0]
		if step.Verb != cluster.Insert || step.Rows[0]["container_entry"].Text != "10.0.0.1,1\n" || step.Audit.Code != "ADMIN ADD CONTAINER" {
			t.Errorf("got %+v", step)
		}
	})
}

func TestGiven(t *testing.T) {
	want := cluster.Row{"sounds_web_server": cluster.Text("10.0.2.5"), cluster.WeightsColumn: cluster.Text("10.0.0.1,1\n")}
	apply := func(have cluster.Settings, row cluster.Row) cluster.Settings {
		for column, value := range row {
			if column == cluster.WeightsColumn {
				have.Weights = cluster.Container{Exists: !value.Null, Text: value.Text}
				continue
			}
			have.Row[column] = value
		}
		return have
	}
	t.Run("what was found comes back", func(t *testing.T) {
		given := cluster.SavedSettings{}.Save(theSettings(), want)
		back, left := given.Restore(apply(theSettings(), want), nil, nil)
		if diff := cmp.Diff(theSettings().All(), apply(apply(theSettings(), want), back).All()); diff != "" || len(left) > 0 {
			t.Error(diff, left)
		}
	})
	t.Run("a container that did not exist is removed again", func(t *testing.T) {
		have := theSettings()
		have.Weights = cluster.Container{}
		given := cluster.SavedSettings{}.Save(have, want)
		have = apply(have, want)
		back, _ := given.Restore(have, nil, nil)
		plan, err := cluster.PlanSettings(have, nil, back, nil)
		if err != nil || plan.Steps[0].Verb != cluster.Delete {
			t.Errorf("got %+v and error %v", plan, err)
		}
	})
	t.Run("columns that somebody changed since are kept and returned", func(t *testing.T) {
		given := cluster.SavedSettings{}.Save(theSettings(), want)
		have := apply(theSettings(), want)
		have.Row["sounds_web_server"] = cluster.Text("10.0.2.77")
		back, left := given.Restore(have, nil, nil)
		if _, touched := back["sounds_web_server"]; touched || !slices.Equal(left, []string{"sounds_web_server"}) {
			t.Errorf("gives back %v, leaves %v", back, left)
		}
	})
	t.Run("a coordinator that has left the cluster does not come back", func(t *testing.T) {
		chosen := cluster.Row{"active_voicemail_server": cluster.Text("10.0.0.2")}
		given := cluster.SavedSettings{}.Save(theSettings(), chosen)
		at := func(id, ip string) cluster.Server {
			return cluster.Server{Row: cluster.Row{"server_id": cluster.Text(id), "server_ip": cluster.Text(ip)}}
		}
		first, second := at("A", "10.0.0.1"), at("B", "10.0.0.2")
		if back, left := given.Restore(apply(theSettings(), chosen), nil, cluster.Servers{first, second}); back["active_voicemail_server"].Text != "10.0.0.1" || len(left) != 0 {
			t.Errorf("gives back %v, leaves %v", back, left)
		}
		if back, left := given.Restore(apply(theSettings(), chosen), nil, cluster.Servers{second}); len(back) != 0 || !slices.Equal(left, []string{"active_voicemail_server"}) {
			t.Errorf("gives back %v, leaves %v", back, left)
		}
	})
	t.Run("a column that is owned twice comes back to what was found first", func(t *testing.T) {
		given := cluster.SavedSettings{}.Save(theSettings(), want)
		next := cluster.Row{"sounds_web_server": cluster.Text("10.0.2.6")}
		given = given.Save(apply(theSettings(), want), next)
		back, _ := given.Restore(apply(theSettings(), next), nil, nil)
		if back["sounds_web_server"].Text != "10.0.2.1" {
			t.Errorf("gives back %v", back)
		}
	})
	t.Run("a write that fails may have written nothing, also the second time", func(t *testing.T) {
		given := cluster.SavedSettings{}.Save(theSettings(), want)
		have := apply(theSettings(), want)
		for _, server := range []string{"10.0.2.6", "10.0.2.7"} { // none of them arrives
			given = given.Save(have, cluster.Row{"sounds_web_server": cluster.Text(server)})
		}
		if back, left := given.Restore(have, nil, nil); back["sounds_web_server"].Text != "10.0.2.1" || len(left) != 0 {
			t.Errorf("gives back %v, leaves %v", back, left)
		}
		have.Row["sounds_web_server"] = cluster.Text("10.0.2.6")
		if back, left := given.Restore(have, nil, nil); !slices.Equal(left, []string{"sounds_web_server"}) {
			t.Errorf("gives back %v, which somebody else has changed", back)
		}
	})
	t.Run("a column that is owned no more is given back once", func(t *testing.T) {
		given := cluster.SavedSettings{}.Save(theSettings(), want)
		less := cluster.Row{"sounds_web_server": cluster.Text("10.0.2.5")}
		back, _ := given.Restore(apply(theSettings(), want), less, nil)
		if _, kept := back["sounds_web_server"]; kept || back[cluster.WeightsColumn] != cluster.Text(theSettings().Weights.Text) {
			t.Errorf("gives back %v", back)
		}
		if again, _ := given.Only(less).Restore(theSettings(), less, nil); len(again) != 0 {
			t.Errorf("gives back %v again", again)
		}
	})
}

func TestWeights(t *testing.T) {
	t.Run("what is written is what is read", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			weights := rapid.MapOf(rapid.StringMatching(`10\.[0-9]\.[1-9][0-9]\.[1-9]`), rapid.IntRange(0, 100000)).Draw(t, "weights")
			read, rest := cluster.ParseWeights(cluster.FormatWeights(weights))
			if diff := cmp.Diff(weights, read); diff != "" || len(rest) > 0 {
				t.Error(diff, rest)
			}
		})
	})
	t.Run("lines that are not weights are returned and compared", func(t *testing.T) {
		text := "10.0.0.1,5\r\n; a remark\n10.0.0.300,5\n\n10.0.0.2,many\n10.0.0.1,7\n"
		weights, rest := cluster.ParseWeights(text)
		if diff := cmp.Diff(map[string]int{"10.0.0.1": 7}, weights); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"; a remark", "10.0.0.300,5", "10.0.0.2,many"}, rest); diff != "" {
			t.Error(diff)
		}
		if cluster.EquivalentWeights(text, cluster.FormatWeights(weights)) {
			t.Error("a text with other lines passes for one without")
		}
	})
	t.Run("the review has a warning for each effect", func(t *testing.T) {
		server := func(id, ip, login string) cluster.Server {
			return cluster.Server{Row: cluster.Row{
				"server_id": cluster.Text(id), "server_ip": cluster.Text(ip), "active": cluster.Text("Y"), "active_agent_login_server": cluster.Text(login),
			}}
		}
		servers := cluster.Servers{server("A", "10.0.0.1", "Y"), server("B", "10.0.0.2", "Y"), server("DB1", "10.0.0.9", "N")}
		said := cluster.ReviewWeights(map[string]int{"10.0.0.1": 100, "10.9.9.9": 50}, servers)
		if len(said) != 2 || !strings.Contains(said[0], "10.9.9.9") || !strings.Contains(said[0], "is not a server") ||
			!strings.Contains(said[1], "10.0.0.2") || !strings.Contains(said[1], "counts one agent there as 1000") {
			t.Errorf("got %q", said)
		}
		if said := cluster.ReviewWeights(map[string]int{"10.0.0.1": 0, "10.0.0.2": 0}, servers); len(said) != 3 || !strings.Contains(said[2], "all weights are 0") {
			t.Errorf("got %q", said)
		}
		if said := cluster.ReviewWeights(map[string]int{"10.0.0.1": 100, "10.0.0.2": 50}, servers); len(said) != 0 {
			t.Errorf("got %q of sound weights", said)
		}
		if said := cluster.ReviewWeights(nil, servers); len(said) != 0 {
			t.Errorf("got %q of no weights", said)
		}
	})
}

func TestReports(t *testing.T) {
	t.Run("titles are read with the page's blanks and without NONE", func(t *testing.T) {
		got := cluster.ParseReports("NONE, User Stats, Agent Time Detail,User Stats,")
		if diff := cmp.Diff([]string{"Agent Time Detail", "User Stats"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a title that is part of another is sent to the replica too", func(t *testing.T) {
		said := cluster.ReviewReports([]string{"Inbound Report by DID"}, "10.0.0.6")
		if len(said) != 1 || !strings.Contains(said[0], `"Inbound Report" uses the replica too`) {
			t.Errorf("got %q", said)
		}
	})
	t.Run("real-time pages on a replica are warned of", func(t *testing.T) {
		said := cluster.ReviewReports([]string{"Real-Time Main Report"}, "10.0.0.6")
		if len(said) != 1 || !strings.Contains(said[0], "live tables") {
			t.Errorf("got %q", said)
		}
	})
	t.Run("a replica with too short a name is none", func(t *testing.T) {
		said := cluster.ReviewReports([]string{"User Stats"}, "db2")
		if len(said) != 1 || !strings.Contains(said[0], "longer than five") {
			t.Errorf("got %q", said)
		}
	})
	t.Run("the replica and the voicemail server of a row", func(t *testing.T) {
		for host, used := range map[string]string{"": "", "db2": "", "db-22": "", "db-222": "db-222", "10.0.0.6:3307": "10.0.0.6:3307"} {
			settings := cluster.Settings{Row: cluster.Row{"slave_db_server": cluster.Text(host), "active_voicemail_server": cluster.Text("10.0.0.1 ")}}
			if settings.Replica() != used || settings.VoicemailServer() != "10.0.0.1" {
				t.Errorf("%q: replica %q, voicemail server %q", host, settings.Replica(), settings.VoicemailServer())
			}
		}
	})
	t.Run("an unknown title is reported", func(t *testing.T) {
		said := cluster.ReviewReports([]string{"Tea Report"}, "10.0.0.6")
		if len(said) != 1 || !strings.Contains(said[0], `"Tea Report" is not among the reports`) {
			t.Errorf("got %q", said)
		}
	})
	for _, title := range []string{"", " User Stats", "NONE", "User, Stats", "User;Stats", "User\nStats", "User\x00Stats", "User\x1b[31mStats"} {
		t.Run(fmt.Sprintf("refuses the title %q", title), func(t *testing.T) {
			if err := cluster.CheckReport(title); err == nil {
				t.Error("it was taken")
			}
		})
	}
	t.Run("the admin page's own text is equivalent to ours", func(t *testing.T) {
		if !cluster.TableSettings.Equivalent("reports_use_slave_db", cluster.Text("NONE, User Stats, Agent Time Detail"), cluster.Text("Agent Time Detail, User Stats")) {
			t.Error("a save in the form would pass for drift")
		}
	})
}
