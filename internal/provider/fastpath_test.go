package provider

import (
	"context"
	"maps"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/redact"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// framework counts the requests that the fast path leaves to the framework.
type framework struct {
	fastpath.Framework

	validations, reads, plans, creates int // creates are the plans of new objects
}

func (f *framework) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	f.validations++
	return f.Framework.ValidateResourceConfig(ctx, req)
}

func (f *framework) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	f.reads++
	return f.Framework.ReadResource(ctx, req)
}

func (f *framework) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	f.plans++
	if isNew(req) {
		f.creates++
	}
	return f.Framework.PlanResourceChange(ctx, req)
}

// isNew reports whether a plan is of an object that has no state.
func isNew(req *tfprotov6.PlanResourceChangeRequest) bool {
	null, err := req.PriorState.IsNull()
	return err == nil && null
}

// fastPath returns the fast path of a server, and the framework behind it.
func (c conversation) fastPath(t *testing.T) (*fastpath.Server, *framework) {
	t.Helper()
	stop, ok := c.ProviderServer.(*stopServer)
	if !ok {
		t.Fatalf("%T does not wait for actions to stop", c.ProviderServer)
	}
	runs, ok := stop.Framework.(*runServer)
	if !ok {
		t.Fatalf("%T does not find the end of a run", stop.Framework)
	}
	redacting, ok := runs.Framework.(*redact.Server)
	if !ok {
		t.Fatalf("%T hides no secrets", runs.Framework)
	}
	fast, ok := redacting.Framework.(*fastpath.Server)
	if !ok {
		t.Fatalf("%T is no fast path", redacting.Framework)
	}
	behind := &framework{Framework: fast.Framework}
	fast.Framework = behind
	return fast, behind
}

// answers are a refresh and a plan of one object, unpacked.
type answers struct {
	State, Planned           tftypes.Value
	Identity, Proposed       string
	Private, Kept            string
	Told                     []*tfprotov6.Diagnostic
	AddReplacedServer        int
	ReadIsShort, PlanIsShort bool
}

func unpacked(t *testing.T, packed *tfprotov6.DynamicValue, kind tftypes.Type) tftypes.Value {
	t.Helper()
	value, err := packed.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// with is an object that says something else in some attributes.
func with(t *testing.T, object *tfprotov6.DynamicValue, kind tftypes.Type, otherwise block) *tfprotov6.DynamicValue {
	t.Helper()
	whole := block{}
	for name, value := range fields(t, *object, kind) {
		whole[name] = value
	}
	maps.Copy(whole, otherwise)
	return packed(t, rawAs(t, kind, whole))
}

// object is an object that is refreshed and planned again.
type object struct {
	noun, attribute, key string
	says                 block // its configuration
	state                block // what Terraform holds that differs from the rows
	change               block // what is proposed that differs from the state
}

// asks imports an object, applies the statements, and refreshes and plans it,
// with the short answers or without.
func (a object) asks(t *testing.T, d *sandbox.Database, short, identified bool, meanwhile ...string) answers {
	t.Helper()
	kind := tftypes.Type(nil)
	imported := func() (state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) {
		c := converse(t, d)
		kind = c.schemas.ResourceSchemas[a.noun].ValueType()
		who := packed(t, rawAs(t, c.identities[a.noun].ValueType(), block{a.attribute: a.key}))
		taken, err := c.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: a.noun, Identity: &tfprotov6.ResourceIdentityData{IdentityData: who}})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, taken.Diagnostics, "")
		one := taken.ImportedResources[0]
		read, err := c.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: a.noun, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, read.Diagnostics, "")
		return read.NewState, read.Private, read.NewIdentity
	}
	state, private, identity := imported()
	state = with(t, state, kind, a.state)
	for _, statement := range meanwhile {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if !identified { // Terraform before 1.12 sends none
		identity = nil
	}

	c := converse(t, d)
	fast, behind := c.fastPath(t)
	asked := tfprotov6.ProviderServer(fast)
	if !short {
		asked = behind
	}

	read, err := asked.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: a.noun, CurrentState: state, Private: private, CurrentIdentity: identity})
	if err != nil {
		t.Fatal(err)
	}
	request := &tfprotov6.PlanResourceChangeRequest{
		TypeName: a.noun, Config: packed(t, rawAs(t, kind, a.says)), PriorState: read.NewState, ProposedNewState: with(t, read.NewState, kind, a.change), PriorPrivate: read.Private,
	}
	if identified {
		request.PriorIdentity = read.NewIdentity
	}
	plan, err := asked.PlanResourceChange(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	who := c.identities[a.noun].ValueType()
	return answers{
		State: unpacked(t, read.NewState, kind), Planned: unpacked(t, plan.PlannedState, kind),
		Identity: unpacked(t, read.NewIdentity.IdentityData, who).String(), Proposed: unpacked(t, plan.PlannedIdentity.IdentityData, who).String(),
		Private: token.ReplaceAllString(string(read.Private), ""), Kept: token.ReplaceAllString(string(plan.PlannedPrivate), ""), Told: append(read.Diagnostics, plan.Diagnostics...), AddReplacedServer: len(plan.RequiresReplace),
		ReadIsShort: behind.reads == 0, PlanIsShort: behind.plans == 0,
	}
}

// token is what an import puts into private state, each time another one.
var token = regexp.MustCompile(`"instance":"[^"]*",`)

func TestFastPath(t *testing.T) {
	aServer := object{
		noun: "vicidial_server", attribute: "server_id", key: "dial1",
		says: block{"server_id": "dial1", "server_ip": "10.0.0.1", "max_vicidial_trunks": 100},
	}
	claim := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"weight": tftypes.Number, "min": tftypes.Number, "max": tftypes.Number, "trunks": tftypes.Number}}
	servers := tftypes.NewValue(tftypes.Map{ElementType: claim}, map[string]tftypes.Value{"10.0.0.1": rawAs(t, claim, block{"trunks": 10})})
	aSplit := object{
		noun: "vicidial_trunk_split", attribute: "campaign_id", key: "C1",
		says:  block{"campaign_id": "C1", "total": 10, "servers": servers},
		state: block{"servers": servers},
	}
	aNumber := object{
		noun: "vicidial_inbound_did", attribute: "did_pattern", key: "8005551212",
		says: block{"did_pattern": "8005551212"},
	}
	but := func(a object, change func(*object)) object {
		a.says, a.state = maps.Clone(a.says), maps.Clone(a.state)
		if a.state == nil {
			a.state = block{}
		}
		change(&a)
		return a
	}
	for _, of := range []struct {
		claim      string
		object     object
		meanwhile  []string
		read, plan bool // are short
	}{
		{"a server stays", aServer, nil, true, true},
		{"a split stays", aSplit, nil, true, true},
		{"a number stays", aNumber, nil, true, true},
		{"a server's row was changed by hand", aServer, []string{"UPDATE servers SET max_vicidial_trunks = 50 WHERE server_id = 'dial1'"}, false, true},
		{"a server's row is gone", aServer, []string{"DELETE FROM servers WHERE server_id = 'dial1'"}, false, true},
		{"a split's row was changed by hand", aSplit, []string{"UPDATE vicidial_server_trunks SET dedicated_trunks = 3 WHERE campaign_id = 'C1'"}, false, true},
		{"a split's row is doubled", aSplit, []string{"INSERT INTO vicidial_server_trunks VALUES ('10.0.0.1', 'C1', 10, 'MAXIMUM_LIMIT')"}, false, true},
		{"what the configuration leaves out is not its default", but(aServer, func(a *object) { a.state["force_destroy"] = true }), nil, true, false},
		{"a split's restriction is not its default", aSplit, []string{"UPDATE vicidial_server_trunks SET trunk_restriction = 'OVERFLOW_ALLOWED' WHERE campaign_id = 'C1'"}, false, false},
		{"the configuration says something else", but(aServer, func(a *object) {
			a.says["max_vicidial_trunks"] = 120
			a.change = block{"max_vicidial_trunks": 120}
		}), nil, true, false},
		{"the configuration is refused", but(aServer, func(a *object) {
			a.says["max_vicidial_trunks"] = 5
			a.change = block{"max_vicidial_trunks": 5}
		}), nil, true, false},
		{"another campaign makes another split", but(aSplit, func(a *object) {
			a.says["campaign_id"] = "C2"
			a.change = block{"campaign_id": "C2"}
		}), nil, true, false},
		{"a part of the configuration is not known yet", but(aServer, func(a *object) {
			a.says["server_description"] = unknown
		}), nil, true, false},
	} {
		for _, identified := range []bool{true, false} {
			t.Run(of.claim, func(t *testing.T) {
				var got [2]answers
				for i, short := range []bool{true, false} {
					d := aCluster(t, 2)
					if _, err := d.DB().ExecContext(t.Context(), "INSERT INTO vicidial_inbound_dids (did_pattern, did_description) VALUES ('8005551212', 'Sales')"); err != nil {
						t.Fatal(err)
					}
					got[i] = of.object.asks(t, d, short, identified, of.meanwhile...)
				}
				if got[0].ReadIsShort != of.read || got[0].PlanIsShort != of.plan {
					t.Errorf("short: read %v, plan %v", got[0].ReadIsShort, got[0].PlanIsShort)
				}
				got[0].ReadIsShort, got[0].PlanIsShort = got[1].ReadIsShort, got[1].PlanIsShort
				if diff := cmp.Diff(got[1], got[0]); diff != "" {
					t.Errorf("-the framework +short:\n%s", diff)
				}
			})
		}
	}
}

func TestFastPath_configuredAgain(t *testing.T) {
	d := aCluster(t, 1)
	c := converse(t, d)
	fast, behind := c.fastPath(t)
	kind := c.schemas.ResourceSchemas["vicidial_server"].ValueType()
	attributes, _ := c.imports(t, "vicidial_server", "server_id", "dial1")
	state := packed(t, tftypes.NewValue(kind, attributes))
	request := &tfprotov6.ReadResourceRequest{TypeName: "vicidial_server", CurrentState: state}
	read := func() {
		t.Helper()
		resp, err := fast.ReadResource(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, resp.Diagnostics, "")
		request.Private = resp.Private
	}
	read() // notes what it saw
	asked := behind.reads
	if read(); behind.reads != asked {
		t.Fatal("a server that stays has no short answer")
	}
	config := packed(t, raw(t, block{"host": unknown, "username": d.Username}))
	if _, err := fast.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config, TerraformVersion: "1.14.0"}); err != nil {
		t.Fatal(err)
	}
	if read(); behind.reads == asked {
		t.Error("the cluster that was configured before is asked")
	}
}

func TestFastPath_upgrade(t *testing.T) {
	c := converse(t, aCluster(t, 1))
	fast, _ := c.fastPath(t)
	const claims = `"servers":{"10.0.0.1":{"weight":null,"min":1,"max":null,"trunks":null}}`
	for claim, of := range map[string]struct {
		noun, state string
		version     int64
		short, sane bool
	}{
		"a server":                               {"vicidial_server", `{"server_id":"dial1","active":true,"max_vicidial_trunks":100,"balance":{"rank":3}}`, 0, true, true},
		"a split":                                {"vicidial_trunk_split", `{"campaign_id":"C1","total":10,` + claims + `,"blocked_servers":["10.0.0.2"],"allocations":{"10.0.0.1":10}}`, 0, true, true},
		"an attribute that is no more":           {"vicidial_server", `{"server_id":"dial1","colour":"red"}`, 0, false, true},
		"one that is no more within":             {"vicidial_server", `{"server_id":"dial1","balance":{"colour":"red"}}`, 0, false, true},
		"one that is no more within a map":       {"vicidial_trunk_split", `{"campaign_id":"C1","servers":{"10.0.0.1":{"colour":1}}}`, 0, false, true},
		"a text that was a number":               {"vicidial_server", `{"server_id":7}`, 0, false, true},
		"a state of a later version":             {"vicidial_server", `{"server_id":"dial1"}`, 9, false, false},
		"a list where there was none":            {"vicidial_server", `{"server_id":["dial1"]}`, 0, false, false},
		"what is no object":                      {"vicidial_server", `[]`, 0, false, false},
		"an object of which nothing is answered": {"vicidial_conf_template", `{"template_id":"x"}`, 0, false, true},
		"a carrier route":                        {"vicidial_carrier_route", `{"name":"MAIN","servers":["10.0.0.1"],"dial":{"prefix":"9","numbers":[{"prefix":"8"}]}}`, 0, true, true},
		"a set where there was a text":           {"vicidial_carrier_route", `{"name":"MAIN","servers":"10.0.0.1"}`, 0, false, false},
	} {
		t.Run(claim, func(t *testing.T) {
			kind := c.schemas.ResourceSchemas[of.noun].ValueType()
			var values [2]tftypes.Value
			for i, asked := range []tfprotov6.ProviderServer{fast, fast.Framework} {
				resp, err := asked.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
					TypeName: of.noun, Version: of.version, RawState: &tfprotov6.RawState{JSON: []byte(of.state)},
				})
				if err != nil {
					t.Fatal(err)
				}
				if sane := len(resp.Diagnostics) == 0; sane != of.sane {
					t.Fatalf("got %v", resp.Diagnostics)
				}
				if !of.sane {
					continue
				}
				if short := len(resp.UpgradedState.JSON) > 0; short != (of.short && i == 0) {
					t.Errorf("short %v", short)
				}
				values[i] = asTerraformReads(t, resp.UpgradedState, kind)
			}
			if of.sane && !values[0].Equal(values[1]) {
				t.Errorf("short %s\nlong %s", values[0], values[1])
			}
		})
	}
}

// asTerraformReads unpacks a value; what JSON leaves out is null.
func asTerraformReads(t *testing.T, packed *tfprotov6.DynamicValue, kind tftypes.Type) tftypes.Value {
	t.Helper()
	if len(packed.JSON) == 0 {
		return unpacked(t, packed, kind)
	}
	value, err := (&tfprotov6.RawState{JSON: packed.JSON}).Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
