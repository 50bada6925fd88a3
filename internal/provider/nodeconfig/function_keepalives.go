package nodeconfig

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// Keepalives is the function keepalives.
type Keepalives struct{}

func NewKeepalives() function.Function { return Keepalives{} }

func (Keepalives) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "keepalives"
}

func (Keepalives) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Computes VARactive_keepalives of every node",
		MarkdownDescription: "Returns `VARactive_keepalives` of every node of a cluster, by `server_ip`. Each duty that one node of the cluster has (5, 7, 9 and E) is on exactly one node; otherwise the function fails with an error that names the nodes. Nodes that run none of VICIdial's programs get a single `X`.",
		Parameters: []function.Parameter{
			function.MapParameter{
				Name: "nodes", ElementType: types.ListType{ElemType: types.StringType},
				MarkdownDescription: "Keywords for each node, by `server_ip`: its roles (`telephony`, `web`, `database`, `replica`, `archive`), `confbridge`, `sip_logging`, and its duties, such as `adaptive_dialing` or `balance_fill`.",
			},
		},
		// The parameter is variadic and not nullable: OpenTofu does not send null values.
		VariadicParameter: function.StringParameter{
			Name:                "coordinator",
			MarkdownDescription: "`server_ip` of the node that has every duty that no node takes, at most one; without it, the one database node. Write a value that may be null as `var.coordinator[*]...`.",
		},
		Return: function.MapReturn{ElementType: types.StringType},
	}
}

func (Keepalives) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var nodes map[string][]string
	var coordinators []string
	resp.Error = req.Arguments.Get(ctx, &nodes, &coordinators)
	if resp.Error != nil {
		return
	}
	if len(coordinators) > 1 {
		resp.Error = function.NewArgumentFuncError(2, "a cluster has one coordinator: remove all but one")
		return
	}
	letters, err := keepalives(nodes, strings.Join(coordinators, ""))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, letters)
}

func keepalives(words map[string][]string, coordinator string) (map[string]string, error) {
	site := nodes.Site{Coordinator: coordinator}
	for _, serverIP := range slices.Sorted(maps.Keys(words)) {
		node, err := nodes.Parse(serverIP, words[serverIP])
		if err != nil {
			return nil, err
		}
		site.Nodes = append(site.Nodes, node)
	}
	return site.Keepalives()
}
