package tfhelper

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Action describes an action.
type Action[Store, Model any] struct {
	Name     string // type name without the provider's prefix
	Schema   func() schema.Schema
	Validate func(Model) diag.Diagnostics // without a database
	Review   func(context.Context, Store, Model) diag.Diagnostics
	Invoke   func(context.Context, Store, Model, func(progress string)) error
	Failure  func(Model) (title, object string) // of the diagnostic for an error of Invoke
}

// NewAction returns the action that a describes.
func NewAction[Store, Model any](a Action[Store, Model]) action.Action {
	return &configuredAction[Store, Model]{Action: a}
}

type configuredAction[Store, Model any] struct {
	Action[Store, Model]
	store Store
}

var (
	_ action.ActionWithConfigure      = (*configuredAction[any, any])(nil)
	_ action.ActionWithValidateConfig = (*configuredAction[any, any])(nil)
	_ action.ActionWithModifyPlan     = (*configuredAction[any, any])(nil)
)

func (a *configuredAction[Store, Model]) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + a.Name
}

func (a *configuredAction[Store, Model]) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.Action.Schema()
}

func (a *configuredAction[Store, Model]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	resp.Diagnostics.Append(Configure(req.ProviderData, &a.store)...)
}

func (a *configuredAction[Store, Model]) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	if m, ok := Get[Model](ctx, req.Config, &resp.Diagnostics); ok && a.Validate != nil {
		resp.Diagnostics.Append(a.Validate(m)...)
	}
}

func (a *configuredAction[Store, Model]) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if m, ok := Get[Model](ctx, req.Config, &resp.Diagnostics); ok && any(a.store) != nil {
		resp.Diagnostics.Append(a.Review(ctx, a.store, m)...)
	}
}

func (a *configuredAction[Store, Model]) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m, ok := Get[Model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	err := ErrUnconfigured
	if any(a.store) != nil {
		err = a.Action.Invoke(ctx, a.store, m, Progress(ctx, resp))
	}
	title, object := a.Failure(m)
	resp.Diagnostics.Append(Diagnose(title, object, err)...)
}

// Progress returns a function that sends a progress message of an action to
// Terraform. After the context ends, nothing receives messages any more, and the
// framework's own function would block forever.
func Progress(ctx context.Context, resp *action.InvokeResponse) func(text string) {
	return func(text string) {
		if text == "" || ctx.Err() != nil {
			return
		}
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			resp.SendProgress(action.InvokeProgressEvent{Message: cluster.Printable(text)})
		}()
		select {
		case <-sent:
		case <-ctx.Done():
		}
	}
}

// ErrPollTimeout reports that [Poll] timed out.
var ErrPollTimeout = errors.New("timed out")

// Poll calls check at the interval until it reports done or fails. After the
// timeout it calls check once more and then returns [ErrPollTimeout]. When the
// context ends, Poll returns the context's error.
func Poll(ctx context.Context, timeout, interval time.Duration, check func(ctx context.Context, waited time.Duration) (done bool, err error)) error {
	start := time.Now()
	for {
		waited := time.Since(start)
		done, err := check(ctx, waited)
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return ctx.Err() // a check that was interrupted has not failed
		case err != nil:
			return err
		case waited >= timeout:
			return ErrPollTimeout
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(interval, timeout-waited)):
		}
	}
}
