package cluster

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Rule restricts the values of a column further than its type does.
type Rule struct {
	// Check says why a value breaks the rule, or nil. The schema says which letters
	// the admin page keeps.
	Check func(s Schema, value Value) error
	// Advice returns a warning about a value, or nil.
	Advice func(s Schema, value Value) error
}

// Advised returns the rule as advice about a text of one line.
func (r Rule) Advised() Rule { return Rule{Check: OneLine.Check, Advice: r.Check} }

// Rules are the rules of a table by column.
type Rules map[string]Rule

// Violation is a value that a row may not get, or should not.
type Violation struct {
	Column string
	Err    error
	// TooWide reports that the connected database cannot hold the value; otherwise it
	// breaks a rule.
	TooWide bool
	// Existing reports that the row holds the value already, which makes it a warning.
	Existing bool
	// Advice says that the violation is a warning also for a new value.
	Advice bool
}

// Violations checks the wanted values of a row, in the order of their columns. have is
// the row of the database, nil where there is none: a value that it holds already is a
// warning only.
func (r Rules) Violations(s Schema, table Table, have, want Row) []Violation {
	var violations []Violation
	for _, column := range slices.Sorted(maps.Keys(want)) {
		current, ok := have[column]
		existing := ok && table.Equivalent(column, current, want[column])
		rule := r[column]
		violation := Violation{Column: column, Existing: existing}
		if rule.Check != nil && !want[column].Null {
			violation.Err = rule.Check(s, want[column])
		}
		if violation.Err == nil && !existing {
			violation.Err = s.Check(table, column, want[column])
			violation.TooWide = violation.Err != nil
		}
		if violation.Err == nil && rule.Advice != nil && !want[column].Null {
			violation.Err = rule.Advice(s, want[column])
			violation.Advice = true
		}
		if violation.Err != nil {
			violations = append(violations, violation)
		}
	}
	return violations
}

// RuleOf returns the rule that check returns no error.
func RuleOf(check func(string) error) Rule {
	return Rule{Check: func(_ Schema, value Value) error { return check(value.Text) }}
}

// Matches returns the rule that a text matches a regular expression. description completes
// the error "must be".
func Matches(expression, description string) Rule {
	form := LazyRegexp(expression)
	return RuleOf(func(text string) error {
		if !form().MatchString(text) {
			return fmt.Errorf("%q must be %s", text, description)
		}
		return nil
	})
}

// LazyRegexp returns a function that compiles an expression when it is first called.
// Terraform starts the provider three times for one plan, and uses few of its hundreds
// of expressions each time.
func LazyRegexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// PageKeeps is the rule that the admin page strips nothing of a text
// (docs/vicidial/admin-page.md#character-filter). marks are what it keeps beside
// letters and digits, as within the brackets of a regular expression; with
// use_non_latin it keeps letters of any script. least is the number of characters
// that VICIdial's form asks for.
func PageKeeps(marks string, least int, description string) Rule {
	description += "; VICIdial's admin page strips other characters"
	latin := Matches(fmt.Sprintf(`^[%s0-9a-zA-Z]{%d,}$`, marks, least), description)
	letters := Matches(fmt.Sprintf(`^[%s0-9\p{L}]{%d,}$`, marks, least), description)
	return Rule{Check: func(s Schema, value Value) error {
		if s.NonLatin {
			return letters.Check(s, value)
		}
		return latin.Check(s, value)
	}}
}

// StrippedByPage returns the rule with the advice that the admin page strips some
// characters of the text when its form is saved (docs/vicidial/page-filters.md#fields), in schemas before
// until; 0 is all. An advice that the rule has comes first.
func (r Rule) StrippedByPage(characters string, until int) Rule {
	earlier := r.Advice
	r.Advice = func(s Schema, value Value) error {
		if earlier != nil {
			if err := earlier(s, value); err != nil {
				return err
			}
		}
		i := strings.IndexAny(value.Text, characters)
		if i < 0 || until > 0 && s.Version >= until {
			return nil
		}
		return fmt.Errorf("VICIdial's admin page does not keep %q when somebody saves its form; the next plan puts it back", value.Text[i:i+1])
	}
	return r
}

// NamesUserGroup returns the rule with the check that a user group has the spelling of
// its row.
func (r Rule) NamesUserGroup() Rule {
	form := r.Check
	r.Check = func(s Schema, value Value) error {
		if err := form(s, value); err != nil {
			return err
		}
		return s.CheckUserGroup(value.Text)
	}
	return r
}

// Between is the rule that a number is within bounds.
func Between(least, most int64) Rule {
	return RuleOf(func(text string) error {
		if number, err := strconv.ParseInt(text, 10, 64); err != nil || number < least || number > most {
			return fmt.Errorf("%s must be between %d and %d; leave it out, and the row keeps what it has", text, least, most)
		}
		return nil
	})
}

// OneOf is the rule that a text is one of several.
func OneOf(words ...string) Rule {
	return RuleOf(func(text string) error {
		if !slices.Contains(words, text) {
			return fmt.Errorf("%q must be one of %s", text, strings.Join(words, ", "))
		}
		return nil
	})
}

// The rules of many columns.
var (
	// PlainText is what the admin page keeps of names and descriptions.
	PlainText = PageKeeps(`- .,_`, 0, "letters, digits, spaces and - . , _ only")
	OneLine   = Matches(`^[^\x00-\x1f]*$`, "one line without control characters")
	UserGroup = Matches(`^[-_.0-9a-zA-Z]*$`, "letters, digits and - _ . only; VICIdial's admin page strips other characters").StrippedByPage(".", 1720).NamesUserGroup()
	// Line is a text of a form's line, which ends at a double quote.
	Line = OneLine.StrippedByPage(`"`, 0)
)
