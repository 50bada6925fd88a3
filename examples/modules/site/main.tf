# A whole site from one variable. Use the module once for each cluster, and pass it the
# provider of that cluster.

locals {
  coordinator = coalesce(var.site.coordinator, sort(keys(var.site.telephony))[0])
  addresses   = { for name, server in vicidial_server.telephony : name => server.server_ip }
}

# The database machine has a row in `servers` as well. It takes no calls.
resource "vicidial_server" "database" {
  count = var.site.database_id == "" ? 0 : 1

  server_id                 = var.site.database_id
  server_ip                 = var.site.database
  server_description        = coalesce(var.site.database_description, "Database of ${var.site.name}")
  active                    = true
  active_asterisk_server    = false
  active_agent_login_server = false
  generate_vicidial_conf    = false
  max_vicidial_trunks       = 0
  local_gmt                 = var.site.local_gmt
  conf_secret_wo            = local.secrets.conf_secret
  conf_secret_wo_version    = var.secrets_version
  manager_secret_wo         = local.secrets.manager_secret
  manager_secret_wo_version = var.secrets_version

  lifecycle { create_before_destroy = true }
}

resource "vicidial_server" "telephony" {
  for_each = var.site.telephony

  server_id                 = each.key
  server_ip                 = each.value.address
  server_description        = coalesce(each.value.description, "Telephony node ${each.key} of ${var.site.name}")
  active                    = true
  asterisk_version          = coalesce(each.value.asterisk_version, var.site.asterisk_version)
  local_gmt                 = var.site.local_gmt
  max_vicidial_trunks       = each.value.trunks
  outbound_calls_per_second = each.value.calls_per_second
  external_server_ip        = each.value.external_address
  web_socket_url            = each.value.web_socket_url
  conf_secret_wo            = local.secrets.conf_secret
  conf_secret_wo_version    = var.secrets_version
  manager_secret_wo         = local.secrets.manager_secret
  manager_secret_wo_version = var.secrets_version

  conference = {
    engine = each.value.engine
    rooms  = each.value.rooms
  }

  # Rows that refer to a node move away before the node is removed.
  lifecycle { create_before_destroy = true }
}

# The trunks of a node are the weight of its share.
resource "vicidial_trunk_split" "campaign" {
  for_each = var.site.campaigns

  campaign_id       = each.key
  total             = each.value.lines
  survive_node_loss = each.value.spare
  trunk_restriction = each.value.restriction
  elsewhere         = each.value.elsewhere

  servers = {
    for name in coalesce(each.value.nodes, keys(var.site.telephony)) :
    local.addresses[name] => contains(keys(each.value.trunks), name) ? { trunks = each.value.trunks[name], weight = null } : { trunks = null, weight = var.site.telephony[name].trunks }
  }
}

resource "vicidial_remote_agents" "run" {
  for_each = var.site.remote_agents

  user_start       = each.key
  number_of_lines  = each.value.lines
  server_ip        = local.addresses[each.value.node]
  campaign_id      = each.value.campaign
  conf_exten       = each.value.extension
  closer_campaigns = each.value.in_groups
  status           = each.value.active ? "ACTIVE" : "INACTIVE"
}

resource "vicidial_cluster_settings" "this" {
  active_voicemail_server   = local.addresses[local.coordinator]
  sounds_web_server         = try(values(var.site.web)[0], null)
  slave_db_server           = var.site.replica
  reports_use_slave_db      = var.site.replica == null ? null : var.site.reports
  agent_login_weights       = !var.site.login_weights ? null : { for name, node in var.site.telephony : local.addresses[name] => coalesce(node.login_weight, node.weight, 100) }
  outbound_calls_per_second = var.site.calls_per_second != null ? var.site.calls_per_second : min(1000, sum([for node in values(var.site.telephony) : node.calls_per_second]))
  webphone_url              = var.site.webphone_url
}
