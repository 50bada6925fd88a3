package nodes

import (
	"fmt"
	"slices"
	"strings"
)

// Warning is a configuration that works, but is probably a mistake.
type Warning struct {
	ServerIP string // "" for the site as a whole
	Text     string
}

// Warnings returns existing violations, duties without use, flags without effect, and letters
// that do not match the node's roles.
func (s Site) Warnings() []Warning {
	assignment, violations := s.assign()
	var warnings []Warning
	for _, violation := range violations {
		if slices.Contains(s.Existing, violation) {
			warnings = append(warnings, Warning{Text: violation})
		}
	}
	for _, work := range dutyWorks(s.Archives) {
		if !s.needs(work) {
			for _, serverIP := range assignment[work.duty] {
				warnings = append(warnings, Warning{serverIP, s.uselessDuty(work.duty)})
			}
		}
		if work.pages && s.needs(work) && len(s.Nodes) > 0 && len(assignment[work.duty]) == 0 {
			warnings = append(warnings, Warning{Text: fmt.Sprintf("no node does %s: its programs write into the folder of the web pages, and no node with web pages runs the programs of VICIdial", work.duty)})
		}
	}
	for _, node := range s.sorted() {
		for _, text := range slices.Concat(node.idleFlags(assignment), node.oddLetters(assignment)) {
			warnings = append(warnings, Warning{node.ServerIP, text})
		}
	}
	return warnings
}

func (s Site) uselessDuty(duty Duty) string {
	if duty == BalanceFill {
		return fmt.Sprintf("%s has use only where there is more than one telephony node: here it finds nothing to fill", duty)
	}
	return fmt.Sprintf("%s is claimed, but nothing is declared to be archived", duty)
}

// flagNeeds are the letters on which flags of ADMIN_keepalive_ALL.pl have an effect.
var flagNeeds = []struct {
	prefix, letter, about string
}{
	{"--autodial-delay=", "3", "the local dialer"},
	{"--adfill-delay=", "7", "the balance fill"},
	{"--fill-staggered", "7", "the balance fill"},
}

// idleFlags returns warnings for flags of ADMIN_keepalive_ALL.pl that change nothing on
// the node, or start a program that has nothing to do.
func (n Node) idleFlags(assignment Assignment) []string {
	var idle []string
	for _, flag := range n.KeepaliveFlags {
		for _, need := range flagNeeds {
			if strings.HasPrefix(flag, need.prefix) && !n.runs(need.letter, assignment) {
				idle = append(idle, fmt.Sprintf("the keepalive flag %s changes nothing: it is about %s (letter %s), which does not run here", flag, need.about, need.letter))
			}
		}
		switch {
		case strings.HasPrefix(flag, "--lstn-buffer"):
			idle = append(idle, "the keepalive flag --lstn-buffer changes nothing: ADMIN_keepalive_ALL.pl takes it and ignores it")
		case (strings.HasPrefix(flag, "--cu3way") || strings.HasPrefix(flag, "--recmon")) && strings.Contains(n.Keepalives(assignment), "X"):
			idle = append(idle, fmt.Sprintf("the keepalive flag %s starts nothing: an X among the keepalives silences it", flag))
		case strings.HasPrefix(flag, "--cu3way") && n.runs("C", assignment):
			idle = append(idle, fmt.Sprintf("the keepalive flag %s is not needed: the program of keepalive C watches 3-way conferences of both engines", flag))
		case (strings.HasPrefix(flag, "--cu3way") || strings.HasPrefix(flag, "--recmon")) && !n.Is(RoleTelephony):
			idle = append(idle, fmt.Sprintf("the keepalive flag %s starts a program that needs an Asterisk on the node", flag))
		}
	}
	return idle
}

// oddLetters returns warnings for declared letters that do not match the node's roles.
func (n Node) oddLetters(assignment Assignment) []string {
	if n.OwnKeepalives == "" || n.WebOnly {
		return nil
	}
	plain := n
	plain.OwnKeepalives = ""
	usual := plain.Keepalives(assignment)
	var warnings []string
	missingFrom := func(letters, others string) string {
		var missing strings.Builder
		for _, letter := range letterOrder {
			if strings.ContainsRune(others, letter) && !strings.ContainsRune(letters, letter) {
				missing.WriteRune(letter)
			}
		}
		return missing.String()
	}
	if strings.Contains(n.OwnKeepalives, "X") {
		if usual != "X" {
			warnings = append(warnings, fmt.Sprintf("its keepalives %s run nothing, since an X silences the others; its roles ask for %s", n.OwnKeepalives, usual))
		}
		return warnings
	}
	if missing := missingFrom(n.OwnKeepalives, usual); missing != "" {
		warnings = append(warnings, fmt.Sprintf("its keepalives %s are without %s, which its roles ask for", n.OwnKeepalives, missing))
	}
	if more := missingFrom(usual, n.OwnKeepalives); more != "" {
		warnings = append(warnings, fmt.Sprintf("its keepalives %s have %s, which its roles do not ask for", n.OwnKeepalives, more))
	}
	return warnings
}
