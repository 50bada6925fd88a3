resource "vicidial_server" "telephony" {
  for_each = local.nodes

  server_id           = each.key
  server_ip           = each.value.server_ip
  active              = true
  max_vicidial_trunks = each.value.trunks
  conference          = { engine = "CONFBRIDGE", rooms = each.value.rooms }

  lifecycle {
    create_before_destroy = true
  }
}

resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 180
  servers = {
    for id, node in local.nodes : vicidial_server.telephony[id].server_ip => { weight = node.trunks }
  }
}

resource "vicidial_agent_placement" "floor" {
  name           = "floor"
  seats          = ["2000-2059"]
  nodes_per_seat = 2
  servers = {
    for id, node in local.nodes : vicidial_server.telephony[id].server_ip => { suffix = node.suffix, weight = node.rooms }
  }

  phone = {
    pass_wo         = var.phone_password
    pass_wo_version = 1
  }
}

# The value comes from the environment: TF_VAR_phone_password.
variable "phone_password" {
  type      = string
  ephemeral = true
}
