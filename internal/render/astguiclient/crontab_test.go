package astguiclient_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/robfig/cron/v3"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

func TestParseJob(t *testing.T) {
	for _, line := range []string{
		"* * * * * /bin/true",
		"*/3 * * * * /bin/true",
		"1-59/3 0,12 1 jan-mar mon-fri /bin/true",
		"0 0 31 12 7 /bin/true",
		"5\t4  * * sun   /bin/echo hello  there",
		"@reboot /bin/true",
		`0 1 * * * date +\%F > /tmp/today`,
	} {
		t.Run("takes "+line, func(t *testing.T) {
			if _, err := astguiclient.ParseJob(line); err != nil {
				t.Error(err)
			}
		})
	}
	for line, want := range map[string]string{
		"":                                 "it is not five fields and a command",
		"* * * * *":                        "it is not five fields and a command",
		"* * * * *   ":                     "it is not five fields and a command",
		"* * * * /bin/true":                "it is not five fields and a command",
		"60 * * * * /bin/true":             `minute "60"`,
		"* 24 * * * /bin/true":             `hour "24"`,
		"* * 0 * * /bin/true":              `day of the month "0"`,
		"* * * 13 * /bin/true":             `month "13"`,
		"* * * * 8 /bin/true":              `day of the week "8"`,
		"5/15 * * * * /bin/true":           "only * and ranges take a step",
		"*/0 * * * * /bin/true":            `the step "0"`,
		"*/+5 * * * * /bin/true":           `the step "+5"`,
		"+5 * * * * /bin/true":             `"+5" is not from 0 to 59`,
		"30-10 * * * * /bin/true":          "the range runs backwards",
		"1,,2 * * * * /bin/true":           `"" is not from 0 to 59`,
		"@sometimes /bin/true":             "there is no schedule @sometimes",
		"0 1 * * * date +%F":               `write \%`,
		"* * * * * /bin/true\n* * * * * x": "U+000A",
		"* * * * * /bin/tr\x00ue":          "U+0000",
	} {
		t.Run("refuses "+line, func(t *testing.T) {
			if job, err := astguiclient.ParseJob(line); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v and error %v, want %q", job, err, want)
			}
		})
	}
}

func TestParseJob_agreesWithALibrary(t *testing.T) {
	taken := 0
	element := rapid.StringMatching(`(\*|[0-9]{1,2}|[0-9]{1,2}-[0-9]{1,2}|mon|feb|x)(/[0-9]{1,2})?`)
	field := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(element, 1, 3).Draw(t, "elements"), ",")
	})
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.SliceOfN(rapid.OneOf(rapid.Just("*"), field), 5, 5).Draw(t, "fields")
		schedule := strings.Join(fields, " ")
		_, ours := astguiclient.ParseJob(schedule + " /bin/true")
		if ours != nil {
			return // the library takes more: 5/15, a step over the field's end
		}
		taken++
		// The library numbers Sunday 0 only; cron takes 7 as well.
		theirs := strings.Join(fields[:4], " ") + " " + sundayIsZero(fields[4])
		if _, err := cron.ParseStandard(theirs); err != nil {
			t.Errorf("%q is taken here, but the library says %v", schedule, err)
		}
	})
	if taken == 0 {
		t.Error("no schedule was taken, so nothing was compared")
	}
}

// sundayIsZero rewrites a 7 that stands for Sunday; in a range, for the
// library's sake, as its end.
func sundayIsZero(field string) string {
	elements := strings.Split(field, ",")
	for i, element := range elements {
		span, step, stepped := strings.Cut(element, "/")
		switch low, high, ranged := strings.Cut(span, "-"); {
		case !ranged && strings.TrimLeft(span, "0") == "7":
			span = "0"
		case ranged && strings.TrimLeft(low, "0") == "7":
			span = "0-0"
		case ranged && strings.TrimLeft(high, "0") == "7":
			span = low + "-6"
		}
		elements[i] = span
		if stepped {
			elements[i] += "/" + step
		}
	}
	return strings.Join(elements, ",")
}

func TestCrontab(t *testing.T) {
	t.Run("every line of the sketches is taken by a library too", func(t *testing.T) {
		lines := 0
		for _, site := range sketches() {
			files, err := site.Files()
			if err != nil {
				t.Fatal(err)
			}
			for serverIP, made := range files {
				jobs, err := astguiclient.ParseCrontab(made.Crontab)
				if err != nil {
					t.Fatal(err)
				}
				for _, job := range jobs {
					if job.Schedule == "" {
						continue // a setting
					}
					lines++
					if _, err := cron.ParseStandard(job.Schedule); err != nil {
						t.Errorf("node %s: %q: %v", serverIP, job.Schedule, err)
					}
				}
			}
		}
		if lines == 0 {
			t.Error("there was no line to look at")
		}
	})
	t.Run("a remark cannot end its line", func(t *testing.T) {
		text, err := astguiclient.Crontab([]nodes.CronJob{{Comment: "tea\n* * * * * reboot", Schedule: "* * * * *", Command: "/bin/true"}})
		if err != nil {
			t.Fatal(err)
		}
		if jobs, err := astguiclient.ParseCrontab(text); err != nil || len(jobs) != 1 {
			t.Errorf("got %v and error %v", jobs, err)
		}
	})
	t.Run("a command cannot end its line", func(t *testing.T) {
		if text, err := astguiclient.Crontab([]nodes.CronJob{{Schedule: "* * * * *", Command: "true\n* * * * * reboot"}}); err == nil {
			t.Errorf("got\n%s", text)
		}
	})
	t.Run("a schedule cannot swallow the command", func(t *testing.T) {
		if text, err := astguiclient.Crontab([]nodes.CronJob{{Schedule: "* * * *", Command: "* /bin/true"}}); err == nil {
			t.Errorf("got\n%s", text)
		}
	})
	t.Run("settings are read, comments are passed over, wrong lines named", func(t *testing.T) {
		jobs, err := astguiclient.ParseCrontab("# tea\nMAILTO=ops\n\"SHELL\" = /bin/sh\n\n* * * * * /bin/true\n61 * * * * /bin/false\n")
		want := []nodes.CronJob{{Command: "MAILTO=ops"}, {Command: `"SHELL" = /bin/sh`}, {Schedule: "* * * * *", Command: "/bin/true"}}
		if !slices.Equal(jobs, want) || err == nil || !strings.Contains(err.Error(), "line 6") {
			t.Errorf("got %v and error %v", jobs, err)
		}
	})
	t.Run("settings of single nodes are above all jobs", func(t *testing.T) {
		site := aSite(2, 0, false)
		site.Own = map[string]astguiclient.NodeSettings{"10.0.1.1": {Cron: []string{"MAILTO=ops@example.com", "SHELL=/bin/bash", "@daily /bin/true", `MAILTO=""`, "@hourly /bin/false"}}}
		files, err := site.Files()
		if err != nil {
			t.Fatal(err)
		}
		jobs, err := astguiclient.ParseCrontab(files["10.0.1.1"].Crontab)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, job := range jobs {
			lines = append(lines, astguiclient.Line(job))
		}
		if head := lines[:2]; !slices.Equal(head, []string{"MAILTO=ops@example.com", "SHELL=/bin/bash"}) {
			t.Errorf("the crontab begins with %q", head)
		}
		if tail := lines[len(lines)-3:]; !slices.Equal(tail, []string{"@daily /bin/true", `MAILTO=""`, "@hourly /bin/false"}) {
			t.Errorf("the crontab ends with %q", tail)
		}
	})
	t.Run("a setting cannot end its line", func(t *testing.T) {
		if job, err := astguiclient.ParseLine("MAILTO=ops\n* * * * * reboot"); err == nil {
			t.Errorf("got %v", job)
		}
	})
}

func FuzzParseJob(f *testing.F) {
	f.Add("*/3 * * * * /usr/share/astguiclient/AST_VDhopper.pl -q")
	f.Add("@reboot /bin/true")
	f.Add("1-59/3 0,12 1 jan-mar mon-fri x")
	f.Fuzz(func(t *testing.T, line string) {
		job, err := astguiclient.ParseJob(line)
		if err != nil {
			return
		}
		again, err := astguiclient.ParseJob(job.Schedule + " " + job.Command)
		if err != nil || again != job {
			t.Errorf("%q reads as %+v, and that as %+v, error %v", line, job, again, err)
		}
		if strings.ContainsAny(job.Schedule+job.Command, "\n\r\x00") {
			t.Errorf("%q holds a line break", job.Command)
		}
	})
}
