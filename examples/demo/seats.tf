# 60 seats, each with a phone on two of the nodes. The agent at seat 2000 types 2000;
# VICIdial chooses one of the two nodes, and the other one if that is down.
resource "vicidial_agent_placement" "floor" {
  name           = "floor"
  seats          = ["2000-2059"]
  nodes_per_seat = 2

  # Nodes get seats in proportion to their rooms.
  servers = {
    for id, node in var.nodes : vicidial_server.telephony[id].server_ip => { suffix = node.suffix, weight = node.seats }
  }

  phone = {
    protocol               = "SIP"
    local_gmt              = "-5.00"
    pass_wo                = var.phone_password
    pass_wo_version        = 1
    conf_secret_wo         = var.phone_secret
    conf_secret_wo_version = 1
  }
}
