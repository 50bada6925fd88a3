// Command terminal draws the output of a program as an SVG picture of a terminal, in the
// colors of the reader's light or dark scheme. It reads the output from standard input,
// with the escape sequences of its colors, and writes the picture to standard output.
// This makes docs/pictures/drift.svg:
//
//	DEMO=full script -qec 'make demo' /dev/null | sed -E 's/^    \| ?//' |
//		go run ./internal/cmd/terminal -from 'split.sales will be updated' -to '^╵'
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

func main() {
	title := flag.String("title", "A plan", "title of the picture, for readers who do not see it")
	from := flag.String("from", "", "regular expression of the first line that is drawn; all lines without it")
	to := flag.String("to", "", "regular expression of the last line that is drawn, after the first")
	flag.Parse()
	if err := draw(os.Stdin, os.Stdout, *title, *from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "terminal:", err)
		os.Exit(1)
	}
}

func draw(in io.Reader, out io.Writer, title, from, to string) error {
	first, err := regexp.Compile(from)
	if err != nil {
		return err
	}
	last, err := regexp.Compile(to)
	if err != nil {
		return err
	}
	lines, err := choose(in, first, last, to == "")
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fmt.Errorf("no line matches %q", from)
	}
	_, err = io.WriteString(out, picture(title, lines))
	return err
}

// choose reads the lines from one that matches first to one that matches last, or all
// after first if it is open.
func choose(in io.Reader, first, last *regexp.Regexp, open bool) ([][]span, error) {
	var chosen [][]span
	var style style
	input := bufio.NewScanner(in)
	for input.Scan() {
		var line []span
		line, style = parse(strings.TrimRight(input.Text(), "\r"), style)
		text := plain(line)
		if len(chosen) == 0 && !first.MatchString(text) {
			continue
		}
		chosen = append(chosen, line)
		if !open && last.MatchString(text) {
			break
		}
	}
	return chosen, input.Err()
}
