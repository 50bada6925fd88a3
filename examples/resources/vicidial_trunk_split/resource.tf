# 300 lines over three nodes: twice as many on the first as on the second, at
# most 80 there, and exactly 40 on the third.
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 300

  servers = {
    (vicidial_server.dial1.server_ip) = { weight = 2 }
    (vicidial_server.dial2.server_ip) = { weight = 1, max = 80 }
    (vicidial_server.dial3.server_ip) = { trunks = 40 }
  }
}

# 60 lines that remain when any one of three nodes is lost. The campaign dials on no
# other node.
resource "vicidial_trunk_split" "survey" {
  campaign_id       = "SURVEY"
  total             = 60
  survive_node_loss = 1
  elsewhere         = "block"

  servers = {
    (vicidial_server.dial1.server_ip) = {}
    (vicidial_server.dial2.server_ip) = {}
    (vicidial_server.dial3.server_ip) = {}
  }
}

resource "vicidial_server" "dial1" {
  server_id           = "dial1"
  server_ip           = "10.10.10.11"
  active              = true
  max_vicidial_trunks = 250
}

resource "vicidial_server" "dial2" {
  server_id           = "dial2"
  server_ip           = "10.10.10.12"
  active              = true
  max_vicidial_trunks = 150
}

resource "vicidial_server" "dial3" {
  server_id           = "dial3"
  server_ip           = "10.10.10.13"
  active              = true
  max_vicidial_trunks = 80
}
