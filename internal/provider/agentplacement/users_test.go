package agentplacement_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

func TestAccAgentPlacement_assignsUsers(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1720)
	acctest.Run(t, d, "INSERT INTO vicidial_users (user, pass, full_name, phone_login) VALUES ('2000', 'x', 'Ann', '9000'), ('2001', 'x', 'Bob', '')")()
	var warnings acctest.Warnings
	acctest.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: warnings.Providers(),
		Steps: []resource.TestStep{
			{ // the plan warns of users with another phone login
				Config: fullConfig(d, `"2000-2001"`, twoServers, aPassword, "assign_users = true"),
				Check: all(
					warnings.Expect(t, `assign_users.*replaces the phone login of these users by their seat: 2000 \(now 9000\)\.$`),
					expect(t, d, users, `
						| user | phone_login |
						| 2000 | 2000        |
						| 2001 | 2001        |`)),
			},
			{ // the warning is not repeated
				PreConfig: warnings.Reset,
				Config:    fullConfig(d, `"2000-2002"`, twoServers, aPassword, "assign_users = true"), Check: warnings.ExpectNone(t),
			},
			{ // users whose seats stay keep their login when they are no longer assigned
				Config: fullConfig(d, `"2000"`, twoServers, aPassword),
				Check: expect(t, d, users, `
					| user | phone_login |
					| 2000 | 2000        |
					| 2001 |             |`),
			},
		},
		CheckDestroy: expect(t, d, users, `
			| user | phone_login |
			| 2000 | 2000        |
			| 2001 |             |`),
	})
}

// MyISAM keeps the rows of a statement that come before the one that fails.
func TestAccAgentPlacement_partialStatementIsUndone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ table, column string }{
		"of the first step, phones": {"phones", "extension"},
		"of the last step, users":   {"vicidial_users", "user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newCluster(t, 1720)
			event := map[string]string{"phones": "INSERT", "vicidial_users": "UPDATE"}[c.table]
			acctest.Run(t, d,
				"INSERT INTO vicidial_users (user, pass, full_name, phone_login) VALUES ('2000', 'x', 'Ann', '9000'), ('2001', 'x', 'Bob', '2001'), ('2002', 'x', 'Cid', '')",
				"CREATE TRIGGER full BEFORE "+event+" ON "+c.table+" FOR EACH ROW IF NEW."+c.column+" = '2002' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'; END IF")()
			acctest.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Providers(),
				Steps: []resource.TestStep{
					{
						Config:      fullConfig(d, `"2000-2002"`, twoServers, aPassword, "assign_users = true"),
						ExpectError: regexp.MustCompile(`(?s)the\s+disk\s+is\s+full.*have\s+been\s+removed\s+again`),
					},
					{
						Config: acctest.Provider(d),
						Check: all(
							expect(t, d, phones, noPhones),
							expect(t, d, aliases, `| alias_id | alias_name | logins_list |`),
							expect(t, d, users, `
								| user | phone_login |
								| 2000 | 9000        |
								| 2001 | 2001        |
								| 2002 |             |`)),
					},
				},
			})
		})
	}
}
