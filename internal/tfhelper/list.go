package tfhelper

import (
	"context"
	"fmt"
	"iter"
	"path"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	fwpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// ListItem is one object that a list resource returns.
type ListItem struct {
	Name        string // display name
	ID          any    // identity
	Model       any
	Diagnostics diag.Diagnostics
	// Values has, by the name of the filter, the values that the filter is compared with.
	// An object of several rows has the values of all of them.
	Values map[string][]string
}

// Listing is what a list resource finds.
type Listing struct {
	Items    iter.Seq[ListItem]
	Warnings diag.Diagnostics // that belong to no item
}

// DisplayName is the display name of an object with a key and a title.
func DisplayName(key, title string) string {
	if title == "" || title == key {
		return key
	}
	return key + " (" + title + ")"
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

// Names of filters that several list resources have.
const (
	FilterMatch  = "match"
	FilterActive = "active"
	FilterServer = "server"
)

// Filters has the descriptions of the filters of a list resource, by their names. A text
// is compared as the database compares keys, [FilterMatch] as a pattern, and
// [FilterActive] as true or false.
type Filters map[string]string

// OnServers returns the values of [FilterServer] for rows on servers: addresses and ids.
func OnServers(servers cluster.Servers, addresses ...string) []string {
	values := slices.Clone(addresses)
	for _, address := range addresses {
		if server, known := servers.ByIP(address); known {
			values = append(values, server.ID())
		}
	}
	return values
}

// FilterYesNo returns the value of [FilterActive] for a Y/N column.
func FilterYesNo(column cluster.Value) []string { return []string{strconv.FormatBool(column.Yes())} }

// NewList returns the list resource of a managed resource. plural is the name of the
// objects in diagnostics. find returns all objects that exist, of which the list
// returns those that all filters match.
func NewList[Store any](managed resource.Resource, plural, description string, filters Filters, find func(context.Context, Store) (Listing, error)) list.ListResource {
	return &listResource[Store]{managed: managed, plural: plural, description: description, filters: filters, find: find}
}

type listResource[Store any] struct {
	managed             resource.Resource
	plural, description string
	filters             Filters
	find                func(context.Context, Store) (Listing, error)
	store               Store
}

var _ list.ListResourceWithConfigure = (*listResource[any])(nil)

func (l *listResource[Store]) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	l.managed.Metadata(ctx, req, resp)
}

func (l *listResource[Store]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(Configure(req.ProviderData, &l.store)...)
}

func (l *listResource[Store]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	attributes := map[string]listschema.Attribute{}
	for name, about := range l.filters {
		if name == FilterActive {
			attributes[name] = listschema.BoolAttribute{Optional: true, MarkdownDescription: "List only: " + about}
			continue
		}
		attributes[name] = listschema.StringAttribute{Optional: true, MarkdownDescription: "List only: " + about}
	}
	resp.Schema = listschema.Schema{MarkdownDescription: l.description, Attributes: attributes}
}

// List returns the objects up to the limit. If there are more, the last result has a
// warning. A result has the resource only when the request asks for it.
func (l *listResource[Store]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	wanted, diags := l.wanted(ctx, req)
	var found Listing
	err := ErrUnconfigured
	if any(l.store) != nil && !diags.HasError() {
		found, err = l.find(ctx, l.store)
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	if err != nil {
		stream.Results = list.ListResultsStreamDiagnostics(Diagnose("Unable to list "+l.plural, "", err))
		return
	}
	stream.Results = func(yield func(list.ListResult) bool) {
		count := int64(0)
		last := list.ListResult{} // yielded when it is known whether another one follows
		for item := range found.Items {
			if !wanted.matches(item) {
				continue
			}
			if count > 0 {
				if count == req.Limit {
					last.Diagnostics.AddWarning(fmt.Sprintf("The list ends at its limit of %d %s", req.Limit, l.plural),
						"There are more of them. Set limit in the list block to a greater number; Terraform's default is 100.")
					break
				}
				if !yield(last) {
					return
				}
			}
			count++
			last = l.result(ctx, req, item)
		}
		last.Diagnostics.Append(found.Warnings...)
		if count > 0 || len(last.Diagnostics) > 0 {
			yield(last)
		}
	}
}

func (l *listResource[Store]) result(ctx context.Context, req list.ListRequest, item ListItem) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = item.Name
	result.Diagnostics.Append(item.Diagnostics...)
	result.Diagnostics.Append(result.Identity.Set(ctx, item.ID)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, item.Model)...)
	}
	return result
}

// wanted has the values that an item must match, by the name of the filter.
type wanted map[string]string

func (l *listResource[Store]) wanted(ctx context.Context, req list.ListRequest) (wanted, diag.Diagnostics) {
	w := wanted{}
	var diags diag.Diagnostics
	for name := range l.filters {
		var value attr.Value
		diags.Append(req.Config.GetAttribute(ctx, fwpath.Root(name), &value)...)
		switch set := value.(type) {
		case types.String:
			if !set.IsNull() {
				w[name] = set.ValueString()
			}
		case types.Bool:
			if !set.IsNull() {
				w[name] = strconv.FormatBool(set.ValueBool())
			}
		}
	}
	if _, err := path.Match(w[FilterMatch], ""); err != nil {
		diags.AddAttributeError(fwpath.Root(FilterMatch), "Invalid pattern", fmt.Sprintf("%q is no pattern with * and ?: %s.", w[FilterMatch], err))
	}
	return w, diags
}

func (w wanted) matches(item ListItem) bool {
	for name, want := range w {
		if !slices.ContainsFunc(item.Values[name], func(value string) bool {
			if name != FilterMatch {
				return cluster.FoldKey(value) == cluster.FoldKey(want)
			}
			match, err := path.Match(cluster.FoldKey(want), cluster.FoldKey(value))
			return err == nil && match
		}) {
			return false
		}
	}
	return true
}
