variable "conf_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "manager_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

# A telephony node for 60 agents.
resource "vicidial_server" "dial1" {
  server_id                 = "dial1"
  server_ip                 = "10.10.10.11"
  server_description        = "Telephony, rack 2"
  active                    = true
  asterisk_version          = "18.26.4-vici"
  local_gmt                 = "-5.00"
  max_vicidial_trunks       = 250
  outbound_calls_per_second = 20

  # The balance fill places calls of campaigns whose own nodes are full on this node,
  # before nodes of a lower rank, and leaves five lines free.
  balance = {
    active           = true
    rank             = 3
    trunks_offlimits = 5
  }

  conference = {
    engine = "CONFBRIDGE"
    rooms  = 60
  }

  # Write-only: in neither plan nor state nor change log. Raise the version to write a
  # new value.
  conf_secret_wo            = var.conf_secret
  conf_secret_wo_version    = 1
  manager_secret_wo         = var.manager_secret
  manager_secret_wo_version = 1

  # Rows of splits and placements move to other nodes before this one is removed.
  lifecycle {
    create_before_destroy = true
  }
}

# The database machine has a row too, but takes no calls.
resource "vicidial_server" "database" {
  server_id                 = "DB1"
  server_ip                 = "10.10.10.5"
  active                    = true
  active_asterisk_server    = false
  active_agent_login_server = false
  generate_vicidial_conf    = false
  max_vicidial_trunks       = 0
}
