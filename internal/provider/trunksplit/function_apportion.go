package trunksplit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Apportion is the function apportion.
type Apportion struct{}

func NewApportion() function.Function { return &Apportion{} }

func (f *Apportion) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "apportion"
}

func (f *Apportion) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Divides a total by weights",
		MarkdownDescription: "Divides a whole number in proportion to weights, as `vicidial_trunk_split` does: by Sainte-Laguë's method, in whole numbers that add up to the total. A larger total takes from no one, and a tie goes to the key that sorts first, so the same arguments always give the same shares.",
		Parameters: []function.Parameter{
			function.Int64Parameter{Name: "total", MarkdownDescription: "The number that is divided, 0 to 1000000."},
			function.MapParameter{Name: "weights", ElementType: types.Int64Type, MarkdownDescription: "Weight of each key, 1 to 1000000."},
		},
		Return: function.MapReturn{ElementType: types.Int64Type},
	}
}

func (f *Apportion) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var total int64
	var weights map[string]int64
	if resp.Error = req.Arguments.Get(ctx, &total, &weights); resp.Error != nil {
		return
	}
	if total < 0 || total > cluster.MaxTotal {
		resp.Error = function.NewArgumentFuncError(0, "the total must lie between 0 and 1000000")
		return
	}
	weightings := make(map[string]cluster.Weighting, len(weights))
	for key, weight := range weights {
		weightings[key] = cluster.Weighting{Weight: int(min(max(weight, 0), cluster.MaxWeight+1))} // values out of range stay out of range
	}
	shares, err := cluster.Apportion(int(total), weightings)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(1, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, map[string]int(shares))
}
