package rehearse_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/rehearse"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier/webtiertest"
)

func TestRealBinaries(t *testing.T) {
	for _, dialect := range []webtier.Dialect{webtier.HAProxy, webtier.Nginx} {
		process, installed := haproxy.Process(), webtier.Version{Major: 2, Minor: 6}
		if dialect == webtier.Nginx {
			process, installed = nginx.Process(), webtier.Version{Major: 1, Minor: 22}
		}
		t.Run(dialect.String()+" takes every tier that the schema lets through", func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				tier := webtiertest.Draw(t, dialect, process)
				if tier.Target.Compare(installed) > 0 {
					tier.Target = installed
				}
				if err := rehearse.Check(t.Context(), dialect, "", tier); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
	t.Run("a binary that is not there is a different thing from a refusal", func(t *testing.T) {
		err := rehearse.Check(t.Context(), webtier.HAProxy, "/nowhere/haproxy", webtiertest.ATier(webtier.HAProxy, haproxy.Process()))
		if !errors.Is(err, rehearse.ErrNoBinary) {
			t.Fatalf("got %v", err)
		}
	})
}
