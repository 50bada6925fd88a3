# Works on a real VICIdial database without servers, which VICIDIAL_HOST and its
# kin name. Its campaigns SALES and SURVEY must be there.

provider "vicidial" {}

variables {
  secrets = { conf_secret = "aSecret1", manager_secret = "aSecret2" }
  site = {
    name     = "anchor"
    database = "10.10.10.5"
    replica  = "10.10.10.6"
    web      = { web1 = "10.10.10.31" }
    reports  = ["Agent Time Detail"]
    telephony = {
      dial1 = { address = "10.10.10.11", trunks = 250 }
      dial2 = { address = "10.10.10.12", trunks = 150 }
    }
    campaigns = {
      SALES  = { lines = 120 }
      SURVEY = { lines = 20, spare = 1 }
    }
    carriers = {
      MAIN   = { host = "192.0.2.10", prefix = "9", max_channels = 100, failover = ["BACKUP"], inbound = true }
      BACKUP = { host = "192.0.2.20", prefix = "8" }
    }
    numbers  = { "5550100" = { extension = "8600051", description = "Front desk" } }
    hostname = "agents.example.com"
  }
}

run "planned" {
  command = plan
  assert {
    condition     = output.allocations["SALES"] == tomap({ "10.10.10.11" = 75, "10.10.10.12" = 45 })
    error_message = "The shares are known before anything is written."
  }
  assert {
    condition = output.keepalives == tomap({
      "10.10.10.5" = "579E", "10.10.10.6" = "X", "10.10.10.31" = "X", "10.10.10.11" = "123468C", "10.10.10.12" = "123468C",
    })
    error_message = "The database node has what only one node may have."
  }
}

run "applied" {
  assert {
    condition     = output.allocations["SURVEY"] == tomap({ "10.10.10.11" = 20, "10.10.10.12" = 20 })
    error_message = "Either node holds all of the lines that must survive."
  }
  assert {
    condition     = length(vicidial_cluster_settings.this.agent_login_other_lines) == 0
    error_message = "The text of the weights is ours."
  }
}

run "calls_go_out_and_in" {
  assert {
    condition     = strcontains(vicidial_carrier_route.carrier["MAIN"].dialplan_entry, "route_BACKUP")
    error_message = "The main carrier fails over to the other."
  }
  assert {
    condition     = output.inbound_targets == { MAIN = tomap({ "10.10.10.11" = "10.10.10.11", "10.10.10.12" = "10.10.10.12" }) }
    error_message = "The carrier that brings calls is told every node."
  }
  assert {
    condition     = vicidial_inbound_did.number["5550100"].did_id > 0
    error_message = "The number is there."
  }
  assert {
    condition     = strcontains(output.haproxy, "10.10.10.31")
    error_message = "The balancer knows the web node."
  }
}

run "a_node_joins" {
  variables {
    site = {
      name     = "anchor"
      database = "10.10.10.5"
      replica  = "10.10.10.6"
      web      = { web1 = "10.10.10.31" }
      telephony = {
        dial1 = { address = "10.10.10.11", trunks = 250 }
        dial2 = { address = "10.10.10.12", trunks = 150 }
        dial3 = { address = "10.10.10.13", trunks = 200, engine = "MEETME" }
      }
      campaigns = { SALES = { lines = 120 } }
    }
  }
  assert {
    condition     = output.allocations["SALES"] == tomap({ "10.10.10.11" = 50, "10.10.10.12" = 30, "10.10.10.13" = 40 })
    error_message = "The new node takes its share of the lines."
  }
  assert {
    condition     = output.keepalives["10.10.10.13"] == "123468" && strcontains(output.files["10.10.10.13"].crontab, "AST_conf_update.pl")
    error_message = "A MeetMe node frees its rooms by cron."
  }
}
