package astguiclient

import "strings"

// dropped are the characters that VICIdial's parsers delete everywhere, also in
// values. They keep other white space.
var dropped = strings.NewReplacer(" ", "", ">", "", "\r", "", "\t", "")

// Parse reads the text of an astguiclient.conf and returns its values by key. It
// parses the text as VICIdial's programs do (docs/vicidial/node-files.md#syntax;
// every bin/*.pl, and the PHP pages alike), so that both sides see one
// configuration:
//
//   - a comment starts at the first "#" or ";", even in the middle of a value;
//   - blanks, tabs, carriage returns and ">" are deleted everywhere;
//   - the key is what stands before the first "=", the value what follows the
//     last one;
//   - a later line wins over an earlier one;
//   - VICIdial looks for the keys it knows at the *start* of a line. So
//     "VARDB_server_old => 10.0.0.1" sets VARDB_server as well, and a known key
//     without "=" has the whole line as its value.
//
// A key that is not in the file is not in the result. A key without a value is the
// empty string.
func Parse(text string) map[string]string {
	values := make(map[string]string)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if start := strings.IndexAny(line, "#;"); start >= 0 {
			line = line[:start]
		}
		line = dropped.Replace(line)

		value := line[strings.LastIndex(line, "=")+1:]
		if key, _, found := strings.Cut(line, "="); found && key != "" {
			values[key] = value
		}
		for _, key := range knownKeys {
			if strings.HasPrefix(line, key) {
				values[key] = value
			}
		}
	}
	return values
}

// knownKeys are the keys that VICIdial's programs look for: those that
// install.pl writes. None of them is the beginning of another.
var knownKeys = Keys()
