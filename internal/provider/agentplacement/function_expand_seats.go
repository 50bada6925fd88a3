package agentplacement

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// ExpandSeats is the function expand_seats.
type ExpandSeats struct{}

func NewExpandSeats() function.Function { return &ExpandSeats{} }

func (f *ExpandSeats) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "expand_seats"
}

func (f *ExpandSeats) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Expands ranges of seats",
		MarkdownDescription: "Returns every seat of ranges such as `2000-2149` and `2200`, as `vicidial_agent_placement` reads them: in the order of the numbers, with leading zeros. Ranges that overlap, or whose end is less than the beginning, are an error. Use it for objects that need each seat by itself; a placement takes the ranges.",
		Parameters: []function.Parameter{
			function.ListParameter{Name: "ranges", ElementType: types.StringType, MarkdownDescription: "Seats, each a number or two numbers with a hyphen between."},
		},
		Return: function.ListReturn{ElementType: types.StringType},
	}
}

func (f *ExpandSeats) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var ranges []string
	if resp.Error = req.Arguments.Get(ctx, &ranges); resp.Error != nil {
		return
	}
	seats, err := seating.ParseSeats(ranges)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	names := make([]string, 0, seats.Len())
	for _, name := range seats.All() {
		names = append(names, name)
	}
	resp.Error = resp.Result.Set(ctx, names)
}
