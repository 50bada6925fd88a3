# Three telephony nodes of different size, a database node, and three campaigns
# split over the nodes. calls.tf has carriers and numbers, seats.tf the agents, web.tf
# the proxies. `make demo` applies all of it to a throwaway database, and reads the
# result with look/.

terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}

# The connection comes from the environment: VICIDIAL_HOST, VICIDIAL_PORT,
# VICIDIAL_DATABASE, VICIDIAL_USERNAME, VICIDIAL_PASSWORD.
provider "vicidial" {}

# The database machine has a row in `servers` as well, so that reports and time
# synchronisation know it. It takes no calls.
resource "vicidial_server" "database" {
  server_id                 = "db1"
  server_ip                 = "10.10.20.5"
  server_description        = "Database"
  active                    = true
  active_asterisk_server    = false
  active_agent_login_server = false
  generate_vicidial_conf    = false
  max_vicidial_trunks       = 0
  local_gmt                 = "-5.00"
  conf_secret_wo            = var.conf_secret
  conf_secret_wo_version    = 1
  manager_secret_wo         = var.manager_secret
  manager_secret_wo_version = 1
}

resource "vicidial_server" "telephony" {
  for_each = var.nodes

  server_id                 = each.key
  server_ip                 = each.value.server_ip
  server_description        = "Telephony node ${each.key}"
  active                    = true
  asterisk_version          = "18.26.4-vici"
  local_gmt                 = "-5.00"
  max_vicidial_trunks       = each.value.trunks
  outbound_calls_per_second = each.value.calls_per_second
  conf_secret_wo            = var.conf_secret
  conf_secret_wo_version    = 1
  manager_secret_wo         = var.manager_secret
  manager_secret_wo_version = 1

  balance = {
    active           = true
    rank             = each.value.rank
    trunks_offlimits = 5
  }

  conference = {
    engine = "CONFBRIDGE"
    rooms  = each.value.seats
  }

  # A node leaves every split before its row is removed.
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # Every node takes a share in proportion to its size.
  by_size = {
    for id, node in var.nodes : vicidial_server.telephony[id].server_ip => { weight = node.trunks }
  }
}

# 180 lines, in proportion to the trunks of the nodes.
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 180
  servers     = local.by_size
}

# 60 lines also when a node is lost: VICIdial does not move the share of a dead node,
# so the shares of the others are larger than they need to be.
resource "vicidial_trunk_split" "survey" {
  campaign_id       = "SURVEY"
  total             = 60
  servers           = local.by_size
  survive_node_loss = 1
}

# 40 lines on the two large nodes, and on no other.
resource "vicidial_trunk_split" "winback" {
  campaign_id = "WINBACK"
  total       = 40
  elsewhere   = "block"

  servers = {
    (vicidial_server.telephony["dial1"].server_ip) = {}
    (vicidial_server.telephony["dial2"].server_ip) = { max = 15 }
  }

  # elsewhere = "block" needs all other servers, db1 as well.
  depends_on = [vicidial_server.database]
}
