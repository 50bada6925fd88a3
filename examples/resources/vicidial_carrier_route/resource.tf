# The main carrier on two nodes: at most 30 calls at once on each. A call that
# it cannot take goes to the backup.
resource "vicidial_carrier_route" "main" {
  name                = "MAIN"
  carrier_name        = "Example Telecom"
  servers             = [vicidial_server.dial1.server_ip, vicidial_server.dial2.server_ip]
  protocol            = "SIP"
  registration_string = "register => user:{secret:main}@sip.example.com"

  account_entry = <<-EOT
    [main]
    type=peer
    host=sip.example.com
    username=user
    secret={secret:main}
    context=trunkinbound
    qualify=yes
    disallow=all
    allow=ulaw
  EOT

  dial = {
    prefix       = "9"
    pattern      = "1NXXNXXXXXX"
    max_channels = 30
    failover     = [vicidial_carrier_route.backup.name]
  }

  # The addresses to give to the carrier are in inbound_targets.
  inbound = true

  # The second node is a small one.
  per_server = {
    (vicidial_server.dial2.server_ip) = { max_channels = 10 }
  }

  secrets_wo         = { main = var.carrier_password }
  secrets_wo_version = 1
}

# The backup is on every node, also future ones, and accepts calls by address. It
# takes numbers in international form.
resource "vicidial_carrier_route" "backup" {
  name        = "BACKUP"
  all_servers = true
  protocol    = "IAX2"

  account_entry = <<-EOT
    [backup]
    type=peer
    host=iax.example.net
  EOT

  dial = {
    prefix    = "8"
    prepend   = "+"
    timeout   = 60
    caller_id = "+18005550100"
  }
}

# A dialplan that you write yourself.
resource "vicidial_carrier_route" "intercom" {
  name          = "INTERCOM"
  servers       = [vicidial_server.dial1.server_ip]
  protocol      = "SIP"
  account_entry = "[intercom]\ntype=peer\nhost=10.10.30.1\n"

  dialplan_entry = <<-EOT
    exten => _77XX,1,AGI(agi://127.0.0.1:4577/call_log)
    same => n,Dial(SIP/intercom/$${EXTEN},30,tTo)
    same => n,Hangup()
  EOT
}

resource "vicidial_server" "dial1" {
  server_id = "dial1"
  server_ip = "10.10.10.11"
  active    = true
}

resource "vicidial_server" "dial2" {
  server_id = "dial2"
  server_ip = "10.10.10.12"
  active    = true
}

variable "carrier_password" {
  type      = string
  sensitive = true
  ephemeral = true
}
