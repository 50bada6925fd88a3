package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

const canary = "s3cr3t-canary"

// settingsOf are the settings of the provider's user for a test's database.
func settingsOf(d *sandbox.Database) Settings {
	return Settings{Settings: conn.Settings{Host: d.Host, Port: d.Port, Database: d.Name, Username: d.Username, Password: d.Password}}
}

func TestSettings_hideTheirSecrets(t *testing.T) {
	settings := Settings{
		Settings: conn.Settings{
			Host: "db.example", Username: "terraform", Password: canary,
			SSH: &conn.SSH{Host: "bastion.example", User: "ops", PrivateKey: canary, Passphrase: canary, Password: canary, HostKey: "ssh-ed25519 AAAA"},
		},
		LockTimeout: time.Minute, AuditUser: "6666",
	}
	for name, subject := range map[string]any{"settings": settings, "a pointer to settings": &settings, "a list of them": []Settings{settings}, "a store": New(settings)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			t.Run(name+" as "+verb, func(t *testing.T) { checkNoSecret(t, fmt.Sprintf(verb, subject)) })
		}
		t.Run(name+" in a log of text", func(t *testing.T) {
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("here", "subject", subject)
			checkNoSecret(t, log.String())
		})
	}
	t.Run("log shows the other settings", func(t *testing.T) {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("here", "subject", settings)
		checkNoSecret(t, log.String())
		for _, want := range []string{`"address":"db.example:3306"`, `"read_only":false`, `"lock_timeout":60000000000`, `"audit_enabled":false`, `"audit_user":"6666"`} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log has no %s: %s", want, log.String())
			}
		}
	})
}

func checkNoSecret(t *testing.T, text string) {
	t.Helper()
	inHex := fmt.Sprintf("%x", canary)
	if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), inHex) {
		t.Errorf("a secret is shown: %s", text)
	}
}

func TestSettings_faults(t *testing.T) {
	for _, c := range []struct {
		claim  string
		change func(*Settings)
		want   string // the setting and a part of its text; empty for none
	}{
		{"host and user", func(*Settings) {}, ""},
		{"fault of the connection", func(s *Settings) { s.Port = -1 }, "port: -1"},
		{"negative lock_timeout", func(s *Settings) { s.LockTimeout = -time.Second }, "lock_timeout: -1s is out of range"},
		{"lock_timeout below a second", func(s *Settings) { s.LockTimeout = time.Millisecond }, "lock_timeout: 1ms is out of range"},
		{"lock_timeout too long", func(s *Settings) { s.LockTimeout = 2 * time.Hour }, "lock_timeout: 2h0m0s is out of range"},
		{"audit user too long", func(s *Settings) { s.AuditUser = strings.Repeat("x", 21) }, `audit.user: "xxxxxxxxxxxxxxxxxxxxx" is longer than 20`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			settings := Settings{Settings: conn.Settings{Host: "db.example", Username: "terraform"}}
			c.change(&settings)
			faults := settings.Violations()
			if c.want == "" {
				if len(faults) > 0 {
					t.Errorf("faults = %v, want none", faults)
				}
				return
			}
			if len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), c.want) || faults[0].Hint() == "" {
				t.Errorf("faults = %v, want one %q with a hint", faults, c.want)
			}
		})
	}
}

func TestStore_withoutADatabase(t *testing.T) {
	_, err := New(Settings{}).Servers(t.Context())
	var missing *conn.NoDatabase
	if !errors.As(err, &missing) || !errors.Is(err, cluster.ErrNoDatabase) || !strings.Contains(missing.Hint(), "VICIDIAL_") {
		t.Errorf("reading servers: %v, want a hint at the environment", err)
	}
}

// A wait for the lock is a statement without an answer.
func TestStore_waitsForTheLock(t *testing.T) {
	for _, wait := range []time.Duration{time.Second, time.Hour} {
		if s := New(Settings{LockTimeout: wait}); s.settings.AnswerTimeout < wait+time.Minute {
			t.Errorf("a wait of %s is cut after %s", wait, s.settings.AnswerTimeout)
		}
	}
}
