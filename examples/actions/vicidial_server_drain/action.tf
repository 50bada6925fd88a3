# terraform apply -invoke=action.vicidial_server_drain.dial3
action "vicidial_server_drain" "dial3" {
  config {
    server_ip = vicidial_server.dial3.server_ip
    timeout   = "2h" # a shift ends at noon
  }
}

# What a drain changes is left out, so that no plan puts the server back to work.
resource "vicidial_server" "dial3" {
  server_id           = "dial3"
  server_ip           = "10.10.10.13"
  active              = true
  max_vicidial_trunks = 250
}
