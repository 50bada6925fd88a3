# Forty telephony nodes behind nginx, 2,500 seats on five floors.

locals {
  nodes = { for i in range(1, 41) : "dial${i}" => "10.50.${i <= 20 ? 10 : 11}.${100 + i}" }
}

module "site" {
  source  = "../.."
  secrets = var.secrets

  site = {
    name      = "tower"
    database  = "10.50.10.5"
    replica   = "10.50.10.6"
    reports   = ["Agent Time Detail"]
    web       = { for i in range(1, 9) : "web${i}" => "10.50.10.${30 + i}" }
    telephony = { for name, address in local.nodes : name => { address = address, trunks = 250 } }

    campaigns = {
      SALES  = { lines = 5000, spare = 1 }
      SURVEY = { lines = 1000, spare = 1 }
    }

    # Each floor is on eight nodes, so that the loss of a node affects one floor.
    floors = {
      for i in range(1, 6) : "floor${i}" => {
        seats = ["${i}0000-${i}0499"]
        nodes = [for j in range(1, 9) : "dial${8 * (i - 1) + j}"]
      }
    }

    carriers = {
      for name, carrier in {
        EAST  = { host = "192.0.2.10", prefix = "9", failover = ["WEST", "NORTH"] }
        WEST  = { host = "192.0.2.20", prefix = "8", failover = ["EAST", "NORTH"] }
        NORTH = { host = "192.0.2.30", prefix = "7", failover = [] }
      } : name => merge(carrier, { inbound = true, max_channels = 100 })
    }

    number_blocks = {
      sales = { dids = ["8005550000-8005552999"], group_id = "SALESLINE" }
    }

    hostname        = "agents.example.com"
    proxy           = "nginx"
    certificate     = "/etc/nginx/tls/agents.pem"
    certificate_key = "/etc/nginx/tls/agents.key"
    admin_sources   = ["10.50.0.0/16"]
  }
}

output "site" {
  value = module.site
}
