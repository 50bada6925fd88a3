package nginx

import (
	crossplane "github.com/nginxinc/nginx-go-crossplane"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// Lint checks the names, contexts and numbers of arguments of the directives for
// the target version without nginx. There are tables for 1.24, 1.26 and one later
// version; other targets use that of their branch.
func Lint(text []byte, target webtier.Version) error {
	options := parseOptions(text)
	options.ErrorOnUnknownDirectives = true
	switch {
	case target.AtLeast(1, 27, 3):
		options.DirectiveSources = []crossplane.MatchFunc{crossplane.MatchOssLatest}
	case target.AtLeast(1, 25, 1): // the development branch of 1.26
		options.DirectiveSources = []crossplane.MatchFunc{crossplane.MatchOss126}
	default:
		options.DirectiveSources = []crossplane.MatchFunc{crossplane.MatchOss124}
	}
	_, err := parse(options)
	return err
}
