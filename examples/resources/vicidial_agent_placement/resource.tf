# 150 seats over three nodes, each with a phone on two of them: any node may be
# lost. The first node is twice as large, but takes 120 seats at most.
resource "vicidial_agent_placement" "floor1" {
  name           = "floor1"
  seats          = ["2000-2148", "2200"]
  nodes_per_seat = 2

  servers = {
    (vicidial_server.dial1.server_ip) = { suffix = "a", weight = 2, capacity = 120 }
    (vicidial_server.dial2.server_ip) = { suffix = "b" }
    (vicidial_server.dial3.server_ip) = { suffix = "c" }
  }

  phone = {
    protocol               = "PJSIP"
    outbound_cid           = "3125550100"
    pass_wo                = var.phone_password
    pass_wo_version        = 1
    conf_secret_wo         = var.registration_password
    conf_secret_wo_version = 1
  }

  # The supervisors' seats show another number.
  seat_overrides = {
    "2140-2148" = { outbound_cid = "3125550199" }
  }

  # User 2000 logs in on seat 2000, and so on.
  assign_users = true
}

output "seats_per_node" {
  value = vicidial_agent_placement.floor1.seats_per_server
}

# A floor as VICIdial's bulk page makes it, pinned to one node per seat.
resource "vicidial_agent_placement" "floor2" {
  name           = "floor2"
  seats          = ["3000-3059"]
  nodes_per_seat = 1

  naming = {
    dialplan_number = "{index?}{seat}"
    alias_id        = "{seat}z"
    alias_name      = "{seat}"
    fullname        = "ext {seat}"
  }

  servers = {
    (vicidial_server.dial2.server_ip) = { suffix = "a" }
    (vicidial_server.dial3.server_ip) = { suffix = "b" }
  }

  phone = {
    protocol        = "SIP"
    pass_wo         = var.phone_password
    pass_wo_version = 1
  }
}

resource "vicidial_server" "dial1" {
  server_id  = "dial1"
  server_ip  = "10.10.10.11"
  active     = true
  conference = { engine = "CONFBRIDGE", rooms = 150 }
}

resource "vicidial_server" "dial2" {
  server_id  = "dial2"
  server_ip  = "10.10.10.12"
  active     = true
  conference = { engine = "CONFBRIDGE", rooms = 150 }
}

resource "vicidial_server" "dial3" {
  server_id  = "dial3"
  server_ip  = "10.10.10.13"
  active     = true
  conference = { engine = "CONFBRIDGE", rooms = 150 }
}

variable "phone_password" {
  type      = string
  ephemeral = true
}

variable "registration_password" {
  type      = string
  ephemeral = true
}
