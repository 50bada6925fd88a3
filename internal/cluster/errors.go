package cluster

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound reports that a row does not exist.
var ErrNotFound = errors.New("not found")

// ErrNoDatabase reports that no database is configured. Checks against the database are
// then left out.
var ErrNoDatabase = errors.New("no database is given")

// Conflict reports that somebody else changed a row after the plan was made. Nothing was
// overwritten.
type Conflict struct {
	Subject string // which row, for a person: "server 10.0.0.4, campaign SALES"
	Found   string // what it holds now, where known
	Advice  string // what to do; the default asks for a new plan
}

func (c *Conflict) Error() string {
	if c.Found == "" {
		return c.Subject + " changed since it was read"
	}
	return c.Subject + " " + c.Found
}

func (c *Conflict) Hint() string {
	if c.Advice != "" {
		return c.Advice
	}
	return "Nothing was overwritten. Run terraform plan again to see the present row."
}

// ConflictWithAction returns a conflict that names the action of the same run which wrote the
// row after the plan was made, and any other error as it is.
func ConflictWithAction(err error, action string) error {
	conflict := (*Conflict)(nil)
	if !errors.As(err, &conflict) {
		return err
	}
	return &Conflict{
		Subject: conflict.Subject, Found: conflict.Found + "; the action " + action + " of this run has written the row since it was planned",
		Advice: "Nothing was overwritten. Leave the columns that " + action + " changes out of the configuration, or invoke it in an apply before.",
	}
}

// Partial reports how many steps of a plan are written when a step fails. Finished steps are
// not repeated by the next apply, since its plan is the difference that is left.
type Partial struct {
	Applied int    // steps that are written
	Total   int    // steps of the plan, rebuild flags included
	Step    string // the step that failed
	// Unsure says that the step may be written although it failed: the
	// connection was lost while it ran, or it is of many rows, and those before
	// the one that failed stay.
	Unsure bool
	Err    error
}

func (p *Partial) Error() string {
	return fmt.Sprintf("step %d of %d (%s): %v", p.Applied+1, p.Total, p.Step, p.Err)
}

func (p *Partial) Unwrap() error { return p.Err }

// Hint describes what the next apply does.
func (p *Partial) Hint() string {
	if p.Unsure {
		return fmt.Sprintf("%d of %d steps are written, and the one that failed may be, or a part of it. Run apply again: it looks, and finished steps are not repeated.", p.Applied, p.Total)
	}
	if p.Applied == 0 {
		return "Nothing was written. Correct the cause and run terraform apply again."
	}
	return fmt.Sprintf("%d of %d steps are written. Run apply again: finished steps are not repeated.", p.Applied, p.Total)
}

// Refused is an operation that must not be done, with all reasons.
type Refused struct {
	Subject   string
	Reasons   []string
	Advice    string
	Temporary bool // other objects of the same run may remove the reasons
}

// IsTemporary reports whether an error is a [Refused] that holds only until other objects
// of the same run are changed.
func IsTemporary(err error) bool {
	refused := (*Refused)(nil)
	return errors.As(err, &refused) && refused.Temporary
}

func (r *Refused) Error() string {
	return r.Subject + ":\n  - " + strings.Join(r.Reasons, "\n  - ")
}

func (r *Refused) Hint() string { return r.Advice }

// MayHoldPassword reports whether a password may be in the text of a column, so that
// nothing repeats it.
func MayHoldPassword(column string) bool {
	switch column {
	case "custom_dialplan_entry", "conf_override", "webphone_url", "filter_url", "ara_url", "nva_call_url", "local_web_callerID_URL", "VICIDIAL_web_URL":
		return true
	}
	return false
}

// DescribeChange describes the change of a column, without its texts where they may hold
// a password.
func DescribeChange(column string, old, current Value) string {
	if MayHoldPassword(column) {
		return column + " has another text now"
	}
	return column + ": " + old.Describe() + " → " + current.Describe()
}

// changed describes the change of a column by somebody else.
func changed(column, text string) string {
	if MayHoldPassword(column) {
		return "changed by somebody else: " + column + " has another text now"
	}
	return "changed by somebody else: " + column + " is now " + text
}
