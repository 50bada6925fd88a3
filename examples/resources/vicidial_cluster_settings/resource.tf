# The coordinator, the reporting replica and the weights of the agent login.
resource "vicidial_cluster_settings" "this" {
  active_voicemail_server = vicidial_server.dial1.server_ip
  sounds_web_server       = "10.10.10.31"

  slave_db_server = "10.10.10.6"
  reports_use_slave_db = [
    "Agent Performance Detail",
    "Agent Time Detail",
    "Export Calls Report",
  ]

  # Twice as many agents on the larger node.
  agent_login_weights = {
    (vicidial_server.dial1.server_ip) = 100
    (vicidial_server.dial2.server_ip) = 50
  }

  outbound_calls_per_second = 60
  default_codecs            = "ulaw,alaw"

  default_server_password_wo         = var.server_password
  default_server_password_wo_version = 1
}

variable "server_password" {
  description = "conf_secret of servers that are added in the admin pages."
  type        = string
  sensitive   = true
  ephemeral   = true
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
