package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
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
	fmt.Fprintf(s.out, "\n%s %5.1f s\n", s.paint(bold, line+" "+strings.Repeat(".", max(3, 76-len(line)))), time.Since(s.start).Seconds())
}

// say tells something in words, or shows a table.
func (s *screen) say(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		fmt.Fprint(s.out, "    ", line)
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

// margin indents what another program writes, line by line as it comes.
func (s *screen) margin() *margin { return &margin{out: s.out} }

type margin struct {
	out    io.Writer
	rest   []byte
	folded int // lines left out since the last one shown
}

// unsaid ends the lines of a plan that say nothing yet: what is not declared
// takes the column's default. A server has thirty of them.
const unsaid = "(known after apply)"

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
		if strings.HasSuffix(withoutColours(line), unsaid) {
			m.folded++
			continue
		}
		if err := m.unfold(line); err != nil {
			return 0, err
		}
		if _, err := fmt.Fprintln(m.out, strings.TrimRight("    | "+line, " ")); err != nil {
			return 0, err
		}
	}
}

// unfold tells, indented like the line that follows, how many were left out.
func (m *margin) unfold(next string) error {
	if m.folded == 0 {
		return nil
	}
	next = withoutColours(next)
	depth := len(next) - len(strings.TrimLeft(next, " "))
	if strings.HasPrefix(strings.TrimSpace(next), "}") {
		depth += 2
	}
	_, err := fmt.Fprintf(m.out, "    | %s# (%d more, as the column's default says)\n", strings.Repeat(" ", depth), m.folded)
	m.folded = 0
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
