output "servers" {
  description = "Addresses of the telephony nodes, by name."
  value       = local.addresses
}

output "allocations" {
  description = "Lines of each campaign on each node."
  value       = { for id, split in vicidial_trunk_split.campaign : id => split.allocations }
}

output "seats" {
  description = "The nodes of the seats of each floor: ranges of seats with the suffixes of their nodes, and the number of seats of each node."
  value = {
    for name, floor in vicidial_agent_placement.floor : name => {
      assignments      = floor.assignments
      seats_per_server = floor.seats_per_server
    }
  }
}

output "files" {
  description = "The files of each node, by address: astguiclient.conf and crontab, the commands that fill in passwords and install VICIdial, and all of that as cloud-init user data."
  value = {
    for address, conf in vicidial_node_config.this.astguiclient_conf : address => {
      astguiclient_conf = conf
      crontab           = vicidial_node_config.this.crontab[address]
      fill_command      = lookup(vicidial_node_config.this.fill_command, address, null)
      install_command   = vicidial_node_config.this.install_command[address]
      user_data         = lookup(vicidial_node_config.this.user_data, address, null)
    }
  }
}

output "keepalives" {
  description = "VARactive_keepalives of each node, by address."
  value       = vicidial_node_config.this.keepalives
}

output "inbound_targets" {
  description = "Addresses to give to each carrier that sends calls, by node."
  value = {
    for name, route in vicidial_carrier_route.carrier :
    name => route.inbound_targets if var.site.carriers[name].inbound
  }
}

output "haproxy" {
  description = "Configuration of the only HAProxy; null if there is none, or several."
  value       = try(vicidial_haproxy_config.web["proxy"].content, null)
}

output "proxies" {
  description = "The configuration of each proxy and of its keepalived, by name (proxy if the site names none), and that of Apache on the web nodes."
  value = {
    for name, config in merge(vicidial_haproxy_config.web, vicidial_nginx_config.web) : name => {
      content            = config.content
      keepalived_snippet = config.keepalived_snippet
      apache_snippet     = config.apache_snippet
    }
  }
}
