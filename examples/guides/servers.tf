resource "vicidial_server" "dial1" {
  server_id           = "dial1"
  server_ip           = "10.10.10.11"
  active              = true
  max_vicidial_trunks = 100
  conference          = { engine = "CONFBRIDGE", rooms = 60 }
}

resource "vicidial_server" "dial2" {
  server_id           = "dial2"
  server_ip           = "10.10.10.12"
  active              = true
  max_vicidial_trunks = 100
  conference          = { engine = "CONFBRIDGE", rooms = 60 }
}

resource "vicidial_server" "dial3" {
  server_id           = "dial3"
  server_ip           = "10.10.10.13"
  active              = true
  max_vicidial_trunks = 100
  conference          = { engine = "CONFBRIDGE", rooms = 60 }
}
