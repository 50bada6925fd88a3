// Package configdiff compares the statements of two configurations: sections,
// keywords, and the order of statements of one keyword. The parsers of haproxy and
// nginx have removed comments, blanks and quoting. It imports the standard library
// only.
package configdiff

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Statement is one statement of a configuration, without layout.
type Statement struct {
	// Section is its section: "backend be_agent", "http > server#2".
	Section string
	// Keyword is its keyword. Order matters only among statements of one keyword in
	// one section.
	Keyword string
	// Text is the statement in canonical form, the keyword included.
	Text string
}

type group struct{ section, keyword string }

// Diff parses two texts and returns a line for each different statement: "- " for a
// missing one, "+ " for an additional one, "~ " for a changed one.
func Diff(parse func([]byte) ([]Statement, error), want, have []byte) ([]string, error) {
	wanted, err := parse(want)
	if err != nil {
		return nil, fmt.Errorf("wanted text: %w", err)
	}
	found, err := parse(have)
	if err != nil {
		return nil, err
	}
	return differences(wanted, found), nil
}

// differences returns a line for each statement that is changed, missing or
// additional in have compared with want. Lines are sorted by section and keyword.
func differences(want, have []Statement) []string {
	wanted, found := grouped(want), grouped(have)
	all := maps.Clone(wanted)
	maps.Copy(all, found)
	var lines []string
	for _, g := range slices.SortedFunc(maps.Keys(all), func(a, b group) int {
		return cmp.Or(cmp.Compare(a.section, b.section), cmp.Compare(a.keyword, b.keyword))
	}) {
		for _, change := range changes(wanted[g], found[g]) {
			lines = append(lines, g.section+": "+change)
		}
	}
	return lines
}

// Sum parses a text and returns a checksum of its statements.
func Sum(parse func([]byte) ([]Statement, error), text []byte) (string, error) {
	statements, err := parse(text)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(statements, func(a, b Statement) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Keyword, b.Keyword))
	})
	hash := sha256.New()
	for _, s := range statements {
		hash.Write([]byte(strings.Join([]string{s.Section, s.Keyword, s.Text}, "\x00") + "\n"))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func grouped(statements []Statement) map[group][]string {
	texts := map[group][]string{}
	for _, s := range statements {
		g := group{s.Section, s.Keyword}
		texts[g] = append(texts[g], s.Text)
	}
	return texts
}

// changes returns the changes from want to have. Missing and new statements between
// two common ones are paired, so that a changed word is one line.
func changes(want, have []string) []string {
	kept := common(want, have)
	var lines []string
	i, j := 0, 0
	for _, anchor := range append(kept, pair{len(want), len(have)}) {
		missing, added := want[i:anchor.want], have[j:anchor.have]
		for len(missing) > 0 && len(added) > 0 {
			lines = append(lines, "~ "+missing[0]+" -> "+added[0])
			missing, added = missing[1:], added[1:]
		}
		for _, text := range missing {
			lines = append(lines, "- "+text)
		}
		for _, text := range added {
			lines = append(lines, "+ "+text)
		}
		i, j = anchor.want+1, anchor.have+1
	}
	return lines
}

type pair struct{ want, have int }

// common returns a longest common subsequence as pairs of indexes, in quadratic
// time: the lists are the statements of one keyword in one section.
func common(want, have []string) []pair {
	length := make([][]int, len(want)+1)
	for i := range length {
		length[i] = make([]int, len(have)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(have) - 1; j >= 0; j-- {
			if want[i] == have[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < len(want) && j < len(have); {
		switch {
		case want[i] == have[j]:
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
