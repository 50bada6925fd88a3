package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// TestHeartbeats_clockChanges sets the database's clock around the changes between
// winter and summer time. A node that wrote its row a second before is alive and
// was silent for a second at any time, except within the second after a change,
// when VICIdial itself compares wall clocks of two times of the year.
func TestHeartbeats_clockChanges(t *testing.T) {
	t.Parallel()
	server := sandbox.Own(t, sandbox.Options{})
	const spring, autumn = 1711846800, 1729990800 // 31 March and 27 October 2024, 01:00 UTC
	runOn(t, server.Root(),
		"INSERT INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES (77, 'N')",
		"INSERT INTO mysql.time_zone_name (Name, Time_zone_id) VALUES ('Test/Berlin', 77)",
		"INSERT INTO mysql.time_zone_transition_type (Time_zone_id, Transition_type_id, `Offset`, Is_DST, Abbreviation) VALUES (77, 0, 3600, 0, 'CET'), (77, 1, 7200, 1, 'CEST')",
		fmt.Sprintf("INSERT INTO mysql.time_zone_transition (Time_zone_id, Transition_time, Transition_type_id) VALUES (77, 1698541200, 0), (77, %d, 1), (77, %d, 0)", spring, autumn),
		"SET GLOBAL time_zone = 'Test/Berlin'")
	d := server.Database(t, 1720)
	// As VICIdial's CREATE TABLE makes it where explicit_defaults_for_timestamp is off.
	runOn(t, server.Root(), "ALTER TABLE "+d.Name+".server_updater MODIFY db_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
	for name, c := range map[string]struct {
		now    int64
		behind string // of the node's wall clock
		skew   time.Duration
		alive  bool
	}{
		"in winter":                           {spring - 7200, "0 SECOND", 0, true},
		"after the change of spring":          {spring + 5, "0 SECOND", 0, true},
		"in the first of the two same hours":  {autumn - 1800, "0 SECOND", 0, true},
		"in the second of the two same hours": {autumn + 1800, "0 SECOND", 0, true},
		"after the change of autumn":          {autumn + 7200, "0 SECOND", 0, true},
		"a node six hours to the west":        {spring - 7200, "6 HOUR", -6 * time.Hour, false},
		"a node an hour to the east":          {autumn + 1800, "-1 HOUR", time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			node, err := server.Root().Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = node.Close() }()
			for _, statement := range []string{
				"DELETE FROM " + d.Name + ".server_updater", "SET time_zone = 'Test/Berlin'", fmt.Sprintf("SET timestamp = %d", c.now-1),
				// db_time is set by the server, as when a node writes its row.
				fmt.Sprintf("INSERT INTO %s.server_updater (server_ip, last_update) VALUES ('10.0.0.1', NOW() - INTERVAL %s)", d.Name, c.behind),
				"SET timestamp = DEFAULT", fmt.Sprintf("SET GLOBAL init_connect = 'SET timestamp = %d'", c.now),
			} {
				if _, err := node.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			beats, err := storeOf(t, d).heartbeats(t.Context())
			if err != nil || len(beats) != 1 {
				t.Fatalf("%+v, %v", beats, err)
			}
			b := beats[0]
			if b.Alive() != c.alive || !b.SkewKnown || b.Silence != time.Second || b.Skew != c.skew {
				t.Errorf("alive %t, silent for %v, skew %v; want %t, 1s, %v", b.Alive(), b.Silence, b.Skew, c.alive, c.skew)
			}
		})
	}
}
