package astguiclient

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// Crontab returns the text of a crontab for `crontab FILE`: a comment and a line
// for each job. It parses every line by the grammar of crontab(5) before it returns
// it.
func Crontab(jobs []nodes.CronJob) (string, error) {
	var text strings.Builder
	text.WriteString("# Written by Terraform. What is changed here is lost with the next apply.\n")
	var faults []error
	for i, job := range jobs {
		line := Line(job)
		read, err := ParseLine(line)
		if err == nil && (read.Schedule != job.Schedule || read.Command != job.Command) {
			err = fmt.Errorf("cron job %q: cron would run %q", line, read.Command)
		}
		faults = append(faults, err)
		if i == 0 || job.Schedule != "" || jobs[i-1].Schedule != "" { // settings stand together
			text.WriteString("\n")
		}
		if job.Comment != "" {
			text.WriteString("# " + cluster.JoinLines(job.Comment) + "\n")
		}
		text.WriteString(line + "\n")
	}
	if err := errors.Join(faults...); err != nil {
		return "", err
	}
	return text.String(), nil
}

// Line returns the crontab line of a job or setting.
func Line(job nodes.CronJob) string {
	if job.Schedule == "" {
		return job.Command
	}
	return job.Schedule + " " + job.Command
}

// ParseCrontab parses the jobs of a crontab and settings such as MAILTO=ops, in
// their order. It ignores comments and blank lines. A line that cron rejects is an
// error.
func ParseCrontab(text string) ([]nodes.CronJob, error) {
	var jobs []nodes.CronJob
	var faults []error
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimLeft(strings.TrimSuffix(line, "\n"), " \t")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		job, err := ParseLine(line)
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", number, err))
			continue
		}
		jobs = append(jobs, job)
	}
	return jobs, errors.Join(faults...)
}

var (
	cronSetting = cluster.LazyRegexp(`^("[A-Za-z_][A-Za-z0-9_]*"|'[A-Za-z_][A-Za-z0-9_]*'|[A-Za-z_][A-Za-z0-9_]*)[ \t]*=`)
	cronLine    = cluster.LazyRegexp(`^((?:@[a-z]+)|(?:(?:[^ \t]+[ \t]+){4}[^ \t]+))[ \t]+(.*[^ \t].*)$`)
	blanks      = cluster.LazyRegexp(`[ \t]+`)
)

// cronField is one of the five fields of a schedule.
type cronField struct {
	name        string
	first, last int
	names       []string // of first, first+1, …
}

var cronFields = []cronField{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of the month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of the week", 0, 7, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}, // 7 is Sunday again
}

var cronNicknames = []string{"@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

// ParseLine parses one line of a crontab that is neither empty nor a comment: a
// job, or a setting for the lines below it, such as MAILTO=ops.
func ParseLine(line string) (nodes.CronJob, error) {
	if !cronSetting().MatchString(line) {
		return ParseJob(line)
	}
	for _, character := range line {
		if character != '\t' && (character < ' ' || character == 0x7f) {
			return nodes.CronJob{}, fmt.Errorf("crontab setting %q: it holds the character U+%04X", line, character)
		}
	}
	return nodes.CronJob{Command: strings.TrimRight(line, " \t")}, nil
}

// ParseJob parses one line of a crontab: five fields or a nickname, and a command.
// A line that cron rejects, or whose command it would split at a percent sign, is
// an error.
func ParseJob(line string) (nodes.CronJob, error) {
	fail := func(format string, values ...any) (nodes.CronJob, error) {
		return nodes.CronJob{}, fmt.Errorf("cron job %q: "+format, append([]any{line}, values...)...)
	}
	for _, character := range line {
		if character != '\t' && (character < ' ' || character == 0x7f) {
			return fail("it holds the character U+%04X", character)
		}
	}
	match := cronLine().FindStringSubmatch(line)
	if match == nil {
		return fail("it is not five fields and a command")
	}
	schedule, command := blanks().ReplaceAllString(match[1], " "), match[2]
	if strings.HasPrefix(schedule, "@") {
		if !slices.Contains(cronNicknames, schedule) {
			return fail("there is no schedule %s", schedule)
		}
	} else {
		for i, field := range strings.Split(schedule, " ") {
			if err := cronFields[i].check(field); err != nil {
				return fail("%w", err)
			}
		}
	}
	if percent := strings.Index(strings.ReplaceAll(command, `\%`, ""), "%"); percent >= 0 {
		return fail(`cron ends the command at a percent sign: write \%%`)
	}
	return nodes.CronJob{Schedule: schedule, Command: command}, nil
}

// check returns an error for an invalid field. A field is a list of *, numbers,
// names and ranges; a step needs a range or *.
func (c cronField) check(field string) error {
	for element := range strings.SplitSeq(field, ",") {
		span, step, stepped := strings.Cut(element, "/")
		if stepped {
			if number, err := strconv.Atoi(step); err != nil || number < 1 || strings.HasPrefix(step, "+") {
				return fmt.Errorf("%s %q: the step %q must be a number from 1", c.name, field, step)
			}
		}
		if span == "*" {
			continue
		}
		low, high, ranged := strings.Cut(span, "-")
		if stepped && !ranged {
			return fmt.Errorf("%s %q: only * and ranges take a step", c.name, field)
		}
		from, err := c.value(low)
		if err != nil {
			return fmt.Errorf("%s %q: %w", c.name, field, err)
		}
		if !ranged {
			continue
		}
		to, err := c.value(high)
		if err != nil {
			return fmt.Errorf("%s %q: %w", c.name, field, err)
		}
		if from > to {
			return fmt.Errorf("%s %q: the range runs backwards", c.name, field)
		}
	}
	return nil
}

func (c cronField) value(text string) (int, error) {
	if i := slices.Index(c.names, strings.ToLower(text)); i >= 0 {
		return c.first + i, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < c.first || number > c.last || strings.HasPrefix(text, "+") {
		return 0, fmt.Errorf("%q is not from %d to %d", text, c.first, c.last)
	}
	return number, nil
}
