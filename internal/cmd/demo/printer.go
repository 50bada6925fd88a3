package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// printer prints numbered stages with the time since the start, and the indented
// output of programs.
type printer struct {
	out     io.Writer
	colours bool
	full    bool // all of the output of programs, not its decisive lines only
	start   time.Time
	stages  int
	warned  map[string]bool // titles of the printed warnings
}

func newPrinter(out io.Writer, colours, full bool) *printer {
	return &printer{out: out, colours: colours, full: full, start: time.Now(), warned: make(map[string]bool)}
}

// tableLines is how many lines of a table are printed when not all are.
const tableLines = 10

const (
	bold  = "\x1b[1m"
	green = "\x1b[32m"
	red   = "\x1b[31m"
	plain = "\x1b[0m"
)

func (s *printer) paint(colour, text string) string {
	if !s.colours {
		return text
	}
	return colour + text + plain
}

// stage prints the title of the next stage.
func (s *printer) stage(title string) {
	s.stages++
	line := fmt.Sprintf("%2d. %s", s.stages, title)
	fmt.Fprintf(s.out, "\n%s %5.1f s\n", s.paint(bold, line+" "+strings.Repeat(".", max(3, 71-len(line)))), time.Since(s.start).Seconds())
}

// print prints a text or a table, indented. A long one is cut unless all is printed.
func (s *printer) print(text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if !s.full && strings.HasPrefix(lines[0], "+-") {
		lines = lines[1 : len(lines)-1] // the borders of a table
	}
	if more := len(lines) - tableLines; !s.full && more > 1 {
		lines = append(lines[:tableLines:tableLines], fmt.Sprintf("(%d lines more; DEMO=full prints them)", more))
	}
	for _, line := range lines {
		fmt.Fprintln(s.out, strings.TrimRight("    "+line, " "))
	}
}

// ok prints the result of a successful check.
func (s *printer) ok(text string) {
	fmt.Fprintf(s.out, "    %s %s\n", s.paint(green, "ok"), text)
}

func (s *printer) fail(err error) {
	fmt.Fprintf(s.out, "\n%s\n", s.paint(red, "demo: "+err.Error()))
}

func (s *printer) end() {
	fmt.Fprintf(s.out, "\nAll checks passed, after %.1f s.\ndemo: ok\n", time.Since(s.start).Seconds())
}

// progress returns a writer that prints text at the first write and keeps the
// output.
func (s *printer) progress(text string) *progress { return &progress{print: func() { s.print(text) }} }

type progress struct {
	print  func()
	output bytes.Buffer // to print if the program fails
}

// Write implements io.Writer.
func (i *progress) Write(text []byte) (int, error) {
	if i.output.Len() == 0 {
		i.print()
	}
	return i.output.Write(text)
}
