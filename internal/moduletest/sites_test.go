package moduletest

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// site is one of the sites of examples/sites, with its variable file and database.
type site struct {
	*cli
	name     string
	database *sandbox.Database
}

// sitesOf initialises examples/sites for databases by site.
func sitesOf(t *testing.T, databases map[string]*sandbox.Database) map[string]site {
	t.Helper()
	passwords, all := map[string]any{}, map[string]any{}
	for name, d := range databases {
		passwords[name], all[name] = d.Password, secrets
	}
	c := newCLI(t, "sites", variableSetting(t, "passwords", passwords), variableSetting(t, "secrets", all))
	sites := map[string]site{}
	for name, d := range databases {
		own := *c
		own.env = append(slices.Clone(c.env), "TF_WORKSPACE="+name)
		sites[name] = site{&own, name, d}
		sites[name].connect(d.Host, d.Port)
	}
	return sites
}

// connect puts the address of the database into the variable file.
func (s site) connect(host string, port int) {
	s.change(`connection = {`, `connection = { port = `+strconv.Itoa(port)+`, username = "`+s.database.Username+`", database = "`+s.database.Name+`", `)
	text := s.read(s.name + ".tfvars")
	_, address, _ := strings.Cut(text, `host = "`)
	address, _, _ = strings.Cut(address, `"`)
	s.change(`host = "`+address+`"`, `host = "`+host+`"`)
}

// change replaces a text of the variable file.
func (s site) change(from, to string) {
	s.t.Helper()
	text := s.read(s.name + ".tfvars")
	if !strings.Contains(text, from) {
		s.t.Fatalf("%s.tfvars does not have %q", s.name, from)
	}
	s.write(s.name+".tfvars", strings.Replace(text, from, to, 1))
}

// do runs Terraform with the variable file.
func (s site) do(args ...string) string {
	s.t.Helper()
	return strings.Join(strings.Fields(s.run(0, append(args, "-var-file="+s.name+".tfvars")...)), " ")
}

// drift runs the script that plans all sites, and returns its table by site.
func (c *cli) drift(want int) map[string][]string {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), "bash", filepath.Join(c.folder, "drift"), c.t.TempDir())
	command.Env = slices.DeleteFunc(slices.Clone(c.env), func(setting string) bool { return strings.HasPrefix(setting, "TF_WORKSPACE=") })
	said, err := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); code != want {
		c.t.Fatalf("drift: exit code %d, want %d (%v)\n%s", code, want, err, said)
	}
	table := map[string][]string{}
	for line := range strings.Lines(string(said)) {
		if cells := strings.Fields(line); len(cells) > 3 {
			table[cells[0]] = []string{cells[1], cells[2], strings.Join(cells[3:], " ")}
		}
	}
	delete(table, "site") // its head
	return table
}

func TestSites(t *testing.T) {
	t.Parallel()
	databases := map[string]*sandbox.Database{"anchor": newEmptySystem(t), "harbour": newEmptySystem(t)}
	sites := sitesOf(t, databases)
	anchor, harbour := sites["anchor"], sites["harbour"]
	both := func(do func(site)) {
		var wait sync.WaitGroup
		for _, s := range sites {
			wait.Go(func() { do(s) })
		}
		wait.Wait()
	}
	both(func(s site) {
		s.do("apply", "-auto-approve")
		s.do("plan", "-detailed-exitcode")
	})
	t.Run("rows of each site", func(t *testing.T) {
		const rows = "SELECT (SELECT GROUP_CONCAT(server_id ORDER BY server_id) FROM servers) AS servers, (SELECT COUNT(*) FROM phones_alias) AS seats, active_voicemail_server AS coordinator, outbound_calls_per_second AS cps FROM system_settings"
		anchor.database.Expect(t, rows, `
			| servers               | seats | coordinator | cps |
			| db1,dial1,dial2,dial3 |    50 | 10.10.10.11 |  60 |`)
		harbour.database.Expect(t, rows, `
			| servers         | seats | coordinator | cps |
			| db1,dial1,dial2 |    20 | 10.20.10.12 |  40 |`)
	})
	t.Run("no secret in state", func(t *testing.T) {
		for _, s := range sites {
			state := s.read(filepath.Join("terraform.tfstate.d", s.name, "terraform.tfstate"))
			if strings.Contains(state, "pw-") || strings.Contains(state, s.database.Password) {
				t.Errorf("a secret is in the state of %s", s.name)
			}
		}
	})
	byHand := func(statements ...string) {
		for _, statement := range statements {
			if _, err := harbour.database.DB().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	const logged = "INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type, record_id, event_code, event_sql) VALUES (NOW(), '6666', '10.20.10.50', 'SYSTEMSETTINGS', 'MODIFY', 'system_settings', 'ADMIN MODIFY SYSTEM SETTINGS', '')"
	const coordinator = "SELECT active_voicemail_server FROM system_settings"
	t.Run("drift of all sites in a table", func(t *testing.T) {
		clean := map[string][]string{"anchor": {"-", "-", "-"}, "harbour": {"-", "-", "-"}}
		if table := anchor.drift(0); !maps.EqualFunc(table, clean, slices.Equal) {
			t.Errorf("the table says %v", table)
		}
		byHand("UPDATE system_settings SET active_voicemail_server = '10.20.10.11'", logged)
		table := anchor.drift(2)
		if !slices.Equal(table["anchor"], clean["anchor"]) || !slices.Equal(table["harbour"], []string{"1", "6666@10.20.10.50", "-"}) {
			t.Errorf("the table says %v", table)
		}
		anchor.write("lost.tfvars", strings.ReplaceAll(anchor.read("anchor.tfvars"), `"anchor"`, `"lost"`))
		table = anchor.drift(1)
		if !slices.Equal(table["harbour"], []string{"1", "6666@10.20.10.50", "-"}) || table["lost"][0] != "-" || table["lost"][2] == "-" {
			t.Errorf("the table says %v", table)
		}
		if err := os.Remove(filepath.Join(anchor.folder, "lost.tfvars")); err != nil {
			t.Fatal(err)
		}
		harbour.do("apply", "-auto-approve")
		harbour.database.Expect(t, coordinator, `
			| active_voicemail_server |
			| 10.20.10.12             |`)
	})
	t.Run("change between plan and apply is a conflict", func(t *testing.T) {
		harbour.change(`coordinator = "dial2"`, `coordinator = "dial1"`)
		harbour.do("plan", "-out=saved")
		byHand("UPDATE system_settings SET active_voicemail_server = '10.20.10.5'", logged)
		said := strings.Join(strings.Fields(harbour.run(1, "apply", "saved")), " ")
		if !strings.Contains(said, `were changed by somebody else: active_voicemail_server is now "10.20.10.5"`) {
			t.Errorf("the apply says\n%s", said)
		}
		harbour.database.Expect(t, coordinator, `
			| active_voicemail_server |
			| 10.20.10.5              |`)
		harbour.do("apply", "-auto-approve")
	})
	t.Run("node is lost and node is added", func(t *testing.T) {
		anchor.change("dial3 = { address = \"10.10.10.13\", trunks = 250, weight = 50 }\n", "")
		anchor.change("lines = 300", "lines = 200")
		harbour.change(`dial2 = {`, `dial3 = { address = "10.20.10.13", engine = "MEETME" }
    dial2 = {`)
		both(func(s site) {
			s.do("apply", "-auto-approve")
			s.do("plan", "-detailed-exitcode")
		})
		anchor.database.Expect(t, "SELECT p.server_ip, COUNT(*) AS seats, (SELECT SUM(dedicated_trunks) FROM vicidial_server_trunks t WHERE t.server_ip = p.server_ip AND campaign_id = 'SALES') AS trunks FROM phones p WHERE p.login REGEXP '^20[0-9]{2}[a-z]$' GROUP BY 1 ORDER BY 1", `
			| server_ip   | seats | trunks |
			| 10.10.10.11 |    50 |    200 |
			| 10.10.10.12 |    50 |    200 |`)
		harbour.database.Expect(t, "SELECT server_ip, COUNT(*) BETWEEN 13 AND 14 AS share FROM phones WHERE login REGEXP '^30[0-9]{2}[a-z]$' GROUP BY 1 ORDER BY 1", `
			| server_ip   | share |
			| 10.20.10.11 |     1 |
			| 10.20.10.12 |     1 |
			| 10.20.10.13 |     1 |`)
	})
	t.Run("carrier gets a failover", func(t *testing.T) {
		harbour.change(`protocol = "PJSIP", prefix = "9" }`, `protocol = "PJSIP", prefix = "9", failover = ["SPARE"] }, SPARE = { host = "192.0.2.30", prefix = "7", failover = ["MAIN"] }`)
		said := harbour.do("apply", "-auto-approve")
		if !strings.Contains(said, "1 added, ") || !strings.Contains(said, " 0 destroyed") {
			t.Errorf("the apply says\n%s", said)
		}
		harbour.do("plan", "-detailed-exitcode")
	})
	folder := filepath.Join(t.TempDir(), "examples")
	t.Run("module changes site by site", func(t *testing.T) {
		if err := os.CopyFS(folder, os.DirFS(filepath.Dir(anchor.folder))); err != nil {
			t.Fatal(err)
		}
		with := func(s site) site {
			next := *s.cli
			next.folder = filepath.Join(folder, "sites")
			return site{&next, s.name, s.database}
		}
		nextAnchor, nextHarbour := with(anchor), with(harbour)
		module := filepath.Join("..", "modules", "site", "seats.tf")
		nextAnchor.write(module, nextAnchor.read(module)+`
resource "vicidial_conf_template" "fax" {
  template_id       = "fax"
  template_name     = "Fax machines of ${var.site.name}"
  template_contents = "type=friend\nhost=dynamic\nt38pt_udptl=yes\n"
}
`)
		update := func(s site) {
			if said := s.do("apply", "-auto-approve"); !strings.Contains(said, "Resources: 1 added, 0 changed, 0 destroyed") {
				t.Errorf("the apply of %s says\n%s", s.name, said)
			}
			s.do("plan", "-detailed-exitcode")
		}
		update(nextAnchor)
		harbour.do("plan", "-detailed-exitcode") // with the module as it was
		update(nextHarbour)
		anchor, harbour = nextAnchor, nextHarbour
	})
	t.Run("sites are removed", func(t *testing.T) {
		anchor.do("destroy", "-auto-approve")
		expectEmpty(t, anchor.database)
		harbour.do("plan", "-detailed-exitcode")
		harbour.do("destroy", "-auto-approve")
		expectEmpty(t, harbour.database)
	})
}

// The module is used from a repository, at a tag.
func TestSite_fromGit(t *testing.T) {
	t.Parallel()
	c := newCLI(t, "modules/site/examples/small")
	repository := filepath.Join(c.folder, "..", "..", "..", "..", "..")
	git := func(args ...string) {
		command := exec.CommandContext(t.Context(), "git", append([]string{"-C", repository, "-c", "user.name=test", "-c", "user.email=test@example.com"}, args...)...)
		if said, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, said)
		}
	}
	git("init", "--quiet")
	git("add", "examples/modules")
	git("commit", "--quiet", "--message=site")
	git("tag", "site-v1.0.0")
	c.write("main.tf", strings.Replace(c.read("main.tf"), `"../.."`, `"git::file://`+filepath.ToSlash(filepath.Clean(repository))+`//examples/modules/site?ref=site-v1.0.0"`, 1))
	c.run(0, "init")
	c.run(0, "validate")
}
