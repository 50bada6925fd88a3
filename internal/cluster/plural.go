package cluster

import "strconv"

// Plural writes a number with its noun: "1 seat", "2 seats".
func Plural(number int, noun string) string {
	if number == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(number) + " " + noun + "s"
}
