# The checks warn with every plan and apply, and stop nothing. depends_on makes the data
# sources show the cluster after the run. They are outside of the check blocks, since
# Terraform reads one that is inside again in each apply, and plans that.

data "vicidial_failover_plan" "after" {
  count = var.site.checks.node_loss && length(var.site.telephony) > 1 ? 1 : 0

  campaigns        = { for name, campaign in var.site.campaigns : name => campaign.lines if campaign.spare > 0 }
  calls_per_second = var.site.checks.calls_per_second
  web_nodes        = values(var.site.web)
  pinned_phones    = false

  depends_on = [vicidial_server.telephony, vicidial_trunk_split.campaign, vicidial_agent_placement.floor, vicidial_cluster_settings.this]
}

check "node_loss" {
  assert {
    condition     = alltrue(data.vicidial_failover_plan.after[*].survivable)
    error_message = "Site ${var.site.name} cannot lose each node:\n${join("\n", data.vicidial_failover_plan.after[*].table)}"
  }
}

data "vicidial_cluster_health" "after" {
  count = var.site.checks.health ? 1 : 0

  check_replica = var.site.checks.replica

  depends_on = [vicidial_server.telephony, vicidial_cluster_settings.this]
}

check "health" {
  assert {
    condition     = alltrue(data.vicidial_cluster_health.after[*].healthy)
    error_message = "Site ${var.site.name} has problems:\n${join("\n", flatten(data.vicidial_cluster_health.after[*].problems))}"
  }
}
