package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// imported is an object as it is in a Terraform state after an import.
type imported struct {
	state, identity tftypes.Value
	private         []byte
}

// importing imports an object and refreshes it.
func (c conversation) importing(t *testing.T, typeName string, id block) imported {
	t.Helper()
	kind, identityKind := c.schemas.ResourceSchemas[typeName].ValueType(), c.identities[typeName].ValueType()
	identity := rawAs(t, identityKind, id)
	taken, err := c.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, Identity: &tfprotov6.ResourceIdentityData{IdentityData: packed(t, identity)}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, taken.Diagnostics, "")
	one := taken.ImportedResources[0]
	read, err := c.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, read.Diagnostics, "")
	return imported{unpacked(t, read.NewState, kind), unpacked(t, read.NewIdentity.IdentityData, identityKind), read.Private}
}

// withoutGroups returns the object as it is after an apply of a configuration without the
// groups that an import reads.
func (i imported) withoutGroups(t *testing.T, schema *tfprotov6.Schema) imported {
	t.Helper()
	var values map[string]tftypes.Value
	if err := i.state.As(&values); err != nil {
		t.Fatal(err)
	}
	values = maps.Clone(values)
	for _, attribute := range schema.Block.Attributes {
		if attribute.NestedType != nil && attribute.Optional && attribute.Computed {
			values[attribute.Name] = tftypes.NewValue(values[attribute.Name].Type(), nil)
		}
	}
	i.state = tftypes.NewValue(i.state.Type(), values)
	return i
}

// Requests are generated for every resource that takes part: from objects that are
// in the database, with changes anywhere, in both encodings. Two providers get the
// same requests in the same order, one of them without the fast path.
func TestFastPath_agreesWithTheFramework(t *testing.T) {
	d := aCluster(t, 3)
	for _, statement := range []string{
		"INSERT INTO vicidial_inbound_dids (did_pattern, did_description) VALUES ('8005551212', 'Sales'), ('8005551213', '')",
		"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.2', 'C1', 3, 'MAXIMUM_LIMIT')",
		"INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, protocol, server_ip, account_entry, dialplan_entry, active) VALUES " +
			"('MAIN', 'Main', 'SIP', '10.0.0.1', '[main]\ntype=peer\nhost=sip.example.com', 'exten => _91NXX,1,Dial(SIP/main/${EXTEN})', 'Y'), " +
			"('SPARE', 'Spare', 'SIP', '0.0.0.0', '[spare]\ntype=peer \nhost=sip2.example.com', '', 'N')",
		"UPDATE vicidial_server_trunks SET trunk_restriction = 'OVERFLOW_ALLOWED' WHERE campaign_id = 'C3'",
	} {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	objects := map[string][]block{ // by their identities
		"vicidial_carrier_route":   {{"name": "MAIN"}, {"name": "SPARE"}},
		"vicidial_server":          {{"server_id": "dial1"}, {"server_id": "dial2"}, {"server_id": "dial3"}},
		"vicidial_trunk_split":     {{"campaign_id": "C1"}, {"campaign_id": "C2"}, {"campaign_id": "C3"}},
		"vicidial_inbound_did":     {{"did_pattern": "8005551212"}, {"did_pattern": "8005551213"}},
		"vicidial_inbound_numbers": {{"name": "both", "dids": "8005551212-8005551213"}, {"name": "one", "dids": "8005551212"}},
	}
	for _, construct := range fastPathResources {
		var meta resource.MetadataResponse
		construct().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: tfhelper.ProviderType}, &meta)
		name := meta.TypeName
		t.Run(name, func(t *testing.T) {
			if len(objects[name]) == 0 {
				t.Fatal("there is no object to generate requests from")
			}
			setup := converse(t, d)
			var found []imported
			for _, id := range objects[name] {
				one := setup.importing(t, name, id)
				found = append(found, one, one.withoutGroups(t, setup.schemas.ResourceSchemas[name]))
			}
			fast, behind := converse(t, d).fastPath(t)
			slow, _ := converse(t, d).fastPath(t)
			r := requests{typeName: name, kind: setup.schemas.ResourceSchemas[name].ValueType(), identityKind: setup.identities[name].ValueType(), attributes: map[string]*tfprotov6.SchemaAttribute{}, found: found}
			for _, attribute := range setup.schemas.ResourceSchemas[name].Block.Attributes {
				r.attributes[attribute.Name] = attribute
			}
			var about resource.SchemaResponse
			construct().Schema(t.Context(), resource.SchemaRequest{}, &about)
			for name, attribute := range about.Schema.Attributes {
				if value := reflect.ValueOf(attribute).FieldByName("Default"); value.IsValid() && !value.IsNil() {
					r.defaulted = append(r.defaulted, name)
				}
			}
			slices.Sort(r.defaulted)
			reads, plans, creates := 0, 0, 0
			rapid.Check(t, func(t *rapid.T) {
				read, plan, upgrade, validate := r.draw(t)
				reads, plans = reads+1, plans+1
				if isNew(plan) {
					creates++
				}
				r.compare(t, fast, slow.Framework, read, plan, upgrade, validate)
			})
			if behind.reads >= reads || behind.validations >= reads || behind.plans-behind.creates >= plans-creates || behind.creates >= creates {
				t.Errorf("of %d reads, %d validations, %d plans and %d plans of new objects the framework got %d, %d, %d and %d: the fast path answered none",
					reads, reads, plans-creates, creates, behind.reads, behind.validations, behind.plans-behind.creates, behind.creates)
			}
		})
	}
}

// requests generates requests for one resource type.
type requests struct {
	typeName           string
	kind, identityKind tftypes.Type
	attributes         map[string]*tfprotov6.SchemaAttribute
	found              []imported
	defaulted          []string // attributes that have a default
}

// draw makes a refresh, a plan, an upgrade and a validation that belong together: mostly of
// an object that is unchanged.
func (r requests) draw(t *rapid.T) (*tfprotov6.ReadResourceRequest, *tfprotov6.PlanResourceChangeRequest, *tfprotov6.UpgradeResourceStateRequest, *tfprotov6.ValidateResourceConfigRequest) {
	object := rapid.SampledFrom(r.found).Draw(t, "object")
	asItIs := rapid.SampledFrom([]bool{false, false, false, true}).Draw(t, "as it is") // the fast path answers for some of a hundred
	seldom := func(label string) bool { return !asItIs && rapid.IntRange(0, 4).Draw(t, label) == 0 }
	state, proposed := object.state, object.state
	if seldom("change the state") {
		state = r.change(t, state, "state", false)
		proposed = state
	}
	if seldom("change the proposal") {
		proposed = r.change(t, proposed, "proposed", true)
	}
	config := r.config(t, proposed, !asItIs)
	if seldom("change the configuration") {
		config = r.change(t, config, "config", true)
	}
	proposed = r.withWriteOnly(proposed, config)
	if seldom("no proposal") {
		proposed = tftypes.NewValue(r.kind, nil)
	}
	private := object.private
	if seldom("other private state") {
		private = r.private(t, private)
	}
	var identity *tfprotov6.ResourceIdentityData
	if !seldom("no identity") {
		value := object.identity
		if seldom("other identity") {
			value = rapid.SampledFrom([]tftypes.Value{
				tftypes.NewValue(r.identityKind, nil), rapid.SampledFrom(r.found).Draw(t, "whose").identity, generate(t, r.identityKind, "identity", false),
			}).Draw(t, "identity")
		}
		identity = &tfprotov6.ResourceIdentityData{IdentityData: encode(t, value, seldom("identity in JSON"))}
	}
	prior, kept := state, private
	if rapid.IntRange(0, 2).Draw(t, "a new object") == 0 && !proposed.IsNull() {
		prior, kept, proposed = tftypes.NewValue(r.kind, nil), nil, config
	}
	inJSON := seldom("in JSON")
	read := &tfprotov6.ReadResourceRequest{TypeName: r.typeName, CurrentState: encode(t, state, inJSON), Private: private, CurrentIdentity: identity}
	plan := &tfprotov6.PlanResourceChangeRequest{
		TypeName: r.typeName, PriorState: encode(t, prior, inJSON), ProposedNewState: encode(t, proposed, inJSON), Config: encode(t, config, seldom("configuration in JSON")),
		PriorPrivate: kept, PriorIdentity: identity,
	}
	if seldom("deferral allowed") {
		read.ClientCapabilities = &tfprotov6.ReadResourceClientCapabilities{DeferralAllowed: true}
		plan.ClientCapabilities = &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: true}
	}
	stored := plain(state)
	if object, ok := stored.(map[string]any); ok && seldom("other attributes") {
		delete(object, rapid.SampledFrom(slices.Sorted(maps.Keys(object))).Draw(t, "without"))
		object[rapid.SampledFrom(append(slices.Sorted(maps.Keys(r.attributes)), "colour")).Draw(t, "with")] = rapid.SampledFrom([]any{nil, "x", 1, true, []any{"x"}, map[string]any{"x": 1}}).Draw(t, "as")
	}
	upgrade := &tfprotov6.UpgradeResourceStateRequest{TypeName: r.typeName, Version: int64(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "version")), RawState: &tfprotov6.RawState{JSON: inText(t, stored)}}
	var values map[string]tftypes.Value
	if err := config.As(&values); err == nil && seldom("fractions and duplicates") { // Terraform plans none
		values = maps.Clone(values)
		for name, value := range values {
			var elements []tftypes.Value
			switch {
			case value.Type().Is(tftypes.Number) && !value.IsNull():
				values[name] = tftypes.NewValue(tftypes.Number, 1.5)
			case value.Type().Is(tftypes.Set{}) && value.As(&elements) == nil && len(elements) > 0:
				values[name] = tftypes.NewValue(value.Type(), append(elements, elements[0]))
			}
		}
		config = tftypes.NewValue(r.kind, values)
	}
	validate := &tfprotov6.ValidateResourceConfigRequest{TypeName: r.typeName, Config: encode(t, config, inJSON)}
	if rapid.Bool().Draw(t, "write-only attributes") {
		validate.ClientCapabilities = &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true}
	}
	return read, plan, upgrade, validate
}

// withWriteOnly returns a proposal with the write-only values of the configuration, as
// Terraform makes it.
func (r requests) withWriteOnly(proposed, config tftypes.Value) tftypes.Value {
	var values, given map[string]tftypes.Value
	if proposed.As(&values) != nil || config.As(&given) != nil || values == nil || given == nil {
		return proposed
	}
	values = maps.Clone(values)
	for name, attribute := range r.attributes {
		if attribute.WriteOnly {
			values[name] = given[name]
		}
	}
	return tftypes.NewValue(r.kind, values)
}

// config is a configuration that could have led to a state: what is computed and
// not optional is left out, and of the rest some if less is true.
func (r requests) config(t *rapid.T, state tftypes.Value, less bool) tftypes.Value {
	var values map[string]tftypes.Value
	if err := state.As(&values); err != nil || values == nil {
		return state
	}
	values = maps.Clone(values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		attribute := r.attributes[name]
		if attribute.WriteOnly && rapid.IntRange(0, 3).Draw(t, "set "+name) == 0 {
			values[name] = generate(t, attribute.ValueType(), "config."+name, true)
		}
		if attribute.Computed && (!attribute.Optional || less && rapid.Bool().Draw(t, "leave out "+name)) {
			values[name] = tftypes.NewValue(attribute.ValueType(), nil)
		}
	}
	return tftypes.NewValue(r.kind, values)
}

// change replaces some attributes of an object.
func (r requests) change(t *rapid.T, object tftypes.Value, label string, unknowns bool) tftypes.Value {
	var values map[string]tftypes.Value
	if err := object.As(&values); err != nil || values == nil {
		return object
	}
	values = maps.Clone(values)
	names := slices.Sorted(maps.Keys(values))
	for range len(names) / len(r.defaulted) { // the framework changes these by itself
		names = append(names, r.defaulted...)
	}
	for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 1, 3).Draw(t, label+" changes") {
		values[name] = generate(t, values[name].Type(), label+"."+name, unknowns)
	}
	return tftypes.NewValue(r.kind, values)
}

// private is private state with something else in it.
func (r requests) private(t *rapid.T, private []byte) []byte {
	var keys map[string][]byte
	if err := json.Unmarshal(private, &keys); err != nil {
		t.Fatal(err)
	}
	switch rapid.IntRange(0, 6).Draw(t, "private") {
	case 0:
		return nil
	case 1:
		return []byte(rapid.SampledFrom([]string{"{}", "null", "[]", `{"a":1}`, "x", `{"seen":""}`, `{"seen":"eA=="}`}).Draw(t, "text"))
	case 2:
		keys[".import_before_read"] = []byte("true")
	case 3:
		keys["more"] = []byte(`"x"`)
	case 4:
		keys["seen"] = []byte("null")
	case 5:
		keys["seen"] = []byte(`{"servers":null}`)
	default:
		return rapid.SampledFrom(r.found).Draw(t, "whose private").private
	}
	return inText(t, keys)
}

// generate makes any value of a type, with words that mean something here.
func generate(t *rapid.T, kind tftypes.Type, label string, unknowns bool) tftypes.Value {
	switch rapid.IntRange(0, 9).Draw(t, label+" is") {
	case 0:
		return tftypes.NewValue(kind, nil)
	case 1:
		if unknowns {
			return tftypes.NewValue(kind, tftypes.UnknownValue)
		}
	}
	words := rapid.SampledFrom([]string{"", "x", "dial1", "C1", "10.0.0.1", "10.0.0.2", "10.0.0.9", "MAXIMUM_LIMIT", "OVERFLOW_ALLOWED", "block", "8005551212"})
	elements := func(element tftypes.Type) []tftypes.Value {
		var values []tftypes.Value
		for i := range rapid.IntRange(0, 2).Draw(t, label+" length") {
			values = append(values, generate(t, element, fmt.Sprint(label, i), unknowns))
		}
		return values
	}
	switch of := kind.(type) {
	case tftypes.Object:
		values := map[string]tftypes.Value{}
		for _, name := range slices.Sorted(maps.Keys(of.AttributeTypes)) {
			values[name] = generate(t, of.AttributeTypes[name], label+"."+name, unknowns)
		}
		return tftypes.NewValue(of, values)
	case tftypes.Map:
		values := map[string]tftypes.Value{}
		for i, value := range elements(of.ElementType) {
			values[fmt.Sprint("10.0.0.", i+1)] = value
		}
		return tftypes.NewValue(of, values)
	case tftypes.List:
		return tftypes.NewValue(of, elements(of.ElementType))
	case tftypes.Set: // of different elements, as Terraform sends them
		values := elements(of.ElementType)
		return tftypes.NewValue(of, slices.CompactFunc(values, tftypes.Value.Equal))
	}
	switch {
	case kind.Is(tftypes.Bool):
		return tftypes.NewValue(kind, rapid.Bool().Draw(t, label))
	case kind.Is(tftypes.Number):
		return tftypes.NewValue(kind, rapid.SampledFrom([]int64{-1, 0, 1, 3, 10, 100}).Draw(t, label))
	default:
		return tftypes.NewValue(kind, words.Draw(t, label))
	}
}

// encode is a value as Terraform could send it; JSON has no unknown values.
func encode(t *rapid.T, value tftypes.Value, inJSON bool) *tfprotov6.DynamicValue {
	if inJSON && value.IsFullyKnown() {
		return &tfprotov6.DynamicValue{JSON: inText(t, plain(value))}
	}
	dynamic, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &dynamic
}

func inText(t *rapid.T, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// plain is a value as encoding/json writes it.
func plain(value tftypes.Value) any {
	if value.IsNull() {
		return nil
	}
	var text string
	var flag bool
	var number big.Float
	var fields map[string]tftypes.Value
	var elements []tftypes.Value
	switch {
	case value.As(&fields) == nil:
		object := map[string]any{}
		for name, field := range fields {
			object[name] = plain(field)
		}
		return object
	case value.As(&elements) == nil:
		list := []any{}
		for _, element := range elements {
			list = append(list, plain(element))
		}
		return list
	case value.As(&text) == nil:
		return text
	case value.As(&flag) == nil:
		return flag
	case value.As(&number) == nil:
		return json.Number(number.Text('f', -1))
	default:
		panic(value.String())
	}
}

// compare sends the same requests to the fast path and to the framework alone.
func (r requests) compare(t *rapid.T, fast *fastpath.Server, framework fastpath.Framework, read *tfprotov6.ReadResourceRequest, plan *tfprotov6.PlanResourceChangeRequest, upgrade *tfprotov6.UpgradeResourceStateRequest, validate *tfprotov6.ValidateResourceConfigRequest) {
	type answer struct {
		State, Identity string
		Private         map[string][]byte
		Diagnostics     []*tfprotov6.Diagnostic
		More            string
		Err             error
	}
	decoded := func(value *tfprotov6.DynamicValue, kind tftypes.Type) string {
		if value == nil {
			return "none"
		}
		if len(value.JSON) > 0 { // attributes that are left out are null, as Terraform reads it
			v, err := (&tfprotov6.RawState{JSON: value.JSON}).Unmarshal(kind)
			return fmt.Sprint(v, err)
		}
		v, err := value.Unmarshal(kind)
		return fmt.Sprint(v, err)
	}
	identity := func(data *tfprotov6.ResourceIdentityData) string {
		if data == nil {
			return "none"
		}
		return decoded(data.IdentityData, r.identityKind)
	}
	private := func(encoded []byte) map[string][]byte {
		keys := map[string][]byte{}
		if len(encoded) > 0 && json.Unmarshal(encoded, &keys) != nil {
			t.Fatalf("private state is %s", encoded)
		}
		if len(keys) == 0 { // as Terraform keeps it, whether it is null, empty or absent
			return nil
		}
		return keys
	}
	var answers [2][4]answer
	for i, server := range []fastpath.Framework{framework, fast} {
		upgraded, err := server.UpgradeResourceState(t.Context(), upgrade)
		answers[i][0] = answer{State: decoded(upgraded.UpgradedState, r.kind), Diagnostics: upgraded.Diagnostics, Err: err}
		refreshed, err := server.ReadResource(t.Context(), read)
		answers[i][1] = answer{decoded(refreshed.NewState, r.kind), identity(refreshed.NewIdentity), private(refreshed.Private), refreshed.Diagnostics, fmt.Sprint(refreshed.Deferred), err}
		planned, err := server.PlanResourceChange(t.Context(), plan)
		answers[i][2] = answer{
			decoded(planned.PlannedState, r.kind), identity(planned.PlannedIdentity), private(planned.PlannedPrivate), planned.Diagnostics,
			fmt.Sprint(planned.Deferred, planned.RequiresReplace), err,
		}
		validated, err := server.ValidateResourceConfig(t.Context(), validate)
		slices.SortFunc(validated.Diagnostics, func(a, b *tfprotov6.Diagnostic) int { // the framework has a random order
			return strings.Compare(fmt.Sprint(a.Attribute, a.Summary, a.Detail), fmt.Sprint(b.Attribute, b.Summary, b.Detail))
		})
		answers[i][3] = answer{Diagnostics: validated.Diagnostics, Err: err}
	}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
		t.Errorf("-framework +fast path:\n%s", diff)
	}
}
