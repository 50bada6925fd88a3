package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/health"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// storeOf opens a store on a test's database until the test ends.
func storeOf(t *testing.T, d *sandbox.Database) *Store {
	t.Helper()
	s := New(settingsOf(d))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// storeOn opens a store on the copy of a test's database on another server.
func storeOn(t *testing.T, d *sandbox.Database, server *sandbox.Server) *Store {
	t.Helper()
	settings := settingsOf(d)
	settings.Host, settings.Port = server.Host(), server.Port()
	s := New(settings)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func runOn(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestHealth_unusualRows(t *testing.T) {
	t.Run("new system without rows", func(t *testing.T) {
		t.Parallel()
		for _, schema := range sandbox.AllSchemas() {
			snapshot, err := storeOf(t, sandbox.New(t, schema)).Health(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(snapshot.Servers)+len(snapshot.Heartbeats)+len(snapshot.Agents)+len(snapshot.Calls) != 0 || snapshot.Schema != schema || snapshot.Now.IsZero() {
				t.Errorf("schema %d: %+v", schema, snapshot)
			}
		}
	})

	t.Run("newest heartbeat of a node, and zero dates", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1302) // whose table has no unique key
		runOn(t, d.DB(), "SET SESSION sql_mode = ''", "INSERT INTO servers (server_id, server_ip, active) VALUES ('dial1', '10.0.0.1', 'Y'), ('dial2', '10.0.0.2', 'Y'), ('dial3', '10.0.0.3', 'Y')",
			"INSERT INTO server_updater (server_ip, last_update, db_time) VALUES ('10.0.0.1', NOW() - INTERVAL 1 HOUR, NOW()), ('10.0.0.1', NOW(), NOW()), ('10.0.0.1', NOW() - INTERVAL 2 HOUR, NOW()), ('10.0.0.2', NULL, NOW())",
			"INSERT IGNORE INTO server_updater (server_ip, last_update, db_time) VALUES ('10.0.0.3', '0000-00-00 00:00:00', NOW())")
		s := storeOf(t, d)
		snapshot, err := s.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		health := health.NewReport(snapshot)
		if !health.Nodes[0].Alive || health.Nodes[1].HasHeartbeat || health.Nodes[2].Alive {
			t.Errorf("%+v", health.Nodes)
		}
		if alive, found, err := s.Alive(t.Context()); err != nil || !found || !slices.Equal(alive, []string{"10.0.0.1"}) {
			t.Errorf("%v %v", alive, err)
		}
	})

	t.Run("no heartbeats: no node is dead", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		runOn(t, d.DB(), "INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1'), ('dial2', '10.0.0.2')")
		s := storeOf(t, d)
		dead := func() (dead int) {
			topology, err := s.Topology(t.Context(), true)
			if err != nil {
				t.Fatal(err)
			}
			for _, node := range topology.Nodes {
				if node.Dead {
					dead++
				}
			}
			return dead
		}
		if n := dead(); n != 0 {
			t.Errorf("%d nodes are dead", n)
		}
		runOn(t, d.DB(), "INSERT INTO server_updater (server_ip, last_update) VALUES ('10.0.0.1', NOW())")
		if n := dead(); n != 1 {
			t.Errorf("%d nodes are dead, want the one without a heartbeat", n)
		}
	})

	t.Run("two servers with one address", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		runOn(t, d.DB(), "INSERT INTO servers (server_id, server_ip, max_vicidial_trunks) VALUES ('dial1', '10.0.0.1', 10), ('dial2', '10.0.0.1', 20)")
		s := storeOf(t, d)
		in, err := s.FailoverInput(t.Context(), true, false)
		if err != nil || len(in.Servers) != 1 || in.Servers[0].ID() != "dial1" {
			t.Errorf("%+v %v", in.Servers, err)
		}
		if dialing, err := s.ForecastInput(t.Context(), false); err != nil || len(dialing.Servers) != 1 || dialing.Servers[0].MaxTrunks() != 10 {
			t.Errorf("%+v %v", dialing.Servers, err)
		}
	})

	t.Run("NULL columns", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		runOn(t, d.DB(), "INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks, vicidial_balance_active, outbound_calls_per_second, disk_usage, svn_revision, conf_engine) VALUES ('dial1', '10.0.0.1', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
			"INSERT INTO vicidial_live_agents (server_ip, lead_id, campaign_id, status, extension) VALUES ('10.0.0.1', 0, NULL, NULL, NULL)",
			"INSERT INTO vicidial_auto_calls (server_ip, lead_id, campaign_id, status, call_type) VALUES ('10.0.0.1', 0, NULL, NULL, NULL)",
			"INSERT INTO phones (server_ip, login, pass, active, template_id, extension, protocol, fullname) VALUES (NULL, '2000', NULL, NULL, '', NULL, NULL, NULL)",
			"INSERT INTO phones_alias (alias_id, logins_list) VALUES ('x', NULL)",
			"INSERT INTO vicidial_campaigns (campaign_id, active, dial_method, auto_dial_level) VALUES ('C', NULL, NULL, NULL)")
		s := storeOf(t, d)
		if snapshot, err := s.Health(t.Context()); err != nil || snapshot.Servers[0].MaxTrunks() != 0 || snapshot.Agents[0].Count != 1 || snapshot.Calls[0].Count != 1 {
			t.Errorf("%+v %v", snapshot, err)
		}
		if in, err := s.ForecastInput(t.Context(), true); err != nil || in.Campaigns[0].Active || !in.Campaigns[0].LowLevel {
			t.Errorf("%+v %v", in, err)
		}
		if _, err := s.FailoverInput(t.Context(), true, true); err != nil {
			t.Error(err)
		}
		if _, err := s.Topology(t.Context(), true); err != nil {
			t.Error(err)
		}
	})
}

// Data sources that are used often share the rows, until a write to their tables.
func TestRowsOfDataSources_areShared(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	p := sandbox.NewProxy(t, d.Server())
	s := newStore(t, d, viaProxy(p))
	carriers := func() string {
		rows, err := s.CarrierRows(t.Context())
		return fmt.Sprint(rows, err)
	}
	phones := func() string {
		phones, aliases, err := s.AgentPhones(t.Context())
		return fmt.Sprint(phones, aliases, err)
	}
	runOn(
		t, d.DB(), "INSERT INTO vicidial_server_carriers SET carrier_id = 'TELCO', template_id = 'telco'",
		"INSERT INTO vicidial_conf_templates SET template_id = 'telco', template_contents = 'type=friend'",
		"INSERT INTO phones SET extension = '2000', server_ip = '10.0.0.1', login = '2000'",
	)
	for _, c := range []struct {
		table cluster.Table
		edit  string
		read  func() string
	}{
		{cluster.TableCarriers, "UPDATE vicidial_server_carriers SET carrier_name = 'edited'", carriers},
		{cluster.TableTemplates, "UPDATE vicidial_conf_templates SET template_contents = 'context=trunkinbound'", carriers},
		{cluster.TablePhones, "UPDATE phones SET protocol = 'EXTERNAL'", phones},
		{cluster.TableAliases, "INSERT INTO phones_alias SET alias_id = 'desk', logins_list = '2000'", phones},
	} {
		before := c.read()
		runOn(t, d.DB(), c.edit)
		p.Reset()
		if after := c.read(); after != before || len(p.Statements()) != 0 {
			t.Errorf("%s: they are read again: %s, %v", c.table, after, p.Statements())
		}
		s.written(t.Context(), []writtenStep{{cluster.Step{Table: c.table}, true}})
		if after := c.read(); after == before {
			t.Errorf("%s: a write is not seen: %s", c.table, after)
		}
	}
}

func TestAgentPhones_noPassword(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	runOn(t, d.DB(), "INSERT INTO phones (extension, server_ip, login, pass, active, template_id) VALUES ('1', '10.0.0.1', 'a', 'swordfish', 'Y', ''), ('2', '10.0.0.1', 'b', 'swordfish', 'Y', ''), ('3', '10.0.0.1', 'c', 'other', 'Y', '')")
	s := storeOf(t, d)
	first, _, err := s.AgentPhones(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Forget()
	second, _, err := s.AgentPhones(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if first[0].Password != first[1].Password || first[0].Password == first[2].Password {
		t.Errorf("equal passwords are not told from others: %+v", first)
	}
	if first[0].Password == second[0].Password || strings.Contains(fmt.Sprint(first), "swordfish") {
		t.Errorf("something can be learned of the password: %+v", first[0])
	}
}

// TestReplica queries a replica that replicates, lags and stops, with a user that
// may not ask for its status.
func TestReplica(t *testing.T) {
	t.Parallel()
	primary := sandbox.Own(t, sandbox.Options{ExtraArgs: []string{"--log-bin=bin", "--server-id=11"}})
	replica := sandbox.Own(t, sandbox.Options{ExtraArgs: []string{"--server-id=12"}})
	// place is where the primary's log ends: what started it is none of the replica's.
	place := func() (file string, position int) {
		t.Helper()
		var do, ignore string
		if err := primary.Root().QueryRowContext(t.Context(), "SHOW MASTER STATUS").Scan(&file, &position, &do, &ignore); err != nil {
			t.Fatal(err)
		}
		return file, position
	}
	file, position := place()
	runOn(t, primary.Root(), "CREATE USER copy@'%' IDENTIFIED BY 'copy'", "GRANT REPLICATION SLAVE ON *.* TO copy@'%'")
	runOn(t, replica.Root(), fmt.Sprintf("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = %d, MASTER_USER = 'copy', MASTER_PASSWORD = 'copy', MASTER_LOG_FILE = '%s', MASTER_LOG_POS = %d", primary.Port(), file, position), "START SLAVE")
	d := primary.Database(t, 1720)
	catchUp := func() {
		t.Helper()
		file, position := place()
		var events sql.NullInt64
		if err := replica.Root().QueryRowContext(t.Context(), "SELECT MASTER_POS_WAIT(?, ?, 60)", file, position).Scan(&events); err != nil || !events.Valid || events.Int64 < 0 {
			t.Fatalf("the replica does not follow: %v %v\n%s", events, err, replica.Log())
		}
	}
	beat := func(seconds int) {
		t.Helper()
		runOn(t, d.DB(), "DELETE FROM server_updater", fmt.Sprintf("INSERT INTO server_updater (server_ip, last_update, db_time) VALUES ('10.0.0.1', NOW(), TIMESTAMP'2024-05-17 12:00:00' + INTERVAL %d SECOND)", seconds))
	}
	runOn(t, d.DB(), fmt.Sprintf("UPDATE system_settings SET slave_db_server = '127.0.0.1:%d'", replica.Port()))
	beat(0)
	catchUp()
	s := storeOf(t, d)

	look := func() health.Replica {
		t.Helper()
		found, err := s.Replica(t.Context())
		if err != nil || found == nil {
			t.Fatalf("%+v %v", found, err)
		}
		return *found
	}
	if found := look(); found.Err != "" || !found.Running || !found.LagKnown || found.Lag != 0 {
		t.Errorf("a replica that follows: %+v", found)
	}
	runOn(t, replica.Root(), "STOP SLAVE")
	beat(90)
	if found := look(); found.Running || found.Lag != 90*time.Second {
		t.Errorf("a replica that was stopped: %+v", found)
	}
	// One thread alone: what was received is applied, and nothing more is received.
	runOn(t, replica.Root(), "START SLAVE SQL_THREAD")
	if found := look(); found.Running || found.Lag != 90*time.Second {
		t.Errorf("a replica without its IO thread: %+v", found)
	}
	runOn(t, replica.Root(), "GRANT REPLICA MONITOR ON *.* TO '"+d.Username+"'@'%'")
	s = storeOf(t, d)
	if found := look(); found.Running || !found.ThreadsKnown || !slices.Equal(found.Stopped, []string{"its IO thread is not running"}) {
		t.Errorf("a replica without its IO thread, to a user who may ask: %+v", found)
	}
	runOn(t, replica.Root(), "STOP SLAVE SQL_THREAD", "START SLAVE IO_THREAD")
	if found := look(); found.Running || !slices.Contains(found.Stopped, "its SQL thread is not running") {
		t.Errorf("a replica without its SQL thread: %+v", found)
	}
	onReplica := storeOn(t, d, replica)
	if replica, err := onReplica.isReplica(t.Context()); err != nil || !replica {
		t.Error("a replica without its SQL thread is taken for a primary")
	}
	runOn(t, replica.Root(), "START SLAVE")
	catchUp()
	if found := look(); !found.Running || !found.ThreadsKnown || found.Lag != 0 {
		t.Errorf("a replica that has caught up: %+v", found)
	}
	runOn(t, d.DB(), "UPDATE system_settings SET slave_db_server = ''")
	if found, err := s.Replica(t.Context()); err != nil || found != nil {
		t.Errorf("a cluster without a replica: %+v %v", found, err)
	}
}
