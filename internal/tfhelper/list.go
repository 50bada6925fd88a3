package tfhelper

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// ListItem is one object that a list resource returns.
type ListItem struct {
	Name        string // display name
	ID          any    // identity
	Model       any
	Diagnostics diag.Diagnostics
}

// ListItems returns the items of objects, in their order. It computes each one when
// it is requested.
func ListItems[Object any](objects []Object, item func(Object) ListItem) iter.Seq[ListItem] {
	return func(yield func(ListItem) bool) {
		for _, object := range objects {
			if !yield(item(object)) {
				return
			}
		}
	}
}

// NewList returns the list resource of a managed resource. It has no arguments:
// find returns all objects that exist. plural is their name in diagnostics.
func NewList[Store any](managed resource.Resource, plural, description string, find func(context.Context, Store) (iter.Seq[ListItem], error)) list.ListResource {
	return &listResource[Store]{managed: managed, plural: plural, description: description, find: find}
}

type listResource[Store any] struct {
	managed             resource.Resource
	plural, description string
	find                func(context.Context, Store) (iter.Seq[ListItem], error)
	store               Store
}

var _ list.ListResourceWithConfigure = (*listResource[any])(nil)

// Metadata gives the list resource the name of the managed one.
func (l *listResource[Store]) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	l.managed.Metadata(ctx, req, resp)
}

func (l *listResource[Store]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(Configure(req.ProviderData, &l.store)...)
}

func (l *listResource[Store]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{MarkdownDescription: l.description}
}

// List returns the objects until the limit is reached, which the last result says
// where there are more. A result has the whole
// resource only when the request asks for it.
func (l *listResource[Store]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var items iter.Seq[ListItem]
	err := ErrUnconfigured
	if any(l.store) != nil {
		items, err = l.find(ctx, l.store)
	}
	if err != nil {
		stream.Results = list.ListResultsStreamDiagnostics(Diagnose("Unable to list "+l.plural, "", err))
		return
	}
	stream.Results = func(yield func(list.ListResult) bool) {
		count := int64(0)
		var last *list.ListResult // held back until it is known whether another one follows
		for item := range items {
			if last != nil {
				if count == req.Limit {
					last.Diagnostics.AddWarning(fmt.Sprintf("The list ends at its limit of %d %s", req.Limit, l.plural),
						"There are more of them. Set limit in the list block to a greater number; Terraform's default is 100.")
					break
				}
				if !yield(*last) {
					return
				}
			}
			result := req.NewListResult(ctx)
			result.DisplayName = item.Name
			result.Diagnostics.Append(item.Diagnostics...)
			result.Diagnostics.Append(result.Identity.Set(ctx, item.ID)...)
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, item.Model)...)
			}
			count++
			last = &result
		}
		if last != nil {
			yield(*last)
		}
	}
}
