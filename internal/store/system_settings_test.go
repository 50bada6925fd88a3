package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestSystemSettings(t *testing.T) {
	for _, schema := range sandbox.AllSchemas() {
		t.Run(fmt.Sprintf("schema %d: reads what the schema has, NULL as NULL, and no secret", schema), func(t *testing.T) {
			t.Parallel()
			d := sandbox.New(t, schema)
			runOn(t, d.DB(), "UPDATE system_settings SET active_voicemail_server = '10.0.0.1', default_codecs = NULL, sounds_central_control_active = '1', default_server_password = 'hush'")
			settings, err := storeOf(t, d).SystemSettings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if settings.Row["active_voicemail_server"] != cluster.Text("10.0.0.1") || settings.Row["default_codecs"] != cluster.Null ||
				!settings.CentralSounds || settings.SchemaVersion != cluster.Text(fmt.Sprint(schema)) || settings.Weights.Exists {
				t.Errorf("got %+v", settings)
			}
			if _, ok := settings.Row["allowed_sip_stacks"]; ok != (schema >= 1642) {
				t.Errorf("allowed_sip_stacks: %t", ok)
			}
			if strings.Contains(fmt.Sprint(settings), "hush") {
				t.Error("a secret was read")
			}
		})
	}
	t.Run("container without a text", func(t *testing.T) {
		t.Parallel()
		d := sandbox.New(t, 1720)
		runOn(t, d.DB(), "INSERT INTO vicidial_settings_containers (container_id, container_entry) VALUES ('AGENT_LOAD_BALANCING_WEIGHT', NULL), ('OTHER', '10.0.0.1,5')")
		settings, err := storeOf(t, d).SystemSettings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(cluster.Container{Exists: true}, settings.Weights); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSystemSettings_write(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	audited := settingsOf(d)
	audited.AuditEnabled = true
	s := New(audited)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	apply := func(seen, want, secrets cluster.Row) error {
		return s.Apply(t.Context(), func(ctx context.Context) (cluster.Plan, error) {
			have, err := s.SystemSettings(ctx)
			if err != nil {
				return cluster.Plan{}, err
			}
			return cluster.PlanSettings(have, seen, want, secrets)
		})
	}
	weights := cluster.Text(cluster.FormatWeights(map[string]int{"10.0.0.1": 5}))
	if err := apply(nil, cluster.Row{"sounds_web_server": cluster.Text("10.0.2.1"), cluster.WeightsColumn: weights}, cluster.Row{cluster.DefaultServerPassword: cluster.Text("hush-17")}); err != nil {
		t.Fatal(err)
	}
	t.Run("row and container are written, the log has no secret", func(t *testing.T) {
		d.Expect(t, "SELECT sounds_web_server, default_server_password FROM system_settings", `
			| sounds_web_server | default_server_password |
			| 10.0.2.1          | hush-17                 |`)
		d.Expect(t, "SELECT event_section, event_type, event_sql LIKE '%hush%' AS told FROM vicidial_admin_log ORDER BY admin_log_id", `
			| event_section  | event_type | told |
			| CONTAINERS     | ADD        |    0 |
			| SYSTEMSETTINGS | MODIFY     |    0 |`)
	})
	t.Run("written values are read back", func(t *testing.T) {
		settings, err := s.SystemSettings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if settings.Row["sounds_web_server"].Text != "10.0.2.1" || settings.Weights.Text != weights.Text {
			t.Errorf("got %+v", settings)
		}
	})
	t.Run("changed row is a conflict", func(t *testing.T) {
		seen := cluster.Row{"sounds_web_server": cluster.Text("10.0.2.1")}
		runOn(t, d.DB(), "UPDATE system_settings SET sounds_web_server = '10.0.2.9'")
		err := apply(seen, cluster.Row{"sounds_web_server": cluster.Text("10.0.2.2")}, nil)
		if conflict := (*cluster.Conflict)(nil); !errors.As(err, &conflict) {
			t.Errorf("got %v", err)
		}
		d.Expect(t, "SELECT sounds_web_server FROM system_settings", `
			| sounds_web_server |
			| 10.0.2.9          |`)
	})
	t.Run("container is deleted without weights", func(t *testing.T) {
		if err := apply(nil, cluster.Row{cluster.WeightsColumn: cluster.Null}, nil); err != nil {
			t.Fatal(err)
		}
		d.Expect(t, "SELECT COUNT(*) AS containers FROM vicidial_settings_containers", `
			| containers |
			|          0 |`)
	})
}
