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

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
)

// Warnings records the warnings of the provider's responses. Neither plan nor state
// contains them, so the test framework cannot check them. It records the errors, too,
// whose order in the output of Terraform varies.
type Warnings struct {
	mutex    sync.Mutex
	warnings []string
	errors   []string
}

// Providers serves the provider to a test case and records its diagnostics.
func (l *Warnings) Providers() map[string]func() (tfprotov6.ProviderServer, error) {
	serve := Providers()["vicidial"]
	return map[string]func() (tfprotov6.ProviderServer, error){
		"vicidial": func() (tfprotov6.ProviderServer, error) {
			server, err := serve()
			if err != nil {
				return nil, err
			}
			framework, ok := server.(fastpath.Framework)
			if !ok {
				return nil, fmt.Errorf("%T does not implement the whole protocol", server)
			}
			return &recorder{framework, l}, nil
		},
	}
}

// Reset removes the recorded diagnostics. It can be the PreConfig of a step.
func (l *Warnings) Reset() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.warnings, l.errors = nil, nil
}

// After returns a PreConfig that calls a function and resets the record.
func (l *Warnings) After(before func()) func() {
	return func() {
		before()
		l.Reset()
	}
}

// Expect returns a check that each pattern matches a warning, as "attribute: summary:
// detail".
func (l *Warnings) Expect(t *testing.T, patterns ...string) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		l.MatchWarnings(t, patterns...)
		return nil
	}
}

// ExpectNo returns a check that a pattern matches no warning.
func (l *Warnings) ExpectNo(t *testing.T, pattern string) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		if recorded := l.recorded(&l.warnings); slices.ContainsFunc(recorded, regexp.MustCompile("(?s)"+pattern).MatchString) {
			t.Errorf("a warning matches %q; recorded:\n%s", pattern, strings.Join(recorded, "\n"))
		}
		return nil
	}
}

// ExpectNone returns a check that there was no warning.
func (l *Warnings) ExpectNone(t *testing.T) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		t.Helper()
		if recorded := l.recorded(&l.warnings); len(recorded) > 0 {
			t.Errorf("recorded:\n%s", strings.Join(recorded, "\n"))
		}
		return nil
	}
}

// ExpectErrors returns a PreConfig that checks that each pattern matches an error of the
// steps before, given as "attribute: summary: detail", and that there are no more errors
// than patterns.
func (l *Warnings) ExpectErrors(t *testing.T, patterns ...string) func() {
	t.Helper()
	return func() {
		t.Helper()
		recorded := l.recorded(&l.errors)
		match(t, "error", recorded, patterns)
		if len(recorded) != len(patterns) {
			t.Errorf("%d errors, want %d:\n%s", len(recorded), len(patterns), strings.Join(recorded, "\n"))
		}
	}
}

// MatchWarnings checks that each pattern matches a warning so far.
func (l *Warnings) MatchWarnings(t *testing.T, patterns ...string) {
	t.Helper()
	match(t, "warning", l.recorded(&l.warnings), patterns)
}

// MatchErrors checks that each pattern matches an error so far; without patterns, that
// there is none.
func (l *Warnings) MatchErrors(t *testing.T, patterns ...string) {
	t.Helper()
	recorded := l.recorded(&l.errors)
	if len(patterns) == 0 && len(recorded) > 0 {
		t.Errorf("errors:\n%s", strings.Join(recorded, "\n"))
	}
	match(t, "error", recorded, patterns)
}

func match(t *testing.T, kind string, recorded, patterns []string) {
	t.Helper()
	for _, pattern := range patterns {
		if !slices.ContainsFunc(recorded, regexp.MustCompile("(?s)"+pattern).MatchString) {
			t.Errorf("no %s matches %q; recorded:\n%s", kind, pattern, strings.Join(recorded, "\n"))
		}
	}
}

// recorded returns the distinct texts of one of the two lists, sorted.
func (l *Warnings) recorded(texts *[]string) []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(*texts)))
}

func (l *Warnings) record(diagnostics []*tfprotov6.Diagnostic) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, d := range diagnostics {
		text := d.Attribute.String() + ": " + d.Summary + ": " + d.Detail
		if d.Severity == tfprotov6.DiagnosticSeverityWarning {
			l.warnings = append(l.warnings, text)
		} else {
			l.errors = append(l.errors, text)
		}
	}
}

// recorder records the diagnostics of a server.
type recorder struct {
	fastpath.Framework
	warnings *Warnings
}

func (s *recorder) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.Framework.ReadResource(ctx, req)
	if resp != nil {
		s.warnings.record(resp.Diagnostics)
	}
	return resp, err
}

func (s *recorder) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.Framework.PlanResourceChange(ctx, req)
	if resp != nil {
		s.warnings.record(resp.Diagnostics)
	}
	return resp, err
}

func (s *recorder) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.Framework.ApplyResourceChange(ctx, req)
	if resp != nil {
		s.warnings.record(resp.Diagnostics)
	}
	return resp, err
}
