# Ten users, 9000 to 9009, who take calls of a campaign and of an in-group over
# the extension 8300 of a node.
resource "vicidial_remote_agents" "night" {
  user_start       = "9000"
  number_of_lines  = 10
  server_ip        = vicidial_server.dial1.server_ip
  campaign_id      = "SALES"
  conf_exten       = "8300"
  status           = "ACTIVE"
  closer_campaigns = ["SALESLINE"]
}

resource "vicidial_server" "dial1" {
  server_id = "dial1"
  server_ip = "10.10.10.11"
  active    = true
}
