locals {
  splits = [vicidial_trunk_split.sales, vicidial_trunk_split.survey, vicidial_trunk_split.winback]
}

output "allocations" {
  description = "Lines of each campaign on each node."
  value       = { for split in local.splits : split.campaign_id => split.allocations }
}

output "unreserved" {
  description = "Lines of each node that no campaign has reserved."
  value = {
    for id, node in var.nodes : id => node.trunks - sum([for split in local.splits : lookup(split.allocations, node.server_ip, 0)])
  }
}

output "seats" {
  description = "Seats with a phone on each node."
  value       = vicidial_agent_placement.floor.seats_per_server
}

output "give_to_carrier" {
  description = "Where the carrier of the inbound numbers delivers calls."
  value       = vicidial_carrier_route.inbound.inbound_targets
}
