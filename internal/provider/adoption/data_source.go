package adoption

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// Opened is a separate provider on the same database: its trial plans must not affect
// the run that reads the data source.
type Opened struct {
	Server tfprotov6.ProviderServer
	Store  Store
	Close  func()
}

// Open opens a provider on the database of the provider's data; false while there is
// none.
type Open func(data any) (Opened, bool)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is vicidial_adoption.
type DataSource struct {
	open Open
	data any
}

// NewDataSource returns the constructor of the data source.
func NewDataSource(open Open) func() datasource.DataSource {
	return func() datasource.DataSource { return &DataSource{open: open} }
}

//go:embed description.md
var description string

func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_adoption"
}

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"only":          argument.Texts("What is adopted: `server`, `template`, `settings`, `trunk`, `carrier`, `agent`, `remote`, `number`. Defaults to all."),
			"match":         argument.Text("A pattern with `*` and `?`: only objects whose name matches are adopted. By default all are."),
			"differences":   argument.Int("The number of lines in which the copies of a carrier on several servers may differ. Defaults to 6.", int64validator.AtLeast(0)),
			"files":         computed.TextMap("Texts of the files, by name, without `versions.tf` and `provider.tf`, which the configuration of the data source already has."),
			"rows":          computed.IntMap("Rows of each table."),
			"rows_adopted":  computed.IntMap("Rows of each table that are in the files."),
			"rows_left_out": computed.IntMap("Rows of each table that no resource can represent as they are; `ADOPTED.md` lists them."),
		},
	}
}

func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.data = req.ProviderData
}

type model struct {
	Only        types.List   `tfsdk:"only"`
	Match       types.String `tfsdk:"match"`
	Differences types.Int64  `tfsdk:"differences"`
	Files       types.Map    `tfsdk:"files"`
	Rows        types.Map    `tfsdk:"rows"`
	Adopted     types.Map    `tfsdk:"rows_adopted"`
	Omitted     types.Map    `tfsdk:"rows_left_out"`
}

func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	options := runOptions{Only: tfhelper.Strings(m.Only.Elements()), Match: m.Match.ValueString(), Differences: adopt.DefaultDifferences}
	if !m.Differences.IsNull() {
		options.Differences = int(m.Differences.ValueInt64())
	}
	f, err := d.adopt(ctx, options)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to adopt the cluster", "", err)...)
	if err != nil {
		return
	}
	texts := files(f.pieces())
	texts[reportFile] = f.report()
	m.Files = tfhelper.StringMap(texts)
	count := func(number func(adopt.Sum) int) types.Map {
		counts := map[string]int{}
		for _, sum := range f.tally.Sums() {
			counts[string(sum.Table)] = number(sum)
		}
		return tfhelper.Int64Map(counts)
	}
	m.Rows = count(func(s adopt.Sum) int { return s.Read })
	m.Adopted = count(func(s adopt.Sum) int { return s.Adopted })
	m.Omitted = count(func(s adopt.Sum) int { return s.Omitted })
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (d *DataSource) adopt(ctx context.Context, options runOptions) (*result, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	opened, ok := d.open(d.data)
	if !ok {
		return nil, tfhelper.ErrUnconfigured
	}
	defer opened.Close()
	client, err := newClient(ctx, opened.Server)
	if err != nil {
		return nil, err
	}
	if _, err := (connection{}).connect(ctx, opened.Server, client); err != nil {
		return nil, err
	}
	f, err := run(ctx, opened.Server, opened.Store, options)
	if err == nil {
		f.names(manifest{})
	}
	return f, err
}
