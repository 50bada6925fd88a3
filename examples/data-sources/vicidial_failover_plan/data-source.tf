data "vicidial_failover_plan" "declared" {
  campaigns = {
    (vicidial_trunk_split.sales.campaign_id) = vicidial_trunk_split.sales.total
  }
  calls_per_second = 20
}

# Warns when the loss of any one node would cost seats or lines.
check "survives_the_loss_of_a_node" {
  assert {
    condition = data.vicidial_failover_plan.declared.survivable
    error_message = join("\n", [
      for loss in data.vicidial_failover_plan.declared.losses :
      "${join(", ", loss.lost)}: ${join(" ", loss.reasons)}" if !loss.survivable
    ])
  }
}

# What would happen if a node, or any two, died now.
data "vicidial_failover_plan" "now" {
  live         = true
  lost_at_once = 2
}

output "if_a_node_died_now" {
  value = data.vicidial_failover_plan.now.table
}

resource "vicidial_trunk_split" "sales" {
  campaign_id       = "SALES"
  total             = 120
  survive_node_loss = 1

  servers = {
    "10.10.10.11" = {}
    "10.10.10.12" = {}
    "10.10.10.13" = {}
  }
}
