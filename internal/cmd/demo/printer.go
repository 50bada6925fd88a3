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
	start   time.Time
	stages  int
}

func newPrinter(out io.Writer, colours bool) *printer {
	return &printer{out: out, colours: colours, start: time.Now()}
}

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

// print prints a text or a table, indented.
func (s *printer) print(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		fmt.Fprintln(s.out, strings.TrimRight("    "+line, " \n"))
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
