# Every telephony node that agents can log in to.
data "vicidial_servers" "telephony" {
  active_asterisk_server    = true
  active_agent_login_server = true
}

# A split over all of them, by the lines that each may have up.
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 300

  servers = {
    for ip, server in data.vicidial_servers.telephony.servers :
    ip => { weight = max(1, server.max_vicidial_trunks) }
  }
}
