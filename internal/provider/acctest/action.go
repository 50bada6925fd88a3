package acctest

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Action is an action of a configured provider.
type Action struct {
	name   string
	kind   tftypes.Type
	server fastpath.Framework
}

// NewAction configures a provider with the settings more.
func NewAction(t *testing.T, d *sandbox.Database, name string, more Values) *Action {
	t.Helper()
	server, schema := connected(t, d, more)
	action, found := schema.ActionSchemas[name]
	if !found {
		t.Fatalf("there is no action %s", name)
	}
	return &Action{name, action.Schema.ValueType(), server}
}

// Answer is a response of the provider to Terraform.
type Answer struct {
	Progress    []string
	Diagnostics []*tfprotov6.Diagnostic
	State       []byte // as it was sent, for a data source
}

// ExpectDiagnostic checks that there is exactly one error or warning, and that the
// pattern matches it, as "attribute: summary: detail". An empty pattern expects none.
func (a Answer) ExpectDiagnostic(t *testing.T, pattern string) {
	t.Helper()
	var lines []string
	for _, d := range a.Diagnostics {
		lines = append(lines, d.Severity.String()+" "+d.Attribute.String()+": "+d.Summary+": "+d.Detail)
	}
	if pattern == "" && len(lines) == 0 {
		return
	}
	if pattern == "" || len(lines) != 1 || !regexp.MustCompile("(?s)"+pattern).MatchString(lines[0]) {
		t.Errorf("diagnostics:\n%s\nwant %q", strings.Join(lines, "\n"), pattern)
	}
}

// ExpectProgress checks that the progress contains these texts, in this order.
func (a Answer) ExpectProgress(t *testing.T, parts ...string) {
	t.Helper()
	rest := a.Progress
	for _, part := range parts {
		i := slices.IndexFunc(rest, func(line string) bool { return strings.Contains(line, part) })
		if i < 0 {
			t.Errorf("no %q, in this order, in\n%s", part, strings.Join(a.Progress, "\n"))
			return
		}
		rest = rest[i+1:]
	}
}

// Validate sends the request of `terraform validate`.
func (a *Action) Validate(t *testing.T, config Values) Answer {
	t.Helper()
	resp, err := a.server.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: a.name, Config: object(t, a.kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Diagnostics: resp.Diagnostics}
}

// Plan sends the request of a plan.
func (a *Action) Plan(t *testing.T, config Values) Answer {
	t.Helper()
	resp, err := a.server.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: a.name, Config: object(t, a.kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Diagnostics: resp.Diagnostics}
}

// Invoke runs the action to its end. hear, if not nil, is called with each line of
// progress.
func (a *Action) Invoke(ctx context.Context, t *testing.T, config Values, hear func(line string)) Answer {
	t.Helper()
	stream, err := a.server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: a.name, Config: object(t, a.kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	var answer Answer
	ended := false
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			answer.Progress = append(answer.Progress, event.Message)
			if hear != nil {
				hear(event.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			answer.Diagnostics, ended = event.Diagnostics, true
		}
	}
	if !ended {
		t.Error("the action sent no completed event")
	}
	return answer
}

// Stop sends the request that Terraform sends on Ctrl-C.
func (a *Action) Stop(t *testing.T) {
	t.Helper()
	if _, err := a.server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		t.Error(err)
	}
}
