package acctest

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Session is a provider that is configured once for any number of plans and
// applies, as `terraform test` does it.
type Session struct {
	server fastpath.Framework
	schema *tfprotov6.GetProviderSchemaResponse
}

// NewSession configures a provider. more has further attributes of its block.
func NewSession(t *testing.T, d *sandbox.Database, more ...Values) *Session {
	t.Helper()
	attributes := Values{}
	for _, values := range more {
		maps.Copy(attributes, values)
	}
	server, schema := connected(t, d, attributes)
	return &Session{server, schema}
}

// Read reads a data source.
func (s *Session) Read(t *testing.T, name string, config Values) Answer {
	t.Helper()
	resp, err := s.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: name, Config: object(t, s.schema.DataSourceSchemas[name].ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Diagnostics: resp.Diagnostics, State: encoded(resp.State)}
}

func encoded(value *tfprotov6.DynamicValue) []byte {
	if value == nil {
		return nil
	}
	return value.MsgPack
}

// Object is one object of a resource with its state.
type Object struct {
	session  *Session
	name     string
	schema   *tfprotov6.Schema
	state    *tfprotov6.DynamicValue
	identity *tfprotov6.ResourceIdentityData
	private  []byte
}

// Object returns an object that does not exist yet.
func (s *Session) Object(t *testing.T, resource string) *Object {
	t.Helper()
	schema, found := s.schema.ResourceSchemas[resource]
	if !found {
		t.Fatalf("there is no resource %s", resource)
	}
	o := &Object{session: s, name: resource, schema: schema}
	o.state = o.null(t)
	return o
}

// State returns the resource, the version of its schema, and the state of the object.
func (o *Object) State(t *testing.T) (resource string, version int64, state tftypes.Value) {
	t.Helper()
	state, err := o.state.Unmarshal(o.schema.ValueType())
	if err != nil {
		t.Fatal(err)
	}
	return o.name, o.schema.Version, state
}

func (o *Object) null(t *testing.T) *tfprotov6.DynamicValue {
	t.Helper()
	sent, err := tfprotov6.NewDynamicValue(o.schema.ValueType(), tftypes.NewValue(o.schema.ValueType(), nil))
	if err != nil {
		t.Fatal(err)
	}
	return &sent
}

// In returns the object in another session, with the same state.
func (o *Object) In(s *Session) *Object {
	other := *o
	other.session = s
	return &other
}

// Refresh reads the object.
func (o *Object) Refresh(t *testing.T) Answer {
	t.Helper()
	resp, err := o.session.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: o.name, CurrentState: o.state, CurrentIdentity: o.identity, Private: o.private,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.state, o.identity, o.private = resp.NewState, resp.NewIdentity, resp.Private
	return Answer{Diagnostics: resp.Diagnostics}
}

// Validate validates a configuration, as Terraform does before each plan, that of an apply
// included.
func (o *Object) Validate(t *testing.T, config Values) Answer {
	t.Helper()
	resp, err := o.session.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: o.name, Config: object(t, o.schema.ValueType(), config), ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Diagnostics: resp.Diagnostics}
}

// Planned is a planned change.
type Planned struct {
	Answer
	// After is the planned state, and Changes whether it differs from the prior one.
	After   tftypes.Value
	Changes bool

	config *tfprotov6.DynamicValue
	resp   *tfprotov6.PlanResourceChangeResponse
}

// Plan plans the object for a configuration; for nil it plans its removal.
func (o *Object) Plan(t *testing.T, config Values) Planned {
	t.Helper()
	kind := o.schema.ValueType()
	prior, err := o.state.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	sent, proposed := o.null(t), o.null(t)
	if config != nil {
		sent = object(t, kind, config)
		proposed = o.proposed(t, valueOf(t, kind, config), prior)
	}
	resp, err := o.session.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: o.name, Config: sent, PriorState: o.state, ProposedNewState: proposed, PriorPrivate: o.private, PriorIdentity: o.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	planned := Planned{Answer: Answer{Diagnostics: resp.Diagnostics}, config: sent, resp: resp}
	if resp.PlannedState != nil {
		if planned.After, err = resp.PlannedState.Unmarshal(kind); err != nil {
			t.Fatal(err)
		}
		planned.Changes = !planned.After.Equal(prior)
	}
	return planned
}

// proposed returns the configuration, with the prior values of computed attributes that
// it omits.
func (o *Object) proposed(t *testing.T, config, prior tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	var values, before map[string]tftypes.Value
	if err := config.As(&values); err != nil {
		t.Fatal(err)
	}
	if err := prior.As(&before); err != nil { // a null becomes a nil map
		t.Fatal(err)
	}
	for _, attribute := range o.schema.Block.Attributes {
		if was, known := before[attribute.Name]; known && attribute.Computed && values[attribute.Name].IsNull() {
			values[attribute.Name] = was
		}
	}
	proposed, err := tfprotov6.NewDynamicValue(o.schema.ValueType(), tftypes.NewValue(o.schema.ValueType(), values))
	if err != nil {
		t.Fatal(err)
	}
	return &proposed
}

// Apply applies a planned change.
func (o *Object) Apply(t *testing.T, planned Planned) Answer {
	t.Helper()
	resp, err := o.session.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: o.name, Config: planned.config, PriorState: o.state, PlannedState: planned.resp.PlannedState,
		PlannedPrivate: planned.resp.PlannedPrivate, PlannedIdentity: planned.resp.PlannedIdentity,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.state, o.identity, o.private = resp.NewState, resp.NewIdentity, resp.Private
	return Answer{Diagnostics: resp.Diagnostics}
}

// RefreshAndChange reads the object, and changes it.
func (o *Object) RefreshAndChange(t *testing.T, config Values) {
	t.Helper()
	refuse(t, o.Refresh(t).Diagnostics)
	o.Change(t, config)
}

// Change plans the object and applies the plan, as Terraform does: the apply plans
// again. It fails if the plan changes nothing.
func (o *Object) Change(t *testing.T, config Values) {
	t.Helper()
	planned := o.Plan(t, config)
	refuse(t, planned.Diagnostics)
	if !planned.Changes {
		t.Fatalf("the plan of %s changes nothing", o.name)
	}
	if config != nil {
		planned = o.Plan(t, config)
		refuse(t, planned.Diagnostics)
	}
	refuse(t, o.Apply(t, planned).Diagnostics)
}

// Errors returns the summaries and details of the errors.
func (a Answer) Errors() string {
	var lines []string
	for _, d := range a.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			lines = append(lines, d.Summary+": "+d.Detail)
		}
	}
	return strings.Join(lines, "\n")
}
