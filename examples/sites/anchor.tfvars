# Three telephony nodes, a replica and two web nodes behind HAProxy.

connection = { host = "10.10.10.5" }

site = {
  name     = "anchor"
  database = "10.10.10.5"
  replica  = "10.10.10.6"
  reports  = ["Agent Time Detail", "Export Calls Report"]
  web      = { web1 = "10.10.10.31", web2 = "10.10.10.32" }

  telephony = {
    dial1 = { address = "10.10.10.11", trunks = 250 }
    dial2 = { address = "10.10.10.12", trunks = 250 }
    dial3 = { address = "10.10.10.13", trunks = 250, weight = 50 }
  }

  campaigns = {
    SALES  = { lines = 300, spare = 1 }
    SURVEY = { lines = 40, nodes = ["dial2"] }
  }

  floors = { main = { seats = ["2000-2049"], outbound_cid = "3125550100" } }

  carriers = {
    MAIN   = { host = "sip.example.com", username = "account4711", register = true, prefix = "9", max_channels = 150, failover = ["BACKUP"], inbound = true }
    BACKUP = { host = "192.0.2.20", prefix = "8", failover = ["MAIN"] }
  }

  numbers       = { "5550100" = { extension = "8600051", description = "Front desk" } }
  number_blocks = { sales = { dids = ["8005550100-8005550199"], group_id = "SALESLINE" } }

  hostname      = "agents.example.com"
  certificate   = "/etc/haproxy/agents.pem"
  admin_sources = ["10.10.0.0/16"]
}
