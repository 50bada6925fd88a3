package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// planSummary keeps the output of a command of Terraform and prints its decisive
// lines at the end: a line for each object that is created or destroyed, the shares
// of new splits, the changed attributes of other objects, each warning once, and the
// result.
type planSummary struct {
	printer *printer
	output  bytes.Buffer
}

// Write implements io.Writer.
func (p *planSummary) Write(text []byte) (int, error) { return p.output.Write(text) }

// Close prints the decisive lines.
func (p *planSummary) Close() error {
	for _, line := range p.lines() {
		p.printer.print("| " + line)
	}
	return nil
}

// Lengths that are printed: of a changed object, and of a warning.
const (
	changedLines = 14
	warningLines = 3
)

var (
	// result matches the lines that say how a command ended.
	result = regexp.MustCompile(`^(Plan: |No changes|Apply complete!)`)
	// changed matches a line of an object that Terraform marks as changed.
	changed = regexp.MustCompile(`^ +[-+~] `)
	// derived matches an attribute that only repeats a change of another one.
	derived = regexp.MustCompile(`^ +~ (content|content_sha256|semantic_sha256|drift) +=`)
	signs   = map[string]string{"created": "+", "destroyed": "-"}
)

func (p *planSummary) lines() []string {
	var found []string
	lines := strings.Split(strings.ReplaceAll(p.output.String(), "\r", ""), "\n")
	for i := range lines {
		lines[i] = withoutFrame(lines[i])
	}
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(testenv.WithoutColours(lines[i]), " ")
		head := objectHeader.FindStringSubmatch(line)
		switch {
		case head != nil:
			body := bodyOf(lines[i+1:])
			found = append(found, summarize(strings.TrimPrefix(line, "  # "), head, body)...)
			i += len(body)
		case result.MatchString(line):
			found = append(found, lines[i])
		case strings.HasPrefix(line, "Warning: ") && !p.printer.warned[line]:
			p.printer.warned[line] = true
			found = append(found, line)
			found = append(found, warningOf(lines[i+1:])...)
		}
	}
	return found
}

// withoutFrame removes the frame that Terraform draws around a warning when it writes
// colours.
func withoutFrame(line string) string {
	uncoloured := strings.TrimRight(testenv.WithoutColours(line), " ")
	switch inner, framed := strings.CutPrefix(uncoloured, "│ "); {
	case framed:
		return inner
	case uncoloured == "╷", uncoloured == "│", uncoloured == "╵":
		return ""
	}
	return line
}

// bodyOf returns the lines of an object, whose header is the line before.
func bodyOf(lines []string) []string {
	for i, line := range lines {
		if testenv.WithoutColours(line) == "    }" {
			return lines[:i+1]
		}
	}
	return nil
}

func summarize(title string, head, body []string) []string {
	sign, known := signs[head[3]]
	if known && !strings.HasPrefix(head[1], "vicidial_trunk_split.") {
		return []string{sign + " " + head[1] + head[2]}
	}
	if !known {
		sign = "~"
	}
	found := []string{sign + " " + title}
	text := false
	for _, line := range body[min(1, len(body)):] {
		plainLine := testenv.WithoutColours(line)
		switch {
		case heredocStart.MatchString(plainLine):
			text = true
		case strings.TrimSpace(plainLine) == "EOT":
			text = false
		case text, derived.MatchString(plainLine), emptyAttribute.MatchString(plainLine):
		case known && strings.Contains(plainLine, "campaign_id"):
			return found // the shares stand before
		case changed.MatchString(plainLine):
			found = append(found, strings.TrimRight(line, " "))
		}
	}
	if more := len(found) - 1 - changedLines; more > 0 {
		found = append(found[:changedLines+1], fmt.Sprintf("      (%d lines more)", more))
	}
	return found
}

// warningOf returns the first lines of a warning's text, which follow the lines that
// say where it is.
func warningOf(lines []string) []string {
	var found []string
	inText := false
	for _, line := range lines {
		line = strings.TrimRight(testenv.WithoutColours(line), " ")
		switch {
		case line == "" && len(found) > 0, len(found) == warningLines:
			return found
		case line != "" && !strings.HasPrefix(line, "  "):
			inText = true
		}
		if inText && line != "" {
			found = append(found, "  "+line)
		}
	}
	return found
}
