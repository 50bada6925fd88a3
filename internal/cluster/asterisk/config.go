package asterisk

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Setting is one "name = value" of a section.
type Setting struct {
	Line        int // in the text; 0 for what was inherited from another text
	Name, Value string
	Inherited   bool
}

// Section is a [section] with its settings as Asterisk has them, those that it
// inherits first.
type Section struct {
	Line     int // 0 for one that stands above the text
	Name     string
	Template bool // written [NAME](!): others inherit it, and it is nothing by itself
	Settings []Setting
	Source   string // what opens it, where that is another text: "carrier EAST"
}

// Get is the value of the last setting with that name, whatever its case; empty
// when there is none.
func (s Section) Get(name string) string {
	value := ""
	for _, setting := range s.Settings {
		if strings.EqualFold(setting.Name, name) {
			value = setting.Value
		}
	}
	return value
}

// parsedConfig is a text as main/config.c reads it.
type parsedConfig struct {
	Sections   []*Section // those above the text, then its own
	Violations Violations
	text       string
	written    []writtenValue // the values in the order of the text
	opened     []*Section     // one for each line that opens a section, or adds to one that is there
	current    *Section
	lost       bool     // Asterisk gave the rest of the text up
	Missing    []string // the sections that were inherited from and are not there
}

// writtenValue is the value of a setting, or what a += adds to one.
type writtenValue struct {
	name  string
	value logical
}

// readConfig parses a text below the given sections, in the last of them.
func readConfig(text string, above ...*Section) parsedConfig {
	text = cluster.NormalText(text)
	c := parsedConfig{text: text}
	for _, section := range above {
		c.Sections = append(c.Sections, &Section{Name: section.Name, Template: section.Template, Settings: unlined(section.Settings), Source: section.Source})
	}
	if len(c.Sections) > 0 {
		c.current = c.Sections[len(c.Sections)-1]
	}
	lines := reader{}
	for _, line := range lines.lines(text) {
		c.process(line)
		if c.lost {
			break
		}
	}
	c.Violations = append(c.Violations, lines.violations...)
	return c
}

// own are the sections that the text opens.
func (c parsedConfig) own() []*Section {
	var own []*Section
	for _, section := range c.Sections {
		if section.Line > 0 {
			own = append(own, section)
		}
	}
	return own
}

func unlined(settings []Setting) []Setting {
	copied := make([]Setting, len(settings))
	for i, setting := range settings {
		copied[i] = Setting{Name: setting.Name, Value: setting.Value, Inherited: setting.Inherited}
	}
	return copied
}

// process handles a line as process_text_line of main/config.c does.
func (c *parsedConfig) process(line logical) {
	switch line.text[0] {
	case '[':
		c.open(line)
	case '#':
		c.directive(line)
	default:
		c.set(line)
	}
}

func (c *parsedConfig) note(line int, warning bool, text, advice string) {
	c.Violations = append(c.Violations, Violation{Line: line, Text: text, Advice: advice, Warning: warning})
}

// giveUp adds the violation at which Asterisk stops reading.
func (c *parsedConfig) giveUp(line int, text, advice string) {
	c.note(line, false, text+", and Asterisk ignores the rest of the file", advice)
	c.lost = true
}

func (c *parsedConfig) open(line logical) {
	end := bytes.IndexByte(line.text, ']')
	if end < 0 {
		c.giveUp(line.number, fmt.Sprintf("%q opens no section", shortened(string(line.text))), "close it with ]: write [NAME] on a line of its own")
		return
	}
	section := &Section{Line: line.number, Name: string(line.text[1:min(end, 1+sectionBytes)])}
	after := string(line.text[end+1:])
	if stripped(section.Name) == "" {
		c.note(line.number, true, "the section has no name", "write [NAME]")
	}
	target := section
	switch {
	case strings.HasPrefix(after, "("):
		words, _, closed := strings.Cut(after[1:], ")")
		if !closed {
			c.giveUp(line.number, fmt.Sprintf("nothing closes the ( of [%s]", section.Name), "write the closing )")
			return
		}
		if target = c.options(section, words); target == nil {
			return
		}
	case after != "":
		c.note(line.number, true, fmt.Sprintf("Asterisk does not read the text after the ] of [%s]", section.Name), "put it on a line of its own, and a ( directly after the ]")
	}
	c.current = target
	c.opened = append(c.opened, section)
	if target == section {
		c.Sections = append(c.Sections, section)
	}
}

// options parses the parentheses after a section's name. It returns the section of the
// lines below, or nil where Asterisk stops reading.
func (c *parsedConfig) options(section *Section, words string) *Section {
	target := section
	for word := range strings.SplitSeq(words, ",") {
		switch {
		case word == "!":
			target.Template = true
		case strings.HasPrefix(word, "+"):
			found := c.find(section.Name, word[1:])
			if found == nil {
				c.giveUp(section.Line, fmt.Sprintf("[%s](%s) adds to a section that is not above it", section.Name, word), c.extend(section.Name))
				return nil
			}
			if target == section {
				found.Template = found.Template || section.Template
				found.Settings = append(found.Settings, section.Settings...)
			}
			target = found
		default:
			base := c.find(word, "TEMPLATES=include")
			if base == nil {
				c.Missing = append(c.Missing, word)
				c.giveUp(section.Line, fmt.Sprintf("[%s] inherits from %q, which is not above it", section.Name, word), c.inherit(word))
				return nil
			}
			if word == "" {
				c.note(section.Line, true, fmt.Sprintf("[%s]() inherits the first section of the file, [%s]", section.Name, base.Name), "leave the parentheses out")
			}
			if base.Source != "" {
				c.note(section.Line, true, fmt.Sprintf("[%s] inherits from [%s], which is in %s", section.Name, base.Name, base.Source), "see that it stays there, above this text")
			}
			for _, setting := range base.Settings {
				setting.Inherited = true
				target.Settings = append(target.Settings, setting)
			}
		}
	}
	return target
}

// extend returns advice for a section that cannot be extended.
func (c *parsedConfig) extend(name string) string {
	for _, section := range c.Sections {
		if strings.EqualFold(section.Name, name) && section.Template {
			return "it is a template, to which Asterisk adds nothing: write its lines where it is opened"
		}
	}
	return "open it first, or leave (+) out"
}

// inherit returns advice for a base that does not exist.
func (c *parsedConfig) inherit(word string) string {
	if name := stripped(word); name != word && c.find(name, "TEMPLATES=include") != nil {
		return fmt.Sprintf("write %s without blanks beside the comma", name)
	}
	return fmt.Sprintf("write [%s](!) with its lines above it", stripped(word))
}

// find returns the first section with that name that matches a filter, as
// does_category_match of main/config.c does. An empty name matches any.
func (c *parsedConfig) find(name, filter string) *Section {
	for _, section := range c.Sections {
		if (name == "" || strings.EqualFold(section.Name, name)) && section.fits(filter) {
			return section
		}
	}
	return nil
}

func (s *Section) fits(filter string) bool {
	if filter == "" {
		return !s.Template
	}
	if filter == "TEMPLATES=include" {
		return true
	}
	templates := false
	for word := range strings.SplitSeq(filter, "&") {
		name, value, found := strings.Cut(word, "=")
		name, value = stripped(name), stripped(value)
		switch {
		case !found:
			return false
		case name == "TEMPLATES" && strings.EqualFold(value, "include"):
			templates = templates || s.Template
		case name == "TEMPLATES" && strings.EqualFold(value, "restrict") && s.Template:
			templates = true
		case name == "TEMPLATES" || !s.matches(name, value):
			return false
		}
	}
	return !s.Template || templates
}

// matches reports whether some setting matches two extended regular expressions.
func (s *Section) matches(name, value string) bool {
	names, bad := regexp.CompilePOSIX(name)
	values, worse := regexp.CompilePOSIX(value)
	if bad != nil || worse != nil {
		return false
	}
	for _, setting := range s.Settings {
		if names.MatchString(setting.Name) && values.MatchString(setting.Value) {
			return true
		}
	}
	return false
}

func (c *parsedConfig) directive(line logical) {
	end := 1
	for end < len(line.text) && line.text[end] > ' ' && line.text[end] < 0x80 {
		end++
	}
	word := string(line.text[1:end])
	argument := stripped(string(line.text[min(end+1, len(line.text)):]))
	const comment = "write the lines themselves, or start the line with ; to make it a comment"
	switch strings.ToLower(word) {
	case "include":
		c.note(line.number, argument == "", "a # directive reads another file, and Asterisk ignores the rest on a node that does not have it", comment)
		c.lost = argument != ""
	case "exec":
		c.note(line.number, argument == "", "a # directive runs a command on the node", comment)
	case "tryinclude":
		c.note(line.number, true, "a # directive reads another file", comment)
	default:
		c.note(line.number, true, fmt.Sprintf("#%s is not a directive: Asterisk skips the line", shortened(word)), "start the line with ; to make it a comment")
	}
}

func (c *parsedConfig) set(line logical) {
	if c.current == nil {
		c.giveUp(line.number, "this setting is before the first [section]", "begin with [NAME]")
		return
	}
	escaped := 0
	if line.text[0] == '\\' {
		line = line.part(1, len(line.text))
		if len(line.text) == 0 || blank(line.text[0]) || line.text[0] >= 0x80 {
			c.giveUp(line.number, "a backslash escapes nothing", "remove it")
			return
		}
		escaped = 1
	}
	equals := bytes.IndexByte(line.text[escaped:], '=')
	if equals < 0 {
		c.note(line.number, true, fmt.Sprintf("%q has no =, and Asterisk skips the line", shortened(string(line.text))), "write name=value, or start the line with ; to make it a comment")
		return
	}
	equals += escaped
	value := equals + 1
	if equals > escaped && line.text[equals-1] == '+' {
		name := stripped(string(line.text[:equals-1]))
		if c.add(name, string(line.text[value:])) {
			c.wrote(name, line.part(value, len(line.text)).strip())
			return
		}
		equals--
	} else if value < len(line.text) && line.text[value] == '>' {
		value++
	}
	name := line.part(0, equals).strip()
	if len(name.text) == 0 {
		c.note(line.number, true, "the line has no name before its =", "write name=value, or remove it")
		return
	}
	text := line.part(value, len(line.text)).strip()
	c.current.Settings = append(c.current.Settings, Setting{Line: line.number, Name: string(name.text), Value: string(text.text)})
	c.wrote(string(name.text), text)
}

func (c *parsedConfig) wrote(name string, value logical) {
	c.written = append(c.written, writtenValue{name: name, value: value})
}

// add appends to the value of the last setting of that name, for +=. It returns false
// if there is none.
func (c *parsedConfig) add(name, more string) bool {
	last := -1
	for i, setting := range c.current.Settings {
		if setting.Name == name {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	setting := &c.current.Settings[last]
	setting.Value, setting.Inherited = stripped(setting.Value+more), false
	return true
}
