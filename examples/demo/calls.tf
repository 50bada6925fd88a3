# Outbound calls go over one carrier, or over another one if the first cannot take
# them. Inbound calls come over a third carrier, to two numbers.

resource "vicidial_carrier_route" "main" {
  name                = "MAIN"
  carrier_name        = "Example Telecom"
  servers             = [for node in vicidial_server.telephony : node.server_ip]
  protocol            = "SIP"
  registration_string = "register => demo:{secret:main}@sip.example.com"

  account_entry = <<-EOT
    [main]
    type=peer
    host=sip.example.com
    username=demo
    secret={secret:main}
    context=default
    qualify=yes
    disallow=all
    allow=ulaw
  EOT

  # Calls that this carrier cannot take go to the backup.
  dial = {
    prefix       = "9"
    pattern      = "1NXXNXXXXXX"
    max_channels = 100
    failover     = [vicidial_carrier_route.backup.name]
  }

  # A small node has fewer calls at the same time.
  per_server = {
    for id, node in var.nodes : vicidial_server.telephony[id].server_ip => { max_channels = node.trunks } if node.trunks < 100
  }

  secrets_wo         = { main = var.carrier_secret }
  secrets_wo_version = 1
}

# One row for every node, also future ones.
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
    prefix  = "8"
    prepend = "+"
    timeout = 60
  }
}

# Calls come in on any node; the addresses to give to this carrier are in
# inbound_targets.
resource "vicidial_carrier_route" "inbound" {
  name     = "NUMBERS"
  servers  = [for node in vicidial_server.telephony : node.server_ip]
  protocol = "SIP"
  inbound  = true

  account_entry = <<-EOT
    [numbers]
    type=peer
    host=in.example.org
    context=trunkinbound
    insecure=port,invite
  EOT
}

resource "vicidial_inbound_did" "sales" {
  did_pattern     = "8005550100"
  did_description = "Sales line"
  did_route       = "IN_GROUP"
  group_id        = "SALESLINE"
}

# A recorded message.
resource "vicidial_inbound_did" "closed" {
  did_pattern     = "8005550101"
  did_description = "Closed line"
  did_route       = "EXTEN"
  extension       = "8304"
  exten_context   = "default"
}
