package astguiclient_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

var update = flag.Bool("update", false, "write the golden files anew")

// aSite is a cluster as ViciBox sketches it for a number of agents
// (docs/vicidial/node-files.md#sketches):
// telephony nodes with 25 agents each, web nodes, a database, and a replica
// where asked.
func aSite(telephony, web int, replica bool) astguiclient.Site {
	machines := []nodes.Node{{ServerIP: "10.0.0.5", Roles: []nodes.Role{nodes.RoleDatabase}}}
	for i := range telephony {
		node := nodes.Node{ServerIP: fmt.Sprintf("10.0.1.%d", i+1), Roles: []nodes.Role{nodes.RoleTelephony}}
		if i%2 == 1 {
			node.Engine = cluster.Confbridge
		}
		machines = append(machines, node)
	}
	for i := range web {
		machines = append(machines, nodes.Node{ServerIP: fmt.Sprintf("10.0.2.%d", i+1), Roles: []nodes.Role{nodes.RoleWeb}})
	}
	if replica {
		machines = append(machines, nodes.Node{ServerIP: "10.0.0.6", Roles: []nodes.Role{nodes.RoleReplica}})
	}
	return astguiclient.Site{
		Cluster:  nodes.Site{Nodes: machines, Archives: nodes.Archives{LogSchedule: nodes.ArchiveMonthly}},
		Settings: map[string]string{"PATHweb": "/srv/www/htdocs", "VARasterisk_version": "18.X"},
		Crontab: nodes.CrontabOptions{
			Recordings: nodes.Recordings{Format: "MP3", KeepDays: 7},
			LogDays:    nodes.LogDays{VICIdial: 2, Asterisk: 2, Screen: 4},
		},
		Sources: "/usr/src/astguiclient/trunk",
	}
}

// sketches are the clusters of docs/vicidial/node-files.md#sketches, with what is special in each.
func sketches() map[string]astguiclient.Site {
	of75 := aSite(3, 1, false)

	of150 := aSite(6, 1, true)
	of150.Cluster.Nodes[1].SIPLogging = true
	of150.Settings["VARFTP_host"] = "10.0.0.7"
	of150.Settings["VARHTTP_path"] = "http://10.0.0.7"
	of150.Crontab.Recordings.Ship = true
	of150.Cluster.Nodes = append(of150.Cluster.Nodes, nodes.Node{ServerIP: "10.0.0.7", Roles: []nodes.Role{nodes.RoleArchive}})

	of300 := aSite(12, 2, true)
	of300.Cluster.Archives = nodes.Archives{LogSchedule: nodes.ArchiveDaily, LogDays: 365, URLLogDays: 30, Leads: nodes.LeadAge{Days: 730}, FetchEmail: true}
	of300.Cluster.Nodes[1].Duties = []nodes.Duty{nodes.BalanceFill, nodes.Hopper}
	of300.Cluster.Nodes[1].KeepaliveFlags = []string{"--adfill-delay=500"}
	of300.Cluster.Nodes[12].KeepaliveFlags = []string{"--autodial-delay=100"}
	of300.Cluster.Nodes[13].WebOnly = true
	of300.Extra = map[string]string{"SITE_name": "anchor"}
	of300.Own = map[string]astguiclient.NodeSettings{
		"10.0.1.12": {
			Settings:    map[string]string{"VARasterisk_version": "16.X", "VARfastagi_log_max_servers": "32"},
			Extra:       map[string]string{"RACK_unit": "17"},
			Cron:        []string{"MAILTO=ops@example.com", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "*/5 * * * * /usr/share/astguiclient/AST_phone_update.pl --agent-lookup"},
			ServerStats: true,
		},
	}
	return map[string]astguiclient.Site{"agents75": of75, "agents150": of150, "agents300": of300}
}

func TestSite_golden(t *testing.T) {
	for name, site := range sketches() {
		t.Run(name, func(t *testing.T) {
			files, err := site.Files()
			if err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join("testdata", name)
			if *update {
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
			}
			for _, serverIP := range slices.Sorted(maps.Keys(files)) {
				made := files[serverIP]
				golden(t, filepath.Join(folder, serverIP, "astguiclient.conf"), made.Conf)
				golden(t, filepath.Join(folder, serverIP, "crontab"), made.Crontab)
				golden(t, filepath.Join(folder, serverIP, "install.sh"), made.Fill+"\n"+made.Install+"\n")
			}
		})
		t.Run(name+" reads back as it was meant", func(t *testing.T) {
			files, err := site.Files()
			if err != nil {
				t.Fatal(err)
			}
			once := map[rune][]string{}
			for _, serverIP := range slices.Sorted(maps.Keys(files)) {
				made := files[serverIP]
				values := astguiclient.Parse(made.Conf)
				for _, key := range astguiclient.Keys() {
					want, said := made.File.Value(key)
					if got, found := values[key]; got != want || found != said {
						t.Errorf("node %s: %s reads as %q (%t), want %q (%t)", serverIP, key, got, found, want, said)
					}
				}
				if len(values) < 40 {
					t.Errorf("node %s: only %d keys were read back", serverIP, len(values))
				}
				for _, letter := range values["VARactive_keepalives"] {
					if strings.ContainsRune("579E", letter) {
						once[letter] = append(once[letter], serverIP)
					}
				}
				if jobs, err := astguiclient.ParseCrontab(made.Crontab); err != nil || len(jobs) == 0 {
					t.Errorf("node %s: the crontab reads as %v, error %v", serverIP, jobs, err)
				}
			}
			for _, letter := range "579E" {
				if len(once[letter]) != 1 {
					t.Errorf("keepalive %c is on %v", letter, once[letter])
				}
			}
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestSite_files(t *testing.T) {
	t.Run("the same site gives the same bytes, whatever the order of its nodes", func(t *testing.T) {
		site, turned := sketches()["agents300"], sketches()["agents300"]
		slices.Reverse(turned.Cluster.Nodes)
		one, err := site.Files()
		if err != nil {
			t.Fatal(err)
		}
		other, err := turned.Files()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, other); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a known password is in the filled file alone", func(t *testing.T) {
		site := aSite(2, 0, false)
		site.Secrets = map[string]string{"VARDB_pass": "pw-7f3a"}
		files, err := site.Files()
		if err != nil {
			t.Fatal(err)
		}
		made := files["10.0.1.1"]
		if strings.Contains(made.Conf+made.Crontab+made.Install+made.Fill, "pw-7f3a") {
			t.Error("the password is where no secret may be")
		}
		if got := astguiclient.Parse(made.Filled)["VARDB_pass"]; got != "pw-7f3a" {
			t.Errorf("the filled file says %q", got)
		}
		if got := astguiclient.Parse(made.Filled)["VARDB_custom_pass"]; got != "@@VARDB_custom_pass@@" {
			t.Errorf("the password that is not known is %q, want its placeholder", got)
		}
	})
	t.Run("no shipped password is ever written for the database", func(t *testing.T) {
		files, err := aSite(2, 0, false).Files()
		if err != nil {
			t.Fatal(err)
		}
		if values := astguiclient.Parse(files["10.0.1.1"].Conf); values["VARDB_pass"] != "@@VARDB_pass@@" || values["VARDB_custom_pass"] != "@@VARDB_custom_pass@@" {
			t.Errorf("got %q and %q", values["VARDB_pass"], values["VARDB_custom_pass"])
		}
	})
	t.Run("a single box finds its database at home", func(t *testing.T) {
		site := aSite(0, 0, false)
		site.Cluster.Nodes[0].Roles = []nodes.Role{nodes.RoleDatabase, nodes.RoleTelephony, nodes.RoleWeb}
		files, err := site.Files()
		if err != nil {
			t.Fatal(err)
		}
		if got := astguiclient.Parse(files["10.0.0.5"].Conf)["VARDB_server"]; got != "localhost" {
			t.Errorf("got %q", got)
		}
	})
}

func TestSite_refuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*astguiclient.Site)
		want   string
	}{
		"a misspelt key": {
			func(s *astguiclient.Site) { s.Settings["VARDB_sever"] = "10.0.0.5" },
			"key VARDB_sever: install.pl does not know it",
		},
		"keepalives by hand": {
			func(s *astguiclient.Site) { s.Settings["VARactive_keepalives"] = "1234568" },
			"key VARactive_keepalives: it follows from the node and its roles",
		},
		"a password among the settings": {
			func(s *astguiclient.Site) { s.Settings["VARFTP_pass"] = "x" },
			"key VARFTP_pass: it is a password",
		},
		"a secret that is none": {
			func(s *astguiclient.Site) { s.Secrets = map[string]string{"VARDB_user": "cron"} },
			"key VARDB_user: it is no password",
		},
		"a password that the readers would cut": {
			func(s *astguiclient.Site) { s.Secrets = map[string]string{"VARDB_pass": "abc#def"} },
			"key VARDB_pass: the value holds '#'",
		},
		"an extra key that VICIdial takes for a known one": {
			func(s *astguiclient.Site) { s.Extra = map[string]string{"VARDB_password": "x"} },
			"key VARDB_password: VICIdial takes the line for VARDB_pass",
		},
		"an extra key with a line break": {
			func(s *astguiclient.Site) { s.Extra = map[string]string{"A\nVARDB_server": "x"} },
			"a key is a letter followed by letters",
		},
		"an extra value with a line break": {
			func(s *astguiclient.Site) { s.Extra = map[string]string{"MINE": "x\nVARDB_server => evil"} },
			"key MINE: the value holds a line break",
		},
		"recordings to ship, and nowhere to": {
			func(s *astguiclient.Site) { s.Crontab.Recordings.Ship = true },
			"key VARFTP_host: recordings are to be shipped",
		},
		"a home folder with a command in it": {
			func(s *astguiclient.Site) { s.Settings["PATHhome"] = "/opt/$(reboot)" },
			"is not an absolute folder",
		},
		"sources with a command in them": {
			func(s *astguiclient.Site) { s.Sources = "/usr/src && reboot" },
			"is not an absolute folder",
		},
		"a time server with a command in it": {
			func(s *astguiclient.Site) { s.Crontab.TimeServer = "pool.ntp.org; reboot" },
			`time server "pool.ntp.org; reboot"`,
		},
		"a recording format that there is not": {
			func(s *astguiclient.Site) { s.Crontab.Recordings.Format = "FLAC" },
			`recording format "FLAC"`,
		},
		"a crontab line that is none": {
			func(s *astguiclient.Site) {
				s.Own = map[string]astguiclient.NodeSettings{"10.0.1.1": {Cron: []string{"sometimes /bin/true"}}}
			},
			"node 10.0.1.1: cron job \"sometimes /bin/true\": it is not five fields and a command",
		},
		"a cluster whose database is nowhere": {
			func(s *astguiclient.Site) {
				s.Cluster.Nodes = s.Cluster.Nodes[1:]
				s.Cluster.Coordinator = "10.0.1.1"
			},
			"key VARDB_server: no node is the database",
		},
		"roles that make no cluster": {
			func(s *astguiclient.Site) { s.Cluster.Coordinator = "10.9.9.9" },
			"coordinator 10.9.9.9 is not one of the nodes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			site := aSite(2, 1, false)
			test.change(&site)
			files, err := site.Files()
			if err == nil {
				t.Fatalf("got %d files, want an error", len(files))
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error\n%v\ndoes not say %q", err, test.want)
			}
		})
	}
}
