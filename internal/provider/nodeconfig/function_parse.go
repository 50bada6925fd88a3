package nodeconfig

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

// Parse is the function parse_astguiclient_conf.
type Parse struct{}

func NewParse() function.Function { return Parse{} }

func (Parse) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_astguiclient_conf"
}

func (Parse) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Values of an astguiclient.conf, as VICIdial reads them",
		MarkdownDescription: "Reads the text of an `astguiclient.conf` and returns its values by key, as VICIdial's own programs see them: blanks and `>` go, `#` and `;` begin a comment even inside a value, what follows the last `=` counts, the last line about a key wins, and a line is taken for the key that it begins with. Keys that VICIdial does not know are returned as well. The result holds the passwords of the file: wrap it in `sensitive()`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "text", MarkdownDescription: "Text of the file, such as `file(\"astguiclient.conf\")`."},
		},
		Return: function.MapReturn{ElementType: types.StringType},
	}
}

func (Parse) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	resp.Error = req.Arguments.Get(ctx, &text)
	if resp.Error == nil {
		resp.Error = resp.Result.Set(ctx, astguiclient.Parse(text))
	}
}
