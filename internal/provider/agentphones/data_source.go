// Package agentphones is the data source vicidial_agent_phones: the phones that
// agents log in to, and the faults of their aliases.
package agentphones

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// store is what the data source reads of the cluster.
type store interface {
	AgentPhones(context.Context) ([]cluster.AgentPhone, []cluster.Alias, error)
}

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is vicidial_agent_phones.
type DataSource struct{ store store }

// New returns the data source.
func New() datasource.DataSource { return &DataSource{} }

//go:embed description.md
var description string

// Metadata sets the type name.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_agent_phones"
}

// Schema defines the filters and the results. A cluster has thousands of phones, and
// maps of that many objects are slow to plan, so the results are maps of strings.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	texts := func(doc string) schema.MapAttribute {
		return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
	}
	names := func(doc string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"server_ip": schema.StringAttribute{Optional: true, MarkdownDescription: "Only phones on this server."},
			"active":    schema.BoolAttribute{Optional: true, MarkdownDescription: "`true`: only active phones; `false`: only inactive ones. Without it: both."},
			"protocol":  schema.StringAttribute{Optional: true, MarkdownDescription: "Only phones of this protocol: `SIP`, `PJSIP`, `IAX2`, `Zap` or `EXTERNAL`."},
			"in_alias":  schema.BoolAttribute{Optional: true, MarkdownDescription: "Only phones that an alias lists, or with `false` only those that none lists."},
			"login_matches": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only phones whose `login` matches this regular expression (RE2), without regard to case.",
				Validators:          []validator.String{tfhelper.IsRegexp()},
			},
			"servers":    texts("The `server_ip` of each phone found, by `login`. Of two phones with one login the first by address shows."),
			"extensions": texts("Protocol and extension of each phone found, such as `SIP/2000`, by `login`."),
			"aliases":    texts("The logins of each alias that lists a phone found, in its order and joined by commas, by `alias_id`."),
			"phones_per_server": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Number of phones found on each server, by `server_ip`.",
			},
			"unregistered": names("Logins of active phones found of which Asterisk says that they do not answer. Empty where the schema or the nodes do not tell."),
			"broken_aliases": names("Aliases that list a phone found and are not sound, sorted: they list a login that does not exist, an inactive phone, " +
				"or phones with different passwords. The login balancer may choose such a phone, and then refuses the agent."),
			"duplicate_logins": names("Logins that more than one phone found has, sorted."),
		},
	}
}

// Configure stores the cluster that the provider has opened.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &d.store)...)
}

// Read reads the phones and applies the filters.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, ok := tfhelper.Get[model](ctx, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	if d.store == nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read phones", "", tfhelper.ErrUnconfigured)...)
		return
	}
	phones, aliases, err := d.store.AgentPhones(ctx)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read phones", "", err)...)
	if err == nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, m.withResult(phones, aliases))...)
	}
}
