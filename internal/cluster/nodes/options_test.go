package nodes_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// programOptions reads the flags that each program looks for.
func programOptions(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/options.txt")
	if err != nil {
		t.Fatal(err)
	}
	options := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" && !strings.HasPrefix(words[0], "#") {
			options[words[0]] = words[1:]
		}
	}
	return options
}

// shellDate is a date that the shell puts in.
var shellDate = regexp.MustCompile(`\$\([^)]*\)`)

// finds reports whether a program that searches its arguments for an option finds
// it in a flag.
func finds(flag, option string) bool {
	return strings.Contains(strings.ToLower(flag), strings.ToLower(option))
}

func TestCrontab_everyFlagIsKnownToItsProgram(t *testing.T) {
	options := programOptions(t)
	called := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		site := drawSoundSite(t)
		site.Archives.LogDays = rapid.SampledFrom([]int{0, 45}).Draw(t, "log days")
		site.Archives.URLLogDays = rapid.SampledFrom([]int{0, 30}).Draw(t, "url log days")
		site.Archives.FetchEmail = rapid.Bool().Draw(t, "email")
		flag := rapid.SampledFrom([]string{"", "--cu3way", "--cu3way-delay=5", "--autodial-delay=100", "--adfill-delay=500", "--fill-staggered", "--recmon", "--recmon-sleepms=500", "--teod"}).Draw(t, "flag")
		given := crontabOptions()
		given.ServerStats = rapid.Bool().Draw(t, "stats")
		given.Recordings = nodes.Recordings{
			Format: rapid.SampledFrom(nodes.RecordingFormats()).Draw(t, "format"),
			HTTPS:  rapid.Bool().Draw(t, "https"), RunCheck: rapid.Bool().Draw(t, "run check"),
			Ship: rapid.Bool().Draw(t, "ship"),
			Transfer: nodes.Transfer{
				Folders:      rapid.SampledFrom(nodes.TransferFolders()).Draw(t, "folders"),
				LocalFolders: rapid.Bool().Draw(t, "local"), RunCheck: rapid.Bool().Draw(t, "check"),
				Validate: rapid.Bool().Draw(t, "validate"), Persistent: rapid.Bool().Draw(t, "persistent"), Active: rapid.Bool().Draw(t, "active"),
				FileLimit: rapid.SampledFrom([]int{0, 500}).Draw(t, "files"), ListLimit: rapid.SampledFrom([]int{0, 500}).Draw(t, "list"),
			},
		}
		given.Recordings.SortByDate = !given.Recordings.Ship && given.Recordings.Format != "WAV" && rapid.Bool().Draw(t, "sorted")
		assignment, err := site.Assign()
		if err != nil {
			t.Fatal(err)
		}
		for _, node := range site.Nodes {
			if flag != "" {
				node.KeepaliveFlags = []string{flag}
			}
			for _, job := range node.Crontab(assignment, site.Archives, given) {
				program, arguments, isProgram := strings.Cut(strings.TrimPrefix(job.Command, "/usr/share/astguiclient/"), " ")
				if !strings.HasPrefix(job.Command, "/usr/share/astguiclient/") {
					continue
				}
				known, listed := options[program]
				if !listed {
					t.Fatalf("%s is called, and its options are not in testdata", program)
				}
				called[program] = true
				if isProgram {
					checkFlags(t, program, arguments, known)
				}
			}
		}
	})
	for program := range options {
		if !called[program] {
			t.Errorf("%s was never called, so nothing was compared", program)
		}
	}
}

// checkFlags wants each flag known, and none that the program would take for
// another one as well: "-t" in the text of a flag makes a run a test.
func checkFlags(t *rapid.T, program, arguments string, known []string) {
	for _, flag := range strings.Fields(shellDate.ReplaceAllString(arguments, "2026-01-01")) {
		name, _, hasValue := strings.Cut(flag, "=")
		if hasValue {
			name += "="
		}
		own := func(option string) bool {
			return strings.EqualFold(strings.TrimLeft(option, "-"), strings.TrimLeft(name, "-"))
		}
		if !slices.ContainsFunc(known, own) {
			t.Errorf("%s does not know %s", program, flag)
		}
		for _, option := range known {
			if !own(option) && finds(flag, option) && !strings.HasPrefix(strings.TrimLeft(name, "-"), strings.TrimLeft(option, "-")) {
				t.Errorf("%s takes %s for %s, too", program, flag, option)
			}
			if (option == "-t" || option == "-test" || option == "--test") && finds(flag, option) {
				t.Errorf("%s takes %s for a test", program, flag)
			}
		}
	}
}
