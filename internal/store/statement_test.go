package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// inline writes a statement with its values where they go, to be read in a test.
func inline(s statement) string {
	text := s.text
	for _, arg := range s.args {
		value := "NULL"
		if arg != nil {
			value = fmt.Sprintf("'%v'", arg)
		}
		text = strings.Replace(text, "?", value, 1)
	}
	return text
}

// trunkKey picks SALES on one server.
func trunkKey() cluster.Row {
	return cluster.Row{"server_ip": cluster.Text("10.0.0.1"), "campaign_id": cluster.Text("SALES")}
}

func lines(dedicated int64) cluster.Row {
	return cluster.Row{"dedicated_trunks": cluster.Number(dedicated)}
}

func TestNewStatement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim string
		step  cluster.Step
		want  string
	}{
		{
			"a row is inserted where its key is not there",
			cluster.Step{Verb: cluster.Insert, Table: cluster.TableTrunks, Key: trunkKey(), Rows: []cluster.Row{{"server_ip": cluster.Text("10.0.0.1"), "campaign_id": cluster.Text("SALES"), "dedicated_trunks": cluster.Number(5)}}},
			"INSERT INTO vicidial_server_trunks (campaign_id, dedicated_trunks, server_ip) SELECT 'SALES', '5', '10.0.0.1' FROM DUAL" +
				" WHERE NOT EXISTS (SELECT 1 FROM vicidial_server_trunks WHERE campaign_id = 'SALES' AND server_ip = '10.0.0.1')",
		},
		{
			"many rows go in at once and leave those that are there alone",
			cluster.Step{Verb: cluster.Insert, Table: cluster.TableMeetmeRooms, Key: cluster.Row{"conf_exten": {}, "server_ip": {}}, Rows: []cluster.Row{
				{"conf_exten": cluster.Number(1), "server_ip": cluster.Text("a"), "extension": cluster.Null},
				{"conf_exten": cluster.Number(2), "server_ip": cluster.Text("a"), "extension": cluster.Null},
			}},
			"INSERT INTO vicidial_conferences (conf_exten, extension, server_ip) VALUES ('1', NULL, 'a'), ('2', NULL, 'a') ON DUPLICATE KEY UPDATE conf_exten = vicidial_conferences.conf_exten",
		},
		{
			"a change names what the row said, and NULL is the same as the empty text",
			cluster.Step{Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")}, From: cluster.Row{"custom_dialplan_entry": cluster.Null}, To: cluster.Row{"custom_dialplan_entry": cluster.Text("x"), "active": cluster.YesNo(true)}},
			"UPDATE servers SET active = 'Y', custom_dialplan_entry = 'x' WHERE server_id <=> 'dial1' AND COALESCE(custom_dialplan_entry, '') = ''",
		},
		{
			"a value can be set to NULL",
			cluster.Step{Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")}, To: cluster.Row{"ara_url": cluster.Null}},
			"UPDATE servers SET ara_url = NULL WHERE server_id <=> 'dial1'",
		},
		{
			"a row goes while it says what it said",
			cluster.Step{Verb: cluster.Delete, Table: cluster.TableTrunks, Key: trunkKey(), From: lines(5)},
			"DELETE FROM vicidial_server_trunks WHERE campaign_id <=> 'SALES' AND server_ip <=> '10.0.0.1' AND dedicated_trunks <=> '5'",
		},
		{
			"rooms go while nobody has reserved them",
			cluster.Step{Verb: cluster.Delete, Table: cluster.TableMeetmeRooms, Key: cluster.Row{"server_ip": cluster.Text("a")}, InColumn: "conf_exten", In: []cluster.Value{cluster.Number(1), cluster.Number(2)}, Guard: cluster.FreeRoom},
			"DELETE FROM vicidial_conferences WHERE server_ip <=> 'a' AND conf_exten IN ('1', '2') AND COALESCE(extension, '') = ''",
		},
		{
			"one duplicate is deleted",
			cluster.Step{Verb: cluster.DeleteDuplicates, Table: cluster.TableTrunks, Key: trunkKey(), From: lines(5)},
			"DELETE FROM vicidial_server_trunks WHERE campaign_id <=> 'SALES' AND server_ip <=> '10.0.0.1' AND dedicated_trunks <=> '5'" +
				" AND 1 < (SELECT copies FROM (SELECT COUNT(*) AS copies FROM vicidial_server_trunks WHERE campaign_id <=> 'SALES' AND server_ip <=> '10.0.0.1' AND dedicated_trunks <=> '5') AS counted) LIMIT 1",
		},
		{
			"a free copy of a room goes, also beside one that is in use",
			cluster.Step{Verb: cluster.DeleteDuplicates, Table: cluster.TableMeetmeRooms, Key: cluster.Row{"conf_exten": cluster.Number(1)}, Guard: cluster.FreeRoom},
			"DELETE FROM vicidial_conferences WHERE conf_exten <=> '1' AND COALESCE(extension, '') = ''" +
				" AND 1 < (SELECT copies FROM (SELECT COUNT(*) AS copies FROM vicidial_conferences WHERE conf_exten <=> '1') AS counted) LIMIT 1",
		},
		{
			"a step that names no row picks none",
			cluster.Step{Verb: cluster.Delete, Table: cluster.TableTrunks},
			"DELETE FROM vicidial_server_trunks WHERE FALSE",
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			if have := inline(newStatement(c.step)); have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
		})
	}
	t.Run("values are bound", func(t *testing.T) {
		t.Parallel()
		evil := cluster.Text("'; DROP TABLE servers; -- ")
		for _, verb := range []cluster.Verb{cluster.Insert, cluster.Update, cluster.Delete, cluster.DeleteDuplicates} {
			row := cluster.Row{"server_id": evil}
			done := newStatement(cluster.Step{Verb: verb, Table: cluster.TableServers, Key: row, From: row, To: row, Rows: []cluster.Row{row}, InColumn: "server_ip", In: []cluster.Value{evil}})
			if strings.Contains(done.text, "DROP") {
				t.Error(done.text)
			}
			if marks := strings.Count(done.text, "?"); marks != len(done.args) {
				t.Errorf("%d marks for %d values: %s", marks, len(done.args), done.text)
			}
		}
	})
}

func TestAuditText(t *testing.T) {
	t.Parallel()
	secret := cluster.Step{
		Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")},
		To: cluster.Row{cluster.ServerSecret: cluster.Text("hunter2"), cluster.ManagerSecret: cluster.Text("swordfish"), "server_description": cluster.Text("it's; fine")},
	}
	t.Run("format of the change log, without secrets", func(t *testing.T) {
		t.Parallel()
		const want = `UPDATE servers SET ASTmgrSECRET = '****', conf_secret = '****', server_description = 'it\'s fine' WHERE server_id <=> 'dial1'|`
		if have := auditText(secret, newStatement(secret)); have != want {
			t.Errorf("have %s\nwant %s", have, want)
		}
	})
	t.Run("password in a text is hidden", func(t *testing.T) {
		t.Parallel()
		for column, text := range map[string]string{
			"dialplan_entry": "exten => 9,1,Dial(SIP/me:hunter2@host)", "globals_string": "T = me:hunter2@host", "registration_string": "register => a:hunter2@b",
			"account_entry": "[a]\nmd5_cred=hunter2", "carrier_description": "sip:me:hunter2@host",
		} {
			step := cluster.Step{
				Verb: cluster.Update, Table: cluster.TableCarriers, Key: cluster.Row{"carrier_id": cluster.Text("EAST")},
				From: cluster.Row{column: cluster.Text(text)}, To: cluster.Row{column: cluster.Text(strings.Replace(text, "hunter2", "hunter3", 1))},
			}
			if have := auditText(step, newStatement(step)); strings.Contains(have, "hunter") || !strings.Contains(have, "****") {
				t.Errorf("%s: %s", column, have)
			}
		}
		step := cluster.Step{
			Verb: cluster.Update, Table: cluster.TableDIDs, Key: cluster.Row{"did_pattern": cluster.Text("8005550101")},
			To: cluster.Row{"filter_url": cluster.Text("http://crm/?user=6666&pass=hunter2&n=1")},
		}
		if have := auditText(step, newStatement(step)); strings.Contains(have, "hunter") || !strings.Contains(have, "pass=****&n=1") {
			t.Errorf("filter_url: %s", have)
		}
		for table, column := range map[cluster.Table]string{cluster.TableTemplates: "template_contents", cluster.TableServers: "custom_dialplan_entry", cluster.TablePhones: "conf_override"} {
			row := cluster.Row{column: cluster.Text("type=friend\nsecret=hunter2\n"), "name": cluster.Text("x")}
			step := cluster.Step{Verb: cluster.Insert, Table: table, Key: cluster.Row{"name": cluster.Text("x")}, Rows: []cluster.Row{row}}
			if have := auditText(step, newStatement(step)); strings.Contains(have, "hunter") || !strings.Contains(have, "****") {
				t.Errorf("%s: %s", column, have)
			}
		}
	})
	t.Run("inserted secret is hidden", func(t *testing.T) {
		t.Parallel()
		step := cluster.Step{
			Verb: cluster.Update, Table: cluster.TableCarriers, Key: cluster.Row{"carrier_id": cluster.Text("EAST")},
			To:    cluster.Row{"dialplan_entry": cluster.Text("exten => 9,1,Set(KEY=hunter2)")},
			Shown: map[string]string{"exten => 9,1,Set(KEY=hunter2)": "exten => 9,1,Set(KEY={secret:key})"},
		}
		const want = `UPDATE vicidial_server_carriers SET dialplan_entry = 'exten => 9,1,Set(KEY=****)' WHERE carrier_id <=> 'EAST'|`
		if have := auditText(step, newStatement(step)); have != want {
			t.Errorf("have %s\nwant %s", have, want)
		}
	})
	t.Run("long statement is truncated", func(t *testing.T) {
		t.Parallel()
		long := cluster.Step{Verb: cluster.Update, Table: cluster.TableServers, Key: cluster.Row{"server_id": cluster.Text("dial1")}, To: cluster.Row{"custom_dialplan_entry": cluster.Text(strings.Repeat("ä", 40000))}}
		have := auditText(long, newStatement(long))
		if len(have) > 65535 || !strings.HasSuffix(have, " ...|") {
			t.Errorf("%d bytes that end in %q", len(have), have[len(have)-8:])
		}
	})
	t.Run("description of a step has no values", func(t *testing.T) {
		t.Parallel()
		if have := describe(secret); have != "change servers: server_id dial1" {
			t.Error(have)
		}
	})
}
