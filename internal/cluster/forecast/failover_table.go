package forecast

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// tableWidth leaves room for indentation in a terminal of 80 columns.
const tableWidth = 76

// reasonsShown bounds the reasons below a line of the table.
const reasonsShown = 3

// Table formats the plan for a terminal: one line for each loss with the reasons why it is
// not survivable below it, and before them one for the present cluster if that has faults.
func (p FailoverPlan) Table(name func(ip string) string) string {
	lines := [][]string{{"lost", "survivable", "agents move", "stranded", "lines", "calls/s"}}
	cases := p.Losses
	if !p.Today.Survivable || len(cases) == 0 {
		cases = append([]FailoverLoss{p.Today}, cases...)
	}
	for _, loss := range cases {
		var lost []string
		for _, ip := range loss.Lost {
			lost = append(lost, name(ip))
		}
		if len(lost) == 0 {
			lost = []string{"(none)"}
		}
		survivable := "NO"
		if loss.Survivable {
			survivable = "yes"
		}
		arrived, needed, carried := 0, 0, 0
		for _, seats := range loss.Seats {
			arrived += seats.Arrived
		}
		for _, campaign := range loss.Campaigns {
			needed += campaign.Needed
			carried += campaign.Carried
		}
		lines = append(lines, []string{
			strings.Join(lost, ", "), survivable, strconv.Itoa(arrived), strconv.Itoa(len(loss.Stranded)),
			fmt.Sprintf("%d of %d", carried, needed), fmt.Sprintf("%g", loss.CallsPerSecond),
		})
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var table strings.Builder
	for i, line := range lines {
		var drawn strings.Builder
		for i, text := range line {
			drawn.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2))
		}
		table.WriteString(strings.TrimRight(drawn.String(), " ") + "\n")
		if i > 0 {
			writeReasons(&table, cases[i-1].Reasons)
		}
	}
	return table.String()
}

func writeReasons(table *strings.Builder, reasons []string) {
	for i, reason := range reasons {
		if i == reasonsShown {
			fmt.Fprintf(table, "  - and %s\n", cluster.Plural(len(reasons)-i, "more reason"))
			return
		}
		lines := cluster.Wrap(reason, func(line string) bool { return utf8.RuneCountInString(line) <= tableWidth-4 })
		table.WriteString("  - " + strings.Join(lines, "\n    ") + "\n")
	}
}
