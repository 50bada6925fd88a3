# The value comes from the environment: TF_VAR_phone_password.
variable "phone_password" {
  type      = string
  ephemeral = true
}

resource "vicidial_agent_placement" "floor" {
  name           = "floor"
  seats          = ["2000-2059"]
  nodes_per_seat = 2

  servers = {
    (vicidial_server.dial1.server_ip) = { suffix = "a" }
    (vicidial_server.dial2.server_ip) = { suffix = "b" }
    (vicidial_server.dial3.server_ip) = { suffix = "c" }
  }

  phone = {
    pass_wo         = var.phone_password
    pass_wo_version = 1
  }
}

resource "vicidial_trunk_split" "sales" {
  campaign_id       = "SALES"
  total             = 120
  survive_node_loss = 1

  servers = {
    (vicidial_server.dial1.server_ip) = {}
    (vicidial_server.dial2.server_ip) = {}
    (vicidial_server.dial3.server_ip) = {}
  }
}

data "vicidial_failover_plan" "loss" {
  campaigns = {
    (vicidial_trunk_split.sales.campaign_id) = vicidial_trunk_split.sales.total
  }

  depends_on = [vicidial_agent_placement.floor]
}

output "loss_of_a_node" {
  value = data.vicidial_failover_plan.loss.table
}
