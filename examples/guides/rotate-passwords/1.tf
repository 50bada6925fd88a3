resource "vicidial_agent_placement" "floor" {
  name  = "floor"
  seats = ["2000-2059"]

  servers = {
    (vicidial_server.dial1.server_ip) = { suffix = "a" }
    (vicidial_server.dial2.server_ip) = { suffix = "b" }
  }

  phone = {
    pass_wo         = var.phone_password
    pass_wo_version = 1
  }
}

resource "vicidial_carrier_route" "main" {
  name     = "MAIN"
  servers  = [vicidial_server.dial1.server_ip, vicidial_server.dial2.server_ip]
  protocol = "SIP"

  account_entry = <<-EOT
    [main]
    type=peer
    host=sip.example.com
    username=acme
    secret={secret:main}
  EOT

  dial = {
    prefix  = "9"
    pattern = "1NXXNXXXXXX"
  }

  secrets_wo         = { main = var.carrier_password }
  secrets_wo_version = 1
}
