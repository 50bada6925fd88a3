# Needs a real VICIdial database without servers, with the campaigns SALES and SURVEY,
# the in-group SALESLINE and the user 9000. VICIDIAL_HOST, VICIDIAL_USERNAME and
# VICIDIAL_PASSWORD configure the connection.

provider "vicidial" {}

variables {
  secrets = {
    conf_secret           = "aSecret1"
    manager_secret        = "aSecret2"
    phone_password        = "aSecret3"
    registration_password = "aSecret4"
    carriers              = { MAIN = { password = "aSecret5" } }
  }
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
      MAIN   = { host = "sip.example.com", username = "account", register = true, prefix = "9", max_channels = 100, per_node = { dial2 = { max_channels = 20 } }, failover = ["BACKUP"], inbound = true }
      BACKUP = { host = "192.0.2.20", protocol = "PJSIP", prefix = "8", numbers = [{ prefix = "88", prepend = "+" }], failover = ["MAIN"] }
    }
    floors        = { main = { seats = ["2000-2009"], template = "soft", outbound_cid = "3125550199", overrides = { "2000" = { outbound_cid = "3125550100" } } } }
    templates     = { soft = { contents = "type=friend\nhost=dynamic\n" } }
    number_blocks = { sales = { dids = ["8005550100-8005550119"], group_id = "SALESLINE" } }
    remote_agents = { "9000" = { node = "dial1", campaign = "SALES", extension = "8300" } }
    checks        = { health = false, node_loss = false } # known after apply only
    numbers       = { "5550100" = { extension = "8600051", description = "Front desk" } }
    hostname      = "agents.example.com"
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
    condition     = vicidial_inbound_did.number["5550100"].did_id > 0 && length(vicidial_inbound_numbers.block["sales"].deviations) == 0
    error_message = "The numbers are there."
  }
  assert {
    condition     = output.seats["main"].seats_per_server == tomap({ "10.10.10.11" = 10, "10.10.10.12" = 10 })
    error_message = "Each seat has a phone on both nodes."
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
      floors    = { main = { seats = ["2000-2009"], nodes = ["dial1", "dial2"], template = "soft" } }
      templates = { soft = { contents = "type=friend\nhost=dynamic\n" } }
      checks    = { health = false }
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
