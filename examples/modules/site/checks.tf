# They warn, with every plan and apply, and stop nothing. They wait for what the run
# writes, so that they see the cluster as it is after it. The data sources are outside
# of the checks: one inside would make every plan one with changes.

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
    error_message = "Site ${var.site.name} does not stand the loss of each node:\n${join("\n", data.vicidial_failover_plan.after[*].table)}"
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
    error_message = "Site ${var.site.name} is not well:\n${join("\n", flatten(data.vicidial_cluster_health.after[*].problems))}"
  }
}
