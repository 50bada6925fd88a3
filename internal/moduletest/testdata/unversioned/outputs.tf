output "servers" {
  description = "Addresses of the telephony nodes, by name."
  value       = local.addresses
}

output "allocations" {
  description = "Lines of each campaign on each node."
  value       = { for id, split in vicidial_trunk_split.campaign : id => split.allocations }
}

output "files" {
  description = "What goes onto each node, by address. Passwords are filled in there, by the fill command."
  value = {
    for address, conf in vicidial_node_config.this.astguiclient_conf : address => {
      astguiclient_conf = conf
      crontab           = vicidial_node_config.this.crontab[address]
      fill_command      = lookup(vicidial_node_config.this.fill_command, address, null)
      install_command   = vicidial_node_config.this.install_command[address]
    }
  }
}

output "keepalives" {
  description = "VARactive_keepalives of each node, by address."
  value       = vicidial_node_config.this.keepalives
}

output "inbound_targets" {
  description = "Addresses to give to each carrier that brings calls, by node."
  value = {
    for name, route in merge(vicidial_carrier_route.last, vicidial_carrier_route.first) :
    name => route.inbound_targets if var.site.carriers[name].inbound
  }
}

output "haproxy" {
  description = "Configuration of the load balancer in front of the web nodes; null without one."
  value       = one(vicidial_haproxy_config.web[*].content)
}
