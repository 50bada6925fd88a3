package tfhelper

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// NewDataSource returns a data source. name is its type name without the provider's
// prefix. read completes the model of the configuration; failure is the title of the
// diagnostic for its error.
func NewDataSource[Store, Model any](name, failure string, schema func() schema.Schema, read func(context.Context, Store, *Model) (diag.Diagnostics, error)) datasource.DataSource {
	return &dataSource[Store, Model]{name: name, failure: failure, schema: schema, read: read}
}

type dataSource[Store, Model any] struct {
	name, failure string
	schema        func() schema.Schema
	read          func(context.Context, Store, *Model) (diag.Diagnostics, error)
	store         Store
}

var _ datasource.DataSourceWithConfigure = (*dataSource[any, any])(nil)

func (d *dataSource[Store, Model]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

func (d *dataSource[Store, Model]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.schema()
}

func (d *dataSource[Store, Model]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(Configure(req.ProviderData, &d.store)...)
}

func (d *dataSource[Store, Model]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model, ok := Get[Model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	err := ErrUnconfigured
	if any(d.store) != nil {
		var diags diag.Diagnostics
		diags, err = d.read(ctx, d.store, &model)
		resp.Diagnostics.Append(diags...)
	}
	resp.Diagnostics.Append(Diagnose(d.failure, "", err)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}
