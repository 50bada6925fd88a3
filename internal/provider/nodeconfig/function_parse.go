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
		Summary:             "Parses an astguiclient.conf as VICIdial does",
		MarkdownDescription: "Reads the text of an `astguiclient.conf` and returns its values by key, as VICIdial's own programs read them: blanks and `>` are removed, `#` and `;` begin a comment also inside a value, the text after the last `=` is the value, the last line with a key is used, and a line is for the key that it begins with. Keys that VICIdial does not use are returned, too. The result contains the passwords of the file: use `sensitive()`.",
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
