resource "vicidial_agent_placement" "floor" {
  name           = "floor"
  seats          = ["2000-2059"]
  nodes_per_seat = 2

  servers = {
    (vicidial_server.dial1.server_ip) = { suffix = "a", weight = 2 }
    (vicidial_server.dial2.server_ip) = { suffix = "b" }
    (vicidial_server.dial3.server_ip) = { suffix = "c", capacity = 20 }
  }

  phone = {
    pass_wo         = var.phone_password
    pass_wo_version = 1
  }
}
