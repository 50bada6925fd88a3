resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 150
  servers = {
    (vicidial_server.dial1.server_ip) = {}
    (vicidial_server.dial2.server_ip) = {}
    (vicidial_server.dial3.server_ip) = {}
  }
}
