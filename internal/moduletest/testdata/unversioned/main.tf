# A whole site from one variable. Use it once for each cluster; the provider
# that is handed to it says which one that is.

terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1"
    }
  }
}

locals {
  coordinator = coalesce(var.site.coordinator, sort(keys(var.site.telephony))[0])
  addresses   = { for name, server in vicidial_server.telephony : name => server.server_ip }
}

# The database machine has a row in `servers` as well. It takes no calls.
resource "vicidial_server" "database" {
  server_id                 = "db1"
  server_ip                 = var.site.database
  server_description        = "Database of ${var.site.name}"
  active                    = true
  active_asterisk_server    = false
  active_agent_login_server = false
  generate_vicidial_conf    = false
  max_vicidial_trunks       = 0
  local_gmt                 = var.site.local_gmt
  conf_secret_wo            = var.secrets.conf_secret
  conf_secret_wo_version    = var.secrets_version
  manager_secret_wo         = var.secrets.manager_secret
  manager_secret_wo_version = var.secrets_version

  lifecycle { create_before_destroy = true }
}

resource "vicidial_server" "telephony" {
  for_each = var.site.telephony

  server_id                 = each.key
  server_ip                 = each.value.address
  server_description        = "Telephony node ${each.key} of ${var.site.name}"
  active                    = true
  asterisk_version          = var.site.asterisk_version
  local_gmt                 = var.site.local_gmt
  max_vicidial_trunks       = each.value.trunks
  outbound_calls_per_second = each.value.calls_per_second
  conf_secret_wo            = var.secrets.conf_secret
  conf_secret_wo_version    = var.secrets_version
  manager_secret_wo         = var.secrets.manager_secret
  manager_secret_wo_version = var.secrets_version

  conference = {
    engine = each.value.engine
    rooms  = each.value.rooms
  }

  # What refers to a node leaves it before it goes.
  lifecycle { create_before_destroy = true }
}

# Lines go to nodes by the trunks that those have.
resource "vicidial_trunk_split" "campaign" {
  for_each = var.site.campaigns

  campaign_id       = each.key
  total             = each.value.lines
  survive_node_loss = each.value.spare

  servers = {
    for name in coalesce(each.value.nodes, keys(var.site.telephony)) :
    local.addresses[name] => { weight = var.site.telephony[name].trunks }
  }
}

locals {
  accounts = {
    for name, carrier in var.site.carriers : name => join("\n", concat(
      ["[${lower(name)}]", "type=peer", "host=${carrier.host}", "qualify=yes", "disallow=all", "allow=ulaw,alaw", "dtmfmode=rfc2833"],
      carrier.inbound ? ["context=trunkinbound", "insecure=port,invite"] : [],
    ))
  }
}

# Carriers that others fail over to come first: a failover must be there.
resource "vicidial_carrier_route" "last" {
  for_each = { for name, carrier in var.site.carriers : name => carrier if length(carrier.failover) == 0 }

  name          = each.key
  protocol      = "SIP"
  servers       = values(local.addresses)
  account_entry = local.accounts[each.key]
  inbound       = each.value.inbound
  dial = {
    prefix       = each.value.prefix
    max_channels = each.value.max_channels
  }
}

resource "vicidial_carrier_route" "first" {
  for_each = { for name, carrier in var.site.carriers : name => carrier if length(carrier.failover) > 0 }

  name          = each.key
  protocol      = "SIP"
  servers       = values(local.addresses)
  account_entry = local.accounts[each.key]
  inbound       = each.value.inbound
  dial = {
    prefix       = each.value.prefix
    max_channels = each.value.max_channels
    failover     = [for name in each.value.failover : vicidial_carrier_route.last[name].name]
  }
}

resource "vicidial_inbound_did" "number" {
  for_each = var.site.numbers

  did_pattern     = each.key
  did_description = each.value.description
  did_active      = true
  did_route       = each.value.group_id == null ? "EXTEN" : "IN_GROUP"
  group_id        = each.value.group_id
  extension       = each.value.extension
}

resource "vicidial_haproxy_config" "web" {
  count = var.site.hostname == null ? 0 : 1

  name              = lower(var.site.name)
  hostname          = var.site.hostname
  nodes             = { for name, address in var.site.web : name => { address = address } }
  tls               = var.site.certificate == null ? null : { certificate_file = var.site.certificate }
  admin_sources     = var.site.admin_sources
  cluster_addresses = values(local.addresses)
}

resource "vicidial_cluster_settings" "this" {
  active_voicemail_server   = local.addresses[local.coordinator]
  sounds_web_server         = try(values(var.site.web)[0], null)
  slave_db_server           = var.site.replica
  reports_use_slave_db      = var.site.replica == null ? null : var.site.reports
  agent_login_weights       = { for name, node in var.site.telephony : local.addresses[name] => node.weight }
  outbound_calls_per_second = min(1000, sum([for node in values(var.site.telephony) : node.calls_per_second]))
}

# A machine may have several roles, such as web pages on the database node.
locals {
  roles = {
    database  = [vicidial_server.database.server_ip]
    telephony = values(local.addresses)
    web       = values(var.site.web)
    replica   = var.site.replica[*]
  }
  engines = { for name, node in var.site.telephony : local.addresses[name] => node.engine }
}

resource "vicidial_node_config" "this" {
  name        = var.site.name
  log_archive = var.site.log_archive
  settings = merge(
    { VARasterisk_version = var.site.asterisk_version },
    var.site.settings,
  )

  nodes = {
    for address in distinct(flatten(values(local.roles))) : address => {
      roles       = [for role, addresses in local.roles : role if contains(addresses, address)]
      conf_engine = lookup(local.engines, address, null)
    }
  }
}
