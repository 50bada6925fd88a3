package adoption

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// client speaks the plugin protocol to the provider, as Terraform does.
type client struct {
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

func newClient(ctx context.Context, server tfprotov6.ProviderServer) (*client, error) {
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	return &client{server, schema}, failure(schema.Diagnostics)
}

// failure joins the errors of diagnostics in a fixed order.
func failure(diagnostics []*tfprotov6.Diagnostic) error {
	texts := sentences(tfprotov6.DiagnosticSeverityError, diagnostics)
	if len(texts) == 0 {
		return nil
	}
	return errors.New(strings.Join(texts, "\n"))
}

func hasErrors(diagnostics []*tfprotov6.Diagnostic) bool {
	return len(sentences(tfprotov6.DiagnosticSeverityError, diagnostics)) > 0
}

// sentences returns the diagnostics of a severity as sorted texts.
func sentences(severity tfprotov6.DiagnosticSeverity, lists ...[]*tfprotov6.Diagnostic) []string {
	var texts []string
	for _, d := range slices.Concat(lists...) {
		if d.Severity == severity {
			texts = append(texts, sentence(d))
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// sentence returns a diagnostic as one text.
func sentence(d *tfprotov6.Diagnostic) string {
	text := strings.TrimSuffix(d.Summary, ".")
	if detail := strings.TrimSpace(d.Detail); detail != "" {
		text += ": " + detail
	}
	return text
}

// imported is the state of an imported object.
type imported struct {
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	warnings []string
}

func (c *client) block(kind string) *tfprotov6.SchemaBlock {
	return c.schema.ResourceSchemas[kind].Block
}

func (c *client) typeOf(kind string) tftypes.Type { return c.schema.ResourceSchemas[kind].ValueType() }

// errNoRows reports that the read after an import finds no row.
var errNoRows = errors.New("the provider finds no row for it")

// read imports an object and reads it.
func (c *client) read(ctx context.Context, kind, id string) (imported, error) {
	resp, err := c.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
	if err != nil {
		return imported{}, err
	}
	if err := failure(resp.Diagnostics); err != nil {
		return imported{}, err
	}
	if len(resp.ImportedResources) != 1 {
		return imported{}, fmt.Errorf("the import returns %d objects", len(resp.ImportedResources))
	}
	one := resp.ImportedResources[0]
	found, err := c.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
	if err != nil {
		return imported{}, err
	}
	if err := failure(found.Diagnostics); err != nil {
		return imported{}, err
	}
	state, err := found.NewState.Unmarshal(c.typeOf(kind))
	if err == nil && state.IsNull() {
		err = errNoRows
	}
	return imported{state, found.Private, found.NewIdentity, warnings(resp.Diagnostics, found.Diagnostics)}, err
}

func warnings(lists ...[]*tfprotov6.Diagnostic) []string {
	return sentences(tfprotov6.DiagnosticSeverityWarning, lists...)
}

// planned is the provider's plan of a configuration.
type planned struct {
	state       tftypes.Value
	diagnostics []*tfprotov6.Diagnostic
	replace     bool
}

// plan validates a configuration and plans it for an object that was imported.
func (c *client) plan(ctx context.Context, kind string, object imported, config tftypes.Value) (planned, error) {
	packed := func(value tftypes.Value) (*tfprotov6.DynamicValue, error) {
		dynamic, err := tfprotov6.NewDynamicValue(c.typeOf(kind), value)
		return &dynamic, err
	}
	given, err := packed(config)
	if err != nil {
		return planned{}, err
	}
	valid, err := c.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: given})
	if err != nil {
		return planned{}, err
	}
	if hasErrors(valid.Diagnostics) {
		return planned{diagnostics: valid.Diagnostics}, nil
	}
	proposal, err := proposed(c.block(kind).Attributes, object.state, config)
	if err != nil {
		return planned{}, err
	}
	prior, err := packed(object.state)
	if err != nil {
		return planned{}, err
	}
	next, err := packed(proposal)
	if err != nil {
		return planned{}, err
	}
	resp, err := c.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, PriorState: prior, ProposedNewState: next, Config: given, PriorPrivate: object.private, PriorIdentity: object.identity,
	})
	if err != nil {
		return planned{}, err
	}
	diagnostics := slices.Concat(valid.Diagnostics, resp.Diagnostics)
	if hasErrors(diagnostics) {
		return planned{diagnostics: diagnostics}, nil
	}
	state, err := resp.PlannedState.Unmarshal(c.typeOf(kind))
	return planned{state, diagnostics, len(resp.RequiresReplace) > 0}, err
}
