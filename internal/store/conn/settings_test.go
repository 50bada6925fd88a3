package conn

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "s3cr3t-canary"

func settingsWithSecrets() Settings {
	return Settings{
		Host:     "db.example",
		Username: "terraform",
		Password: canary,
		TLS:      TLS{Mode: TLSVerifyFull, CAFile: "ca.pem"},
		SSH: &SSH{
			Host: "bastion.example", User: "ops", PrivateKey: canary, Passphrase: canary, Password: canary, HostKey: "ssh-ed25519 AAAA",
		},
	}
}

func TestSettingsHideTheirSecrets(t *testing.T) {
	settings := settingsWithSecrets()
	type within struct {
		Settings Settings
		Jump     *SSH
	}
	opened := settings
	opened.SSH, opened.TLS = nil, TLS{}
	db, closePool, err := Open(opened)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closePool() })

	subjects := map[string]any{
		"settings":              settings,
		"a pointer to settings": &settings,
		"the jump host":         *settings.SSH,
		"a pointer to it":       settings.SSH,
		"a struct that has them": within{
			Settings: settings, Jump: settings.SSH,
		},
		"a list of them": []Settings{settings},
		"a pool":         db,
	}
	for name, subject := range subjects {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			t.Run(name+" as "+verb, func(t *testing.T) {
				refuseCanary(t, fmt.Sprintf(verb, subject))
			})
		}
		t.Run(name+" in a log of text", func(t *testing.T) {
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("here", "subject", subject)
			refuseCanary(t, log.String())
		})
	}
	t.Run("%#v", func(t *testing.T) {
		refuseCanary(t, settings.GoString()+settings.SSH.GoString())
	})
	t.Run("settings in a log of JSON", func(t *testing.T) {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("here", "subject", settings, "jump", settings.SSH)
		refuseCanary(t, log.String())
		if !strings.Contains(log.String(), "db.example:3306") || !strings.Contains(log.String(), "bastion.example:22") {
			t.Errorf("the log tells nothing: %s", log.String())
		}
	})
}

func refuseCanary(t *testing.T, text string) {
	t.Helper()
	inHex := fmt.Sprintf("%x", canary)
	if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), inHex) {
		t.Errorf("a secret is shown: %s", text)
	}
}

func TestSettingsAreShown(t *testing.T) {
	for _, c := range []struct {
		claim    string
		settings Settings
		want     string
	}{
		{
			"with the defaults that will count",
			Settings{Host: "db"},
			"Settings{address:db:3306 database:asterisk tls:TLS{mode:preferred} max_connections:20}",
		},
		{
			"a secret is shown as hidden",
			Settings{Host: "fd00::5", Port: 3307, Username: "u", Password: canary, SSH: &SSH{Host: "b", User: "ops", Password: canary, KnownHostsFile: "kh"}},
			"Settings{address:[fd00::5]:3307 ssh:SSH{address:b:22 user:ops password:(hidden) known_hosts_file:kh} database:asterisk username:u password:(hidden) tls:TLS{mode:preferred} max_connections:20}",
		},
		{
			"with the socket instead of the host",
			Settings{Socket: "/run/mysqld/mysqld.sock", Database: "vici", MaxConnections: 2},
			"Settings{address:/run/mysqld/mysqld.sock database:vici tls:TLS{mode:preferred} max_connections:2}",
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := c.settings.String(); got != c.want {
				t.Errorf("String()\n got %s\nwant %s", got, c.want)
			}
		})
	}
}
