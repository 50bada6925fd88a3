package cluster

import (
	"fmt"
	"maps"
	"slices"
)

// Template is one row of vicidial_conf_templates, or the columns that are known.
type Template Row

// TemplateColumns are the columns of vicidial_conf_templates.
var TemplateColumns = []string{
	"template_id", "template_name", "template_contents", "user_group",
}

// TemplatePhone is a phone that uses a template.
type TemplatePhone struct {
	Extension string
	ServerIP  string
}

// TemplateUse lists the phones and carriers that use a template.
type TemplateUse struct {
	Phones   []TemplatePhone
	Carriers Carriers
}

// Servers are the nodes whose files hold the template's lines
// (docs/vicidial/generator.md#who-is-flagged).
func (u TemplateUse) Servers() Rebuild {
	var flags Rebuild
	for _, phone := range u.Phones {
		flags = flags.And(rebuildOf(phone.ServerIP))
	}
	for _, carrier := range u.Carriers {
		flags = flags.And(carrier.flags())
	}
	return flags
}

// Names returns the names of the users, at most ten of them, for a message.
func (u TemplateUse) Names() []string {
	var names []string
	for _, carrier := range u.Carriers.Sorted() {
		names = append(names, fmt.Sprintf("carrier %s on %s", carrier.ID(), carrier.ServerIP()))
	}
	for _, phone := range u.Phones {
		names = append(names, fmt.Sprintf("phone %s on %s", phone.Extension, phone.ServerIP))
	}
	slices.Sort(names)
	return FirstOf(names, 10)
}

// TemplateChange is a change of one template.
type TemplateChange struct {
	ID             string
	Have           Row // the row as it is now; nil if there is none
	Seen           Row // the row as the plan saw it; nil for a new one
	Want           Row // the wanted columns; nil for a removal
	Use            TemplateUse
	PendingRebuild Rebuild // flags that an earlier apply did not set

	Secrets map[string]string // values of the placeholders in the contents
	Renew   bool              // write them again
}

// Plan returns the step, and flags every node that has a phone or a carrier using the
// template; the admin page flags the servers of the template's user group alone
// (docs/vicidial/admin-page.md#template-modify-flags). A template in use is not removed:
// its users would lose its lines.
func (t TemplateChange) Plan() (Plan, error) {
	subject := "template " + t.ID
	key := Row{columnTemplateID: Text(t.ID)}
	switch {
	case t.Want == nil && t.Have == nil:
		return Plan{}, nil
	case t.Want == nil:
		if names := t.Use.Names(); len(names) > 0 {
			return Plan{}, &Refused{Subject: subject + " is in use", Reasons: names, Advice: "Give them another template, or none, first.", Temporary: true}
		}
		if err := checkUnchanged(subject, t.Have, t.Seen, EquivalentTemplate); err != nil {
			return Plan{}, err
		}
		return Plan{Steps: []Step{{
			Phase: Remove, Verb: Delete, Table: TableTemplates, Key: key, From: t.Have.Only("template_name"), Audit: templateAudit("DELETE", t.ID),
		}}}, nil
	case t.Have == nil:
		if err := checkNotRemoved(subject, t.Seen); err != nil {
			return Plan{}, err
		}
		row := Row{columnTemplateID: Text(t.ID)}
		maps.Copy(row, t.Want)
		row, shown, err := fillSecrets(subject, row, t.Secrets)
		if err != nil {
			return Plan{}, err
		}
		return Plan{Steps: []Step{{
			Phase: Add, Verb: Insert, Table: TableTemplates, Rows: []Row{row}, Key: key, Audit: templateAudit("ADD", t.ID), Shown: shown,
		}}, Rebuild: t.Use.Servers()}, nil
	}
	if t.Seen == nil {
		if err := CheckSpelling("template", t.ID, Template(t.Have).ID()); err != nil {
			return Plan{}, err
		}
	}
	from, to, shown, err := changedSecretColumns(subject, t.Have, t.Seen, t.Want, EquivalentTemplate, t.Secrets, t.Renew)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Rebuild: t.PendingRebuild}
	if len(to) > 0 {
		plan.Steps = []Step{{
			Phase: Grow, Verb: Update, Table: TableTemplates, Key: key, From: from, To: to, Audit: templateAudit("MODIFY", t.ID), Shown: shown,
		}}
	}
	if _, changed := to[string(TemplateContents)]; changed || t.Seen == nil {
		plan.Rebuild = plan.Rebuild.And(t.Use.Servers()) // also for a row of an apply that was killed before it set the flags
	}
	return plan, nil
}

// Stale returns the nodes whose files may be older than the row: its contents were
// changed since they were seen. An apply that is killed between the row and its flags
// leaves no other trace.
func (t TemplateChange) Stale() Rebuild {
	if slices.Contains(Drift(t.Have, t.Seen, EquivalentTemplate), string(TemplateContents)) {
		return t.Use.Servers()
	}
	return Rebuild{}
}

// EquivalentTemplate is [Equivalence] for vicidial_conf_templates.
func EquivalentTemplate(column string, want, have Value) bool {
	if column == string(TemplateContents) {
		return EquivalentSecretText(want.Text, have.Text)
	}
	return TableTemplates.Equivalent(column, want, have)
}

func templateAudit(event, id string) Audit {
	return Audit{Section: "CONFTEMPLATES", Type: event, Record: id, Code: "ADMIN " + event + " CONF TEMPLATE"}
}

// Templates are rows of vicidial_conf_templates.
type Templates []Template

// ID is the template_id.
func (t Template) ID() string { return t[columnTemplateID].Text }

// Contents are the lines of the template.
func (t Template) Contents() string { return t[string(TemplateContents)].Text }

// UnknownTemplate is the error of a declared id that no template has.
func UnknownTemplate(id string) error {
	return fmt.Errorf("template %s is neither in vicidial_conf_templates nor planned yet; if this configuration creates it, write vicidial_conf_template.NAME.template_id in place of the id", id)
}

// ByID finds a template by its id, as the database compares it.
func (t Templates) ByID(id string) (Template, bool) {
	for _, template := range t {
		if FoldKey(template.ID()) == FoldKey(id) {
			return template, true
		}
	}
	return nil, false
}

// With returns the templates as they are once this one is written.
func (t Templates) With(template Template) Templates {
	return append(slices.DeleteFunc(slices.Clone(t), func(other Template) bool { return FoldKey(other.ID()) == FoldKey(template.ID()) }), template)
}

// Using returns the carriers that use a template.
func (c Carriers) Using(templateID string) Carriers {
	return slices.DeleteFunc(slices.Clone(c), func(carrier Carrier) bool { return FoldKey(carrier.TemplateID()) != FoldKey(templateID) })
}
