package clustersettings_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// A create writes the container and its log entry, the row and its log entry, and
// the flags: five statements.
func TestAccClusterSettings_resumesAfterLostConnection(t *testing.T) {
	const (
		owned = `active_voicemail_server = "10.0.0.2"
  outbound_calls_per_second = 60
  agent_login_weights = { "10.0.0.1" = 100, "10.0.0.2" = 50 }`
		look = "SELECT active_voicemail_server, outbound_calls_per_second AS cps, (SELECT COUNT(*) FROM vicidial_settings_containers) AS containers, (SELECT COUNT(*) FROM servers WHERE rebuild_conf_files = 'Y') AS flagged FROM system_settings"
	)
	for i, name := range []string{"unanswered", "unsent", "unanswered", "unsent", "unanswered"} {
		write, cut := i+1, map[string]sandbox.Cut{"unsent": sandbox.WriteUnsent, "unanswered": sandbox.WriteUnanswered}[name]
		t.Run(fmt.Sprintf("write %d is %s", write, name), func(t *testing.T) {
			t.Parallel()
			d := newCluster(t, 1720)
			proxy := sandbox.NewProxy(t, d.Server())
			through := strings.Replace(declare(d, owned), fmt.Sprintf("port = %d", d.Port), fmt.Sprintf("port = %d", proxy.Port()), 1)
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{
						PreConfig:   func() { proxy.CutAt(write, cut, true) },
						Config:      through,
						ExpectError: errorText("Unable to create cluster settings"),
					},
					{
						PreConfig: proxy.Restore,
						Config:    through,
						Check: acctest.Expect(t, d, look, `
								| active_voicemail_server | cps | containers | flagged |
								| 10.0.0.2                |  60 |          1 |       2 |`),
					},
					{Config: through, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
				},
				// The values from before the interrupted create are restored.
				CheckDestroy: acctest.Expect(t, d, look, `
						| active_voicemail_server | cps | containers | flagged |
						| 10.0.0.1                |  10 |          0 |       2 |`),
			})
			if proxy.Cuts() != 1 {
				t.Errorf("%d cuts came, wanted 1", proxy.Cuts())
			}
		})
	}
}

func TestAccClusterSettings_updateResumes(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	proxy := sandbox.NewProxy(t, d.Server())
	through := func(lines ...string) string {
		return strings.Replace(declare(d, lines...), fmt.Sprintf("port = %d", d.Port), fmt.Sprintf("port = %d", proxy.Port()), 1)
	}
	wanted := []string{`active_voicemail_server = "10.0.0.2"`, `agent_login_weights = { "10.0.0.1" = 1, "10.0.0.2" = 1 }`}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: through(`outbound_calls_per_second = 60`)},
			{ // the container was written, the row was not
				PreConfig:   func() { proxy.CutAt(3, sandbox.WriteUnsent, true) },
				Config:      through(wanted...),
				ExpectError: errorText("Unable to update cluster settings"),
			},
			{PreConfig: proxy.Restore, Config: through(wanted...)},
			{Config: through(wanted...), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		},
		CheckDestroy: acctest.Expect(t, d, choices, `
			| active_voicemail_server | sounds_web_server | slave_db_server | cps | cross_exten | default_codecs |
			| 10.0.0.1                | 10.0.2.1          |                 |  10 | 0           |                |`),
	})
}
