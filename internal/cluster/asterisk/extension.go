package asterisk

import (
	"strings"
)

// extensionKey returns the same text for two extensions exactly where ext_cmp of
// main/pbx.c compares them as equal: hyphens are ignored, and patterns are equal if they
// match the same characters, as _8[0-9]X and _8xx do.
func extensionKey(extension string) string {
	if !strings.HasPrefix(extension, "_") {
		return strings.ReplaceAll(extension, "-", "")
	}
	var key strings.Builder
	key.WriteString("_")
	for rest := extension[1:]; rest != ""; {
		var place string
		place, rest = patternPlace(rest)
		key.WriteString(place)
	}
	return key.String()
}

// patternPlace returns the first position of a pattern in a normal form, and the rest of
// the pattern (ext_cmp_pattern_pos).
func patternPlace(pattern string) (place, rest string) {
	char := pattern[0]
	rest = pattern[1:]
	switch char {
	case '-':
		return "", rest
	case 'n', 'N':
		return setPlace("2-9"), rest
	case 'x', 'X':
		return setPlace("0-9"), rest
	case 'z', 'Z':
		return setPlace("1-9"), rest
	case '.', '!':
		return string(char), rest
	case '[':
		set, after, closed := strings.Cut(rest, "]")
		if !closed {
			return "[", rest
		}
		return setPlace(set), after
	}
	return setPlace(string(char)), rest
}

// setPlace returns the normal form of a set: its characters, and the lowest that it
// names, which Asterisk compares as well.
func setPlace(set string) string {
	place := make([]byte, 1+32) // the least character, and a bit for each that the set takes
	least := byte(0xff)
	taken := place[1:]
	empty := true
	for at := 0; at < len(set); at++ {
		first, last := set[at], set[at]
		if at+2 < len(set) && set[at+1] == '-' {
			last, at = set[at+2], at+2
		}
		least = min(least, first)
		for char := int(first); char <= int(last); char++ {
			taken[char/8] |= 1 << (char % 8)
			empty = false
		}
	}
	if empty {
		return "" // Asterisk ignores an empty set
	}
	place[0] = least
	return string(place)
}

// callerKey returns the caller id after the / of an extension as Asterisk compares it
// (ast_shrink_phone_number).
func callerKey(caller string) string { return extensionKey(compact(shrink(caller))) }

// shrink is ast_shrink_phone_number of main/callerid.c.
func shrink(caller string) string {
	var kept strings.Builder
	bracketed := 0
	for i := range len(caller) {
		switch char := caller[i]; char {
		case '[', ']':
			if bracketed++; char == ']' {
				bracketed -= 2
			}
			kept.WriteByte(char)
		case '-':
			if bracketed != 0 {
				kept.WriteByte(char)
			}
		case '.':
			if i == len(caller)-1 {
				kept.WriteByte(char)
			}
		case '(', ' ', ')':
		default:
			kept.WriteByte(char)
		}
	}
	return kept.String()
}

// compact returns an extension as Asterisk stores it, without blanks outside the brackets
// of a pattern (ext_strncpy of main/pbx.c).
func compact(extension string) string {
	if !strings.Contains(extension, " ") {
		return extension
	}
	var kept strings.Builder
	bracketed := false
	for i := range len(extension) {
		char := extension[i]
		if char == '[' && strings.HasPrefix(extension, "_") || char == ']' {
			bracketed = char == '['
		}
		if char != ' ' || bracketed {
			kept.WriteByte(char)
		}
	}
	return kept.String()
}

// sameExtension returns the normal form of an extension with its caller id.
func sameExtension(extension string) string {
	name, caller, ok := strings.Cut(extension, "/")
	if !ok {
		return extensionKey(compact(name))
	}
	return extensionKey(compact(name)) + "/" + callerKey(caller)
}
