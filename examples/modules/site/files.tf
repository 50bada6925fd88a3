# A machine may have several roles, such as web pages on the database node.
locals {
  roles = {
    database  = [var.site.database]
    telephony = [for node in values(var.site.telephony) : node.address]
    web       = values(var.site.web)
    replica   = var.site.replica[*]
  }
  machines = distinct(flatten(values(local.roles)))
  engines  = { for node in values(var.site.telephony) : node.address => node.engine }
}

resource "vicidial_node_config" "this" {
  name        = var.site.name
  log_archive = var.site.log_archive
  layout      = var.site.layout
  settings = merge(
    { VARasterisk_version = var.site.asterisk_version },
    var.site.settings,
  )

  nodes = {
    for address in local.machines : address => {
      roles       = [for role, addresses in local.roles : role if contains(addresses, address)]
      conf_engine = lookup(local.engines, address, null)
      settings    = lookup(var.site.node_settings, address, null)
    }
  }
}
