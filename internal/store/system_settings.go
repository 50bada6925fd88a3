package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// selectContainer is NULL if the container does not exist.
const selectContainer = `(SELECT COALESCE(container_entry, '') FROM vicidial_settings_containers WHERE container_id = ? LIMIT 1)`

// SystemSettings returns the row of system_settings, and the container of agent
// login weights where the schema has containers.
func (s *Store) SystemSettings(ctx context.Context) (cluster.Settings, error) {
	return s.settingsRow.get(ctx)
}

// VoicemailServer returns the server_ip of the node with all mailboxes.
func (s *Store) VoicemailServer(ctx context.Context) (string, error) {
	settings, err := s.SystemSettings(ctx)
	return settings.VoicemailServer(), err
}

// CrossServerExten reports whether the dialplan of every node contains the phones
// of all nodes.
func (s *Store) CrossServerExten(ctx context.Context) (bool, error) {
	settings, err := s.SystemSettings(ctx)
	return settings.Row["generate_cross_server_exten"].Text > "0", err
}

func (s *Store) readSystemSettings(ctx context.Context) (cluster.Settings, error) {
	schema, err := s.schema.get(ctx)
	if err != nil {
		return cluster.Settings{}, err
	}
	columns := schema.Only(cluster.TableSettings, cluster.SettingsColumns)
	others := schema.Only(cluster.TableSettings, []string{
		"db_schema_version", "sounds_central_control_active", "require_password_length", "outbound_autodial_active", "disable_auto_dial",
		"did_system_filter",
	})
	selected, args := slices.Concat(columns, others), []any(nil)
	if exists, err := s.has(ctx, cluster.TableContainers); err != nil {
		return cluster.Settings{}, err
	} else if exists {
		selected, args = append(selected, selectContainer), []any{cluster.LoginWeightsContainer}
	}

	settings := cluster.Settings{Row: make(cluster.Row, len(columns))}
	err = s.query(ctx, "system settings", "SELECT "+strings.Join(selected, ", ")+" FROM system_settings LIMIT 1", args, func(rows *sql.Rows) error {
		found, err := scanTexts(rows, len(selected))
		if err != nil {
			return err
		}
		for i, column := range columns {
			settings.Row[column] = value(found[i])
		}
		for i, column := range others {
			setting := value(found[len(columns)+i])
			switch column {
			case "db_schema_version":
				settings.SchemaVersion = setting
			case "sounds_central_control_active":
				settings.CentralSounds = setting.Text == "1"
			case "require_password_length":
				length, _ := setting.Int()
				settings.PasswordLength = int(length)
			case "did_system_filter":
				settings.DIDFilter = setting.Text > "0"
			case "outbound_autodial_active":
				settings.AutoDialOff = setting.Text == "0"
			case "disable_auto_dial":
				settings.AutoDialPaused = setting.Text == "1"
			}
		}
		if len(args) > 0 {
			weights := found[len(found)-1]
			settings.Weights.Exists, settings.Weights.Text = weights.Valid, weights.String
		}
		return nil
	})
	return settings, err
}
