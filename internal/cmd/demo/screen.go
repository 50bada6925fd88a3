package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// screen is where the story is told: numbered stages with the time since the
// start, and what programs say, indented under them.
type screen struct {
	out     io.Writer
	colours bool
	start   time.Time
	stages  int
}

func newScreen(out io.Writer, colours bool) *screen {
	return &screen{out: out, colours: colours, start: time.Now()}
}

const (
	bold  = "\x1b[1m"
	green = "\x1b[32m"
	red   = "\x1b[31m"
	plain = "\x1b[0m"
)

func (s *screen) paint(colour, text string) string {
	if !s.colours {
		return text
	}
	return colour + text + plain
}

// stage begins the next part of the story.
func (s *screen) stage(title string) {
	s.stages++
	line := fmt.Sprintf("%2d. %s", s.stages, title)
	fmt.Fprintf(s.out, "\n%s %5.1f s\n", s.paint(bold, line+" "+strings.Repeat(".", max(3, 71-len(line)))), time.Since(s.start).Seconds())
}

// say tells something in words, or shows a table.
func (s *screen) say(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		fmt.Fprintln(s.out, strings.TrimRight("    "+line, " \n"))
	}
}

// seen says that something was checked and is as it should be.
func (s *screen) seen(text string) {
	fmt.Fprintf(s.out, "    %s %s\n", s.paint(green, "ok"), text)
}

func (s *screen) fail(err error) {
	fmt.Fprintf(s.out, "\n%s\n", s.paint(red, "demo: "+err.Error()))
}

func (s *screen) end() {
	fmt.Fprintf(s.out, "\nEverything was as it should be, after %.1f s.\ndemo: ok\n", time.Since(s.start).Seconds())
}

// instead says something in place of all that another program writes, as soon
// as it writes.
func (s *screen) instead(text string) *instead { return &instead{say: func() { s.say(text) }} }

type instead struct {
	say    func()
	unsaid bytes.Buffer // for when the program fails
}

// Write takes whatever comes.
func (i *instead) Write(text []byte) (int, error) {
	if i.unsaid.Len() == 0 {
		i.say()
	}
	return i.unsaid.Write(text)
}

// margin indents what another program writes, line by line as it comes.
func (s *screen) margin() *margin { return &margin{out: s.out, shown: map[string]bool{}} }

// margin shows a plan as Terraform does, but leaves out what a reader has seen
// before: of several objects of one block of configuration the first is shown
// whole, of a new one no attribute that is empty or not known yet, of an object
// that goes only that it goes, of a long text its first lines, and of a text
// that changes the lines that do.
type margin struct {
	out   io.Writer
	rest  []byte
	shown map[string]bool // "vicidial_server.telephony created"
	// folding says that the body of an object is being left out, which has had
	// so many lines.
	folding bool
	folded  int
	// created says that a new object is being shown, and bare how many of its
	// attributes were left out.
	created bool
	bare    int
	// text says that a text of several lines is being shown, and changes that
	// only what changes of it is; lines of it were there, and so many left out.
	text, changes bool
	lines, left   int
}

// longText is how many lines of a text are shown.
const longText = 12

// heredoc is how Terraform begins a text of several lines in a plan, and mark
// how it begins a line of one that comes or goes.
var (
	heredoc = regexp.MustCompile(`^ +([-+~]) .* = <<-?EOT$`)
	mark    = regexp.MustCompile(`^ +[-+] `)
)

// nothing is how Terraform shows an attribute of a new object that says nothing.
var nothing = regexp.MustCompile(`^ +\+ \w+ += (""|\[\]|\{\}|\((known after apply|write-only attribute)\))$`)

// planned is how Terraform heads what a plan does to an object.
var planned = regexp.MustCompile(`^  # (\S+?)(\[.*\])? will be (\w+)`)

// Write takes whatever comes; whole lines are passed on at once.
func (m *margin) Write(text []byte) (int, error) {
	m.rest = append(m.rest, text...)
	for {
		end := bytes.IndexByte(m.rest, '\n')
		if end < 0 {
			return len(text), nil
		}
		line := strings.TrimRight(string(m.rest[:end]), " \r")
		m.rest = m.rest[end+1:]
		if err := m.line(line); err != nil {
			return 0, err
		}
	}
}

func (m *margin) line(line string) error {
	bare := testenv.WithoutColours(line)
	if m.folding {
		m.folded++
		if bare != "    }" { // the end of the object
			return nil
		}
		line = fmt.Sprintf("    # (%d lines, not shown here)", m.folded)
		m.folding, m.folded = false, 0
	} else if head := planned.FindStringSubmatch(bare); head != nil {
		block := head[1] + " " + head[3]
		m.folding = m.shown[block] || head[3] == "destroyed"
		m.created, m.bare = head[3] == "created", 0
		m.shown[block] = true
	}
	if m.text {
		return m.within(line, bare)
	}
	if head := heredoc.FindStringSubmatch(bare); head != nil {
		m.text, m.changes = true, head[1] == "~"
		m.lines, m.left = 0, 0
	}
	switch {
	case m.created && nothing.MatchString(bare):
		m.bare++
		return nil
	case m.created && bare == "    }" && m.bare > 0:
		line = fmt.Sprintf("        # (%d attributes, empty or known after apply, not shown here)\n    | %s", m.bare, line)
		m.created = false
	case bare == "":
		line = ""
	}
	return m.print(line)
}

// within shows a line of a text or counts it.
func (m *margin) within(line, bare string) error {
	m.lines++
	switch {
	case strings.TrimSpace(bare) == "EOT":
		m.text = false
		if m.left > 0 {
			line = fmt.Sprintf("            # (%d lines, not shown here)\n    | %s", m.left, line)
		}
	case m.changes && !mark.MatchString(bare), !m.changes && m.lines > longText:
		m.left++
		return nil
	}
	return m.print(line)
}

func (m *margin) print(line string) error {
	_, err := fmt.Fprintln(m.out, strings.TrimRight("    | "+line, " "))
	return err
}

// Close passes on a last line that has no end.
func (m *margin) Close() error {
	if len(m.rest) == 0 {
		return nil
	}
	_, err := m.Write([]byte("\n"))
	return err
}
