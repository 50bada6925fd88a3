package server

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// PaddedIP is the function padded_ip.
type PaddedIP struct{}

func NewPaddedIP() function.Function { return &PaddedIP{} }

func (f *PaddedIP) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "padded_ip"
}

func (f *PaddedIP) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Converts an address to VICIdial's padded form",
		MarkdownDescription: "Returns a server's address in the form that VICIdial's dialplan uses between nodes: each number padded to three digits, joined by stars. `10.10.10.15` becomes `010*010*010*015`. Use it in dialplan texts that dial another node.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "server_ip", MarkdownDescription: "IPv4 address without leading zeros."},
		},
		Return: function.StringReturn{},
	}
}

func (f *PaddedIP) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var ip string
	if resp.Error = req.Arguments.Get(ctx, &ip); resp.Error != nil {
		return
	}
	padded, err := cluster.PaddedIP(ip)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, padded)
}
