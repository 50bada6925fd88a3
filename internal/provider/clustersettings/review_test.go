package clustersettings

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// warned checks for one warning for each text, in that order, and no error.
func warned(t *testing.T, found diag.Diagnostics, texts ...string) {
	t.Helper()
	if len(found) != len(texts) {
		t.Fatalf("got %d diagnostics, want %d: %v", len(found), len(texts), found)
	}
	for i, text := range texts {
		if found[i].Severity() != diag.SeverityWarning || !strings.Contains(found[i].Summary()+": "+found[i].Detail(), text) {
			t.Errorf("got %s %q: %q, want a warning that says %q", found[i].Severity(), found[i].Summary(), found[i].Detail(), text)
		}
	}
}

// nothing is a model without values.
func nothing() model {
	var m model
	m.show(cluster.Row{})
	return m
}

func someServers() cluster.Servers {
	server := func(id, ip, asterisk string) cluster.Server {
		return cluster.Server{Row: cluster.Row{
			"server_id": cluster.Text(id), "server_ip": cluster.Text(ip), "active": cluster.Text("Y"),
			"active_asterisk_server": cluster.Text(asterisk), "active_agent_login_server": cluster.Text(asterisk),
		}}
	}
	return cluster.Servers{server("dial1", "10.0.0.1", "Y"), server("dial2", "10.0.0.2", "Y"), server("DB1", "10.0.0.9", "N")}
}

func coordinated(by string) cluster.Settings {
	return cluster.Settings{Row: cluster.Row{"active_voicemail_server": cluster.Text(by)}, CentralSounds: true}
}

func reviewVoicemailIn(schema int, m model, settings cluster.Settings, servers cluster.Servers) diag.Diagnostics {
	return reviewVoicemail(cluster.Schema{Version: schema}, m, settings, servers)
}

func TestReviewVoicemail(t *testing.T) {
	choose := func(ip string) model {
		m := nothing()
		m.VoicemailServer = types.StringValue(ip)
		return m
	}
	t.Run("a cluster without a voicemail server: warning, managed or not", func(t *testing.T) {
		warned(t, reviewVoicemailIn(1606, nothing(), coordinated(""), someServers()), "No node runs the end of day")
		warned(t, reviewVoicemailIn(1606, nothing(), coordinated("10.9.9.9"), someServers()), `"10.9.9.9", which is no server's address`)
	})
	t.Run("a cluster with one: no warning", func(t *testing.T) {
		warned(t, reviewVoicemailIn(1606, nothing(), coordinated("10.0.0.1"), someServers()))
	})
	t.Run("an address that no server has: error", func(t *testing.T) {
		if found := reviewVoicemailIn(1606, choose("10.9.9.9"), coordinated(""), someServers()); !found.HasError() {
			t.Errorf("got %v", found)
		}
	})
	t.Run("a change of the voicemail server: warning", func(t *testing.T) {
		warned(t, reviewVoicemailIn(1606, choose("10.0.0.2"), coordinated("10.0.0.1"), someServers()), "messages that are stored on 10.0.0.1 stay there")
	})
	t.Run("a change where dialers know the coordinator: warning with the dialers to restart", func(t *testing.T) {
		warned(t, reviewVoicemailIn(1720, choose("10.0.0.2"), coordinated("10.0.0.1"), someServers()), "messages that are stored", "Restart it on dial1 (10.0.0.1), then on dial2 (10.0.0.2)")
		warned(t, reviewVoicemailIn(1720, choose("10.0.0.2"), coordinated(""), someServers()), "Restart it on dial2 (10.0.0.2)")
		warned(t, reviewVoicemailIn(1720, choose("10.0.0.9"), coordinated("10.0.0.1"), someServers()), "takes no voicemail", "messages that are stored", "Server DB1 runs no dialer")
		warned(t, reviewVoicemailIn(1720, choose("10.0.0.1"), coordinated("10.0.0.1"), someServers()))
	})
	t.Run("an unchanged voicemail server: no warning", func(t *testing.T) {
		warned(t, reviewVoicemailIn(1606, choose("10.0.0.1"), coordinated("10.0.0.1"), someServers()))
	})
	t.Run("a node without Asterisk: warning", func(t *testing.T) {
		warned(t, reviewVoicemailIn(1606, choose("10.0.0.9"), coordinated(""), someServers()), "takes no voicemail")
	})
}

func TestReviewLists(t *testing.T) {
	t.Run("titles, weights and other lines: warnings", func(t *testing.T) {
		m := nothing()
		m.Reports, m.ReplicaServer = titles([]string{"Inbound Report by DID"}), types.StringValue("10.0.0.6")
		m.Weights = tfhelper.Int64Map(map[string]int{"10.0.0.1": 5})
		settings := coordinated("10.0.0.1")
		settings.Weights = cluster.Container{Exists: true, Text: "10.0.0.1,5\nlunch\n"}
		warned(t, reviewLists(m, settings, someServers()), `"Inbound Report" uses the replica too`, "10.0.0.2 takes agents and has no weight", "lunch")
	})
	t.Run("the replica may be one that is not managed", func(t *testing.T) {
		m, settings := nothing(), coordinated("10.0.0.1")
		m.Reports = titles([]string{"User Stats"})
		warned(t, reviewLists(m, settings, nil), "No report uses a replica")
		settings.Row["slave_db_server"] = cluster.Text("10.0.0.6")
		warned(t, reviewLists(m, settings, nil))
	})
	t.Run("a sounds server without central control: warning", func(t *testing.T) {
		m, settings := nothing(), coordinated("10.0.0.1")
		m.SoundsServer = types.StringValue("10.0.2.1")
		settings.Row["sounds_web_server"] = cluster.Text("10.0.2.1")
		warned(t, reviewLists(m, settings, someServers()))
		settings.CentralSounds = false
		warned(t, reviewLists(m, settings, nil), "sounds_central_control_active is 0")
	})
	t.Run("a sounds server that changes: warning", func(t *testing.T) {
		m, settings := nothing(), coordinated("10.0.0.1")
		m.SoundsServer = types.StringValue("10.0.2.2")
		settings.Row["sounds_web_server"] = cluster.Text("10.0.2.1")
		warned(t, reviewLists(m, settings, someServers()), "sounds_update")
		warned(t, reviewLists(m, settings, someServers()), "Nodes: dial1, dial2.")
	})
}

func TestWarn(t *testing.T) {
	moved := privateState{Changes: []tfhelper.ColumnChange{{Column: "slave_db_server", Text: "slave_db_server: a → b"}, {Column: "default_codecs", Text: "default_codecs: c → d"}}}
	t.Run("a change of a managed column: warning", func(t *testing.T) {
		found := moved.warn(cluster.Row{"slave_db_server": cluster.Text("a")})
		warned(t, found, "slave_db_server: a → b")
		if strings.Contains(found[0].Detail(), "default_codecs") {
			t.Error("a move of what is not owned is reported too")
		}
	})
	t.Run("a change of another column: no warning", func(t *testing.T) { warned(t, moved.warn(cluster.Row{})) })
}

// A host in the letters of the row is one host, whatever the letters; what is set to
// other letters is refused with the row's.
func TestReviewColumns_hosts(t *testing.T) {
	schema := cluster.Schema{Tables: map[cluster.Table]map[string]cluster.Column{cluster.TableSettings: {"sounds_web_server": {Length: 50}, "slave_db_server": {Length: 50}}}}
	settings := cluster.Settings{Row: cluster.Row{"sounds_web_server": cluster.Text("Web1"), "slave_db_server": cluster.Text("Replica ")}}
	for host, says := range map[[2]string]string{
		{"Web1", "Replica "}: `Existing value breaks a rule`,
		{"web1", "Replica "}: "Key is spelled differently: VICIdial writes this host Web1",
		{"web2", "replica"}:  "",
		{"Web1", "replica "}: "must be a host name",
		{"Web1", "Replica"}:  "",
		{"Web1 ", "Replica"}: "must be a host name",
	} {
		m := nothing()
		m.SoundsServer, m.ReplicaServer = types.StringValue(host[0]), types.StringValue(host[1])
		found := reviewColumns(schema, m, settings)
		text := ""
		for _, d := range found {
			text += d.Severity().String() + " " + d.Summary() + ": " + d.Detail() + "\n"
		}
		if says == "" && len(found) > 0 || !strings.Contains(text, says) {
			t.Errorf("%q: %s", host, text)
		}
	}
}
