package acctest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// Told listens to the warnings with which the provider answers Terraform. No
// plan and no state holds them, so nothing else of the test framework sees them.
type Told struct {
	mutex    sync.Mutex
	warnings []string
}

// Providers serves the provider to a test case and listens to it.
func (l *Told) Providers() map[string]func() (tfprotov6.ProviderServer, error) {
	serve := Providers()["vicidial"]
	return map[string]func() (tfprotov6.ProviderServer, error){
		"vicidial": func() (tfprotov6.ProviderServer, error) {
			server, err := serve()
			if err != nil {
				return nil, err
			}
			whole, ok := server.(wholeServer)
			if !ok {
				return nil, fmt.Errorf("%T is no whole provider server", server)
			}
			return &listener{whole, l}, nil
		},
	}
}

// Forget drops what was heard so far. It fits into a step's PreConfig.
func (l *Told) Forget() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.warnings = nil
}

// After makes a PreConfig that runs something and listens from then on.
func (l *Told) After(before func()) func() {
	return func() {
		before()
		l.Forget()
	}
}

// Warns makes a check that there was a warning that each pattern matches, given
// as "attribute: summary: detail".
func (l *Told) Warns(t *testing.T, patterns ...string) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		heard := l.heard()
		for _, pattern := range patterns {
			if !slices.ContainsFunc(heard, regexp.MustCompile("(?s)"+pattern).MatchString) {
				t.Errorf("no warning says %q; heard:\n%s", pattern, strings.Join(heard, "\n"))
			}
		}
		return nil
	}
}

// SaysNothingOf makes a check that there was no warning that a pattern matches.
func (l *Told) SaysNothingOf(t *testing.T, pattern string) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		if heard := l.heard(); slices.ContainsFunc(heard, regexp.MustCompile("(?s)"+pattern).MatchString) {
			t.Errorf("a warning says %q; heard:\n%s", pattern, strings.Join(heard, "\n"))
		}
		return nil
	}
}

// Quiet makes a check that there was no warning.
func (l *Told) Quiet(t *testing.T) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		if heard := l.heard(); len(heard) > 0 {
			t.Errorf("heard:\n%s", strings.Join(heard, "\n"))
		}
		return nil
	}
}

func (l *Told) heard() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(l.warnings)))
}

func (l *Told) hear(diagnostics []*tfprotov6.Diagnostic) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityWarning {
			l.warnings = append(l.warnings, d.Attribute.String()+": "+d.Summary+": "+d.Detail)
		}
	}
}

// wholeServer is all that Terraform may ask of us.
type wholeServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

type listener struct {
	wholeServer
	told *Told
}

func (s *listener) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.wholeServer.ReadResource(ctx, req)
	if resp != nil {
		s.told.hear(resp.Diagnostics)
	}
	return resp, err
}

func (s *listener) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.wholeServer.PlanResourceChange(ctx, req)
	if resp != nil {
		s.told.hear(resp.Diagnostics)
	}
	return resp, err
}

func (s *listener) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.wholeServer.ApplyResourceChange(ctx, req)
	if resp != nil {
		s.told.hear(resp.Diagnostics)
	}
	return resp, err
}
