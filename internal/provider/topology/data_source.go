// Package topology implements the data source vicidial_topology: drawings of the
// cluster, which package diagram renders.
package topology

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/diagram"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// store is the part of the store that the data source needs.
type store interface {
	Topology(ctx context.Context, live bool) (cluster.Topology, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("topology", "Unable to draw the cluster", newSchema, read)
}

//go:embed description.md
var description string

// newSchema returns the arguments and the drawings.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"title": argument.Text("Title of the pictures. Defaults to \"VICIdial cluster\".", stringvalidator.LengthAtMost(200)),
			"proxy": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The proxy in front of the web nodes, which the database does not contain. By default none is drawn.",
				Attributes: map[string]schema.Attribute{
					"name":    schema.StringAttribute{Required: true, MarkdownDescription: "Name to show."},
					"address": argument.Text("Address to show. By default there is none."),
				},
			},
			"web_nodes": argument.TextMap("Address of each web node, by name. If you leave it out, the machines are those through which agents ever logged in (`vicidial_webservers`, from which nothing is removed)."),
			"live":      argument.Bool("Whether nodes without a recent heartbeat are marked as dead. Defaults to `true`. With `false` the picture changes only with the cluster's configuration: use that for a picture in a git repository."),
			"svg":       computed.Text("The picture as SVG: it needs no other file, has its own background, and supports light and dark color schemes."),
			"mermaid":   computed.Text("The picture as a Mermaid flowchart, as GitHub and GitLab show it in Markdown."),
			"dot":       computed.Text("The picture in the language of Graphviz."),
		},
	}
}

func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	found, err := s.Topology(ctx, m.Live.IsNull() || m.Live.ValueBool())
	if err != nil {
		return nil, err
	}
	picture := m.picture(found)
	m.SVG = types.StringValue(string(diagram.SVG(picture)))
	m.Mermaid = types.StringValue(diagram.Mermaid(picture))
	m.DOT = types.StringValue(diagram.DOT(picture))
	return nil, nil
}
