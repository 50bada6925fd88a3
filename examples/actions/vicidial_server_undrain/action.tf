# terraform apply -invoke=action.vicidial_server_undrain.dial3
action "vicidial_server_undrain" "dial3" {
  config {
    server_ip     = vicidial_server.dial3.server_ip
    balance       = true
    remote_agents = ["9001", "9101"]
  }
}

resource "vicidial_server" "dial3" {
  server_id           = "dial3"
  server_ip           = "10.10.10.13"
  active              = true
  max_vicidial_trunks = 250
}
