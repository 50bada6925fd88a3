package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

const secrets = "SELECT conf_secret, ASTmgrSECRET FROM servers"

// checkNoSecrets checks that no secret is in state or in the change log.
func checkNoSecrets(t *testing.T, d *sandbox.Database, secrets ...string) resource.TestCheckFunc {
	t.Helper()
	return func(state *terraform.State) error {
		t.Helper()
		text, err := json.Marshal(state)
		if err != nil {
			return err
		}
		log := d.Table(t.Context(), "SELECT event_sql, event_notes FROM vicidial_admin_log")
		for _, secret := range secrets {
			if strings.Contains(string(text), secret) {
				t.Errorf("the state tells %s", secret)
			}
			if strings.Contains(log, secret) {
				t.Errorf("the admin change log tells %s", secret)
			}
		}
		if !strings.Contains(log, "****") {
			t.Errorf("the admin change log hides nothing:\n%s", log)
		}
		return nil
	}
}

func TestAccServer_secrets(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	config := func(secret, manager string, version int) string {
		return serverConfig(d, fmt.Sprintf("conf_secret_wo = %q", secret), fmt.Sprintf("conf_secret_wo_version = %d", version),
			fmt.Sprintf("manager_secret_wo = %q", manager), "manager_secret_wo_version = 1")
	}
	nothing := []statecheck.StateCheck{
		statecheck.ExpectKnownValue(dial1, tfjsonpath.New("conf_secret_wo"), knownvalue.Null()),
		statecheck.ExpectKnownValue(dial1, tfjsonpath.New("manager_secret_wo"), knownvalue.Null()),
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{
				Config: config("first-S3cret", "ami-S3cret", 1),
				Check: resource.ComposeTestCheckFunc(checkNoSecrets(t, d, "first-S3cret", "ami-S3cret"), acctest.Expect(t, d, secrets, `
					| conf_secret  | ASTmgrSECRET |
					| first-S3cret | ami-S3cret   |`)),
				ConfigStateChecks: nothing,
			},
			{ // a changed secret without a new version is not written
				Config: config("second-S3cret", "ami-S3cret", 1), ConfigPlanChecks: emptyPlan(),
			},
			{ // rotation: the version changes, the secret is written and all peers are flagged
				PreConfig:        acctest.Run(t, d, "UPDATE servers SET ASTmgrSECRET = 'by-hand', rebuild_conf_files = 'N'"),
				Config:           config("second-S3cret", "ami-S3cret", 2),
				ConfigPlanChecks: preApply(acctest.Changes(dial1, "conf_secret_wo_version")),
				Check: resource.ComposeTestCheckFunc(checkNoSecrets(t, d, "second-S3cret", "ami-S3cret"), acctest.Expect(t, d, "SELECT conf_secret, ASTmgrSECRET, rebuild_conf_files FROM servers", `
					| conf_secret   | ASTmgrSECRET | rebuild_conf_files |
					| second-S3cret | by-hand      | Y                  |`)),
				ConfigStateChecks: nothing,
			},
			{ // no longer declared: the database keeps its secret
				Config:           serverConfig(d),
				ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(dial1, plancheck.ResourceActionUpdate)),
				Check: acctest.Expect(t, d, "SELECT conf_secret FROM servers", `
					| conf_secret   |
					| second-S3cret |`),
			},
			{ // longer than the column
				Config: config(strings.Repeat("x", 101), "ami-S3cret", 3), PlanOnly: true,
				ExpectError: errorText("conf_secret_wo string length must be between 1 and 100, got: 101"),
			},
			{Config: serverConfig(d)},
		},
	})
}

// An old schema has shorter columns for secrets: refused at plan time, not cut.
func TestAccServer_secretOnAnOldSchema(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1606)
	config := func(secret string) string {
		return serverConfig(d, fmt.Sprintf("conf_secret_wo = %q", secret), "conf_secret_wo_version = 1")
	}
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Providers(),
		Steps: []resource.TestStep{
			{Config: config(strings.Repeat("x", 21)), PlanOnly: true, ExpectError: errorText("servers.conf_secret of this database holds 20 characters, these are 21")},
			{Config: config(strings.Repeat("x", 20)), Check: acctest.Expect(t, d, "SELECT conf_secret FROM servers", `
				| conf_secret          |
				| xxxxxxxxxxxxxxxxxxxx |`)},
		},
	})
}
