package main

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// splitOver is the number of servers of each split.
const splitOver = 4

// cluster declares n servers, and n splits of a campaign each over some of them.
// The maps are locals, since Terraform evaluates a for_each for every instance.
func cluster(n int) fstest.MapFS {
	return configuration(fmt.Sprintf(`
terraform {
  required_providers {
    vicidial = { source = "vicidial/vicidial" }
  }
}

locals {
  servers = { for i in range(%[1]d) : format("dial%%d", i) => format("10.20.%%d.%%d", floor(i / 200), i %% 200 + 1) }
  splits  = { for i in range(%[1]d) : format("C%%d", i) => [for j in range(%[2]d) : format("dial%%d", (i + j) %% %[1]d)] }
}

resource "vicidial_server" "dial" {
  for_each            = local.servers
  server_id           = each.key
  server_ip           = each.value
  active              = true
  max_vicidial_trunks = 200
}

resource "vicidial_trunk_split" "campaign" {
  for_each    = local.splits
  campaign_id = each.key
  total       = 80
  servers     = { for id in each.value : vicidial_server.dial[id].server_ip => { weight = 1 } }
}
`, n, min(n, splitOver)))
}

// builtin declares as many terraform_data objects, which use no provider process
// and no database, as a baseline.
func builtin(n int) fstest.MapFS {
	return configuration(fmt.Sprintf(`
locals {
  servers = { for i in range(%[1]d) : format("dial%%d", i) => format("10.20.%%d.%%d", floor(i / 200), i %% 200 + 1) }
  splits  = { for i in range(%[1]d) : format("C%%d", i) => [for j in range(%[2]d) : format("dial%%d", (i + j) %% %[1]d)] }
}

resource "terraform_data" "dial" {
  for_each = local.servers
  input    = { server_id = each.key, server_ip = each.value, active = true, max_vicidial_trunks = 200 }
}

resource "terraform_data" "campaign" {
  for_each = local.splits
  input    = { campaign_id = each.key, total = 80, servers = { for id in each.value : terraform_data.dial[id].input.server_ip => { weight = 1 } } }
}
`, n, min(n, splitOver)))
}

func configuration(text string) fstest.MapFS {
	return fstest.MapFS{"main.tf": {Data: []byte(text)}}
}

// addCampaigns inserts the campaigns of the splits, with an entry in the change log: that
// of no site is empty.
func addCampaigns(ctx context.Context, database *sandbox.Database, n int) error {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("('C%d', 'Campaign %d', 'Y')", i, i)
	}
	for _, insert := range []string{
		"INSERT INTO vicidial_campaigns (campaign_id, campaign_name, active) VALUES " + strings.Join(values, ", "),
		"INSERT INTO vicidial_admin_log (event_date, user, ip_address, event_section, event_type) VALUES (NOW(), '6666', '10.20.0.100', 'CAMPAIGNS', 'ADD')",
	} {
		if _, err := database.DB().ExecContext(ctx, insert); err != nil {
			return err
		}
	}
	return nil
}
