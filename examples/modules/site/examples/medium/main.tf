# Twelve telephony nodes: two floors of hard phones and one of web phones, four
# carriers that fail over to each other, numbers in bulk, a reporting replica and
# two proxies with a shared address.

module "site" {
  source  = "../.."
  secrets = var.secrets

  site = {
    name     = "harbour"
    database = "10.40.10.5"
    replica  = "10.40.10.6"
    reports  = ["Agent Time Detail", "Export Calls Report"]
    web      = { web1 = "10.40.10.31", web2 = "10.40.10.32", web3 = "10.40.10.33" }

    telephony = {
      for i in range(1, 13) : "dial${i}" => {
        address        = "10.40.10.${100 + i}"
        trunks         = i <= 8 ? 250 : 150
        weight         = i <= 8 ? 100 : 60
        web_socket_url = "wss://phones.example.com/ws/dial${i}"
      }
    }

    campaigns = {
      SALES  = { lines = 1200, spare = 1 }
      SURVEY = { lines = 200, nodes = ["dial9", "dial10", "dial11", "dial12"] }
    }

    floors = {
      north = { seats = ["2000-2299"], outbound_cid = "3125550100", overrides = { "2000-2009" = { outbound_cid = "3125550199" } } }
      south = { seats = ["3000-3249"], protocol = "PJSIP" }
      home  = { seats = ["4000-4099"], web_phones = true, template = "webrtc", assign_users = true }
    }

    templates = {
      webrtc = { contents = "type=friend\nhost=dynamic\ncontext=default\ntransport=wss\nencryption=yes\navpf=yes\nicesupport=yes\ndtlsenable=yes\ndtlsverify=no\ndtlssetup=actpass\nrtcp_mux=yes\n" }
    }

    carriers = {
      EAST = {
        host     = "sip.east.example.com"
        username = "account4711"
        register = true
        prefix   = "9"
        pattern  = "1NXXNXXXXXX"
        numbers  = [{ prefix = "944", prepend = "+" }]
        failover = ["WEST"]
        inbound  = true

        max_channels = 120
        per_node     = { dial12 = { max_channels = 40 } }
      }
      WEST  = { host = "sip.west.example.com", protocol = "PJSIP", username = "harbour", register = true, prefix = "8", failover = ["EAST"] }
      TRUNK = { host = "192.0.2.30", prefix = "7", inbound = true }
      WORLD = { host = "192.0.2.40", prefix = "6011", strip = 1, prepend = "+", max_channels = 20 }
    }

    number_blocks = {
      sales   = { dids = ["8005550100-8005550199"], group_id = "SALESLINE", carrier = "East", overrides = { "8005550199" = { did_active = "false" } } }
      support = { dids = ["8005550200-8005550219", "8005550300"], group_id = "SUPPORT" }
    }
    numbers = { "3125550100" = { extension = "8600051", description = "Front desk" } }

    remote_agents = { "9000" = { node = "dial1", campaign = "SALES", extension = "8300", lines = 10, in_groups = ["SALESLINE"] } }

    hostname       = "agents.example.com"
    certificate    = "/etc/haproxy/agents.pem"
    admin_sources  = ["10.40.0.0/16"]
    proxies        = { proxy1 = "10.40.10.21", proxy2 = "10.40.10.22" }
    shared_address = { address = "10.40.10.20", interface = "eth0", router_id = 40 }
    webphone_url   = "https://phones.example.com/index.php"
    local_gmt      = "-6.00"
    layout         = "almalinux"
    checks         = { calls_per_second = 100 }
  }
}

output "site" {
  value = module.site
}
