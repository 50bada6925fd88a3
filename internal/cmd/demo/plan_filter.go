package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// planFilter returns a filter for the output of Terraform.
func (s *printer) planFilter() io.WriteCloser {
	if !s.full {
		return &planSummary{printer: s}
	}
	return &planFilter{out: s.out, shown: map[string]bool{}}
}

// planFilter shortens and indents a plan: it prints the first of several objects of
// a block, without empty and unknown attributes of a new object; one line for a
// deleted object; the first lines of a long text; and the changed lines of a
// changed text.
type planFilter struct {
	out   io.Writer
	rest  []byte
	shown map[string]bool // "vicidial_server.telephony created"
	// skipping is true in the body of an omitted object of skippedLines lines.
	skipping     bool
	skippedLines int
	// created is true in a new object with skippedAttributes omitted attributes.
	created           bool
	skippedAttributes int
	// inText is true in a text of several lines, of which omittedLines of lines are
	// omitted; changedOnly prints its changed lines only.
	inText, changedOnly bool
	lines, omittedLines int
}

// longText is the number of lines that are printed of a text.
const longText = 12

// heredocStart matches the start of a text of several lines in a plan, and
// changedLine an added or removed line of it.
var (
	heredocStart = regexp.MustCompile(`^ +([-+~]) .* = <<-?EOT$`)
	changedLine  = regexp.MustCompile(`^ +[-+] `)
)

// emptyAttribute matches an attribute without a value in a new object.
var emptyAttribute = regexp.MustCompile(`^ +\+ \w+ += (""|\[\]|\{\}|\((known after apply|write-only attribute)\))$`)

// objectHeader matches the line above an object in a plan.
var objectHeader = regexp.MustCompile(`^  # (\S+?)(\[.*\])? will be (\w+)`)

// Write implements io.Writer. It prints each complete line.
func (m *planFilter) Write(text []byte) (int, error) {
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

func (m *planFilter) line(line string) error {
	uncoloured := testenv.WithoutColours(line)
	if m.skipping {
		m.skippedLines++
		if uncoloured != "    }" { // the end of the object
			return nil
		}
		line = fmt.Sprintf("    # (%d lines, not shown here)", m.skippedLines)
		m.skipping, m.skippedLines = false, 0
	} else if head := objectHeader.FindStringSubmatch(uncoloured); head != nil {
		block := head[1] + " " + head[3]
		m.skipping = m.shown[block] || head[3] == "destroyed"
		m.created, m.skippedAttributes = head[3] == "created", 0
		m.shown[block] = true
	}
	if m.inText {
		return m.textLine(line, uncoloured)
	}
	if head := heredocStart.FindStringSubmatch(uncoloured); head != nil {
		m.inText, m.changedOnly = true, head[1] == "~"
		m.lines, m.omittedLines = 0, 0
	}
	switch {
	case m.created && emptyAttribute.MatchString(uncoloured):
		m.skippedAttributes++
		return nil
	case m.created && uncoloured == "    }" && m.skippedAttributes > 0:
		line = fmt.Sprintf("        # (%d attributes, empty or known after apply, not shown here)\n    | %s", m.skippedAttributes, line)
		m.created = false
	case uncoloured == "":
		line = ""
	}
	return m.print(line)
}

// textLine prints or counts a line of a text.
func (m *planFilter) textLine(line, uncoloured string) error {
	m.lines++
	switch {
	case strings.TrimSpace(uncoloured) == "EOT":
		m.inText = false
		if m.omittedLines > 0 {
			line = fmt.Sprintf("            # (%d lines, not shown here)\n    | %s", m.omittedLines, line)
		}
	case m.changedOnly && !changedLine.MatchString(uncoloured), !m.changedOnly && m.lines > longText:
		m.omittedLines++
		return nil
	}
	return m.print(line)
}

func (m *planFilter) print(line string) error {
	_, err := fmt.Fprintln(m.out, strings.TrimRight("    | "+line, " "))
	return err
}

// Close prints a last line without a newline.
func (m *planFilter) Close() error {
	if len(m.rest) == 0 {
		return nil
	}
	_, err := m.Write([]byte("\n"))
	return err
}
