package tfhelper

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
)

// Found is one thing that a list resource has found.
type Found struct {
	Name  string // for a person
	ID    any    // the identity
	Model any    // the whole resource
}

// List hands out what was found, in its order, until the limit is met or nobody
// wants more. The whole resource goes along only where it was asked for. show
// makes a thing ready at the moment it is handed out.
func List[Thing any](ctx context.Context, req list.ListRequest, stream *list.ListResultsStream, things []Thing, show func(Thing, *diag.Diagnostics) Found) {
	stream.Results = func(yield func(list.ListResult) bool) {
		for i, thing := range things {
			if req.Limit > 0 && int64(i) >= req.Limit {
				return
			}
			result := req.NewListResult(ctx)
			found := show(thing, &result.Diagnostics)
			result.DisplayName = found.Name
			result.Diagnostics.Append(result.Identity.Set(ctx, found.ID)...)
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, found.Model)...)
			}
			if !yield(result) {
				return
			}
		}
	}
}

// ListFailed ends a list with an error.
func ListFailed(stream *list.ListResultsStream, summary string, err error) {
	stream.Results = list.ListResultsStreamDiagnostics(Diagnose(summary, "", err))
}
