package nodes_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

func aTelephonyNode(serverIP string) nodes.Node {
	return nodes.Node{ServerIP: serverIP, Roles: []nodes.Role{nodes.RoleTelephony}}
}

func aDatabaseNode() nodes.Node {
	return nodes.Node{ServerIP: "10.0.0.9", Roles: []nodes.Role{nodes.RoleDatabase}}
}

func aWebNode() nodes.Node {
	return nodes.Node{ServerIP: "10.0.0.20", Roles: []nodes.Role{nodes.RoleWeb}}
}

func TestKeepalives(t *testing.T) {
	confbridge := aTelephonyNode("10.0.0.1")
	confbridge.Engine = cluster.Confbridge
	logging := aTelephonyNode("10.0.0.2")
	logging.SIPLogging = true
	claiming := aTelephonyNode("10.0.0.3")
	claiming.Duties = []nodes.Duty{nodes.AdaptiveDialing, nodes.InboundEmail}
	replica := nodes.Node{ServerIP: "10.0.0.8", Roles: []nodes.Role{nodes.RoleReplica}}
	archive := nodes.Node{ServerIP: "10.0.0.7", Roles: []nodes.Role{nodes.RoleArchive}}
	express := nodes.Node{ServerIP: "10.0.0.5", Roles: []nodes.Role{nodes.RoleTelephony, nodes.RoleWeb, nodes.RoleDatabase}}

	for name, test := range map[string]struct {
		site nodes.Site
		want map[string]string
	}{
		"the only database node does what nobody claims": {
			nodes.Site{Nodes: []nodes.Node{aTelephonyNode("10.0.0.1"), aTelephonyNode("10.0.0.2"), aDatabaseNode()}},
			map[string]string{"10.0.0.1": "123468", "10.0.0.2": "123468", "10.0.0.9": "579E"},
		},
		"a single box fills nothing": {
			nodes.Site{Nodes: []nodes.Node{express}},
			map[string]string{"10.0.0.5": "12345689E"},
		},
		"ConfBridge adds C and SIP logging adds S": {
			nodes.Site{Nodes: []nodes.Node{confbridge, logging}, Coordinator: "10.0.0.1"},
			map[string]string{"10.0.0.1": "123456789EC", "10.0.0.2": "123468S"},
		},
		"web, replica and archive run nothing": {
			nodes.Site{Nodes: []nodes.Node{aTelephonyNode("10.0.0.1"), aWebNode(), replica, archive}, Coordinator: "10.0.0.1"},
			map[string]string{"10.0.0.1": "1234568" + "9E", "10.0.0.20": "X", "10.0.0.8": "X", "10.0.0.7": "X"},
		},
		"a claim goes before the coordinator": {
			nodes.Site{Nodes: []nodes.Node{aTelephonyNode("10.0.0.1"), claiming, aDatabaseNode()}},
			map[string]string{"10.0.0.1": "123468", "10.0.0.3": "1234568E", "10.0.0.9": "79"},
		},
		"a database node without a duty runs nothing": {
			nodes.Site{Nodes: []nodes.Node{aTelephonyNode("10.0.0.1"), aDatabaseNode()}, Coordinator: "10.0.0.1"},
			map[string]string{"10.0.0.1": "12345689E", "10.0.0.9": "X"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.site.Keepalives()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("letters (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAssign_refuses(t *testing.T) {
	with := func(node nodes.Node, change func(*nodes.Node)) nodes.Node {
		change(&node)
		return node
	}
	claim := func(duties ...nodes.Duty) func(*nodes.Node) {
		return func(n *nodes.Node) { n.Duties = duties }
	}
	two := []nodes.Node{aTelephonyNode("10.0.0.1"), aTelephonyNode("10.0.0.2")}

	for name, test := range map[string]struct {
		site nodes.Site
		want string
	}{
		"a duty that two nodes claim, naming both": {
			nodes.Site{Nodes: []nodes.Node{with(two[1], claim(nodes.AdaptiveDialing)), with(two[0], claim(nodes.AdaptiveDialing)), aDatabaseNode()}},
			"duty adaptive_dialing is claimed by 10.0.0.1 and 10.0.0.2",
		},
		"duties that nobody does, naming who could": {
			nodes.Site{Nodes: two},
			"name one of 10.0.0.1, 10.0.0.2 as coordinator",
		},
		"a duty on a web node": {
			nodes.Site{Nodes: []nodes.Node{two[0], aDatabaseNode(), with(aWebNode(), claim(nodes.Hopper))}},
			"node 10.0.0.20 claims hopper, but is neither a telephony nor a database node",
		},
		"a duty that there is not": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], claim("tea")), aDatabaseNode()}},
			`node 10.0.0.1 claims "tea", which is not a duty`,
		},
		"an age of what is not archived": {
			nodes.Site{Nodes: []nodes.Node{two[0], aDatabaseNode()}, Archives: nodes.Archives{LogDays: 45}},
			"log rows are to be archived after 45 days, but nothing is archived",
		},
		"a status that ADMIN_archive_leads.pl would split": {
			nodes.Site{Nodes: []nodes.Node{two[0], aDatabaseNode()}, Archives: nodes.Archives{Leads: nodes.LeadAge{Days: 365, Statuses: []string{"A-B"}}}},
			`"A-B": ADMIN_archive_leads.pl takes ids of letters`,
		},
		"agent summaries where no web pages are": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], claim(nodes.AgentSummaries)), aDatabaseNode()}},
			"node 10.0.0.1 claims agent_summaries, but VICIdial's web pages are not installed there",
		},
		"letters that VICIdial does not test for": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) { n.OwnKeepalives = "12a" }), aDatabaseNode()}},
			`node 10.0.0.1 has the keepalives "12a"`,
		},
		"letters of its own without the letter of a duty that it claims": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) {
				n.OwnKeepalives, n.Duties = "123468", []nodes.Duty{nodes.AdaptiveDialing}
			}), aDatabaseNode()}},
			"node 10.0.0.1 claims adaptive_dialing, but its keepalives 123468 are without the letter 5",
		},
		"letters of its own with the letter of a duty that another claims": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) { n.OwnKeepalives = "1234568" }), with(aDatabaseNode(), claim(nodes.AdaptiveDialing))}},
			"duty adaptive_dialing is claimed by 10.0.0.1 and 10.0.0.9",
		},
		"duties that fall to a coordinator whose letters of its own are without them": {
			nodes.Site{Nodes: []nodes.Node{two[0], with(aDatabaseNode(), func(n *nodes.Node) { n.OwnKeepalives = "9E" })}},
			"no node does adaptive_dialing: it falls to the coordinator 10.0.0.9, whose keepalives 9E are without its letter",
		},
		"a coordinator from elsewhere": {
			nodes.Site{Nodes: two, Coordinator: "10.9.9.9"},
			"coordinator 10.9.9.9 is not one of the nodes",
		},
		"a coordinator that runs no programs": {
			nodes.Site{Nodes: append(slices.Clone(two), aWebNode()), Coordinator: "10.0.0.20"},
			"coordinator 10.0.0.20 is neither a telephony nor a database node",
		},
		"two databases": {
			nodes.Site{Nodes: []nodes.Node{two[0], aDatabaseNode(), with(aDatabaseNode(), func(n *nodes.Node) { n.ServerIP = "10.0.0.10" })}},
			"10.0.0.10 and 10.0.0.9 are database nodes, but a cluster has one",
		},
		"an unknown role": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) { n.Roles = []nodes.Role{"kitchen"} }), aDatabaseNode()}},
			`node 10.0.0.1 has the role "kitchen"`,
		},
		"an unknown conference engine": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) { n.Engine = "JITSI" }), aDatabaseNode()}},
			`node 10.0.0.1 has the conference engine "JITSI"`,
		},
		"SIP logging on a web node": {
			nodes.Site{Nodes: []nodes.Node{two[0], aDatabaseNode(), with(aWebNode(), func(n *nodes.Node) { n.SIPLogging = true })}},
			"node 10.0.0.20 logs SIP events, but is not a telephony node",
		},
		"a flag that smuggles a command": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) { n.KeepaliveFlags = []string{"--teod; reboot"} }), aDatabaseNode()}},
			`has the keepalive flag "--teod; reboot"`,
		},
		"an address that is none": {
			nodes.Site{Nodes: []nodes.Node{aTelephonyNode("dial1"), aDatabaseNode()}},
			`"dial1" is not an IPv4 address`,
		},
		"web pages only on a telephony node": {
			nodes.Site{Nodes: []nodes.Node{with(two[0], func(n *nodes.Node) { n.WebOnly = true }), aDatabaseNode()}},
			"node 10.0.0.1 is installed with the web pages only, but has other roles",
		},
		"the same node twice": {
			nodes.Site{Nodes: []nodes.Node{two[0], two[0], aDatabaseNode()}},
			"node 10.0.0.1 is named 2 times",
		},
		"no node at all": {nodes.Site{}, "there is no node"},
	} {
		t.Run(name, func(t *testing.T) {
			assignment, err := test.site.Assign()
			if refused := (*cluster.Refused)(nil); !errors.As(err, &refused) {
				t.Fatalf("got %v and error %v, want a refusal", assignment, err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("the refusal\n%v\ndoes not say %q", err, test.want)
			}
		})
	}
}

// drawSite draws any assignment of roles and duties, sound or not.
func drawSite(t *rapid.T) nodes.Site {
	var site nodes.Site
	for i := range rapid.IntRange(0, 6).Draw(t, "nodes") {
		site.Nodes = append(site.Nodes, nodes.Node{
			ServerIP:   fmt.Sprintf("10.0.0.%d", i+1),
			Roles:      rapid.SliceOfNDistinct(rapid.SampledFrom(nodes.Roles()), 0, 2, rapid.ID).Draw(t, "roles"),
			Engine:     rapid.SampledFrom([]cluster.Engine{"", cluster.Meetme, cluster.Confbridge}).Draw(t, "engine"),
			SIPLogging: rapid.Bool().Draw(t, "logging"),
			Duties:     rapid.SliceOfNDistinct(rapid.SampledFrom(nodes.Duties()), 0, 2, rapid.ID).Draw(t, "duties"),
		})
	}
	if len(site.Nodes) > 0 && rapid.Bool().Draw(t, "coordinated") {
		site.Coordinator = rapid.SampledFrom(site.Nodes).Draw(t, "coordinator").ServerIP
	}
	site.Archives.LogSchedule = rapid.SampledFrom([]nodes.ArchiveSchedule{nodes.ArchiveNever, nodes.ArchiveMonthly, nodes.ArchiveDaily}).Draw(t, "archive")
	return site
}

// crontabOptions is a node's options as its paths say by default.
func crontabOptions() nodes.CrontabOptions {
	return nodes.CrontabOptions{
		Home: "/usr/share/astguiclient", Logs: "/var/log/astguiclient", Sounds: "/var/lib/asterisk/sounds",
		Monitor: "/var/spool/asterisk/monitor", DoneRecordings: "/var/spool/asterisk/monitorDONE",
		Recordings: nodes.Recordings{Format: "GSM"}, LogDays: nodes.LogDays{VICIdial: 2, Asterisk: 2, Screen: 4},
	}
}

// onceScripts are the scripts that must be in one crontab of the cluster only,
// and nodeScripts those that must be in the crontab of each telephony node,
// since their statements name its own server_ip
// (docs/vicidial/node-files.md#what-each-job-touches),
// written down a second time so that the test does not ask the table it tests.
var (
	onceScripts = []string{
		"AST_flush_DBqueue.pl", "AST_cleanup_agent_log.pl", "AST_DB_dead_cb_purge.pl", "AST_VDhopper.pl",
		"ADMIN_adjust_GMTnow_on_leads.pl", "AST_DB_optimize.pl",
	}
	nodeScripts = []string{
		"AST_reset_mysql_vars.pl", "AST_manager_kill_hung_congested.pl", "AST_vm_update.pl",
		"AST_CRON_audio_1_move_mix.pl", "AST_CRON_audio_1_move_VDonly.pl", "AST_CRON_audio_2_compress.pl",
	}
)

// drawSoundSite draws a site in which every node may do what it claims and no
// duty is claimed twice.
func drawSoundSite(t *rapid.T) nodes.Site {
	site := nodes.Site{Nodes: []nodes.Node{aDatabaseNode()}}
	site.Archives = nodes.Archives{
		LogSchedule: rapid.SampledFrom([]nodes.ArchiveSchedule{nodes.ArchiveMonthly, nodes.ArchiveDaily}).Draw(t, "archive"),
		Leads:       nodes.LeadAge{Days: 365},
	}
	dialers := rapid.IntRange(2, 5).Draw(t, "dialers")
	for i := range dialers {
		node := aTelephonyNode(fmt.Sprintf("10.0.0.%d", i+1))
		node.Engine = rapid.SampledFrom([]cluster.Engine{cluster.Meetme, cluster.Confbridge}).Draw(t, "engine")
		site.Nodes = append(site.Nodes, node)
	}
	for _, duty := range nodes.Duties() {
		if owner := rapid.IntRange(-1, dialers).Draw(t, string(duty)); owner >= 0 {
			if duty == nodes.AgentSummaries { // needs the web pages
				site.Nodes[owner].Roles = append(slices.Clone(site.Nodes[owner].Roles), nodes.RoleWeb)
			}
			site.Nodes[owner].Duties = append(site.Nodes[owner].Duties, duty)
		}
	}
	site.Nodes = append(site.Nodes, aWebNode())
	site.Nodes = rapid.Permutation(site.Nodes).Draw(t, "order")
	return site
}

func TestAssign_everyDutyExactlyOnce(t *testing.T) {
	t.Run("in a sound site", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			site := drawSoundSite(t)
			assignment, err := site.Assign()
			if err != nil {
				t.Fatal(err)
			}
			expectOnce(t, site, assignment)
			for _, node := range site.Nodes {
				for _, duty := range node.Duties {
					if !slices.Equal(assignment[duty], []string{node.ServerIP}) {
						t.Errorf("%s claims %s, but %v do it", node.ServerIP, duty, assignment[duty])
					}
				}
			}
		})
	})
	t.Run("in any other site, or it is refused", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			site := drawSite(t)
			if assignment, err := site.Assign(); err == nil {
				expectOnce(t, site, assignment)
			}
		})
	})
	t.Run("a second claim is always refused, with both nodes named", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			site := drawSoundSite(t)
			duty := rapid.SampledFrom(nodes.Duties()).Draw(t, "twice")
			pair := rapid.SliceOfNDistinct(rapid.SampledFrom(append(site.With(nodes.RoleTelephony), "10.0.0.9")), 2, 2, rapid.ID).Draw(t, "pair")
			for i, node := range site.Nodes {
				if slices.Contains(pair, node.ServerIP) && !slices.Contains(node.Duties, duty) {
					site.Nodes[i].Duties = append(slices.Clone(node.Duties), duty)
				}
			}
			_, err := site.Assign()
			if err == nil || !strings.Contains(err.Error(), pair[0]) || !strings.Contains(err.Error(), pair[1]) {
				t.Errorf("%s is claimed by %v: got %v", duty, pair, err)
			}
		})
	})
}

// expectOnce checks letters and crontabs themselves, not the assignment that
// they were made from.
func expectOnce(t *rapid.T, site nodes.Site, assignment nodes.Assignment) {
	letters, err := site.Keepalives()
	if err != nil {
		t.Fatal(err)
	}
	for _, letter := range "579E" {
		var runs []string
		for _, serverIP := range slices.Sorted(maps.Keys(letters)) {
			if strings.ContainsRune(letters[serverIP], letter) {
				runs = append(runs, serverIP)
			}
		}
		want := 1
		claimed := slices.ContainsFunc(site.Nodes, func(n nodes.Node) bool { return slices.Contains(n.Duties, nodes.BalanceFill) })
		if letter == '7' && len(site.With(nodes.RoleTelephony)) < 2 && !claimed {
			want = 0
		}
		if len(runs) != want {
			t.Errorf("letter %c runs on %v, want %d nodes", letter, runs, want)
		}
	}
	once := slices.Clone(onceScripts)
	if site.Archives.LogSchedule != nodes.ArchiveNever {
		once = append(once, "ADMIN_archive_log_tables.pl")
	}
	if site.Archives.Leads.Days > 0 {
		once = append(once, "ADMIN_archive_leads.pl")
	}
	if slices.ContainsFunc(site.Nodes, func(n nodes.Node) bool { return n.Is(nodes.RoleWeb) && !n.WebOnly }) {
		once = append(once, "AST_agent_week.pl", "AST_agent_day.pl")
	}
	with := func(script string) []string {
		var running []string
		for _, node := range site.Nodes {
			runs := func(job nodes.CronJob) bool { return strings.Contains(job.Command, "/"+script) }
			if slices.ContainsFunc(node.Crontab(assignment, site.Archives, crontabOptions()), runs) {
				running = append(running, node.ServerIP)
			}
		}
		slices.Sort(running)
		return running
	}
	for _, script := range once {
		if running := with(script); len(running) != 1 {
			t.Errorf("%s is in the crontabs of %v, want one", script, running)
		}
	}
	for _, script := range nodeScripts {
		if diff := cmp.Diff(site.With(nodes.RoleTelephony), with(script)); diff != "" {
			t.Errorf("%s must be in the crontab of each telephony node (-want +got):\n%s", script, diff)
		}
	}
	for _, node := range site.Nodes {
		if strings.Contains(letters[node.ServerIP], "X") && letters[node.ServerIP] != "X" {
			t.Errorf("node %s has %q: an X silences the other letters", node.ServerIP, letters[node.ServerIP])
		}
		back := nodes.FromKeepalives(node.ServerIP, letters[node.ServerIP])
		if back.Is(nodes.RoleTelephony) != node.Is(nodes.RoleTelephony) {
			t.Errorf("node %s with %q is read back as %v", node.ServerIP, letters[node.ServerIP], back.Roles)
		}
	}
}

func TestCrontab(t *testing.T) {
	commands := func(node nodes.Node, options nodes.CrontabOptions) string {
		var all []string
		for _, job := range node.Crontab(nodes.Assignment{}, nodes.Archives{}, options) {
			all = append(all, job.Command)
		}
		return strings.Join(all, "\n")
	}
	confbridge := aTelephonyNode("10.0.0.1")
	confbridge.Engine = cluster.Confbridge
	pages := aWebNode()
	pages.WebOnly = true

	t.Run("a MeetMe node frees its conferences by cron, a ConfBridge node by keepalive", func(t *testing.T) {
		if !strings.Contains(commands(aTelephonyNode("10.0.0.1"), crontabOptions()), "AST_conf_update.pl") {
			t.Error("the MeetMe node has no AST_conf_update.pl")
		}
		if strings.Contains(commands(confbridge, crontabOptions()), "AST_conf_update.pl") {
			t.Error("the ConfBridge node has AST_conf_update.pl")
		}
	})
	t.Run("every node that has the scripts runs the keepalive", func(t *testing.T) {
		for _, node := range []nodes.Node{aTelephonyNode("10.0.0.1"), aWebNode(), aDatabaseNode()} {
			if !strings.Contains(commands(node, crontabOptions()), "ADMIN_keepalive_ALL.pl") {
				t.Errorf("node %s has no keepalive", node.ServerIP)
			}
		}
	})
	t.Run("a node with the web pages only calls no script that is not there", func(t *testing.T) {
		if got := commands(pages, crontabOptions()); strings.Contains(got, ".pl") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("recordings are shipped and removed only when asked", func(t *testing.T) {
		plain := commands(aTelephonyNode("10.0.0.1"), crontabOptions())
		if strings.Contains(plain, "audio_3_ftp") || strings.Contains(plain, "monitorDONE") {
			t.Errorf("got\n%s", plain)
		}
		options := crontabOptions()
		options.Recordings.Ship, options.Recordings.KeepDays = true, 7
		asked := commands(aTelephonyNode("10.0.0.1"), options)
		if !strings.Contains(asked, "AST_CRON_audio_3_ftp.pl --GSM") || !strings.Contains(asked, "find /var/spool/asterisk/monitorDONE -type f -mtime +7 -delete") {
			t.Errorf("got\n%s", asked)
		}
	})
	t.Run("flags go to the keepalive script", func(t *testing.T) {
		node := aTelephonyNode("10.0.0.1")
		node.KeepaliveFlags = []string{"--autodial-delay=100", "--teod"}
		if !strings.Contains(commands(node, crontabOptions()), "ADMIN_keepalive_ALL.pl --autodial-delay=100 --teod") {
			t.Errorf("got\n%s", commands(node, crontabOptions()))
		}
	})
}

func TestNodeOf(t *testing.T) {
	t.Run("reads roles, duties and words", func(t *testing.T) {
		got, err := nodes.Parse("10.0.0.1", []string{"telephony", "confbridge", "sip_logging", "hopper"})
		if err != nil {
			t.Fatal(err)
		}
		want := aTelephonyNode("10.0.0.1")
		want.Engine, want.SIPLogging, want.Duties = cluster.Confbridge, true, []nodes.Duty{nodes.Hopper}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("refuses an unknown word", func(t *testing.T) {
		if _, err := nodes.Parse("10.0.0.1", []string{"dialer"}); err == nil || !strings.Contains(err.Error(), `"dialer"`) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNodeFromLetters(t *testing.T) {
	for letters, want := range map[string]nodes.Node{
		"X":       {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleWeb}},
		"12X":     {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleWeb}},
		"":        {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleWeb}},
		"57":      {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleDatabase}, Duties: []nodes.Duty{nodes.AdaptiveDialing, nodes.BalanceFill}},
		"1234568": {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleTelephony}, Duties: []nodes.Duty{nodes.AdaptiveDialing}},
		"86421CS": {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleTelephony}, Engine: cluster.Confbridge, SIPLogging: true},
		"cse":     {ServerIP: "10.0.0.1", Roles: []nodes.Role{nodes.RoleWeb}},
	} {
		t.Run("letters "+letters, func(t *testing.T) {
			if diff := cmp.Diff(want, nodes.FromKeepalives("10.0.0.1", letters)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
