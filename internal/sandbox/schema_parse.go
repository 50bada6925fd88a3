package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// parseTables parses the form that the header of tables.txt explains.
func parseTables(text string) ([]table, error) {
	var tables []table
	number := 0
	for line := range strings.Lines(text) {
		number++
		words, err := splitWords(strings.TrimRight(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("tables.txt line %d: %w", number, err)
		}
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
			continue
		case words[0] == "table":
			t, err := parseTable(words[1:])
			if err != nil {
				return nil, fmt.Errorf("tables.txt line %d: %w", number, err)
			}
			tables = append(tables, t)
		case len(tables) == 0:
			return nil, fmt.Errorf("tables.txt line %d: a column before the first table", number)
		default:
			if err := tables[len(tables)-1].add(words); err != nil {
				return nil, fmt.Errorf("tables.txt line %d: %w", number, err)
			}
		}
	}
	return tables, nil
}

// splitWords splits a line at blanks, except inside quotes or brackets.
func splitWords(line string) ([]string, error) {
	if strings.HasPrefix(line, "#") {
		return nil, nil
	}
	var words []string
	var word strings.Builder
	quoted, depth := false, 0
	for _, letter := range line {
		switch {
		case letter == '\'':
			quoted = !quoted
		case quoted:
		case letter == '(':
			depth++
		case letter == ')':
			depth--
		case letter == ' ' && depth == 0:
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
			continue
		}
		word.WriteRune(letter)
	}
	if quoted || depth != 0 {
		return nil, fmt.Errorf("a quote or bracket stays open: %s", line)
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return words, nil
}

func parseTable(words []string) (table, error) {
	if len(words) < 2 {
		return table{}, fmt.Errorf("a table needs a name and an engine")
	}
	t := table{name: words[0], engine: words[1]}
	for _, word := range words[2:] {
		switch {
		case word == "utf8":
			t.utf8 = true
		case strings.HasPrefix(word, "@"):
			spans, err := parseVersions(word)
			if err != nil {
				return table{}, err
			}
			t.spans = spans
		default:
			return table{}, fmt.Errorf("table %s: %q is not understood", t.name, word)
		}
	}
	return t, nil
}

// add adds a column or an index to the table.
func (t *table) add(words []string) error {
	switch words[0] {
	case "primary", "unique", "key":
		i, err := parseIndex(words)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		t.indexes = append(t.indexes, i)
	default:
		c, err := parseColumn(words, t.utf8)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		t.columns = append(t.columns, c)
	}
	return nil
}

func parseColumn(words []string, utf8 bool) (column, error) {
	if len(words) < 2 {
		return column{}, fmt.Errorf("column %s has no type", words[0])
	}
	c := column{name: words[0], kind: words[1], utf8: utf8}
	for position := 2; position < len(words); position++ {
		word := words[position]
		switch {
		case word == "unsigned":
			c.kind += " unsigned"
		case word == "required":
			c.required = true
		case word == "auto":
			c.auto = true
		case word == "utf8":
			c.utf8 = true
		case word == "latin1":
			c.utf8 = false
		case word == "=" && position+1 < len(words):
			position++
			c.preset = words[position]
		case strings.HasPrefix(word, "@"):
			spans, err := parseVersions(word)
			if err != nil {
				return column{}, err
			}
			c.spans = spans
		default:
			return column{}, fmt.Errorf("column %s: %q is not understood", c.name, word)
		}
	}
	return c, nil
}

func parseIndex(words []string) (index, error) {
	i := index{primary: words[0] == "primary", unique: words[0] != "key"}
	for _, word := range words[1:] {
		switch {
		case strings.HasPrefix(word, "("):
			for name := range strings.SplitSeq(strings.Trim(word, "()"), ",") {
				i.columns = append(i.columns, strings.TrimSpace(name))
			}
		case strings.HasPrefix(word, "@"):
			spans, err := parseVersions(word)
			if err != nil {
				return index{}, err
			}
			i.spans = spans
		default:
			i.name = word
		}
	}
	if len(i.columns) == 0 || i.primary != (i.name == "") {
		return index{}, fmt.Errorf("index %q is not understood", strings.Join(words, " "))
	}
	return i, nil
}

// parseVersions parses @1606-, @-1302, @1302-1606 and @1606.
func parseVersions(word string) (versions, error) {
	from, to, isSpan := strings.Cut(strings.TrimPrefix(word, "@"), "-")
	if !isSpan {
		to = from
	}
	var v versions
	var err error
	if from != "" {
		if v.from, err = strconv.Atoi(from); err != nil {
			return versions{}, fmt.Errorf("versions %q: %w", word, err)
		}
	}
	if to != "" {
		if v.to, err = strconv.Atoi(to); err != nil {
			return versions{}, fmt.Errorf("versions %q: %w", word, err)
		}
	}
	return v, nil
}
