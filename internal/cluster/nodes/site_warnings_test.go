package nodes_test

import (
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// clusterOf is two telephony nodes with a database and a web node, the first of
// them changed.
func clusterOf(change func(*nodes.Node)) nodes.Site {
	first := aTelephonyNode("10.0.0.1")
	change(&first)
	return nodes.Site{Nodes: []nodes.Node{first, aTelephonyNode("10.0.0.2"), aDatabaseNode(), aWebNode()}}
}

func flags(flags ...string) func(*nodes.Node) {
	return func(n *nodes.Node) { n.KeepaliveFlags = flags }
}

func letters(letters string) func(*nodes.Node) {
	return func(n *nodes.Node) { n.OwnKeepalives = letters }
}

func TestWarnings(t *testing.T) {
	alone := aTelephonyNode("10.0.0.1")
	alone.Roles = append(alone.Roles, nodes.RoleDatabase, nodes.RoleWeb)
	alone.Duties = []nodes.Duty{nodes.BalanceFill}
	for name, test := range map[string]struct {
		site nodes.Site
		want string // "" wants no warning
	}{
		"a sound site":                        {clusterOf(func(*nodes.Node) {}), ""},
		"balance fill on a single node":       {nodes.Site{Nodes: []nodes.Node{alone}}, "balance_fill has use only where there is more than one telephony node"},
		"a fill flag where nothing is filled": {clusterOf(flags("--adfill-delay=500")), "--adfill-delay=500 changes nothing: it is about the balance fill (letter 7)"},
		"a dialer flag on a dialer":           {clusterOf(flags("--autodial-delay=100")), ""},
		"a dialer flag without a dialer":      {clusterOf(func(n *nodes.Node) { n.OwnKeepalives, n.KeepaliveFlags = "12468", []string{"--autodial-delay=100"} }), "--autodial-delay=100 changes nothing: it is about the local dialer (letter 3)"},
		"a flag that VICIdial ignores":        {clusterOf(flags("--lstn-buffer")), "--lstn-buffer changes nothing"},
		"3-way checks on a ConfBridge node":   {clusterOf(func(n *nodes.Node) { n.Engine, n.KeepaliveFlags = cluster.Confbridge, []string{"--cu3way"} }), "--cu3way is not needed"},
		"3-way checks on a MeetMe node":       {clusterOf(flags("--cu3way", "--cu3way-delay=5")), ""},
		"a monitor that an X silences":        {clusterOf(func(n *nodes.Node) { n.OwnKeepalives, n.KeepaliveFlags = "X", []string{"--recmon"} }), "--recmon starts nothing"},
		"letters that a role asks for":        {clusterOf(letters("12346")), "its keepalives 12346 are without 8"},
		"letters that no role asks for":       {clusterOf(letters("123468S")), "its keepalives 123468S have S"},
		"letters in another order":            {clusterOf(letters("864321")), ""},
		"letters that an X silences":          {clusterOf(letters("X")), "its keepalives X run nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := test.site.Assign(); err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, warning := range test.site.Warnings() {
				texts = append(texts, warning.ServerIP+": "+warning.Text)
			}
			got := strings.Join(texts, "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAssign_existingSettingsAreNotRefused(t *testing.T) {
	five := func(n *nodes.Node) { n.Duties = []nodes.Duty{nodes.AdaptiveDialing} }
	site := clusterOf(five)
	five(&site.Nodes[1])
	if _, err := site.Assign(); err == nil {
		t.Fatal("two nodes that newly claim a duty are not refused")
	}
	site.Existing = site.Violations()
	assignment, err := site.Assign()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"1234568", "1234568", "79E", "X"} {
		if got := site.Nodes[i].Keepalives(assignment); got != want {
			t.Errorf("node %s has %s, want %s", site.Nodes[i].ServerIP, got, want)
		}
	}
	if found := site.Warnings(); len(found) != 1 || !strings.Contains(found[0].Text, "claimed by 10.0.0.1 and 10.0.0.2") {
		t.Errorf("got %v", found)
	}
	t.Run("a third claim is", func(t *testing.T) {
		five(&site.Nodes[2])
		if _, err := site.Assign(); err == nil || !strings.Contains(err.Error(), "10.0.0.1 and 10.0.0.2 and 10.0.0.9") {
			t.Errorf("got %v", err)
		}
	})
}

func TestCrontab_flagsAndTheirConsequences(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*nodes.Node)
		want   string // the call of AST_conf_update.pl, "" for none
	}{
		"a MeetMe node": {func(*nodes.Node) {}, "AST_conf_update.pl"},
		"a program of its own for 3-way conferences":        {flags("--cu3way"), "AST_conf_update.pl --no-vc-3way-check"},
		"that program, started by its delay alone":          {flags("--cu3way-delay=5"), "AST_conf_update.pl --no-vc-3way-check"},
		"keepalive C, which does the same":                  {func(n *nodes.Node) { n.Engine = cluster.Confbridge }, ""},
		"keepalive C among letters of its own, with MeetMe": {letters("123468C"), ""},
		"letters of its own without C on a ConfBridge node": {func(n *nodes.Node) { n.Engine, n.OwnKeepalives = cluster.Confbridge, "123468" }, "AST_conf_update.pl"},
		"an X, which silences C as well":                    {letters("X"), "AST_conf_update.pl"},
	} {
		t.Run(name, func(t *testing.T) {
			node := aTelephonyNode("10.0.0.1")
			test.change(&node)
			got := ""
			for _, job := range node.Crontab(nodes.Assignment{}, nodes.Archives{}, crontabOptions()) {
				if program, found := strings.CutPrefix(job.Command, "/usr/share/astguiclient/"); found && strings.HasPrefix(program, "AST_conf_update.pl") {
					got = program
				}
			}
			if got != test.want {
				t.Errorf("the crontab calls %q, want %q", got, test.want)
			}
		})
	}
}

func TestCrontab_recordings(t *testing.T) {
	all := nodes.Recordings{
		Format: "MP3", HTTPS: true, RunCheck: true, Ship: true,
		Transfer: nodes.Transfer{Folders: "year_month_day", RunCheck: true, LocalFolders: true, Validate: true, Persistent: true, Active: true, FileLimit: 5000, ListLimit: 6000},
		KeepDays: 30, OriginalDays: 1, ShippedDays: 7,
	}
	for name, test := range map[string]struct {
		recordings nodes.Recordings
		want       []string
	}{
		"every flag": {all, []string{
			"*/3 * * * * AST_CRON_audio_1_move_mix.pl --MIX --HTTPS",
			"*/3 * * * * AST_CRON_audio_1_move_VDonly.pl --HTTPS",
			"1-59/3 * * * * AST_CRON_audio_2_compress.pl --MP3 --HTTPS --run-check",
			"2-59/3 * * * * AST_CRON_audio_3_ftp.pl --MP3 --YMDdatedir --run-check --localdatedir --ftp-validate --ftp-persistent --ftp-active --transfer-limit=5000 --list-limit=6000",
			"24 0 * * * /usr/bin/find /var/spool/asterisk/monitorDONE -type f -mtime +30 -delete",
			"25 0 * * * /usr/bin/find /var/spool/asterisk/monitor -type f -mtime +30 -delete",
			"26 0 * * * /usr/bin/find /var/spool/asterisk/monitorDONE -mindepth 2 -type d -empty -mmin +60 -delete",
			"24 1 * * * /usr/bin/find /var/spool/asterisk/monitorDONE/ORIG -type f -mtime +1 -delete",
			"25 1 * * * /usr/bin/find /var/spool/asterisk/monitorDONE/FTP -type f -mtime +7 -delete",
		}},
		"nothing compressed": {nodes.Recordings{Format: "WAV", Ship: true, Transfer: nodes.Transfer{Folders: "none"}}, []string{
			"*/3 * * * * AST_CRON_audio_1_move_mix.pl --MIX",
			"*/3 * * * * AST_CRON_audio_1_move_VDonly.pl",
			"2-59/3 * * * * AST_CRON_audio_3_ftp.pl --WAV --nodatedir",
		}},
		"sorted into folders": {nodes.Recordings{Format: "GSM", SortByDate: true}, []string{
			"*/3 * * * * AST_CRON_audio_1_move_mix.pl --MIX",
			"*/3 * * * * AST_CRON_audio_1_move_VDonly.pl",
			"1-59/3 * * * * AST_CRON_audio_2_compress.pl --GSM --file-sorting",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			options := crontabOptions()
			options.Recordings = test.recordings
			var got []string
			for _, job := range aTelephonyNode("10.0.0.1").Crontab(nodes.Assignment{}, nodes.Archives{}, options) {
				if strings.Contains(job.Command, "audio") || strings.Contains(job.Command, "/monitor") {
					got = append(got, strings.Replace(job.Schedule+" "+job.Command, "/usr/share/astguiclient/", "", 1))
				}
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if err := test.recordings.Check(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("what is sorted cannot be sent", func(t *testing.T) {
		if err := (nodes.Recordings{Format: "GSM", SortByDate: true, Ship: true}).Check(); err == nil {
			t.Error("got no error")
		}
	})
	t.Run("an archive node removes what was sent to it", func(t *testing.T) {
		options := crontabOptions()
		options.Recordings = nodes.Recordings{ArchiveFolder: "/home/archive/RECORDINGS", ArchiveDays: 365}
		archive := nodes.Node{ServerIP: "10.0.0.7", Roles: []nodes.Role{nodes.RoleArchive}}
		var all []string
		for _, job := range archive.Crontab(nodes.Assignment{}, nodes.Archives{}, options) {
			all = append(all, job.Command)
		}
		if got := strings.Join(all, "\n"); !strings.Contains(got, "find /home/archive/RECORDINGS -type f -mtime +365 -delete") {
			t.Errorf("got\n%s", got)
		}
	})
}

func TestCrontab_oldLeads(t *testing.T) {
	node := aDatabaseNode()
	assignment := nodes.Assignment{nodes.LeadArchive: {node.ServerIP}}
	for _, job := range node.Crontab(assignment, nodes.Archives{Leads: nodes.LeadAge{Days: 90, Campaigns: []string{"SALES", "CARE"}}}, crontabOptions()) {
		if strings.Contains(job.Command, "ADMIN_archive_leads.pl") {
			// Never called leads have a last call in 2008: both dates must bound them.
			want := `--campaigns=SALES-CARE --statuses=---ALL--- --call-date=$(date -d "-90 days" +\%Y-\%m-\%d) --insert-date=$(date -d "-90 days" +\%Y-\%m-\%d)`
			if !strings.Contains(job.Command, want) {
				t.Errorf("got %s, want %s", job.Command, want)
			}
			return
		}
	}
	t.Error("no job archives leads")
}
