package cluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Plural writes a number with its noun: "1 seat", "2 seats".
func Plural(number int, noun string) string {
	if number == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(number) + " " + noun + "s"
}

// PluralAre writes a number with its noun and verb: "1 seat is", "2 seats are".
func PluralAre(number int, noun string) string {
	if number == 1 {
		return "1 " + noun + " is"
	}
	return Plural(number, noun) + " are"
}

// PluralNamed counts things and names the first few of them: "2 seats (2000, 2001)".
func PluralNamed(count int, noun string, ids []string) string {
	const few = 5
	names := Runs(ids)
	text := strings.Join(names[:min(few, len(names))], ", ")
	if len(names) > few {
		text += " and more"
	}
	return fmt.Sprintf("%s (%s)", Plural(count, noun), text)
}

// FirstOf returns the first lines of a list, and as a last one how many others there
// are.
func FirstOf(lines []string, most int) []string {
	if len(lines) <= most {
		return lines
	}
	return append(slices.Clone(lines[:most]), fmt.Sprintf("and %d more", len(lines)-most))
}

// ListOf joins the first five names of a list, and says how many others there are.
func ListOf(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// Runs abbreviates ids: consecutive numbers of one width become a run such as "2000-2149". The order of the ids is kept.
func Runs(ids []string) []string {
	var runs []string
	for from := 0; from < len(ids); {
		to := from
		for to+1 < len(ids) && follows(ids[to], ids[to+1]) {
			to++
		}
		switch to - from {
		case 0:
			runs = append(runs, ids[from])
		case 1:
			runs = append(runs, ids[from], ids[to])
		default:
			runs = append(runs, ids[from]+"-"+ids[to])
		}
		from = to + 1
	}
	return runs
}

func follows(a, b string) bool {
	first, err := strconv.ParseUint(a, 10, 63)
	if err != nil {
		return false
	}
	second, err := strconv.ParseUint(b, 10, 63)
	return err == nil && second == first+1 && len(a) == len(b)
}
