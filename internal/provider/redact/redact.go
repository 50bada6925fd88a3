// Package redact removes the values of sensitive and write-only attributes from the
// diagnostics of a provider, whatever wrote them: a validator, a check, the database or
// a library. It also removes control sequences of terminals: a diagnostic may quote rows
// and the output of programs.
package redact

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// replacement replaces a value.
const replacement = "(sensitive value)"

// Framework is the part of plugin protocol 6 that the framework's server implements.
type Framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Server passes every request on, and removes the secrets of the request's
// configuration, and of the provider's, from the diagnostics of the response. Their
// texts are [cluster.Printable].
type Server struct {
	Framework

	schemas func() *tfprotov6.GetProviderSchemaResponse
	mutex   sync.Mutex
	own     func() []string // of the provider's configuration
}

// New returns a server in front of another one.
func New(server Framework) *Server {
	return &Server{Framework: server, own: func() []string { return nil }, schemas: sync.OnceValue(func() *tfprotov6.GetProviderSchemaResponse {
		found, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil || found == nil {
			return &tfprotov6.GetProviderSchemaResponse{}
		}
		return found
	})}
}

func (s *Server) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := s.Framework.ValidateProviderConfig(ctx, req)
	if resp != nil && len(resp.Diagnostics) > 0 {
		s.clean(resp.Diagnostics, s.schemas().Provider, req.Config)
	}
	return resp, err
}

func (s *Server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	// Found for the first diagnostic: the schemas take nine tenths of the time.
	own := sync.OnceValue(func() []string { return secretsOf(s.schemas().Provider, req.Config) })
	s.mutex.Lock()
	s.own = own
	s.mutex.Unlock()
	resp, err := s.Framework.ConfigureProvider(ctx, req)
	if resp != nil {
		s.clean(resp.Diagnostics, nil, nil)
	}
	return resp, err
}

func (s *Server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := s.Framework.ValidateResourceConfig(ctx, req)
	if resp != nil && len(resp.Diagnostics) > 0 {
		s.clean(resp.Diagnostics, s.schemas().ResourceSchemas[req.TypeName], req.Config)
	}
	return resp, err
}

func (s *Server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.Framework.ReadResource(ctx, req)
	if resp != nil && len(resp.Diagnostics) > 0 {
		s.clean(resp.Diagnostics, s.schemas().ResourceSchemas[req.TypeName], req.CurrentState)
	}
	return resp, err
}

func (s *Server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.Framework.PlanResourceChange(ctx, req)
	if resp != nil && len(resp.Diagnostics) > 0 {
		s.clean(resp.Diagnostics, s.schemas().ResourceSchemas[req.TypeName], req.Config, req.PriorState)
	}
	return resp, err
}

func (s *Server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.Framework.ApplyResourceChange(ctx, req)
	if resp != nil && len(resp.Diagnostics) > 0 {
		s.clean(resp.Diagnostics, s.schemas().ResourceSchemas[req.TypeName], req.Config, req.PriorState)
	}
	return resp, err
}

func (s *Server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := s.Framework.ImportResourceState(ctx, req)
	if resp != nil {
		s.clean(resp.Diagnostics, nil)
	}
	return resp, err
}

func (s *Server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.Framework.ReadDataSource(ctx, req)
	if resp != nil {
		s.clean(resp.Diagnostics, nil)
	}
	return resp, err
}

// clean removes the secrets of objects, and the provider's own, from diagnostics.
func (s *Server) clean(diagnostics []*tfprotov6.Diagnostic, schema *tfprotov6.Schema, objects ...*tfprotov6.DynamicValue) {
	if len(diagnostics) == 0 {
		return
	}
	s.mutex.Lock()
	own := s.own
	s.mutex.Unlock()
	secrets := slices.Clone(own())
	for _, object := range objects {
		secrets = append(secrets, secretsOf(schema, object)...)
	}
	// The longest first: a secret may be part of another one.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, diagnostic := range diagnostics {
		diagnostic.Summary, diagnostic.Detail = Text(cluster.Printable(diagnostic.Summary), secrets), Text(cluster.Printable(diagnostic.Detail), secrets)
	}
}

// minLength is the length from which a secret is removed everywhere. A shorter one may
// be part of words, and is removed in quotes only.
const minLength = 4

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|` + "`[^`]*`")

// Text returns a text without the secrets: without their values, as they are or as a Go
// string, and without quotations of a secret or of the beginning of one of its lines.
func Text(text string, secrets []string) string {
	if len(secrets) == 0 {
		return text
	}
	for _, secret := range secrets {
		if len(secret) < minLength {
			continue
		}
		text = strings.ReplaceAll(text, secret, replacement)
		if written := strconv.Quote(secret); written[1:len(written)-1] != secret {
			text = strings.ReplaceAll(text, written[1:len(written)-1], replacement)
		}
	}
	return quoted.ReplaceAllStringFunc(text, func(quotation string) string {
		quotedText := quotation[1 : len(quotation)-1]
		if quotation[0] == '"' {
			if plain, err := strconv.Unquote(quotation); err == nil {
				quotedText = plain
			}
		}
		quotedText = strings.TrimSuffix(strings.TrimSuffix(quotedText, "…"), "...")
		for _, secret := range secrets {
			if quotedText == secret || len(quotedText) >= minLength && beginsLine(secret, quotedText) {
				return replacement
			}
		}
		return quotation
	})
}

func beginsLine(text, beginning string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), beginning) {
			return true
		}
	}
	return false
}

// secretsOf returns the texts in the sensitive and write-only attributes of an object.
func secretsOf(schema *tfprotov6.Schema, object *tfprotov6.DynamicValue) []string {
	if schema == nil || schema.Block == nil || object == nil {
		return nil
	}
	value, err := object.Unmarshal(schema.ValueType())
	if err != nil {
		return nil
	}
	return inAttributes(schema.Block.Attributes, value)
}

func inAttributes(attributes []*tfprotov6.SchemaAttribute, value tftypes.Value) []string {
	fields := map[string]tftypes.Value{}
	if value.IsNull() || !value.IsKnown() || value.As(&fields) != nil {
		return nil
	}
	var secrets []string
	for _, attribute := range attributes {
		switch value := fields[attribute.Name]; {
		case attribute.Sensitive || attribute.WriteOnly:
			secrets = append(secrets, texts(value)...)
		case attribute.NestedType == nil:
		case attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			secrets = append(secrets, inAttributes(attribute.NestedType.Attributes, value)...)
		default:
			for _, element := range elements(value) {
				secrets = append(secrets, inAttributes(attribute.NestedType.Attributes, element)...)
			}
		}
	}
	return secrets
}

// texts returns all texts in a value.
func texts(value tftypes.Value) []string {
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	var text string
	if value.Type().Is(tftypes.String) && value.As(&text) == nil {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	var all []string
	for _, element := range elements(value) {
		all = append(all, texts(element)...)
	}
	return all
}

// elements returns the elements of a list, set or map, and the attributes of an object.
func elements(value tftypes.Value) []tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	var list []tftypes.Value
	if value.As(&list) == nil {
		return list
	}
	named := map[string]tftypes.Value{}
	if value.As(&named) != nil {
		return nil
	}
	for _, element := range named {
		list = append(list, element)
	}
	return list
}
